"""Reading and changing the settings of the site."""

import secrets
from collections.abc import Callable, Mapping
from difflib import get_close_matches

import msgspec

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import time_zones
from coursewire.domain.call import Call
from coursewire.domain.countries import COUNTRIES
from coursewire.domain.known_settings import ROLE_SETTINGS, SETTINGS, Setting, Value
from coursewire.store import roles
from coursewire.store import settings as rows
from coursewire.store.session import Session
from coursewire.text.types.letters import raw
from coursewire.text.types.places import url

_WORDS = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}

# Texts of which there are too many to list; how to find one. An answer that holds a text which its
# type refuses is no answer at all, so a setting takes what that type admits and nothing else.
_FITS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "timezone": (
        lambda name: time_zones.named(name) is not None,
        "write a place such as Europe/London, or UTC",
    ),
    "country": (
        lambda code: not code or code in COUNTRIES,
        "write two capital letters such as GB, or nothing",
    ),
    "mobilecssurl": (
        url,
        "write an address such as https://school.example/mobile.css, or nothing",
    ),
}


def find(name: str) -> Setting:
    """Return a setting by its name."""
    setting = SETTINGS.get(name)
    if setting is None:
        close = get_close_matches(name, SETTINGS, n=1)
        raise InvalidParameter(
            f"there is no setting {name!r}",
            remedy=f"did you mean {close[0]!r}?" if close else "list them with `settings get`",
        )
    return setting


def put(call: Call, name: str, value: Value) -> None:
    """Set a setting; the same value again changes and records nothing."""
    with call.transaction():
        if name in ROLE_SETTINGS:
            # What is found there stays.
            roles.hold(call.session, _role_ids(value))
        require_fits(call, name, value)
        if call.site.settings[name] == value:
            return
        store(call.session, name, value)
        call.audit.record("setting.change", f"setting {name}", value=value)


def require_fits(call: Call, name: str, value: Value) -> None:
    """Refuse a value that a setting cannot have."""
    _check(find(name), value)
    if name in ROLE_SETTINGS:
        _require_roles(call.session, name, value)


def store(session: Session, name: str, value: Value) -> None:
    """Write a setting, as the parts of the program do that own it."""
    rows.put(session, name, msgspec.json.encode(value).decode())


def roles_changed(session: Session) -> None:
    """Make every process read the roles again; a value that was never there before."""
    store(session, "rolesversion", secrets.token_hex(16))


def parse(name: str, written: str) -> Value:
    """Return the value that a person wrote; lists have commas between their items."""
    setting = find(name)
    default = setting.default
    if isinstance(default, bool):
        return _bool(name, written)
    if isinstance(default, int):
        return _int(name, written)
    if isinstance(default, str):
        return written
    items = [item.strip() for item in written.split(",") if item.strip()]
    if default and isinstance(default[0], int):
        return tuple(_int(name, item) for item in items)
    return tuple(items)


def _bool(name: str, written: str) -> bool:
    value = _WORDS.get(written.strip().lower())
    if value is None:
        raise InvalidParameter(f"{written!r} does not fit {name}", remedy="write on or off")
    return value


def _int(name: str, written: str) -> int:
    try:
        return int(written)
    except ValueError:
        raise InvalidParameter(
            f"{written!r} does not fit {name}", remedy="write a whole number"
        ) from None


def _require_roles(session: Session, name: str, value: Value) -> None:
    """Refuse ids of roles that do not exist; 0 is no role."""
    known = {role.id: role.shortname for role in roles.everything(session)}
    for role_id in _role_ids(value):
        if role_id not in known:
            shown = ", ".join(f"{each} {shortname}" for each, shortname in known.items())
            raise InvalidParameter(
                f"{role_id} does not fit {name}: there is no such role",
                remedy=f"choose from {shown}",
            )


def _role_ids(value: Value) -> list[int]:
    """Return the roles that a value names; 0 is none."""
    named = value if isinstance(value, tuple) else (value,)
    return [each for each in named if isinstance(each, int) and each]


def _check(setting: Setting, value: Value) -> None:
    if type(value) is not type(setting.default):
        raise InvalidParameter(
            f"{value!r} does not fit {setting.name}",
            remedy=f"it takes values like {setting.default!r}",
        )
    if setting.least is not None and isinstance(value, int) and value < setting.least:
        reason = f"{value} is too small for {setting.name}"
        raise InvalidParameter(reason, remedy=f"write {setting.least} or more")
    if isinstance(value, int) and value > setting.most:
        reason = f"{value} is too large for {setting.name}"
        raise InvalidParameter(reason, remedy=f"write {setting.most} or less")
    fits, remedy = _FITS.get(setting.name, (None, ""))
    if fits is not None and not fits(str(value)):
        raise InvalidParameter(f"{value!r} does not fit {setting.name}", remedy=remedy)
    chosen = value if isinstance(value, tuple) else (value,)
    if not all(raw(item) for item in chosen if isinstance(item, str)):
        raise InvalidParameter(
            f"{value!r} does not fit {setting.name}: it holds letters that no text can have",
            remedy="write it in UTF-8, without NUL",
        )
    wrong = [item for item in chosen if setting.choices and not _is_choice(setting, item)]
    if wrong:
        choices = [*map(str, setting.choices), *([f"{setting.named}…"] if setting.named else [])]
        raise InvalidParameter(
            f"{wrong[0]!r} does not fit {setting.name}",
            remedy=f"choose from {', '.join(choices)}",
        )


def _is_choice(setting: Setting, item: object) -> bool:
    if item in setting.choices:
        return True
    names_own = isinstance(item, str) and bool(setting.named) and item.startswith(setting.named)
    return names_own and item != setting.named
