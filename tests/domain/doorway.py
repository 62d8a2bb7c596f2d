"""Somebody at the door: calls of nobody yet, with a cheap hasher that counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from coursewire.contracts.errors import MoodleError
from coursewire.domain import login, login_token
from coursewire.domain.call import Call, Origin
from coursewire.domain.hashing import Busy, Passwords
from coursewire.domain.login import Attempt
from coursewire.domain.login_token import Given, SiteCheck
from coursewire.domain.password_hashes import Verified
from coursewire.store import users
from coursewire.store.session import Session
from coursewire.store.users import UserRecord
from tests.domain.hashers import Counting
from tests.support import making
from tests.support.sites import TestSite

PASSWORD = "Sunny-Day-7!"
HOME = "192.0.2.7"


@dataclass
class Door:
    """A site's password log-in, seen from outside."""

    site: TestSite
    hasher: Counting = field(default_factory=Counting)

    def __post_init__(self) -> None:
        self.passwords = Passwords(self.hasher)

    def user(self, username: str, **values: making.Field) -> int:
        """A user whose password is `PASSWORD`."""
        stored = self.hasher.hash(PASSWORD.encode())
        return making.user(self.site, username, **({"password_hash": stored} | values))

    def call(self, address: str = HOME, session: Session | None = None) -> Call:
        """A call before anybody is known."""
        return Call(
            session=session or self.site.session,
            caller=login.NOBODY,
            site=self.site.load(),
            now=self.site.now,
            origin=Origin(request_id="r-1", address=address),
            clock=self.site.clock,
            keys=self.site.keys,
            passwords=self.passwords,
        )

    def knock(self, username: str, password: str = PASSWORD, address: str = HOME) -> int:
        """Log in and return the user's id, or 0 when refused."""
        try:
            return log_in(self.call(address), username, password, address).id
        except MoodleError as refusal:
            if refusal.errorcode != "invalidlogin":
                raise
            return 0

    def guesses(self) -> int:
        """How many passwords were compared with somebody's hash so far."""
        return sum(stored != self.hasher.unmatchable for stored in self.hasher.verified)

    def close(self) -> None:
        self.passwords.close()


def log_in(call: Call, username: str, password: str, address: str) -> UserRecord:
    """Log in, all steps at once: a test may wait for the hash."""
    attempt = login.begin(call, username, address)
    user = login.finish(call, attempt, _verified(call, password, attempt))
    login.note_entry(call, user)
    return users.get(call.session, user.id) or user


def token_by_password(call: Call, fields: Mapping[str, object], address: str) -> Given | SiteCheck:
    """Answer a request for a token, all steps at once."""
    request = login_token.read(call, fields)
    if isinstance(request, SiteCheck):
        return request
    attempt = login_token.begin(call, request, address)
    verified = _verified(call, request.password, attempt)
    return login_token.finish(call, request, attempt, verified, address)


def _verified(call: Call, password: str, attempt: Attempt) -> Verified:
    try:
        return call.passwords.check(password, attempt.stored)
    except Busy:
        login.abandon(call, attempt)
        raise
