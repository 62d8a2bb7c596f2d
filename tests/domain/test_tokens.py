"""Making, changing and ending tokens (security.md section 3)."""

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import func, select, update

from coursewire.contracts.errors import InvalidParameter, MissingRecord, MoodleError
from coursewire.domain import gate, services, token_ends, tokens
from coursewire.domain.services import Changes, NewService
from coursewire.domain.tokens import NewToken
from coursewire.store import audit
from coursewire.store import services as service_rows
from coursewire.store import tokens as token_rows
from coursewire.store.schema import metadata
from coursewire.store.schema.services import tokens as table
from coursewire.store.schema.users import users
from tests.domain.gatehouse import FUNCTION, holder, knock, read
from tests.support import making
from tests.support.refusals import everything, refused, unchanged
from tests.support.sites import TestSite


@pytest.fixture
def ann(site: TestSite) -> int:
    return holder(site)


@pytest.fixture
def health(site: TestSite, ann: int) -> int:
    return making.service(site, "health", FUNCTION, users=[ann])


def actions(site: TestSite) -> list[str]:
    """What was recorded about tokens, oldest first."""
    found = [row.action for row in audit.records(site.session)]
    return [action for action in reversed(found) if action.startswith("token.")]


def row(site: TestSite, handle: str) -> Any:
    return site.session.one(select(table).where(table.c.handle == handle))


def test_tok_1_tok_2_what_a_token_is_and_what_is_stored(
    site: TestSite, ann: int, health: int
) -> None:
    issued = tokens.issue(site.call(), NewToken(user_id=ann, service_id=health))
    assert re.fullmatch(r"[0-9a-f]{32}", issued.token)
    stored = row(site, issued.handle)
    assert len(stored.digest) == 32
    assert stored.digest == site.keys.digest(issued.token).value
    assert stored.last4 == issued.token[-4:]
    whole = repr(everything(site.session))
    assert issued.token not in whole
    assert issued.token not in repr(issued)


def test_tok_2_n6_a_digest_made_without_the_key_opens_nothing(
    site: TestSite, ann: int, health: int
) -> None:
    guess = "ab" * 16
    issued = tokens.issue(site.call(), NewToken(user_id=ann, service_id=health))
    mine = update(table).where(table.c.handle == issued.handle)
    for forged in (sha256(guess.encode()).digest(), guess.encode(), bytes.fromhex(guess) * 2):
        site.session.execute(mine, {"digest": forged})
        assert knock(site, guess) == "invalidtoken"


def test_tok_5_handles_are_public_and_random(site: TestSite, ann: int, health: int) -> None:
    new = NewToken(user_id=ann, service_id=health)
    handles = {tokens.issue(site.call(), new).handle for _ in range(20)}
    assert len(handles) == 20
    assert all(re.fullmatch(r"[a-z2-9]{12}", handle) for handle in handles)


def test_tok_5_lists_show_no_value(site: TestSite, ann: int, health: int) -> None:
    issued = tokens.issue(site.call(), NewToken(user_id=ann, service_id=health, name="Till"))
    listed = tokens.list_of(site.call())
    assert [(token.handle, token.name, token.username) for token in listed] == [
        (issued.handle, "Till", "ann")
    ]
    assert issued.token not in repr(listed)


def test_tok_5_lists_show_only_what_the_viewer_may_manage(
    site: TestSite, ann: int, health: int
) -> None:
    issued = tokens.issue(site.call(), NewToken(user_id=ann, service_id=health))
    viewer = making.user_with(site, "viewer", "moodle/user:viewalldetails")
    manager = making.user_with(site, "tokenmanager", tokens.MANAGE_ALL)
    assert tokens.list_of(site.call(viewer)) == []
    assert len(tokens.list_of(site.call(manager))) == 1
    with refused(MissingRecord):
        tokens.revoke(site.call(viewer), issued.id)
    with refused(MissingRecord):
        tokens.of_handle(site.call(viewer), issued.handle)
    assert tokens.of_handle(site.call(manager), issued.handle).id == issued.id


