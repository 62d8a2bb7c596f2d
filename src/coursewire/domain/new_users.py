"""Creation of users: every check in Moodle's order, then all of them stored together."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy.exc import IntegrityError

from coursewire.contracts.errors import InvalidParameter, Refusal
from coursewire.domain import (
    contexts,
    installed,
    passwords,
    preferences,
    profile_fields,
    user_fields,
    user_names,
)
from coursewire.domain.call import Call
from coursewire.domain.id_ranges import written
from coursewire.domain.known_preferences import FORCE_PASSWORD_CHANGE
from coursewire.domain.text_limits import trimmed
from coursewire.store import interests
from coursewire.store import preferences as preference_rows
from coursewire.store import users as store
from coursewire.store.users import UserRecord
from coursewire.text.types.places import email as is_email


class NewUser(Struct, frozen=True, kw_only=True, rename=None):
    """A user to create. `password` is as somebody typed it, `password_hash` is ready to store.

    With neither, an account of a kind that keeps its password here needs `createpassword`.
    """

    username: str
    firstname: str
    lastname: str
    email: str
    auth: str = "manual"
    password: str | None = None
    password_hash: str = ""
    createpassword: bool = False
    confirmed: bool = True
    suspended: bool = False
    idnumber: str = ""
    maildisplay: int = 2
    mailformat: int = 1
    city: str = ""
    # None: the site's country.
    country: str | None = None
    timezone: str = "99"
    lang: str = "en"
    theme: str = ""
    calendartype: str = "gregorian"
    description: str | None = None
    descriptionformat: int = 1
    institution: str = ""
    department: str = ""
    phone1: str = ""
    phone2: str = ""
    address: str = ""
    firstnamephonetic: str = ""
    lastnamephonetic: str = ""
    middlename: str = ""
    alternatename: str = ""
    interests: Sequence[str] = ()
    custom: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    preferences: Sequence[tuple[str, str]] = ()

    def __repr__(self) -> str:
        """Show who it is and no secret."""
        return f"NewUser(username={self.username!r})"


_NAMES = ("username", "firstname", "lastname")
# Fields that go into the row as they are.
_PLAIN = (
    "auth",
    "username",
    "idnumber",
    "firstname",
    "lastname",
    "email",
    "maildisplay",
    "mailformat",
    "city",
    "timezone",
    "lang",
    "theme",
    "description",
    "descriptionformat",
    "institution",
    "department",
    "phone1",
    "phone2",
    "address",
    "firstnamephonetic",
    "lastnamephonetic",
    "middlename",
    "alternatename",
)


def check(call: Call, news: Sequence[NewUser]) -> None:
    """Refuse the first of the users that cannot be created, without creating any.

    For callers that must hash passwords between this and the transaction (AUTH-8).
    """
    creation = _Creation(call, news)
    for new in news:
        creation.add(new)


def faults(call: Call, new: NewUser) -> dict[str, Refusal]:
    """Return by field what stands against the names and the address of an account, in one pass."""
    return _Creation(call, [new]).faults(new)


def hashed(news: Sequence[NewUser], hash_one: Callable[[str], str]) -> list[NewUser]:
    """Return the users with their passwords hashed; never inside a transaction (AUTH-8)."""
    return [
        msgspec.structs.replace(new, password_hash=hash_one(new.password))
        if new.password and _keeps_password(new)
        else new
        for new in news
    ]


def create_many(call: Call, news: Sequence[NewUser]) -> list[UserRecord]:
    """Create users, all of them or none; who may do that is decided before."""
    return _created(call, _Creation(call, news), news)


def create(call: Call, new: NewUser) -> UserRecord:
    """Create one user; who may do that is decided before."""
    return create_many(call, [new])[0]


def create_as_stored(call: Call, new: NewUser) -> UserRecord:
    """Create one user as another site holds it; who may do that is decided before.

    Changes leave what nobody is created with (functions.md 2): blank names, no language, the way
    of logging in of accounts that only call functions.
    """
    return _created(call, _CreationAsStored(call, [new]), [new])[0]


def _created(call: Call, creation: "_Creation", news: Sequence[NewUser]) -> list[UserRecord]:
    with call.transaction():
        for new in news:
            creation.add(new)
        return creation.store()


class _Creation:
    """The users of one call, checked one after the other and stored together."""

    # What must not be blank, in this order, and what refuses what there is not.
    names: tuple[str, ...] = _NAMES
    require_there = staticmethod(user_fields.require_installed)

    def __init__(self, call: Call, news: Sequence[NewUser]) -> None:
        self._call = call
        self._news: list[NewUser] = []
        self._rows: list[dict[str, Any]] = []
        self._usernames = store.taken_usernames(call.session, [new.username for new in news])
        self._emails = store.taken_emails(call.session, [new.email for new in news])

    def add(self, new: NewUser) -> None:
        """Check a user against the store and against those added before; keep it for storing."""
        for name in self.names:
            _require_name(new, name)
        self._require_free(new)
        self.require_there({"auth": new.auth, "lang": new.lang, "theme": new.theme})
        _require_password(new)
        self._require_email(new)
        user_names.require_username(new.username, self._call.site)
        self._require_policy(new)
        row = self._row(new)
        user_fields.require_storable(row)
        self._usernames.add(new.username)
        self._emails.add(store.fold(new.email))
        self._news.append(new)
        self._rows.append(row)

    def faults(self, new: NewUser) -> dict[str, Refusal]:
        """Return what `add` would refuse in names and address, the first of each field."""
        site = self._call.site
        checks: list[tuple[str, Callable[[], None]]] = [
            *((name, partial(_require_name, new, name)) for name in _NAMES),
            ("username", partial(self._require_free, new)),
            ("username", partial(user_names.require_username, new.username, site)),
            ("email", partial(self._require_email, new)),
            *(
                (name, partial(user_fields.require_storable, {name: getattr(new, name)}))
                for name in (*_NAMES, "email")
            ),
        ]
        found: dict[str, Refusal] = {}
        for field, check in checks:
            try:
                check()
            except Refusal as refusal:
                found.setdefault(field, refusal)
        return found

    def store(self) -> list[UserRecord]:
        """Insert what was added, with all that belongs to it, and record it."""
        call, session = self._call, self._call.session
        if not self._rows:
            return []
        try:
            ids = store.add_many(session, self._rows)
        except IntegrityError as problem:
            reason = "somebody took one of the user names or addresses just now"
            raise InvalidParameter(reason) from problem
        contexts.create_many(session, contexts.USER, ids, call.site.system)
        records = store.of_ids(session, ids)
        for user_id, new in zip(ids, self._news, strict=True):
            self._store_rest(records[user_id], new)
        names = [new.username for new in self._news]
        call.audit.record("user.create", f"users {written(ids)}", ids=ids, usernames=names)
        return [records[user_id] for user_id in ids]

    def _store_rest(self, record: UserRecord, new: NewUser) -> None:
        call = self._call
        if new.createpassword:
            preference_rows.put(call.session, record.id, {FORCE_PASSWORD_CHANGE: "1"})
        if new.preferences:
            preferences.save(call, record, new.preferences)
        if new.custom:
            profile_fields.put(call, record.id, new.custom)
        if new.interests:
            interests.replace(call.session, record.id, user_fields.tags(new.interests))

    def _require_free(self, new: NewUser) -> None:
        if new.username in self._usernames:
            reason = f"the user name {new.username!r} is taken"
            raise InvalidParameter(reason, remedy="choose another user name")

    def _require_email(self, new: NewUser) -> None:
        if not new.email or not is_email(new.email):
            reason = f"{new.email!r} is not an e-mail address"
            raise InvalidParameter(reason)
        shared = self._call.site.allowaccountssameemail
        if not shared and store.fold(new.email) in self._emails:
            reason = f"somebody has the address {new.email!r} already"
            raise InvalidParameter(reason, remedy="use another one, or let accounts share one")

    def _require_policy(self, new: NewUser) -> None:
        if new.password is not None and not new.createpassword:
            passwords.require_policy(new.password, self._call.site)

    def _row(self, new: NewUser) -> dict[str, Any]:
        site, now = self._call.site, self._call.now
        return {
            **{name: getattr(new, name) for name in _PLAIN},
            "password": _stored_password(new),
            "confirmed": int(new.confirmed),
            "suspended": int(new.suspended),
            "country": user_fields.country(new.country, site.country),
            "calendartype": user_fields.calendar(new.calendartype),
            "email_unique": store.unique_email(new.email, shared=site.allowaccountssameemail),
            "timecreated": now,
            "timemodified": now,
        }


class _CreationAsStored(_Creation):
    """The same of users as another site holds them."""

    names = ("username",)
    require_there = staticmethod(user_fields.require_possible)


def _require_name(new: NewUser, name: str) -> None:
    if not trimmed(getattr(new, name)):
        reason = f"the user {new.username!r} has no {name}"
        raise InvalidParameter(reason)


def _require_password(new: NewUser) -> None:
    if new.auth not in installed.INTERNAL_AUTHS or new.createpassword or new.password_hash:
        return
    if user_fields.is_empty(new.password):
        reason = f"the user {new.username!r} has no password"
        raise InvalidParameter(reason, remedy="give one, or let one be created")


def _keeps_password(new: NewUser) -> bool:
    return new.auth in installed.INTERNAL_AUTHS and not new.createpassword and not new.password_hash


def _stored_password(new: NewUser) -> str:
    if new.createpassword:
        return user_fields.TO_BE_GENERATED
    return new.password_hash if new.auth in installed.INTERNAL_AUTHS else user_fields.NOT_CACHED
