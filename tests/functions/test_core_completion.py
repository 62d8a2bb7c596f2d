"""Completion over the wire's bodies: reading it, ticking off, setting it for others."""

from typing import Any

import pytest

from coursewire.contracts import core_completion as c
from coursewire.contracts.errors import MissingRecord, MoodleError, NoPermission, RequireLogin
from coursewire.domain import activity_changes, completion_criteria, group_members
from coursewire.domain.completion_criteria import Criteria
from coursewire.functions import core_completion as bodies
from coursewire.store import users
from coursewire.store.schema.courses import courses as course_table
from tests.support import making
from tests.support.gradebook import Gradebook
from tests.support.refusals import refused, unchanged
from tests.support.school import UNKNOWN
from tests.support.sites import TestSite

ENTER = "moodle/course:view"
PROGRESS, COMPLETION = "report/progress:view", "report/completion:view"
BY_HAND, AUTOMATIC = 1, 2


class Tracked:
    """A course with a page that is ticked off, a graded essay and an untracked label."""

    def __init__(self, site: TestSite) -> None:
        self.site = site
        self.book = Gradebook(site)
        self.course = self.book.course
        self.page = making.activity(site, self.course, "page", completion=BY_HAND)
        self.essay = self.book.graded("Essay", completion=AUTOMATIC, completionusegrade=1)
        self.label = making.activity(site, self.course, "label")

    def statuses(
        self, of: int, caller: int = 2, course: int | None = None
    ) -> dict[int, c.ActivityCompletion]:
        params = c.UserInCourse(courseid=course or self.course, userid=of)
        found = bodies.get_activities_completion_status(self.site.call(caller), params)
        return {status.cmid: status for status in found.statuses}

    def status(self, of: int, caller: int = 2, course: int | None = None) -> c.CourseCompletion:
        params = c.UserInCourse(courseid=course or self.course, userid=of)
        found = bodies.get_course_completion_status(self.site.call(caller), params)
        return found.completionstatus

    def tick(self, caller: int, cmid: int | None = None, *, completed: bool = True) -> None:
        params = c.TickActivity(cmid=cmid or self.page, completed=completed)
        answer = bodies.update_activity_completion_status_manually(self.site.call(caller), params)
        assert answer.status is True

    def override(
        self, caller: int, user: int, newstate: int = 1, cmid: int | None = None
    ) -> c.OverriddenCompletion:
        params = c.OverrideActivity(userid=user, cmid=cmid or self.page, newstate=newstate)
        return bodies.override_activity_completion_status(self.site.call(caller), params)

    def criteria(self, **wanted: Any) -> None:
        completion_criteria.set_all(self.site.call(), self.course, Criteria(**wanted))

    def change(self, **values: Any) -> None:
        self.site.session.execute(
            course_table.update().where(course_table.c.id == self.course), values
        )


@pytest.fixture
def tracked(site: TestSite) -> Tracked:
    return Tracked(site)


