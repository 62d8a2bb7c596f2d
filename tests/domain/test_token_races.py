"""A token that is ended while it is rotated has no successor."""

import time
from concurrent.futures import ThreadPoolExecutor

from coursewire.contracts.errors import Refusal
from coursewire.domain import tokens
from coursewire.domain.tokens import NewToken
from tests.support import making
from tests.support.sites import TestSite

# Long enough for the second to come to the place where it has to wait.
MEANWHILE = 0.3


def test_tok_9_a_token_that_is_just_being_revoked_has_no_successor(site: TestSite) -> None:
    ann = making.user(site, "ann")
    service = making.service(site, "health", users=[ann])
    token = tokens.issue(site.call(), NewToken(user_id=ann, service_id=service))

    def rotate() -> str | None:
        with site.database.session() as session:
            try:
                tokens.rotate(site.call(session=session), token.id, overlap=0)
            except Refusal as refusal:
                return refusal.reason
            return None

    call = site.call()
    with ThreadPoolExecutor(1) as pool:
        with call.transaction():
            tokens.revoke(call, token.id)
            coming = pool.submit(rotate)
            time.sleep(MEANWHILE)
        assert coming.result(timeout=30) == f"token {token.handle} has ended"
    assert tokens.list_of(site.call()) == []
