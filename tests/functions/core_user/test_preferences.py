"""Preferences: read, set with warnings, updated in silence; each refusal once."""

import pytest

from coursewire.contracts.core_user import preferences as c
from coursewire.contracts.errors import (
    CodingError,
    DatabaseWrite,
    MissingRecord,
    MoodleError,
    NoPermission,
)
from coursewire.contracts.fields import UNSET
from coursewire.domain.known_preferences import FORCE_PASSWORD_CHANGE
from coursewire.functions.core_user import preferences as bodies
from coursewire.store import audit as audit_rows
from coursewire.store import preferences, users
from tests.support import making
from tests.support.refusals import refused, unchanged
from tests.support.sites import TestSite

ADMIN, GUEST, UNKNOWN = 2, 1, 987654
EDITOR, FORUM = "htmleditor", "forum_markasreadonnotification"


def read(site: TestSite, name: str = "", of: int = 0, user: int = ADMIN) -> dict[str, object]:
    found = bodies.get_user_preferences(site.call(user), c.GetUserPreferences(name=name, userid=of))
    return {each.name: each.value for each in found.preferences}


def put(
    site: TestSite, *wanted: tuple[str, str, int], user: int = ADMIN
) -> tuple[list[tuple[str, int]], list[tuple[object, str]]]:
    """Set (name, value, user); what was saved, and the warnings as (user, code)."""
    sent = [c.UserPreference(name=n, value=v, userid=u) for n, v, u in wanted]
    done = bodies.set_user_preferences(site.call(user), c.SetUserPreferences(preferences=sent))
    warnings = [] if done.warnings is UNSET else done.warnings
    saved = [(each.name, each.userid) for each in done.saved]
    return saved, [(each.itemid, each.warningcode) for each in warnings]


def update(
    site: TestSite,
    of: int,
    *wanted: tuple[str, str | None],
    emailstop: int | None = None,
    user: int = ADMIN,
) -> None:
    sent = [c.PreferenceChange(type=name, value=value) for name, value in wanted]
    params = c.UpdateUserPreferences(userid=of, emailstop=emailstop, preferences=sent)
    bodies.update_user_preferences(site.call(user), params)


@pytest.fixture
def ann(site: TestSite) -> int:
    return making.user(site, "ann")


@pytest.fixture
def inactive(site: TestSite) -> dict[str, int]:
    """Users who cannot take part, by the code of what is wrong with them."""
    gone, new = making.user(site, "gone"), making.user(site, "new", confirmed=False)
    users.change(site.session, gone, {"deleted": 1})
    return {"userdeleted": gone, "usernotconfirmed": new, "guestsarenotallowed": GUEST}


class TestReading:
    def test_one_is_null_where_it_is_not_set(self, site: TestSite, ann: int) -> None:
        assert read(site, EDITOR, ann) == {EDITOR: None}
        preferences.put(site.session, ann, {EDITOR: "tiny", FORUM: "0"})
        assert read(site, EDITOR, user=ann) == {EDITOR: "tiny"}
        assert read(site, "", ann) == read(site, "0", ann) == {EDITOR: "tiny", FORUM: "0"}

    @pytest.mark.parametrize("name", ["12", " 1.5", "-3e2", ".5"])
    def test_a_number_names_nothing(self, site: TestSite, name: str) -> None:
        with refused(CodingError):
            read(site, name)

    def test_whose_may_not_be_read_is_told(
        self, site: TestSite, ann: int, inactive: dict[str, int]
    ) -> None:
        with refused(MissingRecord):
            read(site, EDITOR, UNKNOWN)
        for code, user_id in inactive.items():
            with refused(MoodleError, code):
                read(site, EDITOR, user_id)
        with refused(NoPermission):
            read(site, EDITOR, ADMIN, user=ann)

    def test_who_must_change_the_password_reads_nothing(self, site: TestSite, ann: int) -> None:
        preferences.put(site.session, ann, {FORCE_PASSWORD_CHANGE: "1"})
        with refused(MoodleError, "forcepasswordchangenotice"):
            read(site, EDITOR, user=ann)


