"""A search for people in the whole site, with what identifies them."""

from collections.abc import Sequence

from msgspec import Struct

from coursewire.domain import people_search, search_limits, user_names
from coursewire.domain.call import Call
from coursewire.domain.people_search import CUSTOM
from coursewire.domain.user_places import VIEW_ALL, Places
from coursewire.domain.validation import validate_context
from coursewire.store import people_search as store
from coursewire.store import profile_fields, users
from coursewire.store.people_search import Sought
from coursewire.store.users import UserRecord
from coursewire.text.plain import escaped

# Most people in one answer, as a new Moodle has it.
MOST = 100


class Identified(Struct, frozen=True):
    """A person, and the fields that identify them, ready to stand in HTML."""

    id: int
    fullname: str
    fields: list[tuple[str, str]]


class Found(Struct, frozen=True):
    """The first of those found, and whether there are more."""

    people: list[Identified]
    are_more: bool


def find(call: Call, piece: str) -> Found:
    """Return the people in whose names or identifying fields a text stands."""
    system = validate_context(call, call.site.system)
    call.permissions.require(VIEW_ALL, system)
    sight = Places(call).person(system)
    wanted = people_search.sought(call, sight, piece, ["lastname"])
    ids = _ids(call, wanted)
    custom = _custom_names(call, wanted)
    names = [
        name
        for name in call.site.showuseridentity
        if (name in custom if name.startswith(CUSTOM) else name in sight.identity)
    ]
    return Found(_identified(call, ids[:MOST], names, wanted), len(ids) > MOST)


def _ids(call: Call, wanted: Sought) -> list[int]:
    with search_limits.in_time(call, "search for a longer text"):
        return store.everywhere(call.session, call.site.guest_id, wanted, MOST + 1)


def _custom_names(call: Call, wanted: Sought) -> set[str]:
    """Return how the site calls those of its own fields that are searched."""
    if not wanted.profile_fields:
        return set()
    fields = profile_fields.all_fields(call.session)
    return {CUSTOM + field.shortname for field in fields if field.id in wanted.profile_fields}


def _identified(
    call: Call, ids: Sequence[int], names: Sequence[str], wanted: Sought
) -> list[Identified]:
    known = users.of_ids(call.session, ids)
    custom: dict[int, dict[str, str]] = {}
    if wanted.profile_fields:
        for user_id, values in profile_fields.of_users(call.session, ids).items():
            custom[user_id] = {
                CUSTOM + held.field.shortname: held.value
                for held in values
                if held.field.id in wanted.profile_fields
            }
    fullname = user_names.naming(call.site)
    return [
        Identified(user_id, fullname(known[user_id]), _fields(known[user_id], names, custom))
        for user_id in ids
        # Whoever was deleted meanwhile is found no more.
        if user_id in known and not known[user_id].deleted
    ]


def _fields(
    person: UserRecord, names: Sequence[str], custom: dict[int, dict[str, str]]
) -> list[tuple[str, str]]:
    held = custom.get(person.id, {})
    return [
        (name, escaped(held.get(name, "") if name.startswith(CUSTOM) else _told(person, name)))
        for name in names
    ]


def _told(person: UserRecord, name: str) -> str:
    return str(getattr(person, name) or "")
