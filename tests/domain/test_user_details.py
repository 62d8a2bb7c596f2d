"""What users see of each other, field by field, and in which places they see one another at all."""

from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from coursewire.contracts.fields import UNSET
from coursewire.domain import contexts, group_members, profile_fields, user_details
from coursewire.domain.course_people import CourseView
from coursewire.domain.role_definitions import PREVENT, PROHIBIT
from coursewire.domain.shown_fields import UserDetails
from coursewire.store import courses, interests, users
from coursewire.store import preferences as preference_rows
from coursewire.store.enrolments import SUSPENDED
from coursewire.text.settings import TextSettings
from tests.support import making
from tests.support.sites import TestSite
from tests.support.statements import noted

ADMIN = 2
VIEW = "moodle/user:viewdetails"
VIEW_ALL = "moodle/user:viewalldetails"
IDENTITY = "moodle/site:viewuseridentity"
# What is shown of everybody who is seen at all.
ALWAYS = {
    "id",
    "fullname",
    "profileimageurl",
    "profileimageurlsmall",
    "firstname",
    "lastname",
    "timezone",
    "suspended",
    "firstaccess",
    "lastaccess",
}
ACCOUNT = {"username", "auth", "confirmed", "lang", "theme", "mailformat", "trackforums"}
FILLED: dict[str, Any] = {
    "idnumber": "S-1",
    "institution": "North",
    "department": "Maths",
    "phone1": "111",
    "phone2": "222",
    "address": "1 Hill Road",
    "city": "Leeds",
    "country": "GB",
    "description": "<p>Hello <script>x</script></p>",
    "maildisplay": 0,
}


def fields(details: UserDetails) -> set[str]:
    return {name for name in details.__struct_fields__ if getattr(details, name) is not UNSET}


def seen(site: TestSite, viewer: int, target: int) -> UserDetails | None:
    """What a user sees of another anywhere."""
    record = users.get(site.session, target)
    assert record is not None
    found = user_details.in_any_course(site.call(viewer), [record])
    return found[0] if found else None


def seen_in(site: TestSite, viewer: int, target: int, course: int) -> UserDetails | None:
    """What a user sees of another in a course."""
    record = users.get(site.session, target)
    assert record is not None
    call = site.call(viewer)
    found = courses.get(site.session, course)
    assert found is not None
    view = CourseView(call, found, making.course_context(site, course), frozenset())
    details = user_details.in_course(call, [record], view)
    return details[0] if details else None


def shown(details: UserDetails | None) -> set[str]:
    assert details is not None
    return fields(details) - ALWAYS


@pytest.fixture
def ann(site: TestSite) -> int:
    """Somebody who has filled in every field."""
    ann = making.user(site, "ann", **FILLED)
    interests.replace(site.session, ann, ["chess", "tea"])
    return ann