class TestActivities:
    def test_what_is_tracked_is_listed(self, tracked: Tracked) -> None:
        found = tracked.statuses(tracked.book.ann)
        assert list(found) == [tracked.page, tracked.essay]
        page, essay = found.values()
        assert (page.state, page.timecompleted, page.tracking) == (0, 0, BY_HAND)
        assert (page.isautomatic, page.istrackeduser, page.details) == (False, True, [])
        assert (essay.isautomatic, essay.isoverallcomplete) == (True, False)
        assert isinstance(essay.details, list)
        assert [(each.rulename, each.rulevalue.status) for each in essay.details] == [
            ("completionusegrade", 0)
        ]

    def test_a_grade_completes_what_asks_for_one(self, tracked: Tracked) -> None:
        ann = tracked.book.ann
        tracked.book.grade(tracked.essay, {ann: 5})
        essay = tracked.statuses(ann)[tracked.essay]
        assert (essay.state, essay.isoverallcomplete) == (1, True)
        assert essay.timecompleted == tracked.site.call().now
        assert isinstance(essay.details, list)
        assert essay.details[0].rulevalue.status == 1

    def test_who_is_no_learner_is_listed_and_not_tracked(self, tracked: Tracked) -> None:
        lone = making.user(tracked.site, "lone")
        for user in (tracked.book.tina, lone, 2):
            found = tracked.statuses(user)
            assert [status.istrackeduser for status in found.values()] == [False, False]

    def test_only_what_the_caller_may_enter_is_listed(self, tracked: Tracked) -> None:
        viewer = making.user_with(tracked.site, "viewer", ENTER, PROGRESS)
        assert list(tracked.statuses(tracked.book.ann, viewer)) == [tracked.page]

    def test_nothing_is_listed_while_completion_is_off(self, tracked: Tracked) -> None:
        tracked.change(enablecompletion=0)
        assert tracked.statuses(tracked.book.ann) == {}

    def test_nothing_is_listed_while_the_site_does_not_track(self, tracked: Tracked) -> None:
        making.setting(tracked.site, "enablecompletion", value=False)
        assert tracked.statuses(tracked.book.ann) == {}

    def test_somebody_else_without_the_right(self, tracked: Tracked) -> None:
        with refused(NoPermission):
            tracked.statuses(tracked.book.ben, tracked.book.ann)

    def test_an_unknown_course_before_an_unknown_user(self, tracked: Tracked) -> None:
        with refused(MissingRecord) as caught:
            tracked.statuses(UNKNOWN, course=UNKNOWN)
        assert "course" in caught.value.reason

    def test_an_unknown_user_before_a_closed_course(self, tracked: Tracked) -> None:
        with refused(MissingRecord):
            tracked.statuses(UNKNOWN, making.user(tracked.site, "lone"))

    @pytest.mark.parametrize(
        ("column", "value", "code"),
        [("deleted", 1, "userdeleted"), ("confirmed", 0, "usernotconfirmed")],
    )
    def test_an_account_that_takes_no_part(
        self, tracked: Tracked, column: str, value: int, code: str
    ) -> None:
        users.change(tracked.site.session, tracked.book.ann, {column: value})
        for read in (tracked.statuses, tracked.status):
            with refused(MoodleError, code):
                read(tracked.book.ann)

    def test_the_guest(self, tracked: Tracked) -> None:
        for read in (tracked.statuses, tracked.status):
            with refused(MoodleError, "guestsarenotallowed"):
                read(1)

    def test_a_course_that_cannot_be_entered(self, tracked: Tracked) -> None:
        lone = making.user(tracked.site, "lone")
        for read in (tracked.statuses, tracked.status):
            with refused(RequireLogin):
                read(lone, lone)

    def test_people_of_other_separate_groups(self, tracked: Tracked) -> None:
        tracked.change(groupmode=1)
        theo = tracked.book.person("theo", "teacher")
        tracked.criteria(by_oneself=True)
        for read in (tracked.statuses, tracked.status):
            with refused(MoodleError, "accessdenied"):
                read(tracked.book.ann, theo)
        red = making.group(tracked.site, tracked.course, "Red")
        group_members.add(tracked.site.call(), [(red, theo), (red, tracked.book.ann)])
        assert tracked.statuses(tracked.book.ann, theo)
        assert tracked.status(tracked.book.ann, theo).completed is False


class TestTicking:
    def test_a_tick_is_set_and_taken_back(self, tracked: Tracked) -> None:
        ann = tracked.book.ann
        tracked.tick(ann)
        page = tracked.statuses(ann)[tracked.page]
        assert (page.state, page.overrideby, page.isoverallcomplete) == (1, None, True)
        tracked.tick(ann, completed=False)
        page = tracked.statuses(ann)[tracked.page]
        assert (page.state, page.timecompleted > 0) == (0, True)

    def test_the_same_again_changes_nothing(self, tracked: Tracked) -> None:
        tracked.tick(tracked.book.ann)
        with unchanged(tracked.site.session):
            tracked.tick(tracked.book.ann)

    def test_who_ticks_off_need_not_be_a_learner(self, tracked: Tracked) -> None:
        tracked.tick(tracked.book.tina)
        assert tracked.statuses(tracked.book.tina)[tracked.page].state == 1

    def test_a_tick_ends_what_somebody_set(self, tracked: Tracked) -> None:
        ann = tracked.book.ann
        tracked.override(tracked.book.tina, ann)
        tracked.tick(ann, completed=False)
        assert tracked.statuses(ann)[tracked.page].overrideby is None

    def test_an_unknown_activity(self, tracked: Tracked) -> None:
        with refused(MissingRecord):
            tracked.tick(tracked.book.ann, UNKNOWN)

    def test_a_course_that_cannot_be_entered(self, tracked: Tracked) -> None:
        with refused(RequireLogin):
            tracked.tick(making.user(tracked.site, "lone"))

    def test_a_hidden_activity(self, tracked: Tracked) -> None:
        hidden = making.activity(tracked.site, tracked.course, completion=BY_HAND, visible=0)
        with refused(RequireLogin):
            tracked.tick(tracked.book.ann, hidden)

    def test_without_the_right(self, tracked: Tracked) -> None:
        making.override(tracked.site, "user", "moodle/course:togglecompletion", -1)
        with refused(NoPermission):
            tracked.tick(tracked.book.ann)

    def test_while_completion_is_off(self, tracked: Tracked) -> None:
        tracked.change(enablecompletion=0)
        with refused(MoodleError, "completionnotenabled"):
            tracked.tick(tracked.book.ann)

    def test_what_is_automatic_or_not_tracked(self, tracked: Tracked) -> None:
        for cmid in (tracked.essay, tracked.label):
            with refused(MoodleError, "cannotmanualctrack"):
                tracked.tick(tracked.book.ann, cmid)


