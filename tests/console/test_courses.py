"""Courses in the console: found, created, people enrolled by paste, activities' groups."""

from datetime import UTC, datetime

import pytest

from coursewire.domain import course_care, role_assignments
from coursewire.domain import enrolments as ways
from coursewire.store import activities, audit, courses, enrolments, lookups
from tests.support import making
from tests.support.console import Browser, page_of, signed_in
from tests.support.sites import TestSite
from tests.support.web import Web

PATH = "/console/courses"


def actions(site: TestSite) -> list[str]:
    return [row.action for row in audit.records(site.session)]


def test_courses_are_found_by_name_and_category(site: TestSite, browser: Browser) -> None:
    arts = making.category(site, "Arts")
    making.course(site, "C-ART", category=arts)
    making.course(site, "C-BIO", fullname="Biology for all")
    assert "C-ART" not in page_of(browser.get(f"{PATH}?q=biology"))
    page = page_of(browser.get(f"{PATH}?category={arts}"))
    assert "C-ART" in page
    assert "C-BIO" not in page


def test_a_course_and_a_category_are_created(site: TestSite, browser: Browser) -> None:
    browser.get(f"{PATH}/new")
    answer = browser.post(f"{PATH}/categories", {"name": "Arts", "parent": "0"})
    assert "is created" in page_of(browser.follow(answer))
    (category,) = lookups.category_ids(site.session, "Arts")
    form = {"fullname": "Course one", "shortname": "C1", "category": str(category)}
    browser.get(f"{PATH}/new")
    assert "is created" in page_of(browser.follow(browser.post(f"{PATH}/new", form)))
    assert lookups.course_id(site.session, "C1")
    assert {"category.create", "course.create"} <= set(actions(site))
    browser.get(f"{PATH}/new")
    assert 'id="shortname-error"' in page_of(browser.post(f"{PATH}/new", form), 422)


def test_people_are_enrolled_by_paste(site: TestSite, browser: Browser) -> None:
    course, anna = making.course(site, "C1"), making.user(site, "anna", email="a@example.org")
    otto, student = making.user(site, "otto"), making.role_id(site, "student")
    here = f"{PATH}/{course}"
    form = {"people": "A@example.org; otto\nnobody", "role": str(student), "end": "2099-02-28"}
    browser.get(here)
    page = page_of(browser.post(f"{here}/enrol", form), 422)
    assert "2 found. Not known, or not one person: nobody." in page
    assert not enrolments.is_enrolled(site.session, anna, course)
    done = page_of(browser.follow(browser.post(f"{here}/enrol", {**form, "skip": "1"})))
    assert "Enrolled: 2." in done
    assert enrolments.enrolled(site.session, [anna, otto], course) == {anna, otto}
    assert [one.role_id for one in role_assignments.of_user(site.session, otto)] == [student]
    way = ways.enabled_instance(site.call(), course)
    assert way is not None
    ends = enrolments.in_instance(site.session, way.id, [anna])[anna].timeend
    assert ends == int(datetime(2099, 2, 28, 23, 59, 59, tzinfo=UTC).timestamp())
    assert actions(site).count("enrolment.enrol") == 1


@pytest.mark.parametrize("end", ["2001-01-01", "2027-02-31", "tomorrow"])
def test_bad_days_are_refused(site: TestSite, browser: Browser, end: str) -> None:
    course = making.course(site, "C1")
    making.user(site, "anna")
    browser.get(f"{PATH}/{course}")
    page = page_of(browser.post(f"{PATH}/{course}/enrol", {"people": "anna", "end": end}), 422)
    assert 'id="end-error"' in page


def test_an_enrolment_is_suspended_resumed_and_ended(site: TestSite, browser: Browser) -> None:
    course, anna = making.course(site, "C1"), making.user(site, "anna")
    making.enrol(site, anna, course)
    here, who = f"{PATH}/{course}", {"user": str(anna)}
    browser.get(here)
    suspended = page_of(browser.follow(browser.post(f"{here}/suspend", {**who, "on": "1"})))
    assert "Resume anna" in suspended
    assert "Suspend anna" in page_of(browser.follow(browser.post(f"{here}/suspend", who)))
    browser.post(f"{here}/unenrol", who)
    assert not enrolments.is_enrolled(site.session, anna, course)
    assert "enrolment.unenrol" in actions(site)


def test_authz_8_nobody_enrols_with_a_role_above_their_own(site: TestSite, served: Web) -> None:
    course, anna = making.course(site, "C1"), making.user(site, "anna")
    great = making.role(site, "great", ["moodle/user:delete"])
    own = [course_care.ENROL, "moodle/role:assign"]
    making.role(site, "giver", own, may_assign=["great"])
    helper_id = making.user(site, "helper")
    making.assign(site, "giver", helper_id)
    helper = signed_in(served, helper_id, "operator")
    helper.get(f"{PATH}/{course}")
    answer = helper.post(f"{PATH}/{course}/enrol", {"people": "anna", "role": str(great)})
    assert "moodle/user:delete" in page_of(answer, 422)
    assert not enrolments.is_enrolled(site.session, anna, course)


def test_without_the_right_nothing_happens(site: TestSite, served: Web) -> None:
    course, anna = making.course(site, "C1"), making.user(site, "anna")
    making.enrol(site, anna, course)
    helper = signed_in(served, making.user(site, "helper"), "operator")
    here = f"{PATH}/{course}"
    helper.get(here)
    assert helper.post(f"{here}/unenrol", {"user": str(anna)}).status == 403
    assert helper.post(f"{here}/suspend", {"user": str(anna), "on": "1"}).status == 403
    assert helper.post(f"{here}/delete", {"confirm": "C1"}).status == 403
    assert enrolments.is_enrolled(site.session, anna, course)


def test_activities_get_a_group_mode_and_a_grouping(site: TestSite, browser: Browser) -> None:
    course, other = making.course(site, "C1"), making.course(site, "C2")
    activity = making.activity(site, course)
    own, foreign = making.grouping(site, course, "G"), making.grouping(site, other, "H")
    here = f"{PATH}/{course}/activities"
    browser.get(here)
    form = {"activity": str(activity), "groupmode": "1", "grouping": str(own)}
    assert browser.post(here, form).status == 303
    changed = activities.get(site.session, activity)
    assert changed is not None
    assert (changed.groupmode, changed.groupingid) == (1, own)
    file = page_of(browser.post(f"{here}/csv")).splitlines()
    assert file[1] == f"{activity},Page,page,separate groups,G"
    assert browser.post(here, {**form, "grouping": str(foreign)}).status == 400
    assert browser.post(f"{PATH}/{other}/activities", form).status == 404


def test_deletion_asks_for_the_short_name(site: TestSite, browser: Browser) -> None:
    course = making.course(site, "C1")
    here = f"{PATH}/{course}/delete"
    browser.get(here)
    assert browser.post(here, {"confirm": "C2"}).status == 422
    assert browser.post(here, {"confirm": "C1"}).status == 303
    assert courses.get(site.session, course) is None
    assert "course.delete" in actions(site)
