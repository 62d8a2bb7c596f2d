"""Bodies of core_user for accounts: create, update, delete."""

from collections.abc import Callable

from coursewire.contracts.core_user import users as c
from coursewire.contracts.errors import Refusal
from coursewire.contracts.fields import UNSET
from coursewire.contracts.parts import CallWarning, Warned
from coursewire.domain import new_users, user_deletion, user_updates
from coursewire.domain.call import Call
from coursewire.domain.new_users import NewUser
from coursewire.domain.passwords import LONGEST
from coursewire.domain.user_updates import UserUpdate
from coursewire.domain.validation import validate_context
from coursewire.functions.binding import Bound

CREATE = "moodle/user:create"
UPDATE = "moodle/user:update"
DELETE = "moodle/user:delete"
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
_COLUMNS = (*(name for name in _SAME if name not in {"password", "createpassword"}), "suspended")


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


def update_users(call: Call, params: c.UpdateUsers) -> Warned:
    """Change users, each by itself: what goes wrong with one becomes a warning."""
    call.permissions.require(UPDATE, call.site.system)
    validate_context(call, call.site.system)
    warnings: list[CallWarning] = []
    hashing = [_hashing(call, change) for change in params.users]
    for change, hash_one in zip(params.users, hashing, strict=True):
        try:
            user_updates.apply(call, as_update(change), hash_one)
        except Refusal as refusal:
            warnings.append(_not_updated(change.id, refusal))
    return Warned(warnings=warnings)


def _hashing(call: Call, change: c.UserChange) -> Callable[[str], str]:
    """Return what gives the hash of a user's new password.

    Where all users are changed as one, the transaction of the first is open until the end: what
    may be asked for is hashed before (AUTH-8).
    """
    password = change.password
    if not call.session.is_together or password is UNSET or len(password) > LONGEST:
        return call.passwords.hash
    hashed = call.passwords.hash(password)
    return lambda _password: hashed


def _not_updated(user_id: int, refusal: Refusal) -> CallWarning:
    """Return the warning about a user.

    Where the code is a sentence, as that of the password policy is, the answer does not fit its
    contract: the caller is told `invalidresponse` although the other users are changed (recorded
    in users_update).
    """
    code = refusal.errorcode or ""
    return CallWarning(item="user", itemid=user_id, warningcode=code, message=refusal.message)


def as_update(change: c.UserChange) -> UserUpdate:
    """Return the change as the domain makes one; what was not sent stays."""
    sent = {name: getattr(change, name) for name in _COLUMNS}
    values = {name: value for name, value in sent.items() if value not in (UNSET, None)}
    if "suspended" in values:
        values["suspended"] = int(values["suspended"])
    fields = [] if change.customfields is UNSET else change.customfields
    preferences = [] if change.preferences is UNSET else change.preferences
    return UserUpdate(
        id=change.id,
        values=values,
        password=None if change.password is UNSET else change.password,
        interests=None if change.interests is UNSET else change.interests.split(","),
        custom={field.type: field.value for field in fields},
        preferences=[(each.type, each.value) for each in preferences],
        picture=None if change.userpicture is UNSET else change.userpicture,
    )


def delete_users(call: Call, params: c.DeleteUsers) -> None:
    """Delete users with what they have on the site, all of them or none."""
    call.permissions.require(DELETE, call.site.system)
    validate_context(call, call.site.system)
    user_deletion.delete_many(call, params.userids)


FUNCTIONS = (
    Bound(c.create_users, create_users, long=True),
    Bound(c.update_users, update_users, long=True),
    Bound(c.delete_users, delete_users),
)
