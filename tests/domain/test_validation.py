"""May the caller enter this place: every hindrance, in its order, and both ways of telling it."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, insert, update

from coursewire.contracts.errors import InvalidParameter, MissingRecord, Refusal
from coursewire.domain import contexts, preferences, profile_fields
from coursewire.domain.call import Call, Origin
from coursewire.domain.contexts import Context
from coursewire.domain.role_definitions import ALLOW, PREVENT
from coursewire.domain.validation import validate_context, wrap_hard, wrap_read, wrap_soft
from coursewire.store import courses
from coursewire.store.schema.courses import categories, sections
from coursewire.store.schema.enrolments import enrolment_instances, user_enrolments
from coursewire.store.schema.users import users
from tests.support import making
from tests.support.sites import MADE, TestSite

VIEW = "moodle/course:view"


def refusal(call: Call, context: Context | None) -> Refusal:
    with pytest.raises(Refusal) as refused:
        validate_context(call, context)
    return refused.value


def code(call: Call, context: Context | None) -> str | None:
    """The error code, or `entered`."""
    try:
        validate_context(call, context)
    except Refusal as refused:
        return refused.errorcode
    return "entered"


def entered(site: TestSite, user: int, course: int) -> bool:
    answer = code(site.call(user), making.course_context(site, course))
    assert answer in ("entered", "requireloginerror")
    return answer == "entered"


class TestThePlace:
    def test_no_context_is_an_invalid_parameter(self, site: TestSite) -> None:
        assert isinstance(refusal(site.call(), None), InvalidParameter)

    def test_a_confined_token_reaches_its_context_and_what_lies_below(self, site: TestSite) -> None:
        category = making.category(site, "Confined")
        inside = making.course(site, "IN", category=category)
        outside = making.course(site, "OUT")
        confined = making.context(site, contexts.CATEGORY, category)
        origin = Origin(context_path=confined.path)
        for place, expected in [
            (confined, "entered"),
            (making.course_context(site, inside), "entered"),
            (making.course_context(site, outside), "restrictedcontextexception"),
            (site.load().system, "restrictedcontextexception"),
        ]:
            assert code(site.call(origin=origin), place) == expected


class TestTheAccount:
    """Steps a to c hold in every place, the whole site too."""

    def must_change_password(self, site: TestSite, user: int) -> None:
        call = site.call()
        with call.transaction():
            preferences.put(call, user, "auth_forcepasswordchange", "1")

    @pytest.mark.parametrize("admin", [False, True])
    @pytest.mark.parametrize(
        ("auth", "expected"),
        [("manual", "forcepasswordchangenotice"), ("webservice", "nopasswordchangeforced")],
    )
    def test_a_password_to_be_changed_comes_first(
        self, site: TestSite, auth: str, expected: str, admin: bool
    ) -> None:
        user = 2 if admin else making.user_with(site, "ann", VIEW)
        site.session.execute(update(users).where(users.c.id == user).values(auth=auth, lastname=""))
        self.must_change_password(site, user)
        assert code(site.call(user), site.load().system) == expected
        assert code(site.call(user), making.course_context(site, 1)) == expected

    @pytest.mark.parametrize("field", ["firstname", "lastname", "email"])
    @pytest.mark.parametrize("admin", [False, True])
    def test_an_incomplete_profile_comes_next(
        self, site: TestSite, field: str, admin: bool
    ) -> None:
        user = 2 if admin else making.user_with(site, "ann", VIEW)
        making.setting(site, "sitepolicy", "https://school.example/policy")
        site.session.execute(update(users).where(users.c.id == user).values({field: ""}))
        problem = refusal(site.call(user), site.load().system)
        assert problem.errorcode == "usernotfullysetup"
        assert problem.reason == f"the profile lacks: {field}"

    @pytest.mark.parametrize(("name", "expected"), [("0", "usernotfullysetup"), (" ", "entered")])
    def test_a_name_of_a_zero_is_none_and_a_blank_is_one(
        self, site: TestSite, name: str, expected: str
    ) -> None:
        user = making.user(site, "ann")
        site.session.execute(update(users).where(users.c.id == user).values(lastname=name))
        assert code(site.call(user), site.load().system) == expected

    def test_a_required_profile_field_must_be_filled(self, site: TestSite) -> None:
        user = making.user(site, "ann")
        call = site.call()
        with call.transaction():
            profile_fields.create(call, shortname="dept", name="Department", required=True)
        assert code(site.call(user), site.load().system) == "usernotfullysetup"
        call = site.call()
        with call.transaction():
            profile_fields.put(call, user, {"dept": "Maths"})
        assert code(site.call(user), site.load().system) == "entered"

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "sitepolicynotagreed"),
            ({"policyagreed": 1}, "entered"),
            ({"auth": "webservice"}, "entered"),
        ],
    )
    def test_the_policy_must_be_agreed_to(
        self, site: TestSite, changes: dict[str, object], expected: str
    ) -> None:
        user = making.user(site, "ann")
        making.setting(site, "sitepolicy", "https://school.example/policy")
        if changes:
            site.session.execute(update(users).where(users.c.id == user).values(changes))
        assert code(site.call(user), site.load().system) == expected
        assert code(site.call(), site.load().system) == "entered"

    def test_maintenance_keeps_out_those_who_may_not_work_then(self, site: TestSite) -> None:
        user = making.user(site, "ann")
        worker = making.user_with(site, "bob", "moodle/site:maintenanceaccess")
        making.setting(site, "maintenance_enabled", True)
        system = site.load().system
        assert code(site.call(user), system) == "requireloginerror"
        assert code(site.call(worker), system) == "entered"
        assert code(site.call(), system) == "entered"

    def test_an_account_that_is_gone_is_a_missing_record(self, site: TestSite) -> None:
        call = site.call(making.user(site, "ann"))
        site.session.execute(delete(users).where(users.c.id == call.caller.id))
        assert isinstance(refusal(call, site.load().system), MissingRecord)

    def test_the_guest_has_no_profile_to_complete(self, site: TestSite) -> None:
        site.session.execute(update(users).where(users.c.id == 1).values(lastname=""))
        making.setting(site, "sitepolicy", "https://school.example/policy")
        assert code(site.call(1), site.load().system) == "entered"


class TestTheCourse:
    def test_outsiders_stay_outside(self, site: TestSite) -> None:
        course, user = making.course(site, "ALG"), making.user(site, "ann")
        assert not entered(site, user, course)
        assert entered(site, user, 1)
        assert entered(site, 2, course)

    def test_those_who_may_view_all_courses_enter(self, site: TestSite) -> None:
        course = making.course(site, "ALG")
        assert entered(site, making.user_with(site, "ann", VIEW), course)

    def test_the_guest_is_never_let_in_by_that_permission(self, site: TestSite) -> None:
        course = making.course(site, "ALG")
        making.override(site, "guest", VIEW, ALLOW)
        assert not entered(site, 1, course)

    @pytest.mark.parametrize(
        ("state", "expected"),
        [
            ({}, True),
            ({"status": 1}, False),
            ({"timestart": MADE}, True),
            ({"timestart": MADE + 1}, False),
            ({"timeend": MADE}, False),
            ({"timeend": MADE + 1}, True),
        ],
    )
    def test_an_enrolment_counts_within_its_times(
        self, site: TestSite, state: dict[str, int], expected: bool
    ) -> None:
        course, user = making.course(site, "ALG"), making.user(site, "ann")
        making.enrol(site, user, course)
        if state:
            site.session.execute(update(user_enrolments).values(state))
        assert entered(site, user, course) == expected

    def test_an_enrolment_through_a_disabled_way_does_not_count(self, site: TestSite) -> None:
        course, user = making.course(site, "ALG"), making.user(site, "ann")
        making.enrol(site, user, course)
        site.session.execute(update(enrolment_instances).values(status=1))
        assert not entered(site, user, course)

    def test_a_hidden_course_needs_a_permission_besides(self, site: TestSite) -> None:
        course = making.course(site, "ALG", visible=0)
        student, teacher = making.user(site, "ann"), making.user(site, "bob")
        viewer = making.user_with(site, "cat", VIEW)
        making.enrol(site, student, course)
        making.enrol(site, teacher, course, "teacher")
        assert [entered(site, who, course) for who in (student, teacher, viewer)] == [
            False,
            True,
            False,
        ]

    def test_a_hidden_category_is_not_examined(self, site: TestSite) -> None:
        course, user = making.course(site, "ALG"), making.user(site, "ann")
        making.enrol(site, user, course)
        site.session.execute(update(categories).values(visible=0))
        assert entered(site, user, course)

    def open_to_guests(self, site: TestSite, course: int, **values: object) -> None:
        row = {"enrol": "guest", "course_id": course, **values}
        site.session.execute(insert(enrolment_instances), row)

    @pytest.mark.parametrize("user", ["ann", "guest"])
    def test_guest_access_lets_anybody_look(self, site: TestSite, user: str) -> None:
        course = making.course(site, "ALG")
        who = 1 if user == "guest" else making.user(site, user)
        self.open_to_guests(site, course)
        assert entered(site, who, course)

    @pytest.mark.parametrize("values", [{"status": 1}, {"password": "sesame"}])
    def test_closed_guest_access_does_not(self, site: TestSite, values: dict[str, object]) -> None:
        course, user = making.course(site, "ALG"), making.user(site, "ann")
        self.open_to_guests(site, course, **values)
        assert not entered(site, user, course)

    def test_guest_access_needs_the_course_list(self, site: TestSite) -> None:
        course, user = making.course(site, "ALG"), making.user(site, "ann")
        self.open_to_guests(site, course)
        category = making.context(site, contexts.CATEGORY, 1)
        making.override(site, "user", "moodle/category:viewcourselist", PREVENT, category)
        assert not entered(site, user, course)

    def test_guest_access_must_be_on_in_the_site(self, site: TestSite) -> None:
        course, user = making.course(site, "ALG"), making.user(site, "ann")
        self.open_to_guests(site, course)
        making.setting(site, "enrol_plugins_enabled", ("manual",))
        assert not entered(site, user, course)


class TestActivities:
    def enter(self, site: TestSite, user: int, cmid: int) -> bool:
        answer = code(site.call(user), making.context(site, contexts.MODULE, cmid))
        assert answer in ("entered", "requireloginerror")
        return answer == "entered"

    def test_they_are_entered_through_their_course(self, site: TestSite) -> None:
        course, user = making.course(site, "ALG"), making.user(site, "ann")
        page = making.activity(site, course)
        assert not self.enter(site, user, page)
        making.enrol(site, user, course)
        assert self.enter(site, user, page)

    def test_hidden_ones_need_a_permission(self, site: TestSite) -> None:
        course = making.course(site, "ALG")
        student, teacher = making.user(site, "ann"), making.user(site, "bob")
        making.enrol(site, student, course)
        making.enrol(site, teacher, course, "teacher")
        page = making.activity(site, course, visible=0)
        assert not self.enter(site, student, page)
        assert self.enter(site, teacher, page)

    def test_a_hidden_section_hides_them(self, site: TestSite) -> None:
        course, student = making.course(site, "ALG"), making.user(site, "ann")
        making.enrol(site, student, course)
        page = making.activity(site, course)
        site.session.execute(update(sections).values(visible=0))
        assert not self.enter(site, student, page)

    def test_the_view_permission_of_their_kind_is_needed(self, site: TestSite) -> None:
        """A page may be viewed by every user, an assignment by those with a role in the course."""
        course = making.course(site, "ALG")
        viewer = making.user_with(site, "ann", VIEW)
        assert self.enter(site, viewer, making.activity(site, course, "page"))
        assert self.enter(site, viewer, making.activity(site, course, "forum"))
        assignment = making.activity(site, course, "assign")
        assert not self.enter(site, viewer, assignment)
        making.role(site, "sees", ["mod/assign:view"])
        making.assign(site, "sees", viewer)
        assert self.enter(site, viewer, assignment)

    def test_a_place_without_its_activity_is_an_invalid_parameter(self, site: TestSite) -> None:
        course = making.course_context(site, making.course(site, "ALG"))
        orphan = contexts.create(site.session, contexts.MODULE, 4711, course)
        viewer = making.user_with(site, "ann", VIEW)
        assert isinstance(refusal(site.call(viewer), orphan), InvalidParameter)

    def test_a_block_outside_courses_is_entered(self, site: TestSite) -> None:
        block = contexts.create(site.session, contexts.BLOCK, 1, site.load().system)
        assert code(site.call(making.user(site, "ann")), block) == "entered"


class TestWraps:
    @pytest.mark.parametrize("wrap", [wrap_soft, wrap_hard])
    def test_whatever_stands_in_the_way_is_told_as_one_error(
        self, site: TestSite, wrap: Callable[[Call, int], Context]
    ) -> None:
        course, user = making.course(site, "ALG"), making.user(site, "ann")
        with pytest.raises(Refusal) as refused:
            wrap(site.call(user), course)
        assert refused.value.exception == "core\\exception\\moodle_exception"
        assert refused.value.errorcode == "errorcoursecontextnotvalid"
        assert str(course) in refused.value.message
        assert "Course or activity not accessible" in refused.value.message
        assert "not enrolled" in refused.value.reason
        assert "enrol the caller" in refused.value.remedy

    @pytest.mark.parametrize("wrap", [wrap_soft, wrap_hard])
    def test_a_confined_token_is_told_so_too(
        self, site: TestSite, wrap: Callable[[Call, int], Context]
    ) -> None:
        course = making.course(site, "ALG")
        call = site.call(origin=Origin(context_path=making.course_context(site, 1).path))
        with pytest.raises(Refusal, match="this place") as refused:
            wrap(call, course)
        assert refused.value.errorcode == "errorcoursecontextnotvalid"

    @pytest.mark.parametrize("wrap", [wrap_soft, wrap_hard])
    def test_a_course_that_can_be_entered_gives_its_context(
        self, site: TestSite, wrap: Callable[[Call, int], Context]
    ) -> None:
        course = making.course(site, "ALG")
        assert wrap(site.call(), course) == making.course_context(site, course)

    @pytest.mark.parametrize("admin", [True, False])
    def test_a_course_that_was_read_already_is_entered_alike(
        self, site: TestSite, admin: bool
    ) -> None:
        made, user = making.course(site, "ALG"), making.user(site, "ann")
        context, course = making.course_context(site, made), courses.get(site.session, made)
        assert course is not None
        if admin:
            assert wrap_read(site.call(), course, context) == context
            return
        for place in (context, None):
            with pytest.raises(Refusal) as refused:
                wrap_read(site.call(user), course, place)
            assert refused.value.errorcode == "errorcoursecontextnotvalid"

    def test_soft_an_unknown_course_is_wrapped(self, site: TestSite) -> None:
        with pytest.raises(Refusal) as refused:
            wrap_soft(site.call(), 4711)
        assert refused.value.errorcode == "errorcoursecontextnotvalid"

    def test_hard_an_unknown_course_is_a_missing_record(self, site: TestSite) -> None:
        with pytest.raises(MissingRecord):
            wrap_hard(site.call(), 4711)
