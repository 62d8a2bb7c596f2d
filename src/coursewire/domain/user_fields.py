"""What the fields of a user take, and what stands in them when nobody says."""

from collections.abc import Iterable, Mapping

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import installed
from coursewire.domain.countries import COUNTRIES
from coursewire.domain.text_limits import require_fit, require_small, require_type
from coursewire.text.types.letters import as_tag

LIMITS: Mapping[str, int] = {
    "username": 100,
    "password": 255,
    "idnumber": 255,
    "firstname": 100,
    "lastname": 100,
    "email": 100,
    "phone1": 20,
    "phone2": 20,
    "institution": 255,
    "department": 255,
    "address": 255,
    "city": 120,
    "country": 2,
    "lang": 30,
    "calendartype": 30,
    "theme": 50,
    "timezone": 100,
    "firstnamephonetic": 255,
    "lastnamephonetic": 255,
    "middlename": 255,
    "alternatename": 255,
}
# As the answers show them; of the functions' parameters the same is asked, save for `city`: lists
# of participants show no tags there, and one city with some would break the whole list.
TYPES: Mapping[str, str] = {
    "idnumber": "raw",
    "firstname": "notags",
    "lastname": "notags",
    "phone1": "notags",
    "phone2": "notags",
    "institution": "text",
    "department": "text",
    "address": "text",
    "city": "notags",
    "timezone": "timezone",
    "description": "raw",
    "firstnamephonetic": "notags",
    "lastnamephonetic": "notags",
    "middlename": "notags",
    "alternatename": "notags",
}
SMALL_NUMBERS = ("maildisplay", "mailformat", "descriptionformat")

CALENDARS = frozenset({"gregorian"})
# Where the site names no country, the reference stores this and then takes it for none.
NO_COUNTRY = "0"

# Ways that nobody can be given: one is for remote accounts, one for the protocol itself.
REMOTE_AUTH = "mnet"
CLOSED_AUTH = frozenset({REMOTE_AUTH, "webservice"})
# What stands in the password column when there is nothing to compare with; no hash looks like it.
NOT_CACHED = "not cached"
TO_BE_GENERATED = "to be generated"
# What is named, and what there is to choose from.
_Choices = Mapping[str, tuple[str, frozenset[str]]]
_INSTALLED: _Choices = {
    "auth": ("way of logging in", installed.AUTHS - CLOSED_AUTH),
    "lang": ("language", installed.LANGS),
    # Without one of their own people see that of the site.
    "theme": ("theme", installed.THEMES | {""}),
}
_POSSIBLE: _Choices = {
    **_INSTALLED,
    "auth": ("way of logging in", installed.AUTHS - {REMOTE_AUTH}),
    "lang": ("language", installed.LANGS | {""}),
}
# What Moodle takes for nothing: "0" is as empty as no text.
NOTHING = frozenset({None, "", "0", 0})


def is_empty(value: str | int | None) -> bool:
    """Tell whether Moodle takes a value for nothing."""
    return value in NOTHING


def require_installed(values: Mapping[str, object]) -> None:
    """Refuse a way of logging in, a language or a theme that no new account here can have."""
    _require_among(_INSTALLED, values)


def _require_among(choices: _Choices, values: Mapping[str, object]) -> None:
    for name, (what, there) in choices.items():
        value = values.get(name)
        if value is not None and value not in there:
            reason = f"{value!r} is no {what} that an account can have"
            remedy = f"choose from {', '.join(sorted(filter(None, there)))}"
            raise InvalidParameter(reason, remedy=remedy)


def require_storable(values: Mapping[str, object]) -> None:
    """Refuse what is too long or too large for its column, or not of the type of its answers."""
    for name, limit in LIMITS.items():
        value = values.get(name)
        if isinstance(value, str):
            require_fit(name, value, limit)
    for name, type_name in TYPES.items():
        value = values.get(name)
        if isinstance(value, str):
            require_type(name, value, type_name)
    for name in SMALL_NUMBERS:
        value = values.get(name)
        if isinstance(value, int):
            require_small(name, value)


def require_possible(values: Mapping[str, object]) -> None:
    """Refuse a way of logging in, a language or a theme that no account here can come to have.

    Changes give accounts more than they are created with (functions.md 2): no language, and the
    way of those that only call functions.
    """
    _require_among(_POSSIBLE, values)


def country(code: str | None, default: str) -> str:
    """Return a country that exists; another becomes the site's, without an error."""
    if code is None:
        return default
    return code if code in COUNTRIES else default or NO_COUNTRY


def tags(names: Iterable[str]) -> list[str]:
    """Return interests as tags, each once whatever its case, none empty.

    Kept as they come, one that is left out could take the end of a language with it, and then no
    list of users could show the others.
    """
    found: dict[str, str] = {}
    for name in names:
        tag = as_tag(name)
        if tag:
            found.setdefault(tag.lower(), tag)
    return list(found.values())


def calendar(name: str) -> str:
    """Return a calendar that exists; another becomes the site's, without an error."""
    return name if name in CALENDARS else "gregorian"