@pytest.mark.parametrize(
    ("given", "stored"), [(None, 90 * 86_400), (0, 0), (5_000, 5_000)], ids=["default", "0", "set"]
)
def test_tok_8_ends_after_90_days_unless_said_otherwise(
    site: TestSite, ann: int, health: int, given: int | None, stored: int
) -> None:
    end = site.now + given if given else given
    issued = tokens.issue(site.call(), NewToken(user_id=ann, service_id=health, validuntil=end))
    assert issued.validuntil == (site.now + stored if stored else 0)
    assert ("it has no end date" in issued.warnings) is (stored == 0)


def test_a_date_that_has_passed_is_refused(site: TestSite, ann: int, health: int) -> None:
    with refused(InvalidParameter), unchanged(site.session):
        tokens.issue(site.call(), NewToken(user_id=ann, service_id=health, validuntil=site.now))


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("deleted", 1, "userdeleted"),
        ("confirmed", 0, "usernotconfirmed"),
        ("suspended", 1, "suspended"),
        ("auth", "nologin", "wsaccessusernologin"),
    ],
)
def test_no_token_for_somebody_who_could_not_use_it(
    site: TestSite, ann: int, health: int, column: str, value: object, code: str
) -> None:
    site.session.execute(update(users).where(users.c.id == ann), {column: value})
    with refused(MoodleError, code) as caught, unchanged(site.session):
        tokens.issue(site.call(), NewToken(user_id=ann, service_id=health))
    assert caught.value.remedy


def test_no_token_for_the_guest_or_nobody(site: TestSite, health: int) -> None:
    with refused(MoodleError, "noguest"):
        tokens.issue(site.call(), NewToken(user_id=1, service_id=health))
    with refused(MissingRecord):
        tokens.issue(site.call(), NewToken(user_id=999, service_id=health))
    with refused(MissingRecord):
        tokens.issue(site.call(), NewToken(user_id=2, service_id=999))


def test_no_token_outside_the_list_or_without_the_capability(
    site: TestSite, ann: int, health: int
) -> None:
    bob = making.user(site, "bob")
    with refused(MoodleError, "usernotallowed"):
        tokens.issue(site.call(), NewToken(user_id=bob, service_id=health))
    services.edit(site.call(), health, Changes(requiredcapability="moodle/user:create"))
    with refused(MoodleError, "nocapabilitytousethisservice"):
        tokens.issue(site.call(), NewToken(user_id=ann, service_id=health))


def test_a_token_that_does_not_work_yet_is_warned_of(site: TestSite) -> None:
    bob = making.user(site, "bob")
    service = services.create(site.call(), NewService(name="Off", restrictedusers=False))
    issued = tokens.issue(site.call(), NewToken(user_id=bob, service_id=service.id))
    assert any("disabled" in warning for warning in issued.warnings)
    assert any(gate.REST_CAPABILITY in warning for warning in issued.warnings)


def test_a_bad_address_list_or_name_is_refused(site: TestSite, ann: int, health: int) -> None:
    with pytest.raises(InvalidParameter), unchanged(site.session):
        tokens.issue(site.call(), NewToken(user_id=ann, service_id=health, iprestriction="all"))
    with refused(InvalidParameter), unchanged(site.session):
        tokens.issue(site.call(), NewToken(user_id=ann, service_id=health, name="x" * 256))


VALUE = "0123456789abcdef0123456789abcdef"


def test_a_site_file_places_a_value_and_is_warned(site: TestSite, ann: int, health: int) -> None:
    issued = tokens.place(site.call(), NewToken(user_id=ann, service_id=health), VALUE)
    assert issued.validuntil == 0
    assert any("stands in a file" in warning for warning in issued.warnings)
    assert knock(site, VALUE) == ""
    assert VALUE not in repr(everything(site.session))
    found = tokens.of_value(site.call(), VALUE)
    assert found is not None
    assert found.id == issued.id
    assert tokens.of_value(site.call(), VALUE.upper()) is None


def test_a_site_file_places_tokens_of_people_who_cannot_use_them(
    site: TestSite, health: int
) -> None:
    bob = making.user(site, "bob", suspended=True)
    past = NewToken(user_id=bob, service_id=health, validuntil=5)
    tokens.place(site.call(), past, VALUE)
    assert knock(site, VALUE) == "accessexception"


@pytest.mark.parametrize("value", ["", "short", "x" * 129, "with space 0123456789", "ä" * 32])
def test_values_that_are_no_tokens_are_refused_without_being_repeated(
    site: TestSite, ann: int, health: int, value: str
) -> None:
    with refused(InvalidParameter) as caught, unchanged(site.session):
        tokens.place(site.call(), NewToken(user_id=ann, service_id=health), value)
    assert not value or value not in caught.value.reason


