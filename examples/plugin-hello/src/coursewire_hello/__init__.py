"""The smallest plugin: one function in a service of its own, with a word that can be set."""

from coursewire import plugin as p

WORD = p.PluginSetting("word", "Hello", "The word that people are greeted with")


class Greeted(p.Struct, frozen=True, kw_only=True):
    greeting: p.Text


class Nothing(p.Struct, frozen=True, kw_only=True):
    pass


greet: p.Function[Nothing, Greeted] = p.Function(
    name="local_hello_greet", params=Nothing, returns=Greeted, kind="read",
    access=p.Access(at=(p.SITE,)), component="local_hello", summary="Greet the caller.",
)  # fmt: skip


def greet_caller(call: p.Call, _params: Nothing) -> Greeted:
    p.validation.validate_context(call, call.site.system)
    word = p.plugin_settings.read(call.session, "local_hello", (WORD,)).text("word")
    return Greeted(greeting=f"{word}, {call.caller.username}")


SERVICE = p.BuiltinService(name="Hello", shortname="hello", functions=(greet.name,))
PLUGIN = p.Plugin(
    name="local_hello", title="Hello", version="1.0", settings=(WORD,), services=(SERVICE,),
    functions=(p.Bound(greet, greet_caller),),
)  # fmt: skip
