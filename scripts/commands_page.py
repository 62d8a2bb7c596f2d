"""The page of all commands, written from what `--help` says."""

from collections.abc import Iterable, Iterator
from enum import Enum, EnumType
from typing import Any, TypeAlias, get_args

from rich.text import Text
from typer.main import get_command

from coursewire.cli import common
from coursewire.cli.main import program

# Typer keeps the types of what it made to itself.
Parsed: TypeAlias = Any

_HEAD = """<!-- Written by `make reference`; what is changed here is lost. -->

# Commands

Every command says the same with `--help`. Where a command looks for the site: `--data DIR`, or
`--database URL` with the folder of the keys, or `COURSEWIRE_DATA` and `COURSEWIRE_DATABASE`.

"""


def page() -> str:
    """Return the page."""
    return _HEAD + _exit_codes() + "".join(_sections("coursewire", get_command(program())))


def _exit_codes() -> str:
    text = (common.__doc__ or "").partition("Exit codes: ")[2]
    codes = " ".join(text.split()).rstrip(".").split(" · ")
    return "Exit codes:\n\n" + "".join(f"- {code}\n" for code in codes)


def _sections(path: str, command: Parsed) -> Iterator[str]:
    for name, inner in sorted(getattr(command, "commands", {}).items()):
        full = f"{path} {name}"
        if getattr(inner, "commands", None):
            yield from _sections(full, inner)
        else:
            yield f"\n## {full}\n\n{_text(inner.help)}\n" + _parameters(inner)


def _parameters(command: Parsed) -> str:
    rows = [_row(one) for one in command.params if one.name != "help" and not _hidden(one)]
    return "\n| option | meaning |\n| --- | --- |\n" + "".join(rows) if rows else ""


def _hidden(parameter: Parsed) -> bool:
    return bool(getattr(parameter, "hidden", False))


def _row(parameter: Parsed) -> str:
    names = [*parameter.opts, *parameter.secondary_opts]
    if parameter.param_type_name == "argument":
        names = [parameter.metavar or str(parameter.name).upper()]
    shown = ", ".join(f"`{_text(name)}`" for name in names)
    told = _text(Text.from_markup(parameter.help or "").plain)
    return f"| {shown} | {' '.join([told, *_values(parameter, told)])} |\n"


def _values(parameter: Parsed, told: str) -> Iterator[str]:
    """Tell what may be given, and what counts where nothing is: `--help` has it in brackets."""
    if parameter.required and parameter.param_type_name == "option":
        yield "Needed."
    kind = parameter.type_descriptor.annotation
    kind = next(iter(get_args(kind)), kind)
    choices: list[str] = [one.value for one in _members(kind)]
    if not all(choice in told.lower() for choice in choices):
        *others, last = (f"`{choice}`" for choice in choices)
        yield f"{', '.join(others)} or {last}." if others else f"Only {last}."
    told_instead = parameter.show_default if isinstance(parameter.show_default, str) else None
    default = told_instead or parameter.default
    shown = default.value if isinstance(default, Enum) else default
    if shown not in (None, "") and not isinstance(shown, bool):
        yield f"By default `{shown}`."


def _members(kind: Parsed) -> Iterable[Enum]:
    return kind if isinstance(kind, EnumType) else ()


def _text(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")
