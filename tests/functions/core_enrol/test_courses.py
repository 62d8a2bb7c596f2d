"""The courses of somebody: whose are told to whom, and what is told of them."""

from typing import Any
from unittest.mock import patch

from coursewire.contracts import core_enrol as c
from coursewire.domain import activities, activity_completion, completion_criteria
from coursewire.domain.completion_criteria import Criteria
from coursewire.domain.role_definitions import PROHIBIT
from coursewire.functions.core_enrol import courses as bodies
from coursewire.store import activity_completions, course_completions, preferences, users
from coursewire.store.activity_completions import ActivityCompletionRecord
from coursewire.store.enrolments import SUSPENDED
from tests.support import making
from tests.support.participants import School
from tests.support.sites import TestSite
from tests.support.statements import noted
from tests.support.web import Web

ADMIN, GUEST, UNKNOWN = 2, 1, 987654


def told(site: TestSite, of: int, user: int = ADMIN, **params: Any) -> list[c.EnrolledCourse]:
    return bodies.get_users_courses(site.call(user), c.GetUsersCourses(userid=of, **params))


def names(site: TestSite, of: int, user: int = ADMIN) -> list[str]:
    return [course.shortname for course in told(site, of, user)]


class TestWhose:
    def test_courses_in_which_somebody_takes_part_in_their_order(self, school: School) -> None:
        site, ann = school.site, school.ann
        later = making.course(site, "LAT")
        hidden = making.course(site, "HID", visible=0)
        ended = making.course(site, "END")
        making.enrol(site, ann, later)
        making.enrol(site, ann, hidden)
        making.enrol(site, ann, ended, timeend=site.now)
        assert names(site, ann) == names(site, ann, ann) == ["LAT", "ALG"]
        assert names(site, school.cy) == names(site, school.cy, school.cy) == []

    def test_nobody_unknown_has_courses(self, school: School) -> None:
        gone = school.person("gone")
        users.change(school.site.session, gone, {"deleted": 1})
        for user_id in (UNKNOWN, 0, -1, GUEST, school.lone):
            assert names(school.site, user_id) == []

    def test_others_are_told_as_far_as_they_may_look(self, school: School) -> None:
        site = school.site
        assert names(site, school.ann, school.ben) == ["ALG"]
        assert names(site, school.ann, school.lone) == []
        viewer = making.user_with(site, "viewer", "moodle/course:view")
        assert names(site, school.ann, viewer) == []
        making.role(site, "looker", ["moodle/user:viewdetails"])
        making.assign(site, "looker", viewer)
        assert names(site, school.ann, viewer) == []
        making.role(site, "counter", ["moodle/course:viewparticipants"])
        making.assign(site, "counter", viewer)
        assert names(site, school.ann, viewer) == ["ALG"]

    def test_the_right_to_all_details_does_as_well(self, school: School) -> None:
        rights = ["moodle/course:view", "moodle/course:viewparticipants"]
        viewer = making.user_with(school.site, "viewer", *rights)
        making.role(school.site, "knower", ["moodle/user:viewalldetails"])
        assert names(school.site, school.ann, viewer) == []
        making.assign(school.site, "knower", viewer)
        assert names(school.site, school.ann, viewer) == ["ALG"]

    def test_separate_groups_keep_people_apart(self, site: TestSite) -> None:
        school = School(site, groupmode=1)
        assert names(site, school.ann, school.ben) == []
        school.group("Mixed", school.ann, school.ben)
        assert names(site, school.ann, school.ben) == ["ALG"]
        assert names(site, school.ann, school.tina) == ["ALG"]

    def test_who_answers_for_a_course_is_seen_by_everybody_in_theirs(self, site: TestSite) -> None:
        school = School(site, groupmode=1)
        assert names(site, school.tina, school.ann) == ["ALG"]
        making.override(site, "student", "moodle/user:viewdetails", PROHIBIT)
        assert names(site, school.tina, school.ann) == ["ALG"]
        making.override(site, "student", "moodle/course:viewparticipants", PROHIBIT)
        assert names(site, school.tina, school.ann) == []

    def test_open_profiles_are_seen_across_groups(self, site: TestSite) -> None:
        school = School(site, groupmode=1)
        making.override(site, "student", "moodle/user:viewdetails", PROHIBIT)
        assert names(site, school.ann, school.ben) == []
        making.setting(site, "forceloginforprofiles", value=False)
        assert names(site, school.ann, school.ben) == ["ALG"]
        assert names(site, school.ann, school.lone) == []

    def test_who_is_seen_anyway_is_not_looked_at_as_a_contact(self, site: TestSite) -> None:
        school = School(site)
        with patch.object(users, "with_roles", wraps=users.with_roles) as asked:
            assert names(site, school.ann, school.ben) == ["ALG"]
            assert asked.call_count == 0
            making.override(site, "student", "moodle/user:viewdetails", PROHIBIT)
            assert names(site, school.tina, school.ben) == ["ALG"]
            assert asked.call_count == 1

    def test_an_account_that_cannot_enter_anything_is_told_nothing(self, school: School) -> None:
        site = school.site
        preferences.put(site.session, school.ann, {"auth_forcepasswordchange": "1"})
        assert names(site, school.ann, school.ann) == []


