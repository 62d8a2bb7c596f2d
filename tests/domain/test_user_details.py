"""What users see of each other, field by field, in the whole site."""

import pytest

from coursewire.domain import contexts, profile_fields, user_details
from coursewire.domain.shown_fields import UserDetails
from coursewire.store import preferences as preference_rows
from coursewire.store import users
from coursewire.text.settings import TextSettings
from tests.support import making
from tests.support.people_seen import (
    ACCOUNT,
    ADMIN,
    FILLED,
    IDENTITY,
    VIEW,
    VIEW_ALL,
    fields,
    filled_person,
    seen,
    seen_in,
    shown,
)
from tests.support.sites import TestSite


@pytest.fixture
def ann(site: TestSite) -> int:
    return filled_person(site)


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
        assert [(each.name, each.value) for each in details["preferences"]] == [
            ("htmleditor", "tiny")
        ]

    def test_an_administrator_sees_phones_and_descriptions_too(
        self, site: TestSite, ann: int
    ) -> None:
        details = seen(site, ADMIN, ann)
        assert {"phone1", "phone2", "description", "email"} <= shown(details)
        assert details is not None
        assert details["interests"] == "chess, tea"
        assert "preferences" not in details

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
        assert (details["description"], details["descriptionformat"]) == ("<p>Hello </p>", 1)

    def test_a_site_may_show_descriptions_of_all(self, site: TestSite, ann: int) -> None:
        viewer = making.user_with(site, "viewer", VIEW)
        making.setting(site, "profilesforenrolledusersonly", value=False)
        assert "description" in shown(seen(site, viewer, ann))

    def test_an_empty_description_keeps_its_format(self, site: TestSite) -> None:
        ben = making.user(site, "ben", description="", descriptionformat=2)
        details = seen(site, ADMIN, ben)
        assert details is not None
        assert (details["description"], details["descriptionformat"]) == ("", 2)

    def test_raw_texts_come_as_they_are_stored(self, site: TestSite, ann: int) -> None:
        record = users.get(site.session, ann)
        assert record is not None
        call = site.call(text=TextSettings(raw=True))
        (details,) = user_details.in_any_course(call, [record])
        assert details["description"] == FILLED["description"]

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
        assert (details["lang"], details["theme"]) == ("", "")

    def test_names_follow_the_order_of_the_site(self, site: TestSite, ann: int) -> None:
        making.setting(site, "fullnamedisplay", "lastname, firstname")
        details = seen(site, ADMIN, ann)
        assert details is not None
        assert details["fullname"] == "Person, Ann"

    def test_a_name_that_the_order_leaves_out_needs_a_right(self, site: TestSite, ann: int) -> None:
        making.setting(site, "fullnamedisplay", "firstname")
        viewer = making.user_with(site, "viewer", VIEW)
        details = seen(site, viewer, ann)
        assert details is not None
        assert "lastname" not in details
        named = seen(site, ADMIN, ann)
        assert named is not None
        assert named["lastname"] == "Person"

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
        return [field.shortname for field in details.get("customfields", [])]

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

    def test_that_right_in_the_owners_place_shows_those_for_the_owner(
        self, site: TestSite, owner: int
    ) -> None:
        parent = making.user(site, "parent")
        making.role(site, "parents", [VIEW, VIEW_ALL], levels=[contexts.USER])
        making.assign(site, "parents", parent, making.context(site, contexts.USER, owner))
        assert self.custom(seen(site, parent, owner)) == ["open", "own", "odd"]

    def test_values_are_shown_clean_beside_the_stored_ones(
        self, site: TestSite, owner: int
    ) -> None:
        details = seen(site, ADMIN, owner)
        assert details is not None
        first = details["customfields"][0]
        assert (first.value, first.displayvalue) == ("<b>open</b> & more", "open &amp; more")
        assert (first.name, first.type) == ("Open", "text")

    def test_without_fields_there_is_no_key(self, site: TestSite, ann: int) -> None:
        assert "customfields" not in shown(seen(site, ADMIN, ann))