class TestFieldsInTheWholeSite:
    def test_a_stranger_sees_nobody(self, site: TestSite, ann: int) -> None:
        assert seen(site, making.user(site, "ben"), ann) is None

    def test_who_may_view_details_sees_what_is_open(self, site: TestSite, ann: int) -> None:
        viewer = making.user_with(site, "viewer", VIEW)
        assert shown(seen(site, viewer, ann)) == {"address", "city", "country", "interests"}

    def test_who_may_view_all_details_sees_the_account(self, site: TestSite, ann: int) -> None:
        viewer = making.user_with(site, "viewer", VIEW, VIEW_ALL)
        account = ACCOUNT | {"idnumber", "institution", "department"}
        assert shown(seen(site, viewer, ann)) == account | {
            "address",
            "city",
            "country",
            "interests",
        }

    def test_oneself_sees_everything_but_the_phones(self, site: TestSite, ann: int) -> None:
        preference_rows.put(site.session, ann, {"htmleditor": "tiny"})
        details = seen(site, ann, ann)
        assert shown(details) == ACCOUNT | {
            "email",
            "idnumber",
            "institution",
            "department",
            "address",
            "city",
            "country",
            "interests",
            "description",
            "descriptionformat",
            "preferences",
        }
        assert details is not None
        assert details.preferences is not UNSET
        assert [(each.name, each.value) for each in details.preferences] == [("htmleditor", "tiny")]

    def test_an_administrator_sees_phones_and_descriptions_too(
        self, site: TestSite, ann: int
    ) -> None:
        details = seen(site, ADMIN, ann)
        assert {"phone1", "phone2", "description", "email"} <= shown(details)
        assert details is not None
        assert details.interests == "chess, tea"
        assert details.preferences is UNSET

    def test_identity_fields_are_shown_to_those_who_may_see_them(
        self, site: TestSite, ann: int
    ) -> None:
        viewer = making.user_with(site, "viewer", VIEW, IDENTITY)
        open_fields = {"address", "city", "country", "interests"}
        assert shown(seen(site, viewer, ann)) == open_fields | {"email"}
        making.setting(site, "showuseridentity", ("idnumber", "phone2", "department"))
        assert shown(seen(site, viewer, ann)) == open_fields | {"idnumber", "phone2", "department"}

    def test_the_description_waits_for_a_role_of_its_owner(self, site: TestSite, ann: int) -> None:
        viewer = making.user_with(site, "viewer", VIEW)
        assert "description" not in shown(seen(site, viewer, ann))
        making.enrol(site, ann, making.course(site, "ALG"))
        details = seen(site, viewer, ann)
        assert details is not None
        assert (details.description, details.descriptionformat) == ("<p>Hello </p>", 1)

    def test_a_site_may_show_descriptions_of_all(self, site: TestSite, ann: int) -> None:
        viewer = making.user_with(site, "viewer", VIEW)
        making.setting(site, "profilesforenrolledusersonly", value=False)
        assert "description" in shown(seen(site, viewer, ann))

    def test_an_empty_description_keeps_its_format(self, site: TestSite) -> None:
        ben = making.user(site, "ben", description="", descriptionformat=2)
        details = seen(site, ADMIN, ben)
        assert details is not None
        assert (details.description, details.descriptionformat) == ("", 2)

    def test_raw_texts_come_as_they_are_stored(self, site: TestSite, ann: int) -> None:
        record = users.get(site.session, ann)
        assert record is not None
        call = site.call(text=TextSettings(raw=True))
        (details,) = user_details.in_any_course(call, [record])
        assert details.description == FILLED["description"]

    @pytest.mark.parametrize("field", ["idnumber", "institution", "phone1", "address", "city"])
    @pytest.mark.parametrize("nothing", ["", "0"])
    def test_empty_fields_are_left_out(self, site: TestSite, field: str, nothing: str) -> None:
        ben = making.user(site, "ben", **{field: nothing})
        assert field not in shown(seen(site, ADMIN, ben))

    def test_an_empty_department_is_shown_but_none_is_not(self, site: TestSite) -> None:
        ben = making.user(site, "ben", department="")
        assert "department" in shown(seen(site, ADMIN, ben))
        users.change(site.session, ben, {"department": None})
        assert "department" not in shown(seen(site, ADMIN, ben))

    def test_languages_and_themes_that_are_gone_come_out_empty(
        self, site: TestSite, ann: int
    ) -> None:
        users.change(site.session, ann, {"lang": "xx", "theme": "gone"})
        details = seen(site, ADMIN, ann)
        assert details is not None
        assert (details.lang, details.theme) == ("", "")

    def test_names_follow_the_order_of_the_site(self, site: TestSite, ann: int) -> None:
        making.setting(site, "fullnamedisplay", "lastname, firstname")
        details = seen(site, ADMIN, ann)
        assert details is not None
        assert details.fullname == "Person, Ann"

    def test_a_name_that_the_order_leaves_out_needs_a_right(self, site: TestSite, ann: int) -> None:
        making.setting(site, "fullnamedisplay", "firstname")
        viewer = making.user_with(site, "viewer", VIEW)
        details = seen(site, viewer, ann)
        assert details is not None
        assert details.lastname is UNSET
        named = seen(site, ADMIN, ann)
        assert named is not None
        assert named.lastname == "Person"

    def test_a_deleted_user_is_shown_to_those_who_see_everybody(
        self, site: TestSite, ann: int
    ) -> None:
        users.change(site.session, ann, {"deleted": 1})
        viewer = making.user_with(site, "viewer", VIEW)
        assert seen(site, viewer, ann) is not None
        assert seen(site, making.user(site, "ben"), ann) is None