def test_dur_5_a_value_belongs_to_one_token(site: TestSite, ann: int, health: int) -> None:
    new = NewToken(user_id=ann, service_id=health)
    tokens.place(site.call(), new, VALUE)
    with refused(MoodleError, "tokengenerationfailed"), unchanged(site.session):
        tokens.place(site.call(), new, VALUE)


def test_dur_5_the_database_itself_keeps_values_apart(
    site: TestSite, ann: int, health: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = NewToken(user_id=ann, service_id=health)
    tokens.place(site.call(), new, VALUE)

    def blind(*_: object) -> None:
        """A look-up that happened before the other writer committed."""

    monkeypatch.setattr(token_rows, "id_by_digests", blind)
    with refused(MoodleError, "tokengenerationfailed"), unchanged(site.session):
        tokens.place(site.call(), new, VALUE)


def test_limits_of_a_token_can_be_changed(site: TestSite, ann: int, health: int) -> None:
    issued = tokens.issue(site.call(), NewToken(user_id=ann, service_id=health))
    changes = tokens.Changes(name="Till", iprestriction="127.0.0.1", validuntil=0)
    edited = tokens.edit(site.call(), issued.id, changes)
    assert (edited.name, edited.iprestriction, edited.validuntil) == ("Till", "127.0.0.1", 0)
    with unchanged(site.session):
        tokens.edit(site.call(), issued.id, changes)
    with unchanged(site.session):
        tokens.edit(site.call(), issued.id, tokens.Changes())
    with pytest.raises(InvalidParameter), unchanged(site.session):
        tokens.edit(site.call(), issued.id, tokens.Changes(iprestriction="x"))
    with refused(InvalidParameter), unchanged(site.session):
        tokens.edit(site.call(), issued.id, tokens.Changes(name="x" * 256))
    with refused(InvalidParameter), unchanged(site.session):
        tokens.edit(site.call(), issued.id, tokens.Changes(name=" "))
    assert actions(site) == ["token.issue", "token.edit"]


def test_rotation_overlaps(site: TestSite, ann: int, health: int) -> None:
    new = NewToken(user_id=ann, service_id=health, name="Till", iprestriction="127.0.0.1")
    old = tokens.issue(site.call(), new)
    site.clock.pass_seconds(100)
    fresh = tokens.rotate(site.call(), old.id, 3600)
    assert fresh.token != old.token
    assert knock(site, old.token) == knock(site, fresh.token) == ""
    after = tokens.require(site.call(), fresh.id)
    assert (after.name, after.iprestriction) == ("Till", "127.0.0.1")
    assert after.validuntil == site.now + tokens.DEFAULT_LIFE
    site.clock.pass_seconds(3601)
    assert knock(site, old.token) == "accessexception"
    assert knock(site, fresh.token) == ""


def test_rotation_without_overlap_ends_the_old_one(site: TestSite, ann: int, health: int) -> None:
    old = tokens.issue(site.call(), NewToken(user_id=ann, service_id=health, validuntil=0))
    fresh = tokens.rotate(site.call(), old.id, 0)
    assert fresh.validuntil == 0
    assert (knock(site, old.token), knock(site, fresh.token)) == ("invalidtoken", "")
    with refused(InvalidParameter):
        tokens.rotate(site.call(), old.id, 0)
    assert actions(site) == ["token.issue", "token.rotate"]


def test_rotation_does_not_prolong_the_old_one(site: TestSite, ann: int, health: int) -> None:
    end = site.now + 100
    old = tokens.issue(site.call(), NewToken(user_id=ann, service_id=health, validuntil=end))
    tokens.rotate(site.call(), old.id, 3600)
    assert tokens.require(site.call(), old.id).validuntil == end


def test_a_token_given_at_log_in_is_not_rotated(site: TestSite, ann: int, health: int) -> None:
    issued = tokens.issue(site.call(), NewToken(user_id=ann, service_id=health))
    site.session.execute(update(table), {"origin": "login"})
    with refused(InvalidParameter) as caught:
        tokens.rotate(site.call(), issued.id, 0)
    assert "next log-in" in caught.value.remedy


def test_revoking_twice_records_once(site: TestSite, ann: int, health: int) -> None:
    issued = tokens.issue(site.call(), NewToken(user_id=ann, service_id=health))
    for _ in range(2):
        tokens.revoke(site.call(), issued.id)
    assert actions(site) == ["token.issue", "token.revoke"]
    assert tokens.list_of(site.call(), user_id=ann) == []
    [ended] = tokens.list_of(site.call(), service_id=health, ended=True)
    assert ended.revoked == site.now
    assert not ended.is_live(site.now)


def test_d12_ended_tokens_stay_30_days(site: TestSite, ann: int, health: int) -> None:
    new = NewToken(user_id=ann, service_id=health, validuntil=site.now + 10)
    expired, revoked = (tokens.issue(site.call(), new) for _ in range(2))
    live = tokens.issue(site.call(), NewToken(user_id=ann, service_id=health, validuntil=0))
    tokens.revoke(site.call(), revoked.id)
    site.clock.pass_seconds(11)
    access = read(site, expired.token)
    assert access is not None
    with site.session.transaction():
        token_ends.mark_expired(site.session, access, site.now)
    assert token_ends.purge(site.call()) == 0
    site.clock.pass_seconds(token_ends.KEPT + 1)
    assert token_ends.purge(site.call()) == 2
    kept: Sequence[str] = site.session.scalars(select(table.c.handle))
    assert kept == [live.handle]
    assert actions(site)[-3:] == ["token.revoke", "token.expire", "token.purge"]


def test_only_the_digest_column_could_hold_a_value() -> None:
    """A new text column of the table must be thought about: could it hold a token in clear?"""
    assert {column.name for column in metadata.tables["tokens"].c} == {
        *("id", "handle", "digest", "key_number", "last4", "name", "origin", "salt", "sealed"),
        *("user_id", "service_id", "context_id", "creatorid", "iprestriction", "validuntil"),
        *("timecreated", "lastaccess", "revoked", "revoked_reason", "expired_seen"),
        *("disabled", "note", "rate", "burst"),
    }


def test_services_count_their_live_tokens(site: TestSite, ann: int, health: int) -> None:
    for _ in range(3):
        issued = tokens.issue(site.call(), NewToken(user_id=ann, service_id=health))
    tokens.revoke(site.call(), issued.id)
    assert service_rows.live_tokens(site.session) == {health: 2}
    assert site.session.scalar(select(func.count()).select_from(table)) == 3


def test_faults_of_changes_are_told_together_by_field() -> None:
    changes = tokens.Changes(
        name=" ", note="x" * (tokens.LONGEST_NOTE + 1), iprestriction="nowhere"
    )
    assert set(tokens.faults(changes)) == {"name", "note", "iprestriction"}
    assert tokens.faults(tokens.Changes(name="a", note="b")) == {}


def test_a_token_that_has_ended_gets_no_other_end(site: TestSite, ann: int, health: int) -> None:
    issued = tokens.issue(site.call(), NewToken(user_id=ann, service_id=health))
    tokens.revoke(site.call(), issued.id)
    with refused(InvalidParameter), unchanged(site.session):
        tokens.extend(site.call(), issued.id, site.now + 100)
    with refused(InvalidParameter), unchanged(site.session):
        tokens.edit(site.call(), issued.id, tokens.Changes(name="other"))


def test_tokens_that_were_not_used_end_with_the_key_of_their_digests(
    site: TestSite, ann: int, health: int
) -> None:
    issued = tokens.issue(site.call(), NewToken(user_id=ann, service_id=health))
    token_ends.retire_keys(site.call(), site.keys.active)
    assert not tokens.require(site.call(), issued.id).revoked
    token_ends.retire_keys(site.call(), site.keys.active + 1)
    assert tokens.require(site.call(), issued.id).revoked


def test_an_end_date_that_is_set_already_records_nothing(
    site: TestSite, ann: int, health: int
) -> None:
    issued = tokens.issue(site.call(), NewToken(user_id=ann, service_id=health))
    call = site.call()
    tokens.extend(call, issued.id, call.now + 100)
    before = actions(site)
    assert tokens.extend(site.call(), issued.id, call.now + 100).validuntil == call.now + 100
    assert actions(site) == before