class TestOverriding:
    def test_a_teacher_sets_what_a_learner_has_done(self, tracked: Tracked) -> None:
        ann, tina = tracked.book.ann, tracked.book.tina
        for cmid, tracking in ((tracked.page, BY_HAND), (tracked.essay, AUTOMATIC)):
            answer = tracked.override(tina, ann, cmid=cmid)
            assert answer == c.OverriddenCompletion(
                cmid=cmid,
                userid=ann,
                state=1,
                timecompleted=tracked.site.call().now,
                overrideby=tina,
                tracking=tracking,
            )
        essay = tracked.statuses(ann)[tracked.essay]
        assert isinstance(essay.details, list)
        assert essay.details[0].rulevalue.status == 1

    def test_complete_holds_whatever_the_grade(self, tracked: Tracked) -> None:
        ann, tina = tracked.book.ann, tracked.book.tina
        tracked.override(tina, ann, cmid=tracked.essay)
        tracked.book.grade(tracked.essay, {ann: 5})
        tracked.book.grade(tracked.essay, {ann: None})
        essay = tracked.statuses(ann)[tracked.essay]
        assert (essay.state, essay.overrideby) == (1, tina)

    def test_incomplete_gives_way_to_the_next_grade(self, tracked: Tracked) -> None:
        ann, tina = tracked.book.ann, tracked.book.tina
        tracked.book.grade(tracked.essay, {ann: 5})
        assert tracked.override(tina, ann, 0, tracked.essay).state == 0
        tracked.book.grade(tracked.essay, {ann: 6})
        essay = tracked.statuses(ann)[tracked.essay]
        assert (essay.state, essay.overrideby) == (1, None)

    def test_the_present_state_again_changes_nothing(self, tracked: Tracked) -> None:
        with unchanged(tracked.site.session):
            answer = tracked.override(tracked.book.tina, tracked.book.ann, 0)
        assert (answer.timecompleted, answer.overrideby) == (0, None)

    def test_what_is_not_tracked_stays_and_no_right_is_asked(self, tracked: Tracked) -> None:
        with unchanged(tracked.site.session):
            answer = tracked.override(tracked.book.ann, tracked.book.ben, cmid=tracked.label)
        assert (answer.state, answer.tracking, answer.overrideby) == (0, 0, None)

    def test_what_is_tracked_no_more_does_not_tell_how_far_somebody_was(
        self, tracked: Tracked
    ) -> None:
        ann, ben = tracked.book.ann, tracked.book.ben
        tracked.tick(ann)
        activity_changes.change(tracked.site.call(), tracked.page, {"completion": 0})
        with unchanged(tracked.site.session):
            answer = tracked.override(ben, ann, 0)
        assert (answer.state, answer.timecompleted, answer.tracking) == (0, 0, 0)

    def test_somebody_outside_the_course(self, tracked: Tracked) -> None:
        lone = making.user(tracked.site, "lone")
        assert tracked.override(tracked.book.tina, lone).state == 1

    def test_an_unknown_activity(self, tracked: Tracked) -> None:
        with refused(MissingRecord):
            tracked.override(tracked.book.tina, tracked.book.ann, cmid=UNKNOWN)

    def test_an_activity_that_cannot_be_entered(self, tracked: Tracked) -> None:
        with refused(RequireLogin):
            tracked.override(making.user(tracked.site, "lone"), tracked.book.ann)

    def test_while_completion_is_off(self, tracked: Tracked) -> None:
        tracked.change(enablecompletion=0)
        with refused(MoodleError, "completionnotenabled"):
            tracked.override(tracked.book.tina, tracked.book.ann)

    def test_without_the_right(self, tracked: Tracked) -> None:
        with refused(NoPermission, "nopermission"):
            tracked.override(tracked.book.ann, tracked.book.ben)

    def test_an_unknown_user(self, tracked: Tracked) -> None:
        with refused(MissingRecord):
            tracked.override(tracked.book.tina, UNKNOWN)

    @pytest.mark.parametrize("state", [2, 3, 5, -1])
    def test_a_state_that_is_not_set_by_hand(self, tracked: Tracked, state: int) -> None:
        with refused(MoodleError, "err_system"):
            tracked.override(tracked.book.tina, tracked.book.ann, state)


