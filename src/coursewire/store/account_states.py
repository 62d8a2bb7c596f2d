"""What of an account can stand in the way of entering any place, read at once."""

from msgspec import Struct
from sqlalchemy import and_, bindparam, exists, select

from coursewire.store.direct import DirectRead
from coursewire.store.schema.users import profile_fields, profile_values, user_preferences, users
from coursewire.store.session import Session

MUST_CHANGE_PASSWORD = "auth_forcepasswordchange"  # noqa: S105 - the name of a preference


class AccountState(Struct, frozen=True):
    """The state of one account."""

    firstname: str
    lastname: str
    email: str
    policyagreed: int
    must_change_password: str | None
    lacks_a_required_field: int


_lacking = exists(
    select(profile_fields.c.id)
    .select_from(profile_fields)
    .outerjoin(
        profile_values,
        and_(
            profile_values.c.field_id == profile_fields.c.id,
            profile_values.c.user_id == users.c.id,
        ),
    )
    .where(
        profile_fields.c.required == 1,
        (profile_values.c.value == "") | profile_values.c.value.is_(None),
    )
    .correlate(users)
)
_state = select(
    users.c.firstname,
    users.c.lastname,
    users.c.email,
    users.c.policyagreed,
    user_preferences.c.value,
    _lacking,
).outerjoin(
    user_preferences,
    and_(user_preferences.c.user_id == users.c.id, user_preferences.c.name == MUST_CHANGE_PASSWORD),
)
# Built once: putting a statement together costs more than running it.
_state_of = DirectRead(_state.where(users.c.id == bindparam("id")))


def get(session: Session, user_id: int) -> AccountState | None:
    """Return the state of an account."""
    row = _state_of.one(session, {"id": user_id})
    return None if row is None else AccountState(*row)
