"""How `coursewire apply` shows what would change, and what was done."""

from rich.markup import escape

from coursewire.cli.showing import err, out, print_json
from coursewire.sitefile.apply import Applied
from coursewire.sitefile.plan import Change, Plan

# A longer plan is cut on the screen; `--plan` shows it whole.
SHOWN = 40
_COLOURS = {"create": "green", "change": "yellow", "remove": "red"}


def plan(found: Plan, *, whole: bool) -> None:
    """Print the changes, and how many there are."""
    if not found.changes:
        out.print("Nothing to change: the site is as the file says.")
        return
    lines = found.changes if whole else found.changes[:SHOWN]
    for change in lines:
        out.print(f"[{_COLOURS[change.action]}]{escape(change.text)}[/]", soft_wrap=True)
    if len(lines) < len(found.changes):
        out.print(f"… and {len(found.changes) - len(lines)} more; --plan shows all")
    counts = (f"{found.count(action)} to {action}" for action in ("create", "change", "remove"))
    out.print(f"Plan: {', '.join(counts)}.")


def applied(done: Applied) -> None:
    """Say what was done; tokens with random values are shown now and never again."""
    if done.plan.changes:
        out.print("Applied.")
    for text, number in done.warnings.items():
        err.print(f"[yellow]warning:[/] {escape(of_tokens(text, number))}")
    for issued in done.issued:
        out.print(f"token {escape(issued.token.label)}: [bold]{issued.value}[/]")


def of_tokens(text: str, number: int) -> str:
    """Say what is to be known of one token, or of each of several."""
    return f"one token: {text}" if number == 1 else f"each of {number:,} tokens: {text}"


def as_json(found: Plan, done: Applied | None = None) -> None:
    """Print all of it for a program: the plan, and what came of it."""
    values: dict[str, object] = {"changes": [_change(change) for change in found.changes]}
    if done is not None:
        values["warnings"] = [
            {"warning": text, "tokens": number} for text, number in done.warnings.items()
        ]
        values["tokens"] = [
            {
                "name": issued.token.name,
                "user": issued.token.user,
                "service": issued.token.service,
                "token": issued.value,
            }
            for issued in done.issued
        ]
    print_json(values)


def _change(change: Change) -> dict[str, object]:
    return {
        "action": change.action,
        "section": change.section,
        "name": change.label,
        "fields": [difference.text for difference in change.differences],
    }
