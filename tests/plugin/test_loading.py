"""Installed plugins: in the order of their names, and none stops the server."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from msgspec.structs import replace

from coursewire import plugin as p
from coursewire.plugin import loading
from coursewire.plugin.loading import Found, assemble
from tests.plugin import examples

ENABLED = {"local_example": "1", "local_second": "1"}


def second() -> p.Plugin:
    """Another plugin that brings a function of the same name."""
    return replace(
        examples.PLUGIN,
        name="local_second",
        capabilities=(),
        tables=(),
        migrations=(),
    )


def found(plugin: p.Plugin, package: str) -> Found:
    return Found(name=plugin.name, package=package, plugin=plugin)


def test_two_functions_of_one_name_are_told_with_both_packages() -> None:
    both = [found(examples.PLUGIN, "first-package"), found(second(), "second-package")]
    made = assemble(both, ENABLED)
    first, other = made.found
    assert (first.is_enabled, first.error) == (True, "")
    assert not other.is_enabled
    for word in ("local_example_count", "first-package", "second-package"):
        assert word in other.error
    assert made.active == (examples.PLUGIN,)
    assert made.clash(second()) == other.error
    assert made.clash(examples.PLUGIN) == ""
    assert made.clash(replace(second(), name="local_unknown")) == ""


def test_a_function_of_the_core_cannot_be_replaced() -> None:
    (bound, *_) = examples.PLUGIN.functions
    contract = replace(bound.contract, name="core_webservice_get_site_info")
    bad = replace(examples.PLUGIN, functions=(p.Bound(contract, bound.body),))
    (only,) = assemble([found(bad, "bad-package")], ENABLED).found
    assert "coursewire and bad-package" in only.error


def test_two_plugins_of_one_name_are_told() -> None:
    made = assemble([found(examples.PLUGIN, "one"), found(examples.PLUGIN, "two")], ENABLED)
    assert [bool(each.error) for each in made.found] == [False, True]


def test_a_function_that_comes_twice_is_told() -> None:
    twice = replace(
        examples.PLUGIN, functions=(*examples.PLUGIN.functions, examples.PLUGIN.functions[0])
    )
    (only,) = assemble([found(twice, "one")], ENABLED).found
    assert "twice" in only.error


def test_what_is_not_enabled_brings_nothing() -> None:
    made = assemble([found(examples.PLUGIN, "one")], {})
    assert made.catalogue.get("local_example_count") is None
    assert made.catalogue.capabilities == {}
    assert made.found[0].version == "1"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("raise RuntimeError('broken on purpose')", "RuntimeError: broken on purpose"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("import no_such_module_anywhere", "ModuleNotFoundError"),
        ("PLUGIN = 1", "is no Plugin"),
        ("", "AttributeError"),
        (
            "from coursewire.plugin import Plugin\nPLUGIN = Plugin(name='X', title='', version='')",
            "is no component",
        ),
    ],
)
def test_a_broken_plugin_is_shown_with_its_error(
    source: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "coursewire_broken_example.py").write_text(source + "\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(
        loading,
        "entry_points",
        lambda group: [EntryPoint("local_broken", "coursewire_broken_example:PLUGIN", group)],
    )
    (only,) = loading.discover()
    sys.modules.pop("coursewire_broken_example", None)
    assert (only.name, only.plugin) == ("local_broken", None)
    assert problem in only.error
    made = assemble([only], {"local_broken": "1"})
    assert made.active == ()
    assert made.catalogue.get("core_webservice_get_site_info") is not None
