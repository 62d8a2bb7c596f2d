"""The one read behind the gate: everything about a token, its user, its service and a function."""

import hmac
from collections.abc import Hashable, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import and_, bindparam, cast, exists, func, literal_column, select

from coursewire.store.direct import DirectRead
from coursewire.store.keys import Digest
from coursewire.store.schema.access import contexts, role_assignments
from coursewire.store.schema.columns import TEXT
from coursewire.store.schema.services import service_functions, service_users, services, tokens
from coursewire.store.schema.users import private_keys, users
from coursewire.store.session import Session

# The level of contexts that belong to users, and what their private keys open.
USER_LEVEL = 30
FILES = "core_files"


class Access(Struct, frozen=True, gc=False):
    """A token as the gate sees it; `listed_*` is the authorised user's row, if there is one.

    The read selects its columns by the names of these fields, in their order.
    """

    id: int
    handle: str
    digest: bytes
    key_number: int
    origin: str
    iprestriction: str
    validuntil: int
    lastaccess: int
    revoked: int
    revoked_reason: str | None
    expired_seen: int
    disabled: int
    rate: int
    burst: int
    context_id: int
    context_path: str
    user_id: int
    username: str
    auth: str
    confirmed: int
    suspended: int
    deleted: int
    # What the health check tells of the user, read here so that it needs no read of its own.
    firstname: str
    lastname: str
    firstnamephonetic: str
    lastnamephonetic: str
    middlename: str
    alternatename: str
    lang: str
    calendartype: str
    policyagreed: int
    picture: int
    own_context_id: int | None
    private_salt: bytes | None
    service_id: int
    service_name: str
    service_shortname: str
    service_enabled: int
    restrictedusers: int
    requiredcapability: str
    downloadfiles: int
    uploadfiles: int
    forbid_query_tokens: int
    forbid_get_writes: int
    listed_id: int | None
    listed_ip: str | None
    listed_until: int | None
    in_service: int
    # The user's roles as `context:role,…`, read here so that a check needs no read of its own.
    roles: str | None
    # What was worked out from all this: (capability, context id) → may the user. It lives and
    # dies with what was read, so an answer cannot outlive its reasons (TOK-9).
    verdicts: dict[tuple[str, int], bool] = msgspec.field(
        default_factory=dict[tuple[str, int], bool]
    )
    # Likewise: (function, method, address, token in the query) → the last second at which such a
    # request passes the gate.
    passing: dict[tuple[str, str, str, bool], float] = msgspec.field(
        default_factory=dict[tuple[str, str, str, bool], float]
    )
    # Whatever else follows from this and the site alone, each under a name of its own.
    memory: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])

    @property
    def held(self) -> list[tuple[int, int]] | None:
        """Return the user's roles as (context id, role id); None for one who is deleted."""
        if self.deleted:
            return None
        if not self.roles:
            return []
        pairs = (pair.split(":") for pair in self.roles.split(","))
        return [(int(place), int(role)) for place, role in pairs]

    @property
    def listed(self) -> bool:
        """Tell whether the user is on the service's list of authorised users."""
        return self.listed_id is not None


_own_contexts = contexts.alias("own_contexts")


def _columns() -> list[Any]:
    function = exists().where(
        service_functions.c.service_id == services.c.id,
        service_functions.c.function == bindparam("function"),
    )
    held = role_assignments.c
    pair = cast(held.context_id, TEXT) + ":" + cast(held.role_id, TEXT)
    comma: Any = literal_column("','", TEXT)
    roles = select(func.aggregate_strings(pair, comma)).where(held.user_id == tokens.c.user_id)
    found = {
        "context_path": contexts.c.path,
        "service_name": services.c.name,
        "service_shortname": services.c.shortname,
        "service_enabled": services.c.enabled,
        "listed_id": service_users.c.id,
        "listed_ip": service_users.c.iprestriction,
        "listed_until": service_users.c.validuntil,
        "own_context_id": _own_contexts.c.id,
        "private_salt": private_keys.c.salt,
        "in_service": function,
        "roles": roles.scalar_subquery(),
    }
    for table in (tokens, users, services):
        found.update({column.name: column for column in table.c if column.name not in found})
    names = [field.name for field in msgspec.structs.fields(Access) if field.required]
    return [found[name].label(name) for name in names]


_FROM = (
    tokens.join(users, users.c.id == tokens.c.user_id)
    .join(services, services.c.id == tokens.c.service_id)
    .join(contexts, contexts.c.id == tokens.c.context_id)
    .outerjoin(
        service_users,
        and_(
            service_users.c.service_id == tokens.c.service_id,
            service_users.c.user_id == tokens.c.user_id,
        ),
    )
    .outerjoin(
        _own_contexts,
        and_(_own_contexts.c.level == USER_LEVEL, _own_contexts.c.instanceid == tokens.c.user_id),
    )
    .outerjoin(
        private_keys,
        and_(private_keys.c.user_id == tokens.c.user_id, private_keys.c.script == FILES),
    )
)
_ACCESS = select(*_columns()).select_from(_FROM)
_BY_DIGEST = DirectRead(_ACCESS.where(tokens.c.digest == bindparam("digest")))
_BY_DIGESTS = _ACCESS.where(tokens.c.digest.in_(bindparam("digests", expanding=True)))
_BY_HANDLE = _ACCESS.where(tokens.c.handle == bindparam("handle"))


def read(session: Session, digests: Sequence[Digest], function: str) -> Access | None:
    """Return the token stored under one of the digests, with one indexed read."""
    if len(digests) == 1:
        row: Any = _BY_DIGEST.one(session, {"digest": digests[0].value, "function": function})
    else:
        values = [digest.value for digest in digests]
        row = session.one(_BY_DIGESTS, {"digests": values, "function": function})
    if row is None:
        return None
    found = Access(*row)
    # The index found it; this comparison takes the same time however much of a guess is right.
    equal = any(hmac.compare_digest(found.digest, digest.value) for digest in digests)
    return found if equal else None


def by_handle(session: Session, handle: str, function: str) -> Access | None:
    """Return a token by its public handle, for explaining what it may do."""
    row = session.one(_BY_HANDLE, {"handle": handle, "function": function})
    return None if row is None else Access(*row)


class _Generation:
    """What was read while the database had one version."""

    def __init__(self, version: Hashable) -> None:
        self.version = version
        self.found: dict[tuple[bytes, str], Access] = {}


class AccessCache:
    """What was read lately; all of it is forgotten as soon as the database changed (TOK-9).

    It remembers facts, never an answer, and only what was found, so guesses cannot fill it.
    Threads share it without a lock: each holds on to the generation of the version that it took
    before reading, so a late reader fills a generation that nobody asks any more.
    """

    def __init__(self, capacity: int = 4096) -> None:
        self._capacity = capacity
        self._current = _Generation(None)

    def read(
        self, session: Session, digests: Sequence[Digest], function: str, version: Hashable
    ) -> Access | None:
        """Return what `read` returns; `version` is the database's, taken before."""
        current = self._current
        if version is None or current.version != version:
            current = self._current = _Generation(version)
        key = (digests[0].value, function)
        found = current.found.get(key)
        if found is None:
            found = read(session, digests, function)
            if found is not None:
                if len(current.found) >= self._capacity:
                    current.found.clear()
                current.found[key] = found
        return found

    def forget_all(self) -> None:
        """Read everything anew: the keys by which it was found are others now (TOK-4)."""
        self._current = _Generation(None)
