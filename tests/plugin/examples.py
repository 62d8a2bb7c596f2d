"""A plugin with a bit of everything, for tests."""

from typing import Any

from msgspec.structs import replace

from coursewire import plugin as p
from tests.support.plugins import loaded
from tests.support.sites import TestSite

_metadata = p.MetaData()
_words = p.Table("local_example_words", _metadata, p.identity(), p.words("word", None))
_more = p.Table("local_example_more", _metadata, p.identity(), p.refers("user_id", "users"))

TICKS: list[int] = []


class Nothing(p.Struct, frozen=True, kw_only=True):
    """No parameters."""


class Word(p.Struct, frozen=True, kw_only=True):
    word: p.Text


class Count(p.Struct, frozen=True, kw_only=True):
    count: p.Int


def count(call: p.Call, _params: Nothing) -> Count:
    return Count(count=call.session.scalar(p.select(p.func.count()).select_from(_words)))


def add(call: p.Call, params: Word) -> Count:
    with call.transaction():
        call.session.execute(p.insert(_words), {"word": params.word})
        call.audit.record("example.add", "word")
    return count(call, Nothing())


_count: p.Function[Nothing, Count] = p.Function(
    name="local_example_count",
    params=Nothing,
    returns=Count,
    kind="read",
    access=p.Access(at=(p.SITE,)),
    component="local_example",
    summary="Count the words.",
)
_add: p.Function[Word, Count] = p.Function(
    name="local_example_add",
    params=Word,
    returns=Count,
    kind="write",
    access=p.Access(at=(p.SITE,), unasked="everybody may add words"),
    component="local_example",
    summary="Add a word.",
)


def _tick(call: p.Call) -> None:
    TICKS.append(call.now)


PLUGIN = p.Plugin(
    name="local_example",
    title="Example",
    version="1",
    functions=(p.Bound(_count, count), p.Bound(_add, add)),
    services=(
        p.BuiltinService(name="Example", shortname="example", functions=(_count.name, _add.name)),
    ),
    capabilities=(
        p.KnownCapability("local/example:view", "read", 50, 0, ("manager", "editingteacher")),
    ),
    settings=(
        p.PluginSetting("secret", "", "A secret", secret=True),
        p.PluginSetting("number", 3, "A number"),
        p.PluginSetting("flag", False, "A switch"),
        p.PluginSetting("choice", "a", "A choice", ("a", "b")),
    ),
    tables=(_words,),
    migrations=(p.Migration("0001", p.creating(_words)),),
    scheduled=(p.ScheduledWork(name="tick", every=60, run=_tick),),
)


def newer() -> p.Plugin:
    return replace(
        PLUGIN,
        version="2",
        tables=(_words, _more),
        migrations=(*PLUGIN.migrations, p.Migration("0002", p.creating(_more))),
    )


def with_default_secret() -> p.Plugin:
    return replace(PLUGIN, settings=(p.PluginSetting("x", "known", "", secret=True),))


def undeclared() -> p.Plugin:
    contract: Any = replace(_count, access=None)
    return replace(PLUGIN, services=(), functions=(p.Bound(contract, count),))


def found_error(site: TestSite, plugin: p.Plugin) -> str:
    """What a server that starts with this version says of it."""
    found = loaded(site, plugin).installed(plugin.name)
    return found.error if found else ""
