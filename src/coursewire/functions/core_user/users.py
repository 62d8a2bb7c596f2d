"""Bodies of core_user for accounts: create."""

from coursewire.contracts.core_user import users as c
from coursewire.contracts.fields import UNSET
from coursewire.domain import new_users
from coursewire.domain.call import Call
from coursewire.domain.new_users import NewUser
from coursewire.domain.validation import validate_context
from coursewire.functions.binding import Bound

CREATE = "moodle/user:create"
# Fields of the same name and meaning in the parameters and in the domain.
_SAME = (
    "username",
    "auth",
    "firstname",
    "lastname",
    "email",
    "maildisplay",
    "city",
    "country",
    "timezone",
    "description",
    "firstnamephonetic",
    "lastnamephonetic",
    "middlename",
    "alternatename",
    "idnumber",
    "institution",
    "department",
    "phone1",
    "phone2",
    "address",
    "lang",
    "calendartype",
    "theme",
    "mailformat",
    "password",
    "createpassword",
)


def create_users(call: Call, params: c.CreateUsers) -> list[c.CreatedUser]:
    """Create users, all of them or none.

    Everything is checked once before the passwords are hashed and once more, now against what
    others may have done meanwhile, in the transaction: no hash is made inside it (AUTH-8).
    """
    call.permissions.require(CREATE, validate_context(call, call.site.system))
    wanted = [as_new_user(user) for user in params.users]
    new_users.check(call, wanted)
    hashed = new_users.hashed(wanted, call.passwords.hash)
    with call.transaction():
        created = new_users.create_many(call, hashed)
    return [c.CreatedUser(id=user.id, username=user.username) for user in created]


def as_new_user(user: c.NewUser) -> NewUser:
    """Return the user as the domain creates one; what was not sent keeps its default."""
    sent = {name: getattr(user, name) for name in _SAME}
    values = {name: value for name, value in sent.items() if value is not UNSET}
    fields = [] if user.customfields is UNSET else user.customfields
    preferences = [] if user.preferences is UNSET else user.preferences
    return NewUser(
        **values,
        interests=[] if user.interests is UNSET else user.interests.split(","),
        custom={field.type: field.value for field in fields},
        preferences=[(each.type, each.value) for each in preferences],
    )


FUNCTIONS = (Bound(c.create_users, create_users, long=True),)
