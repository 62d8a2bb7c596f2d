"""Rows of tokens: making, listing, using, ending; a token's value is never among them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, bindparam, func, insert, or_, select, update

from coursewire.store import free_rows
from coursewire.store.batches import batches
from coursewire.store.keys import Digest
from coursewire.store.schema.services import services, tokens
from coursewire.store.schema.users import users
from coursewire.store.session import Session

# Origins whose tokens log-in gives out again.
GIVEN_AT_LOGIN = ("login", "sitefile")


class TokenRecord(Struct, frozen=True, gc=False):
    """A token for lists and pages, with the names of its user and service."""

    id: int
    handle: str
    last4: str
    name: str
    origin: str
    user_id: int
    service_id: int
    context_id: int
    creatorid: int
    iprestriction: str
    validuntil: int
    timecreated: int
    lastaccess: int
    revoked: int
    revoked_reason: str | None
    expired_seen: int
    disabled: int
    note: str
    rate: int
    burst: int
    username: str
    service_name: str

    def is_live(self, now: int) -> bool:
        """Tell whether the token still works, as far as the token itself decides."""
        ended = self.revoked or self.expired_seen or 0 < self.validuntil < now
        return not ended


class SecretRecord(Struct, frozen=True, gc=False):
    """What is needed to give a token out again: how its value is kept, and its limits."""

    id: int
    handle: str
    origin: str
    salt: bytes | None
    sealed: bytes | None
    iprestriction: str
    validuntil: int


_NAMED = {"username": users.c.username, "service_name": services.c.name}
_RECORD = select(
    *(
        _NAMED[name].label(name) if name in _NAMED else tokens.c[name]
        for name in TokenRecord.__struct_fields__
    )
).select_from(
    tokens.join(users, users.c.id == tokens.c.user_id).join(
        services, services.c.id == tokens.c.service_id
    )
)
_SECRET = select(*(tokens.c[name] for name in SecretRecord.__struct_fields__))
_TOUCH = (
    update(tokens)
    .where(tokens.c.id == bindparam("key"), tokens.c.lastaccess < bindparam("time"))
    .values(lastaccess=bindparam("time"))
)
_MOVE = (
    update(tokens)
    .where(tokens.c.id == bindparam("key"), tokens.c.digest == bindparam("before"))
    .values(digest=bindparam("after"), key_number=bindparam("number"))
)
_LIVE = and_(tokens.c.revoked == 0, tokens.c.expired_seen == 0)


def add(session: Session, values: Mapping[str, Any]) -> int:
    """Insert a token and return its id."""
    return session.insert(insert(tokens), dict(values))


def set_digest(session: Session, token_id: int, digest: Digest, last4: str) -> None:
    """Store under which digest a token is found."""
    values = {"digest": digest.value, "key_number": digest.number, "last4": last4}
    session.execute(update(tokens).where(tokens.c.id == token_id), values)


def move_digests(session: Session, wanted: Mapping[int, tuple[bytes, Digest]]) -> None:
    """Store tokens under other digests, by id, where they still have the one that is named."""
    rows = [
        {"key": token_id, "before": before, "after": digest.value, "number": digest.number}
        for token_id, (before, digest) in sorted(wanted.items())
    ]
    if rows:
        session.execute(_MOVE, rows)


def of_other_keys(number: int) -> ColumnElement[bool]:
    """Choose the tokens whose digests were made with another key."""
    return tokens.c.key_number != number


def count_by_key(session: Session, now: int) -> dict[int, int]:
    """Return how many tokens in force have a digest of each key."""
    in_force = and_(_LIVE, or_(tokens.c.validuntil == 0, tokens.c.validuntil >= now))
    query = select(tokens.c.key_number, func.count()).where(in_force).group_by(tokens.c.key_number)
    return {row[0]: row[1] for row in session.rows(query)}


def get(session: Session, token_id: int) -> TokenRecord | None:
    """Return one token."""
    row = session.one(_RECORD.where(tokens.c.id == token_id))
    return None if row is None else TokenRecord(*row)


def lock(session: Session, token_id: int) -> None:
    """Let nobody else change or end a token until the transaction ends."""
    statement = select(tokens.c.id).where(tokens.c.id == token_id)
    session.execute(statement.with_for_update(key_share=True))


def by_handle(session: Session, handle: str) -> TokenRecord | None:
    """Return the token of a public handle."""
    row = session.one(_RECORD.where(tokens.c.handle == handle))
    return None if row is None else TokenRecord(*row)


def named(session: Session, name: str) -> list[TokenRecord]:
    """Return the tokens of a name."""
    return [TokenRecord(*row) for row in session.rows(_RECORD.where(tokens.c.name == name))]


def id_by_digests(session: Session, digests: Iterable[Digest]) -> int | None:
    """Return the id of the token that is stored under one of the digests."""
    values = [digest.value for digest in digests]
    found: int | None = session.scalar(select(tokens.c.id).where(tokens.c.digest.in_(values)))
    return found


def listed(
    session: Session,
    *,
    user_id: int | None = None,
    service_id: int | None = None,
    creator_id: int | None = None,
    ended: bool = False,
) -> list[TokenRecord]:
    """Return tokens by id: of a user, a service, a creator; ended ones only when asked for."""
    wanted = {"user_id": user_id, "service_id": service_id, "creatorid": creator_id}
    query = _RECORD.order_by(tokens.c.id)
    for name, value in wanted.items():
        if value is not None:
            query = query.where(tokens.c[name] == value)
    if not ended:
        query = query.where(_LIVE)
    return [TokenRecord(*row) for row in session.rows(query)]


def given_at_login(session: Session, user_id: int, service_id: int) -> list[SecretRecord]:
    """Return the tokens that log-in may give out again, the last created first."""
    query = _SECRET.where(
        tokens.c.user_id == user_id,
        tokens.c.service_id == service_id,
        tokens.c.origin.in_(GIVEN_AT_LOGIN),
        tokens.c.disabled == 0,
        _LIVE,
    ).order_by(tokens.c.timecreated.desc(), tokens.c.id.desc())
    return [SecretRecord(*row) for row in session.rows(query)]


def change(session: Session, token_id: int, values: Mapping[str, Any]) -> None:
    """Change a token's name or limits."""
    session.execute(update(tokens).where(tokens.c.id == token_id), dict(values))