class TestHiddenFields:
    HIDDEN = (
        "description",
        "city",
        "country",
        "timezone",
        "firstaccess",
        "lastaccess",
        "suspended",
    )

    @pytest.mark.parametrize("field", HIDDEN)
    def test_a_hidden_field_is_for_those_who_may_see_hidden_ones(
        self, site: TestSite, ann: int, field: str
    ) -> None:
        making.enrol(site, ann, making.course(site, "ALG"))
        viewer = making.user_with(site, "viewer", VIEW)
        trusted = making.user_with(site, "trusted", VIEW, "moodle/user:viewhiddendetails")
        before = seen(site, viewer, ann)
        assert before is not None
        assert field in fields(before)
        making.setting(site, "hiddenuserfields", (field,))
        after = seen(site, viewer, ann)
        assert after is not None
        assert fields(before) - fields(after) <= {field, "descriptionformat"}
        assert field not in fields(after)
        for insider in (trusted, ADMIN):
            details = seen(site, insider, ann)
            assert details is not None
            assert field in fields(details)

    def test_a_hidden_address_is_not_even_shown_as_an_identity(
        self, site: TestSite, ann: int
    ) -> None:
        users.change(site.session, ann, {"maildisplay": 1})
        viewer = making.user_with(site, "viewer", VIEW, IDENTITY)
        assert "email" in shown(seen(site, viewer, ann))
        making.setting(site, "hiddenuserfields", ("email",))
        assert "email" not in shown(seen(site, viewer, ann))

    def test_in_a_course_another_right_reveals(self, site: TestSite, ann: int) -> None:
        course = making.course(site, "ALG")
        making.enrol(site, ann, course)
        making.setting(site, "hiddenuserfields", ("city",))
        mate, teacher = making.user(site, "mate"), making.user(site, "teacher")
        making.enrol(site, mate, course)
        making.enrol(site, teacher, course, "teacher")
        assert "city" not in shown(seen_in(site, mate, ann, course))
        assert "city" in shown(seen_in(site, teacher, ann, course))


class TestAddresses:
    @pytest.fixture
    def course(self, site: TestSite, ann: int) -> int:
        course = making.course(site, "ALG")
        making.enrol(site, ann, course)
        return course

    @pytest.mark.parametrize(("choice", "shows"), [(0, False), (1, True), (2, False), (3, False)])
    def test_strangers_see_it_by_the_owners_choice(
        self, site: TestSite, ann: int, choice: int, *, shows: bool
    ) -> None:
        users.change(site.session, ann, {"maildisplay": choice})
        viewer = making.user_with(site, "viewer", VIEW)
        assert ("email" in shown(seen(site, viewer, ann))) is shows

    @pytest.mark.parametrize(("choice", "shows"), [(0, False), (1, True), (2, True), (3, False)])
    def test_people_in_the_same_course_see_it_by_the_owners_choice(
        self, site: TestSite, ann: int, course: int, choice: int, *, shows: bool
    ) -> None:
        users.change(site.session, ann, {"maildisplay": choice})
        mate = making.user(site, "mate")
        making.enrol(site, mate, course)
        assert ("email" in shown(seen(site, mate, ann))) is shows

    def test_a_teacher_sees_it_in_the_course(self, site: TestSite, ann: int, course: int) -> None:
        teacher = making.user(site, "teacher")
        making.enrol(site, teacher, course, "editingteacher")
        assert "email" in shown(seen_in(site, teacher, ann, course))

    def test_the_right_to_addresses_in_a_course_means_nothing_outside(
        self, site: TestSite, ann: int, course: int
    ) -> None:
        viewer = making.user_with(site, "viewer", VIEW, "moodle/course:useremail")
        assert "email" not in shown(seen(site, viewer, ann))
        assert "email" in shown(seen_in(site, viewer, ann, course))


