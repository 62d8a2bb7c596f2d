"""A password that is changed while somebody logs in by the old one opens nothing that lasts."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from coursewire.contracts.errors import MoodleError, Refusal
from coursewire.domain import login, login_token, login_tokens, settings, tokens, users
from coursewire.domain.call import Call
from coursewire.domain.login_token import Request
from coursewire.domain.password_hashes import Verified
from coursewire.store import services as service_rows
from coursewire.store import users as rows
from coursewire.store.session import Session
from tests.domain.doorway import HOME, PASSWORD, Door, log_in
from tests.domain.gatehouse import FUNCTION
from tests.support import making
from tests.support.meanwhile import MEANWHILE, meanwhile
from tests.support.refusals import refused
from tests.support.sites import TestSite

REQUEST = Request("ann", PASSWORD, "health")


@pytest.fixture
def door(site: TestSite) -> Iterator[Door]:
    call = site.call()
    with call.transaction():
        settings.store(site.session, "enablewebservices", True)
    found = Door(site)
    yield found
    found.close()


@pytest.fixture
def ann(door: Door) -> int:
    """A user who may make tokens at log-in, for the service `health`."""
    user_id = door.user("ann")
    making.role(door.site, "tokens", [login_tokens.CREATE, "webservice/rest:use"])
    making.assign(door.site, "tokens", user_id)
    making.service(door.site, "health", FUNCTION, users=[user_id])
    return user_id


def change_password(door: Door, user_id: int, meanwhile: Callable[[Session], object]) -> str | None:
    """Change a password, and come in before that is kept; return what came of coming in."""

    def second() -> str | None:
        with door.site.database.session() as session:
            try:
                meanwhile(session)
            except MoodleError as refusal:
                return refusal.errorcode
            return None

    call = door.site.call()
    with ThreadPoolExecutor(1) as pool:
        with call.transaction():
            users.set_password(call, user_id, "changed")
            coming = pool.submit(second)
            time.sleep(MEANWHILE)
        return coming.result(timeout=30)


def test_tok_9_no_token_is_made_for_a_password_that_is_being_changed(door: Door, ann: int) -> None:
    attempt = login.begin(door.call(), "ann", HOME)

    def finish(session: Session) -> object:
        return login_token.finish(
            door.call(session=session), REQUEST, attempt, Verified(ok=True), HOME
        )

    assert change_password(door, ann, finish) == "invalidlogin"
    assert tokens.list_of(door.site.call()) == []


def test_tok_9_no_token_is_made_for_a_password_that_has_just_been_changed(
    door: Door, ann: int
) -> None:
    found = log_in(door.call(), "ann", PASSWORD, HOME)
    service = service_rows.by_shortname(door.site.session, "health")
    assert service is not None
    users.set_password(door.site.call(), ann, "changed")
    with refused(MoodleError, "invalidlogin"):
        login_tokens.give(login.acting_as(door.call(), found), found, service, HOME)
    assert tokens.list_of(door.site.call()) == []


def test_auth_2_the_new_hash_of_an_old_password_replaces_no_new_password(
    door: Door, ann: int
) -> None:
    attempt = login.begin(door.call(), "ann", HOME)
    upgraded = Verified(ok=True, replacement="the old password, hashed anew")

    def finish(session: Session) -> object:
        return login.finish(door.call(session=session), attempt, upgraded)

    assert change_password(door, ann, finish) == "invalidlogin"
    found = rows.get(door.site.session, ann)
    assert found is not None
    assert found.password == "changed"


def test_auth_2_two_log_ins_that_renew_a_hash_at_once_both_come_in(door: Door, ann: int) -> None:
    renewed = Verified(ok=True, replacement="the same password, hashed anew")
    first, second = (login.begin(door.call(), "ann", HOME) for _ in range(2))

    def finish(call: Call, attempt: login.Attempt) -> object:
        return login.finish(door.call(session=call.session), attempt, renewed)

    came = meanwhile(door.site, lambda call: finish(call, first), lambda call: finish(call, second))
    assert not isinstance(came, Refusal)
    found = rows.get(door.site.session, ann)
    assert found is not None
    assert found.password == renewed.replacement
