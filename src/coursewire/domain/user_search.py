"""Search for users: what is asked for, cleaned, and whom the caller finds (functions.md 1.23)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from msgspec import Struct

from coursewire.contracts.errors import CodingError, InvalidParameter, MoodleError
from coursewire.domain import answer_rows, installed, search_limits, user_details, user_names
from coursewire.domain.call import Call
from coursewire.domain.loose_numbers import is_whole_number, whole_number
from coursewire.domain.shown_fields import UserDetails
from coursewire.domain.text_limits import trimmed
from coursewire.domain.user_fields import NOTHING, is_empty
from coursewire.store import users as store
from coursewire.store.users import UserRecord
from coursewire.text.tags import strip_tags


class Asked(Struct, frozen=True):
    """What to search by, sorted into equalities and patterns; `unknown` are keys left out."""

    exact: Mapping[str, int | str]
    patterns: Mapping[str, str]
    unknown: tuple[str, ...]


def asked(criteria: Iterable[tuple[str, str]], *, extended_usernames: bool) -> Asked:
    """Sort criteria; values are cleaned, never refused, but a key may stand only once."""
    exact: dict[str, int | str] = {}
    patterns: dict[str, str] = {}
    unknown: list[str] = []
    seen: set[str] = set()
    for key, value in criteria:
        if key in seen:
            message = f"The key {key!r} stands in the criteria twice"
            raise MoodleError("keyalreadyset", message)
        seen.add(key)
        if key in _PATTERNS:
            patterns[key] = search_limits.require_tame(key, _PATTERNS[key](value))
        elif key == "id":
            exact[key] = whole_number(value)
        elif key == "username":
            exact[key] = user_names.cleaned(value, extended=extended_usernames)
        elif key in _EXACT:
            exact[key] = _EXACT[key](value)
        else:
            unknown.append(key)
    return Asked(exact=exact, patterns=patterns, unknown=tuple(unknown))


def search(call: Call, wanted: Asked) -> list[UserDetails]:
    """Return what the caller sees of the users that meet everything asked for.

    Nobody finds users by something that the caller may not see of them: whoever has nothing in a
    field that was asked for, as far as the caller sees, is left out.
    """
    fields = {**wanted.exact, **wanted.patterns}
    if any(is_empty(value) for value in fields.values()):
        return []
    found = _found(call, wanted)
    shown = user_details.in_any_course(call, found)
    for field in fields:
        shown = seen_with(field, shown)
    return shown


def by_field(call: Call, field: str, values: Sequence[str]) -> list[UserRecord]:
    """Return by id the users, deleted ones included, who have one of the values in a field."""
    if field not in _BY_FIELD:
        message = f"users are not looked up by {field!r}; use one of {', '.join(_BY_FIELD)}"
        raise CodingError(message)
    for value in values:
        if not _BY_FIELD[field](call, value):
            reason = f"{value!r} cannot be the {field} of a user"
            raise InvalidParameter(reason)
    asked: list[int | str] = [whole_number(each) for each in values] if field == "id" else [*values]
    # Nobody is found by having nothing in a field, though nearly everybody may.
    wanted = [each for each in asked if not is_empty(each)]
    are_more = partial(store.are_more_with_values, field=field, values=wanted)
    with search_limits.in_time(call, "ask for fewer users at a time"):
        if field in _SHARED:
            answer_rows.require_few(call, "users", are_more)
        return store.with_values(call.session, field, wanted)


def _found(call: Call, wanted: Asked) -> list[UserRecord]:
    with search_limits.in_time(call, "search for less at a time"):
        ids = store.search(call.session, wanted.exact, wanted.patterns, call.most_rows + 1)
    answer_rows.require_count(call, "users", len(ids))
    # Whoever was deleted meanwhile is found no more.
    return [user for user in store.of_ids(call.session, ids).values() if not user.deleted]


def seen_with(field: str, people: Sequence[UserDetails]) -> list[UserDetails]:
    """Return those in whose field the caller sees something."""
    return [details for details in people if details.get(field) not in NOTHING]


def _auth(value: str) -> str:
    return value if value in installed.AUTHS else ""


def _as_it_is(value: str) -> str:
    return value


_EXACT: Mapping[str, Callable[[str], str]] = {"idnumber": _as_it_is, "auth": _auth}
_PATTERNS: Mapping[str, Callable[[str], str]] = {
    # An address is cleaned of the blanks around it alone: patterns are no addresses.
    "email": trimmed,
    "firstname": strip_tags,
    "lastname": strip_tags,
}


def _is_username(call: Call, value: str) -> bool:
    return value == user_names.cleaned(value, extended=call.site.extendedusernamechars)


# Fields of which many users can have one value.
_SHARED = frozenset({"idnumber", "email"})
_BY_FIELD: Mapping[str, Callable[[Call, str], bool]] = {
    "id": lambda _call, value: is_whole_number(value),
    "idnumber": lambda _call, _value: True,
    "username": _is_username,
    "email": lambda _call, value: value == trimmed(value),
}