class TestCustomFields:
    @pytest.fixture
    def owner(self, site: TestSite) -> int:
        call = site.call()
        with call.transaction():
            for shortname, visible in (("open", 2), ("own", 1), ("odd", 3), ("secret", 0)):
                profile_fields.create(call, shortname, shortname.title(), visible=visible)
        names = ("open", "own", "odd", "secret")
        return making.user(site, "owner", custom={name: f"<b>{name}</b> & more" for name in names})

    def custom(self, details: UserDetails | None) -> list[str]:
        assert details is not None
        return [] if details.customfields is UNSET else [f.shortname for f in details.customfields]

    def test_strangers_see_those_for_everybody(self, site: TestSite, owner: int) -> None:
        viewer = making.user_with(site, "viewer", VIEW)
        assert self.custom(seen(site, viewer, owner)) == ["open"]

    def test_the_owner_sees_all_but_those_for_nobody(self, site: TestSite, owner: int) -> None:
        assert self.custom(seen(site, owner, owner)) == ["open", "own", "odd"]

    def test_who_views_all_details_sees_all(self, site: TestSite, owner: int) -> None:
        viewer = making.user_with(site, "viewer", VIEW, VIEW_ALL)
        assert self.custom(seen(site, viewer, owner)) == ["open", "own", "odd", "secret"]

    def test_that_right_in_a_course_is_not_enough(self, site: TestSite, owner: int) -> None:
        course = making.course(site, "ALG")
        making.enrol(site, owner, course)
        manager = making.user(site, "manager")
        making.assign(site, "manager", manager, making.course_context(site, course))
        assert self.custom(seen_in(site, manager, owner, course)) == ["open"]

    def test_values_are_shown_clean_beside_the_stored_ones(
        self, site: TestSite, owner: int
    ) -> None:
        details = seen(site, ADMIN, owner)
        assert details is not None
        assert details.customfields is not UNSET
        first = details.customfields[0]
        assert (first.value, first.displayvalue) == ("<b>open</b> & more", "open &amp; more")
        assert (first.name, first.type) == ("Open", "text")

    def test_without_fields_there_is_no_key(self, site: TestSite, ann: int) -> None:
        assert "customfields" not in shown(seen(site, ADMIN, ann))


