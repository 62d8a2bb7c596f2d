"""The site's own profile fields, and what users have in them."""

from collections.abc import Mapping

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain.call import Call
from coursewire.store import profile_fields as store
from coursewire.store.profile_fields import ProfileField
from coursewire.store.session import Session

TEXT = "text"
TO_NOBODY, TO_ONESELF, TO_ALL = 0, 1, 2


def find(session: Session, shortname: str) -> ProfileField | None:
    """Return the field of a short name, or None."""
    return next(
        (field for field in store.all_fields(session) if field.shortname == shortname), None
    )


def create(
    call: Call, shortname: str, name: str, *, visible: int = TO_ALL, required: bool = False
) -> int:
    """Create a field for text behind the others and return its id."""
    if find(call.session, shortname) is not None:
        reason = f"there is a profile field {shortname!r} already"
        raise InvalidParameter(reason, remedy="choose another short name")
    row = {
        "shortname": shortname,
        "name": name,
        "datatype": TEXT,
        "visible": visible,
        "required": int(required),
        "sortorder": len(store.all_fields(call.session)) + 1,
    }
    field_id = store.add(call.session, row)
    call.audit.record("profile_field.create", f"profile field {shortname}", id=field_id)
    return field_id


def put(call: Call, user_id: int, values: Mapping[str, str]) -> None:
    """Set what a user has in fields named by their short names; unknown ones are left out."""
    ids = {field.shortname: field.id for field in store.all_fields(call.session)}
    known = {ids[name]: value for name, value in values.items() if name in ids}
    store.put(call.session, user_id, known)