class TestWhat:
    def test_people_are_counted_in_any_state(self, school: School) -> None:
        (course,) = told(school.site, school.ann)
        assert course.enrolledusercount == 4
        (course,) = told(school.site, school.ann, returnusercount=False)
        assert not isinstance(course.enrolledusercount, int)

    def test_only_oneself_is_told_what_is_put_away(self, school: School) -> None:
        site, ann = school.site, school.ann
        name = f"block_myoverview_hidden_course_{school.course}"
        preferences.put(site.session, ann, {name: "1"})
        assert [course.hidden for course in told(site, ann, ann)] == [True]
        assert [course.hidden for course in told(site, ann)] == [False]
        preferences.put(site.session, ann, {name: "0"})
        assert [course.hidden for course in told(site, ann, ann)] == [False]

    def test_without_completion_nothing_is_told_of_it(self, site: TestSite) -> None:
        school = School(site, enablecompletion=0)
        (course,) = told(site, school.ann)
        assert (course.progress, course.completed, course.showcompletionconditions) == (
            None,
            None,
            None,
        )
        assert (course.enablecompletion, course.completionusertracked) == (False, False)

    def test_progress_is_the_share_of_activities_done(self, school: School) -> None:
        site, ann = school.site, school.ann
        assert _progress(site, ann) == (False, True, None, False)
        tracked = [making.activity(site, school.course, name=name, completion=1) for name in "abcd"]
        making.activity(site, school.course, name="not tracked")
        assert _progress(site, ann) == (False, True, 0.0, False)
        _complete(site, ann, tracked[0], activity_completion.COMPLETE)
        _complete(site, ann, tracked[1], activity_completion.PASSED)
        _complete(site, ann, tracked[2], activity_completion.FAILED)
        assert _progress(site, ann) == (False, True, 50.0, False)
        completion_criteria.set_all(site.call(), school.course, Criteria(by_oneself=True))
        course_completions.put_completed(site.session, school.course, [ann], site.now)
        assert _progress(site, ann) == (True, True, 100.0, True)

    def test_a_teacher_is_not_tracked(self, school: School) -> None:
        making.activity(school.site, school.course, completion=1)
        assert _progress(school.site, school.tina) == (False, False, None, False)

    def test_others_progress_is_for_those_who_may_see_reports(self, school: School) -> None:
        site, ann = school.site, school.ann
        making.activity(site, school.course, completion=1)
        assert _progress(site, ann, ann) == _progress(site, ann, school.tina)
        assert _progress(site, ann, school.ben) == (False, False, None, None)
        mentor = making.user_with(
            site,
            "mentor",
            "moodle/course:view",
            "moodle/course:viewparticipants",
            "moodle/user:viewdetails",
            "moodle/user:viewuseractivitiesreport",
        )
        assert _progress(site, ann, mentor) == (False, True, 0.0, False)


def _progress(site: TestSite, of: int, user: int = ADMIN) -> tuple[object, ...]:
    (course,) = told(site, of, user)
    return (
        course.completionhascriteria,
        course.completionusertracked,
        course.progress,
        course.completed,
    )


def _complete(site: TestSite, user_id: int, cmid: int, state: int) -> None:
    assert activities.get(site.session, cmid) is not None
    done = ActivityCompletionRecord(cmid, user_id, state=state)
    activity_completions.put_many(site.session, [done])


def test_many_courses_cost_no_more_queries_than_one(school: School) -> None:
    site = school.site
    counts: list[int] = []
    for user_id in (school.ann, school.ben, school.tina):
        # What the process keeps of roles is read by the first call, whoever makes it.
        assert len(told(site, school.ann, user_id)) == 1
        with noted(site.session) as few:
            told(site, school.ann, user_id)
        counts.append(len(few))
    for number in range(12):
        course = making.course(site, f"C{number}")
        for user_id in (school.ann, school.ben, school.tina):
            status = SUSPENDED if user_id == school.tina else 0
            making.enrol(site, user_id, course, status=status)
    for user_id, before in zip((school.ann, school.ben, school.tina), counts, strict=True):
        told(site, school.ann, user_id)
        with noted(site.session) as many:
            told(site, school.ann, user_id)
        assert len(many) <= before


def test_the_answer_fits_its_contract(web: Web) -> None:
    school = School(web.site)
    answer = web.call("core_enrol_get_users_courses", web.token(), userid=school.ann)
    assert [course["shortname"] for course in answer.json] == ["ALG"]