class TestCourses:
    def test_the_name_of_an_activity_is_told_as_html(self, tracked: Tracked) -> None:
        name = "Fish & <b>chips</b><img src=x onerror=alert(1)>"
        page = making.activity(tracked.site, tracked.course, "page", name=name, completion=BY_HAND)
        tracked.criteria(activities=[page])
        told = tracked.status(tracked.book.ann).completions[0].details.criteria
        assert told == "Fish &amp; chips"

    def test_criteria_are_told_in_their_order(self, tracked: Tracked) -> None:
        tracked.criteria(by_oneself=True, activities=[tracked.page], grade=50.0)
        status = tracked.status(tracked.book.ann)
        assert (status.completed, status.aggregation) == (False, 1)
        assert [each.type for each in status.completions] == [1, 4, 6]
        assert [each.complete for each in status.completions] == [False, False, False]
        assert status.completions[1].details.criteria == "Page"
        assert status.completions[2].details.requirement == "50.00"

    def test_what_was_met_is_told_with_its_time(self, tracked: Tracked) -> None:
        tracked.criteria(activities=[tracked.page], grade=50.0)
        tracked.tick(tracked.book.ann)
        page, grade = tracked.status(tracked.book.ann, tracked.book.ann).completions
        assert (page.complete, page.timecompleted) == (True, tracked.site.call().now)
        assert (page.status, grade.status, grade.timecompleted) == ("Yes", "No", None)

    def test_any_criterion_is_enough_where_the_course_says_so(self, tracked: Tracked) -> None:
        tracked.criteria(is_any=True, activities=[tracked.page], grade=50.0)
        tracked.tick(tracked.book.ann)
        status = tracked.status(tracked.book.ann)
        assert (status.completed, status.aggregation) == (True, 2)

    def test_while_completion_is_off(self, tracked: Tracked) -> None:
        tracked.change(enablecompletion=0)
        with refused(MoodleError, "cannotviewreport"):
            tracked.status(tracked.book.ann)

    def test_somebody_else_without_the_right(self, tracked: Tracked) -> None:
        with refused(MoodleError, "cannotviewreport"):
            tracked.status(tracked.book.ben, tracked.book.ann)

    def test_one_of_two_rights_is_enough(self, tracked: Tracked) -> None:
        tracked.criteria(by_oneself=True)
        for number, right in enumerate((COMPLETION, "moodle/user:viewuseractivitiesreport")):
            viewer = making.user_with(tracked.site, f"viewer{number}", ENTER, right)
            assert tracked.status(tracked.book.ann, viewer).completed is False

    def test_who_is_no_learner(self, tracked: Tracked) -> None:
        tina = tracked.book.tina
        with refused(MoodleError, "usernotenroled"):
            tracked.status(tina)
        with refused(MoodleError, "notenroled"):
            tracked.status(tina, tina)

    def test_the_site_course_has_no_learners(self, tracked: Tracked) -> None:
        with refused(MoodleError, "usernotenroled"):
            tracked.status(tracked.book.ann, course=1)

    def test_a_course_without_criteria(self, tracked: Tracked) -> None:
        with refused(MoodleError, "nocriteriaset"):
            tracked.status(tracked.book.ann)
