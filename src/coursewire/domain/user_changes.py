"""Changes of accounts by site files, for people who may make them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import user_fields, users
from coursewire.domain.call import Call
from coursewire.domain.countries import COUNTRIES
from coursewire.store import console_sessions
from coursewire.store import users as store
from coursewire.text.types.places import email as is_email

# What only its own operation changes: the name, the password, deletion.
_FIELDS = frozenset(
    {
        "firstname",
        "lastname",
        "email",
        "idnumber",
        "suspended",
        "confirmed",
        "auth",
        "maildisplay",
        "city",
        "country",
        "institution",
        "department",
        "phone1",
        "phone2",
        "address",
        "description",
        "lang",
        "timezone",
        "middlename",
        "alternatename",
        "firstnamephonetic",
        "lastnamephonetic",
    }
)


def change(call: Call, user_id: int, values: Mapping[str, Any]) -> None:
    """Write fields of an account; who may do that is decided before."""
    unknown = sorted(set(values) - _FIELDS)
    if unknown:
        msg = f"{unknown[0]} is not changed like this"
        raise ValueError(msg)
    with call.transaction():
        user = users.held_unchanged(call.session, user_id)
        users.require_changeable(call, user)
        _check(call, user_id, values)
        row: dict[str, Any] = {
            name: int(v) if isinstance(v, bool) else v for name, v in values.items()
        }
        user_fields.require_storable(row)
        if "email" in row:
            shared = call.site.allowaccountssameemail
            row["email_unique"] = store.unique_email(row["email"], shared=shared)
        try:
            store.change(call.session, user_id, {**row, "timemodified": call.now})
        except IntegrityError as problem:
            raise _taken(values["email"]) from problem
        if row.get("suspended"):
            console_sessions.end_of_users(call.session, [user_id])
        call.audit.record(
            "user.update", f"user {user_id}", username=user.username, fields=sorted(values)
        )


def _check(call: Call, user_id: int, values: Mapping[str, Any]) -> None:
    # Names may be blank: a site file says of another site what functions stored there.
    user_fields.require_possible(values)
    country = values.get("country", "")
    if country and country not in COUNTRIES:
        reason = f"there is no country {country!r}"
        raise InvalidParameter(reason, remedy="write two capital letters, such as GB")
    if "email" in values:
        _check_email(call, user_id, values["email"])


def _check_email(call: Call, user_id: int, email: str) -> None:
    if not email or not is_email(email):
        reason = f"{email!r} is not an e-mail address"
        raise InvalidParameter(reason)
    mine = store.get(call.session, user_id)
    if call.site.allowaccountssameemail or (mine and store.fold(mine.email) == store.fold(email)):
        return
    if store.taken_emails(call.session, [email]):
        raise _taken(email)


def _taken(email: str) -> InvalidParameter:
    reason = f"somebody has the address {email!r} already"
    return InvalidParameter(reason, remedy="use another one, or let accounts share one")