class TestCourses:
    def test_people_are_seen_in_a_course_they_share(self, site: TestSite, ann: int) -> None:
        course = making.course(site, "ALG")
        mate = making.user(site, "mate")
        for user in (ann, mate):
            making.enrol(site, user, course)
        assert seen(site, mate, ann) is not None

    def test_the_viewer_needs_the_right_and_no_enrolment(self, site: TestSite, ann: int) -> None:
        course = making.course(site, "ALG")
        making.enrol(site, ann, course)
        viewer = making.user(site, "viewer")
        assert seen(site, viewer, ann) is None
        making.assign(site, "teacher", viewer, making.course_context(site, course))
        assert seen(site, viewer, ann) is not None

    def test_whoever_is_suspended_there_is_not_seen(self, site: TestSite, ann: int) -> None:
        course = making.course(site, "ALG")
        mate = making.user(site, "mate")
        making.enrol(site, mate, course)
        making.enrol(site, ann, course, status=SUSPENDED)
        assert seen(site, mate, ann) is None

    def test_in_hidden_courses_only_those_who_see_them_are_seen(
        self, site: TestSite, ann: int
    ) -> None:
        course = making.course(site, "HID", visible=0)
        teacher, other = making.user(site, "teacher"), making.user(site, "other")
        making.enrol(site, teacher, course, "teacher")
        making.enrol(site, other, course, "teacher")
        making.enrol(site, ann, course)
        assert seen(site, teacher, ann) is None
        assert seen(site, teacher, other) is not None

    def test_the_last_course_counts(self, site: TestSite, ann: int) -> None:
        # Of two courses the one made later comes first in its category.
        last, first = making.course(site, "OLD"), making.course(site, "NEW")
        viewer = making.user(site, "viewer")
        for course in (first, last):
            making.enrol(site, ann, course)
            making.enrol(site, viewer, course)
        assert "email" not in shown(seen(site, viewer, ann))
        making.assign(site, "editingteacher", viewer, making.course_context(site, first))
        assert "email" not in shown(seen(site, viewer, ann))
        making.assign(site, "editingteacher", viewer, making.course_context(site, last))
        assert "email" in shown(seen(site, viewer, ann))

    def test_a_course_contact_is_seen_by_everybody(self, site: TestSite, ann: int) -> None:
        course = making.course(site, "ALG")
        stranger = making.user(site, "stranger")
        making.enrol(site, ann, course, "teacher")
        assert seen(site, stranger, ann) is None
        making.enrol(site, ann, course, "editingteacher")
        assert seen(site, stranger, ann) is not None

    def test_in_a_given_course_the_right_there_is_enough(self, site: TestSite, ann: int) -> None:
        course = making.course(site, "ALG")
        mate = making.user(site, "mate")
        making.enrol(site, mate, course)
        assert seen_in(site, mate, ann, course) is not None
        assert seen_in(site, making.user(site, "stranger"), ann, course) is None

    def test_an_override_in_somebodys_own_context_counts(self, site: TestSite, ann: int) -> None:
        viewer = making.user_with(site, "viewer", VIEW)
        other = making.user(site, "other")
        place = contexts.get(site.session, contexts.USER, ann)
        making.override(site, "viewer", VIEW, PREVENT, place)
        assert seen(site, viewer, ann) is None
        assert seen(site, viewer, other) is not None
        parent = making.user(site, "parent")
        making.assign(site, "viewer", parent, contexts.get(site.session, contexts.USER, other))
        assert seen(site, parent, other) is not None
        assert seen(site, parent, ann) is None

    def test_a_prohibition_in_a_course_hides_people_in_it(self, site: TestSite, ann: int) -> None:
        course = making.course(site, "ALG")
        mate = making.user(site, "mate")
        for user in (ann, mate):
            making.enrol(site, user, course)
        making.override(site, "student", VIEW, PROHIBIT, making.course_context(site, course))
        assert seen(site, mate, ann) is None

    def test_the_guest_has_no_courses(self, site: TestSite) -> None:
        viewer = making.user(site, "viewer")
        assert seen(site, viewer, 1) is None


class TestSeparateGroups:
    @pytest.fixture
    def course(self, site: TestSite, ann: int) -> int:
        course = making.course(site, "SEP", groupmode=1)
        making.enrol(site, ann, course)
        return course

    def group(self, site: TestSite, course: int, *members: int, visibility: int = 0) -> None:
        group = making.group(site, course, "Red", visibility=visibility)
        group_members.add(site.call(), [(group, member) for member in members])

    @pytest.mark.parametrize(("visibility", "sees"), [(0, True), (1, True), (2, False), (3, False)])
    def test_a_shared_group_lets_members_see_each_other(
        self, site: TestSite, ann: int, course: int, visibility: int, *, sees: bool
    ) -> None:
        mate = making.user(site, "mate")
        making.enrol(site, mate, course)
        assert seen(site, mate, ann) is None
        self.group(site, course, ann, mate, visibility=visibility)
        assert (seen(site, mate, ann) is not None) is sees

    def test_who_may_access_all_groups_sees_everybody(
        self, site: TestSite, ann: int, course: int
    ) -> None:
        assistant, teacher = making.user(site, "assistant"), making.user(site, "teacher")
        making.enrol(site, assistant, course, "teacher")
        making.enrol(site, teacher, course, "editingteacher")
        assert seen(site, assistant, ann) is None
        assert seen(site, teacher, ann) is not None


