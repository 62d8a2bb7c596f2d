"""A token that is ended while it is rotated has no successor."""

from coursewire.contracts.errors import Refusal
from coursewire.domain import tokens
from coursewire.domain.tokens import NewToken
from tests.support import making
from tests.support.meanwhile import meanwhile
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
