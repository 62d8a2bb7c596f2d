"""Settings of plugins: typed, checked, and the secret ones sealed with the key file."""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

import msgspec
from msgspec import Struct

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain.call import Call
from coursewire.store import plugins as store
from coursewire.store.keys import Keys
from coursewire.store.plugins import StoredSetting
from coursewire.store.session import Session

Value = bool | int | str

LONGEST = 10_000
_WORDS = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}


class PluginSetting(Struct, frozen=True):
    """One setting; the type of its default is its type. A `secret` is a text, and never shown.

    A text with `choices` is one of them. `check` returns what is wrong with a text that is not
    empty, '' where nothing is.
    """

    name: str
    default: Value
    summary: str
    choices: tuple[str, ...] = ()
    secret: bool = False
    check: Callable[[str], str] | None = None


class Values:
    """The settings of a plugin as they are now; no text made of it shows a secret."""

    def __init__(
        self, plugin: str, plain: Mapping[str, Value], sealed: Mapping[str, bytes]
    ) -> None:
        self.plugin = plugin
        self._plain = plain
        self._sealed = sealed

    def __repr__(self) -> str:
        return f"<settings of {self.plugin}>"

    def __getitem__(self, name: str) -> Value:
        """Return a setting that is no secret."""
        return self._plain[name]

    def text(self, name: str) -> str:
        """Return a setting that is a text."""
        return str(self._plain[name])

    def is_on(self, name: str) -> bool:
        """Return a setting that is on or off."""
        return self._plain[name] is True

    def is_set(self, name: str) -> bool:
        """Tell whether a setting, a secret too, is more than an empty text."""
        return name in self._sealed or self._plain.get(name, "") != ""

    def secret(self, name: str, keys: Keys) -> str:
        """Return a secret, '' where none was set."""
        sealed = self._sealed.get(name)
        return "" if sealed is None else keys.unseal(sealed, _purpose(self.plugin, name))


def read(session: Session, plugin: str, declared: Sequence[PluginSetting]) -> Values:
    """Return the settings of a plugin: as stored, or their defaults."""
    stored = store.settings_of(session, plugin)
    plain: dict[str, Value] = {}
    sealed: dict[str, bytes] = {}
    for setting in declared:
        found = stored.get(setting.name)
        if setting.secret:
            if found is not None and found.sealed is not None:
                sealed[setting.name] = found.sealed
        elif found is not None and found.value is not None:
            plain[setting.name] = msgspec.json.decode(found.value, type=type(setting.default))
        else:
            plain[setting.name] = setting.default
    return Values(plugin, plain, sealed)


def find(plugin: str, declared: Sequence[PluginSetting], name: str) -> PluginSetting:
    """Return a setting by its name."""
    known = {setting.name: setting for setting in declared}
    if name not in known:
        close = get_close_matches(name, known, n=1)
        raise InvalidParameter(
            f"{plugin} has no setting {name!r}",
            remedy=f"did you mean {close[0]!r}?" if close else f"it has {', '.join(known)}",
        )
    return known[name]


def put(call: Call, plugin: str, setting: PluginSetting, written: str) -> None:
    """Set what a person wrote; a secret is sealed, and an empty one is taken away."""
    with call.transaction():
        if setting.secret:
            _check_text(setting, written)
            sealed = call.keys.seal(written, _purpose(plugin, setting.name)) if written else None
            stored = StoredSetting(None, sealed)
        else:
            value = parse(setting, written)
            stored = StoredSetting(msgspec.json.encode(value).decode(), None)
        store.put_setting(call.session, plugin, setting.name, stored)
        shown = {} if setting.secret else {"value": written}
        call.audit.record("plugin.setting", f"plugin {plugin}", name=setting.name, **shown)


def parse(setting: PluginSetting, written: str) -> Value:
    """Return the value that a person wrote."""
    if isinstance(setting.default, bool):
        if written.strip().lower() not in _WORDS:
            raise _unfit(setting, "write on or off")
        return _WORDS[written.strip().lower()]
    if isinstance(setting.default, int):
        try:
            return int(written)
        except ValueError:
            raise _unfit(setting, "write a whole number") from None
    _check_text(setting, written)
    if setting.choices and written not in setting.choices:
        raise _unfit(setting, f"choose from {', '.join(setting.choices)}")
    problem = setting.check(written) if setting.check and written.strip() else ""
    if problem:
        raise _unfit(setting, problem)
    return written


def _check_text(setting: PluginSetting, written: str) -> None:
    if len(written) > LONGEST or any(ord(letter) < 32 for letter in written):
        raise _unfit(setting, f"write one line of at most {LONGEST} characters")


def _unfit(setting: PluginSetting, remedy: str) -> InvalidParameter:
    return InvalidParameter(f"the value does not fit {setting.name}", remedy=remedy)


def _purpose(plugin: str, name: str) -> str:
    return f"plugin {plugin} {name}"
