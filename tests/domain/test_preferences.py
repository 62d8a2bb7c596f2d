"""Preferences: who may set which, and what is kept of a value."""

import pytest

from coursewire.domain import known_preferences, preferences
from coursewire.domain.call import Call
from coursewire.store import preferences as store
from coursewire.store import users
from tests.support import making
from tests.support.sites import TestSite

EDIT = "moodle/user:editprofile"


def may_set(call: Call, target: int, name: str) -> bool:
    record = users.get(call.session, target)
    assert record is not None
    return preferences.may_set(call, record, name)


@pytest.fixture
def ann(site: TestSite) -> int:
    return making.user(site, "ann")


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("htmleditor", "tiny", "tiny"),
        ("htmleditor", "nope", None),
        ("htmleditor", "", None),
        ("forum_markasreadonnotification", "0", "0"),
        ("forum_markasreadonnotification", "2", "1"),
        ("forum_markasreadonnotification", "x", "0"),
        ("forum_markasreadonnotification", "", "0"),
        ("calendar_startwday", "6", "6"),
        ("calendar_startwday", "99", "0"),
        ("calendar_maxevents", "20", "20"),
        ("calendar_maxevents", "99", "1"),
        ("calendar_lookahead", "2", "2"),
        ("calendar_lookahead", "8", "365"),
        ("message_blocknoncontacts", "2", "0"),
        ("message_entertosend", "yes", "1"),
        ("message_entertosend", "off", "0"),
        ("auth_forcepasswordchange", "2", "0"),
        ("blogpagesize", "12abc", "12"),
        ("filepicker_recentlicense", "cc", "cc"),
        ("block_myoverview_hidden_course_7", "1", "1"),
    ],
)
def test_a_value_is_repaired_then_replaced_by_the_default(
    site: TestSite, ann: int, name: str, value: str, kept: str | None
) -> None:
    preferences.put(site.call(), ann, name, value)
    assert store.value(site.session, ann, name) == kept


def test_a_preference_is_replaced_and_taken_away(site: TestSite, ann: int) -> None:
    for value in ("tiny", "textarea"):
        preferences.put(site.call(), ann, "htmleditor", value)
    assert store.of_user(site.session, ann) == {"htmleditor": "textarea"}
    preferences.put(site.call(), ann, "htmleditor", None)
    assert store.of_user(site.session, ann) == {}


class TestWhoMaySet:
    def test_authz_7_an_unknown_name_nobody_sets(self, site: TestSite, ann: int) -> None:
        arabic = "block_myoverview_hidden_course_\u0667"
        for name in ("bogus", "", "create_password", "email_bounce_count", "customscale", arabic):
            assert not may_set(site.call(), ann, name)
            assert not may_set(site.call(ann), ann, name)

    def test_a_profile_preference_is_for_the_user_and_who_edits_profiles(
        self, site: TestSite, ann: int
    ) -> None:
        editor = making.user_with(site, "editor", EDIT)
        assert may_set(site.call(ann), ann, "htmleditor")
        assert may_set(site.call(editor), ann, "htmleditor")
        assert not may_set(site.call(making.user(site, "ben")), ann, "htmleditor")

    def test_an_administrators_is_for_administrators(self, site: TestSite) -> None:
        editor = making.user_with(site, "editor", EDIT)
        assert not may_set(site.call(editor), 2, "htmleditor")
        assert may_set(site.call(), 2, "htmleditor")

    def test_a_personal_one_is_for_the_user_alone(self, site: TestSite, ann: int) -> None:
        for name in ("badgeprivacysetting", "block_myoverview_hidden_course_7"):
            assert may_set(site.call(ann), ann, name)
            assert not may_set(site.call(), ann, name)

    @pytest.mark.parametrize(
        ("name", "part"),
        [("badgeprivacysetting", "enablebadges"), ("blogpagesize", "enableblogs")],
    )
    def test_what_is_about_a_part_of_the_site_needs_that_part(
        self, site: TestSite, ann: int, name: str, part: str
    ) -> None:
        assert may_set(site.call(ann), ann, name)
        making.setting(site, part, value=False)
        assert not may_set(site.call(ann), ann, name)
        making.setting(site, part, value=True)
        assert may_set(site.call(ann), ann, name)

    def test_a_password_change_is_forced_on_others(self, site: TestSite, ann: int) -> None:
        updater = making.user_with(site, "updater", "moodle/user:update")
        name = known_preferences.FORCE_PASSWORD_CHANGE
        site.clock.pass_seconds(60)
        assert may_set(site.call(updater), ann, name)
        assert not may_set(site.call(updater), updater, name)
        assert not may_set(site.call(ann), 2, name)

    def test_a_home_page_is_chosen_where_the_site_lets_users(
        self, site: TestSite, ann: int
    ) -> None:
        name = "user_home_page_preference"
        assert not may_set(site.call(ann), ann, name)
        making.setting(site, "defaulthomepage", 2)
        assert may_set(site.call(ann), ann, name)
        assert not may_set(site.call(), ann, name)
