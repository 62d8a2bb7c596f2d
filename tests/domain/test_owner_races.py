"""Administrators and owners of the console are never lost to two changes at once."""

from coursewire.contracts.errors import Refusal
from coursewire.domain import administrators, console_rights, user_deletion
from coursewire.domain.site import ADMIN_ID
from coursewire.store import users
from tests.support import making
from tests.support.meanwhile import meanwhile
from tests.support.sites import TestSite


def test_authz_8_two_owners_who_go_at_once_do_not_both_go(site: TestSite) -> None:
    ann, ben = (making.user(site, name) for name in ("ann", "ben"))
    for user_id in (ann, ben):
        console_rights.grant(site.call(), user_id, "owner")
    refused = meanwhile(
        site,
        lambda call: console_rights.revoke(call, ann),
        lambda call: console_rights.grant(call, ben, "viewer"),
    )
    assert isinstance(refused, Refusal)
    assert refused.reason == "ben is the only owner of the console"
    assert [one.id for one in users.with_console_role(site.session, ["owner"])] == [ben]


def test_authz_8_who_is_just_becoming_an_administrator_is_not_deleted(site: TestSite) -> None:
    ann = making.user(site, "ann")
    refused = meanwhile(
        site,
        lambda call: administrators.set_all(call, [ann]),
        lambda call: user_deletion.delete(call, ann),
    )
    assert isinstance(refused, Refusal)
    assert refused.reason == "An administrator's account cannot be deleted"


def test_authz_8_who_is_just_being_deleted_becomes_no_administrator(site: TestSite) -> None:
    ann = making.user(site, "ann")
    refused = meanwhile(
        site,
        lambda call: user_deletion.delete(call, ann),
        lambda call: administrators.set_all(call, [ann]),
    )
    assert isinstance(refused, Refusal)
    assert site.load().admin_ids == {ADMIN_ID}