class TestSetting:
    def test_what_cannot_be_set_is_told_and_the_rest_is_set(
        self, site: TestSite, ann: int, inactive: dict[str, int]
    ) -> None:
        wrong = sorted(inactive.values())
        before = len(audit_rows.records(site.session))
        saved, warnings = put(
            site,
            (EDITOR, "textarea", ann),
            (EDITOR, "tiny", UNKNOWN),
            *((EDITOR, "tiny", user_id) for user_id in wrong),
            ("nopref", "1", ann),
            ("", "1", ann),
            (FORUM, "0", 0),
        )
        assert saved == [(EDITOR, ann), (FORUM, ADMIN)]
        assert warnings == [
            (UNKNOWN, "invaliduser"),
            *((user_id, "invaliduser") for user_id in wrong),
            (ann, "nopermission"),
            (ann, "nopermission"),
        ]
        assert preferences.of_user(site.session, ann) == {EDITOR: "textarea"}
        told = audit_rows.records(site.session)
        assert len(told) == before + 1
        assert (told[0].action, told[0].target) == ("user.preferences", f"users {ADMIN}-{ann}")

    def test_a_name_that_cannot_be_stored_is_told(self, site: TestSite, ann: int) -> None:
        hidden = "block_myoverview_hidden_course_"
        longest, longer = hidden.ljust(255, "1"), hidden.ljust(256, "1")
        saved, warnings = put(site, (longer, "1", 0), (longest, "1", 0), user=ann)
        assert saved == [(longest, ann)]
        assert warnings == [(ann, "errorsavingpreference")]
        with unchanged(site.session), refused(DatabaseWrite):
            update(site, 0, (EDITOR, "tiny"), (longer, "1"), user=ann)

    def test_authz_7_others_preferences_are_not_for_everybody(
        self, site: TestSite, ann: int
    ) -> None:
        ben = making.user(site, "ben")
        editor = making.user_with(site, "editor", "moodle/user:editprofile")
        with unchanged(site.session):
            assert put(site, (EDITOR, "tiny", ben), user=ann) == ([], [(ben, "nopermission")])
            assert put(site, (EDITOR, "tiny", ADMIN), user=editor)[0] == []
        assert put(site, (EDITOR, "tiny", ben), user=editor)[0] == [(EDITOR, ben)]

    def test_who_must_change_the_password_sets_their_own(self, site: TestSite, ann: int) -> None:
        preferences.put(site.session, ann, {FORCE_PASSWORD_CHANGE: "1"})
        assert put(site, (EDITOR, "tiny", 0), user=ann) == ([(EDITOR, ann)], [])
        assert put(site, (FORCE_PASSWORD_CHANGE, "0", 0), user=ann)[0] == []


class TestUpdating:
    def test_what_may_not_be_set_is_left_out_in_silence(self, site: TestSite, ann: int) -> None:
        update(site, ann, (EDITOR, "tiny"), ("nopref", "1"))
        assert preferences.of_user(site.session, ann) == {EDITOR: "tiny"}
        update(site, ADMIN, (EDITOR, "tiny"), user=ann)
        assert preferences.of_user(site.session, ADMIN) == {}

    def test_null_unsets_or_gives_the_default(self, site: TestSite, ann: int) -> None:
        held = {EDITOR: "tiny", FORUM: "1", "calendar_maxevents": "7"}
        preferences.put(site.session, ann, held)
        update(site, ann, *((name, None) for name in held))
        assert preferences.of_user(site.session, ann) == {"calendar_maxevents": "1"}

    def test_mail_is_stopped_by_those_who_may(self, site: TestSite, ann: int) -> None:
        ben = making.user(site, "ben")
        update(site, ann, emailstop=1)
        assert _stopped(site, ann)
        with unchanged(site.session):
            update(site, ann, emailstop=0, user=ben)
            update(site, ADMIN, emailstop=1, user=ben)
            update(site, ann, emailstop=1)
        update(site, 0, emailstop=0, user=ann)
        assert not _stopped(site, ann)

    def test_an_unknown_user_is_refused_where_anything_is_sent(
        self, site: TestSite, inactive: dict[str, int]
    ) -> None:
        with unchanged(site.session):
            with refused(MissingRecord):
                update(site, UNKNOWN, (EDITOR, "tiny"))
            with refused(MissingRecord):
                update(site, UNKNOWN, emailstop=1)
            for code, user_id in inactive.items():
                with refused(MoodleError, code):
                    update(site, user_id, emailstop=1)
            update(site, UNKNOWN)


def _stopped(site: TestSite, user_id: int) -> bool:
    found = users.get(site.session, user_id)
    assert found is not None
    return bool(found.emailstop)