def mark_expired(session: Session, token_id: int, now: int) -> bool:
    """Note that the holder was told of the end; False when that was done before."""
    statement = update(tokens).where(tokens.c.id == token_id, tokens.c.expired_seen == 0)
    return session.execute(statement, {"expired_seen": now}).rowcount > 0


def revoke(session: Session, which: ColumnElement[bool], now: int, reason: str) -> list[str]:
    """End tokens and return the handles of those that had not ended before."""
    statement = update(tokens).where(which, tokens.c.revoked == 0).returning(tokens.c.handle)
    values = {"revoked": now, "revoked_reason": reason}
    return sorted(session.scalars(statement.values(values)))


def of_id(token_id: int) -> ColumnElement[bool]:
    """Choose one token."""
    return tokens.c.id == token_id


def of_user(user_ids: Collection[int]) -> ColumnElement[bool]:
    """Choose all tokens of users."""
    return tokens.c.user_id.in_(user_ids)


def of_login(user_id: int) -> ColumnElement[bool]:
    """Choose the tokens that a user got by log-in."""
    return and_(tokens.c.user_id == user_id, tokens.c.origin == "login")


def of_seen_expired(user_id: int, service_id: int) -> ColumnElement[bool]:
    """Choose the tokens from log-in whose holder was told of their end when using them."""
    return and_(of_login(user_id), tokens.c.service_id == service_id, tokens.c.expired_seen > 0)


def of_service(service_id: int) -> ColumnElement[bool]:
    """Choose all tokens of a service."""
    return tokens.c.service_id == service_id


def touch_first(session: Session, ids: Collection[int], time: int) -> set[int]:
    """Write the first use of tokens; return those of which no other process did so before."""
    found: set[int] = set()
    for some in batches(sorted(ids)):
        statement = update(tokens).where(tokens.c.id.in_(some), tokens.c.lastaccess == 0)
        found |= set(session.scalars(statement.values(lastaccess=time).returning(tokens.c.id)))
    return found


def hold_free(session: Session, ids: Collection[int]) -> set[int]:
    """Hold those tokens that nobody is changing, and return them; this waits for nobody."""
    return free_rows.hold(session, tokens, ids)


def there(session: Session, ids: Collection[int]) -> set[int]:
    """Return which of some tokens exist."""
    return free_rows.there(session, tokens, ids)


def touch(session: Session, uses: Mapping[int, int]) -> None:
    """Write when tokens were last used."""
    rows = [{"key": token_id, "time": time} for token_id, time in sorted(uses.items())]
    if rows:
        session.execute(_TOUCH, rows)


def purge(session: Session, before: int) -> int:
    """Remove tokens that ended before a time; the audit record keeps their handles (TOK-8).

    One whose end nobody was told of yet stays however long that takes: without it the first use
    would be answered like that of a token that never was (D12).
    """
    ended = or_(
        and_(tokens.c.revoked > 0, tokens.c.revoked < before),
        and_(tokens.c.expired_seen > 0, tokens.c.expired_seen < before),
    )
    return session.execute(tokens.delete().where(ended)).rowcount
