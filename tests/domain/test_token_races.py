"""A token that is ended while it is rotated has no successor."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from coursewire.contracts.errors import Refusal
from coursewire.domain import tokens
from coursewire.domain.tokens import NewToken
from coursewire.store import tokens as token_rows
from coursewire.store import users
from tests.support import making
from tests.support.meanwhile import MEANWHILE, meanwhile
from tests.support.sites import TestSite


def test_tok_9_a_token_that_is_just_being_revoked_has_no_successor(site: TestSite) -> None:
    ann = making.user(site, "ann")
    service = making.service(site, "health", users=[ann])
    token = tokens.issue(site.call(), NewToken(user_id=ann, service_id=service))

    refused = meanwhile(
        site,
        lambda call: tokens.revoke(call, token.id),
        lambda call: tokens.rotate(call, token.id, overlap=0),
    )
    assert isinstance(refused, Refusal)
    assert refused.reason == f"token {token.handle} has ended"
    assert tokens.list_of(site.call()) == []


@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
def test_tok_9_a_rotation_waits_for_the_user_before_it_locks_the_token(site: TestSite) -> None:
    """Who deletes a user locks the user first and then the tokens: nobody waits in a circle."""
    ann = making.user(site, "ann")
    service = making.service(site, "health", users=[ann])
    token = tokens.issue(site.call(), NewToken(user_id=ann, service_id=service))

    def rotate() -> None:
        with site.database.session() as session:
            tokens.rotate(site.call(session=session), token.id, overlap=0)

    call = site.call()
    with ThreadPoolExecutor(1) as pool, site.database.session() as other:
        with call.transaction():
            users.hold_for_deletion(call.session, [ann])
            coming = pool.submit(rotate)
            time.sleep(MEANWHILE)
            other.execute(text("SET lock_timeout = '50ms'"))
            token_rows.lock(other, token.id)
        coming.result(timeout=30)