class TestSets:
    def test_many_people_are_shown_in_few_queries(self, site: TestSite) -> None:
        course = making.course(site, "ALG")
        teacher = making.user(site, "teacher")
        making.enrol(site, teacher, course, "editingteacher")
        few = [making.user(site, f"user{n}") for n in range(3)]
        for user in few:
            making.enrol(site, user, course)
        many = few + [making.user(site, f"more{n}", description="x") for n in range(20)]
        for user in many[3:]:
            making.enrol(site, user, course)
        counts: list[int] = []
        for ids in (few, many):
            people = list(users.of_ids(site.session, ids).values())
            call = site.call(teacher)
            with noted(site.session) as statements:
                shown = user_details.in_any_course(call, people)
            assert len(shown) == len(ids)
            counts.append(len(statements))
        # The descriptions ask one question more, for all of them.
        assert counts[1] <= counts[0] + 1

    def test_shown_as_keeps_what_the_answer_has_room_for(self, site: TestSite, ann: int) -> None:
        details = seen(site, ADMIN, ann)
        assert details is not None
        assert user_details.shown_as(UserDetails, details) == details


RIGHTS = (
    VIEW,
    VIEW_ALL,
    IDENTITY,
    "moodle/user:viewhiddendetails",
    "moodle/course:viewhiddenuserfields",
    "moodle/course:useremail",
)
MARKED = {
    "email": "mark@mail.example",
    "idnumber": "mark-idnumber",
    "institution": "mark-institution",
    "department": "mark-department",
    "phone1": "mark-phone1",
    "phone2": "mark-phone2",
    "address": "mark-address",
    "city": "mark-city",
    "description": "mark-description",
}


class Sight(Struct, frozen=True, kw_only=True):
    """A viewer's rights, in the whole site or in the course, and what owner and site chose."""

    rights: set[str]
    only_in_course: bool
    enrolled: bool
    hidden: set[str]
    identity: set[str]
    choice: int

    def marks(self) -> set[str]:
        """Return what may be seen, worked out without regard to how the program does it."""
        everywhere = VIEW in self.rights and not self.only_in_course
        if not everywhere and VIEW not in self.rights and not self.enrolled:
            return set()
        reveals = "user:viewhiddendetails" if everywhere else "course:viewhiddenuserfields"
        hidden = set() if f"moodle/{reveals}" in self.rights else self.hidden
        identity = self.identity - hidden if IDENTITY in self.rights else set()
        seen = {"address"} | identity
        if VIEW_ALL in self.rights:
            seen |= {"idnumber", "institution", "department"}
        if "email" not in hidden and (
            self.choice == 1
            or (self.choice == 2 and self.enrolled)
            or (not everywhere and "moodle/course:useremail" in self.rights)
        ):
            seen.add("email")
        return seen | ({"city", "description"} - hidden)


class Undone(Exception):
    """Ends the transaction of an example."""


@contextmanager
def undone(site: TestSite) -> Generator[None]:
    """Leave the site after an example as it was before."""
    with suppress(Undone), site.session.transaction():
        yield
        raise Undone


class TestAuthz6:
    """AUTHZ-6: no field that the viewer may not see leaves a trace in what is shown."""

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        st.builds(
            Sight,
            rights=st.sets(st.sampled_from(RIGHTS)),
            only_in_course=st.booleans(),
            enrolled=st.booleans(),
            hidden=st.sets(st.sampled_from(("email", "city", "description"))),
            identity=st.sets(st.sampled_from(("email", "idnumber", "phone1", "institution"))),
            choice=st.integers(0, 2),
        )
    )
    def test_authz_6_exactly_what_the_rules_allow_is_shown(
        self, site: TestSite, sight: Sight
    ) -> None:
        with undone(site):
            course = making.course(site, "ALG")
            target = making.user(site, "target", maildisplay=sight.choice, **MARKED)
            viewer = making.user(site, "viewer")
            making.enrol(site, target, course)
            if sight.enrolled:
                making.enrol(site, viewer, course)
            making.role(site, "rights", sorted(sight.rights))
            place = making.course_context(site, course) if sight.only_in_course else None
            making.assign(site, "rights", viewer, place)
            making.setting(site, "hiddenuserfields", tuple(sorted(sight.hidden)))
            making.setting(site, "showuseridentity", tuple(sorted(sight.identity)))
            told = repr(seen(site, viewer, target))
            assert {name for name, mark in MARKED.items() if mark in told} == sight.marks()
