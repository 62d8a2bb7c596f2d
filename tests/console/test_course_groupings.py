"""Groupings of a course in the console: listed, created, changed, filled with groups, deleted."""

import csv
import io

import pytest

from coursewire.domain import course_changes, grouping_care
from coursewire.store import audit, courses, groupings
from tests.support import making
from tests.support.console import UNSCRIPTED_SEARCH, Browser, hidden, page_of, signed_in
from tests.support.sites import TestSite
from tests.support.web import Web

PATH = "/console/courses"


def actions(site: TestSite) -> list[str]:
    return [row.action for row in audit.records(site.session)]


class Room:
    """A course with two groups and a grouping that gathers one of them."""

    def __init__(self, site: TestSite) -> None:
        self.site = site
        self.course = making.course(site, "C1")
        self.red, self.blue = (making.group(site, self.course, name) for name in ("Red", "Blue"))
        self.teams = making.grouping(site, self.course, "Teams", idnumber="GG-T")
        grouping_care.assign(site.call(), self.course, self.teams, [self.red])
        self.here = f"{PATH}/{self.course}/groupings"
        self.page = f"{self.here}/{self.teams}"

    def inside(self) -> set[int]:
        return {group for _, group in groupings.pairs(self.site.session, [self.teams])}

    def stored(self) -> groupings.GroupingRecord:
        return groupings.of_ids(self.site.session, [self.teams])[self.teams]


@pytest.fixture
def room(site: TestSite) -> Room:
    return Room(site)


def test_groupings_are_listed_with_their_groups(room: Room, browser: Browser) -> None:
    making.grouping(room.site, room.course, "Labs")
    page = page_of(browser.get(room.here))
    assert page.index(">Labs<") < page.index(">Teams<")
    assert f'href="{PATH}/{room.course}/groups/{room.red}">Red</a>' in page
    assert ">Labs<" not in page_of(browser.get(f"{room.here}?q=gg-t"))
    answer = browser.post(f"{room.here}/csv")
    rows = list(csv.DictReader(io.StringIO(page_of(answer))))
    assert [(row["name"], row["groups"], row["names of groups"]) for row in rows] == [
        ("Labs", "0", ""),
        ("Teams", "1", "Red"),
    ]


def test_the_list_names_some_groups_and_counts_the_others(room: Room, browser: Browser) -> None:
    more = [making.group(room.site, room.course, f"Team {number}") for number in range(9)]
    grouping_care.assign(room.site.call(), room.course, room.teams, [*more, room.blue])
    page = page_of(browser.get(room.here))
    assert "and 3 more" in page
    assert ">Blue</a>" in page
    assert ">Team 8</a>" not in page


def test_authz_6_hidden_groups_are_not_counted_for_a_viewer(room: Room, served: Web) -> None:
    secret = making.group(room.site, room.course, "Needs support", visibility=3)
    grouping_care.assign(room.site.call(), room.course, room.teams, [secret])
    viewer = signed_in(served, making.user(room.site, "looker"), "viewer")
    page = page_of(viewer.get(room.here))
    assert ">Red</a>" in page
    assert "more" not in page[page.index(">Red</a>") : page.index("1 grouping")]
    assert "Needs support" not in page_of(viewer.get(room.page))
    (row,) = csv.DictReader(io.StringIO(page_of(viewer.post(f"{room.here}/csv"))))
    assert (row["groups"], row["names of groups"]) == ("1", "Red")


def test_a_grouping_is_created_and_its_name_stands_once(room: Room, browser: Browser) -> None:
    browser.get(room.here)
    form = {"name": "Labs", "idnumber": "GG-L"}
    made = page_of(browser.follow(browser.post(room.here, form)))
    assert "The grouping Labs is created." in made
    assert "grouping.create" in actions(room.site)
    page = page_of(browser.post(room.here, form), 422)
    assert 'id="name-error"' in page
    assert 'value="GG-L"' in page
    page = page_of(browser.post(room.here, {"name": "Others", "idnumber": "GG-L"}), 422)
    assert 'id="idnumber-error"' in page
    assert 'value="Others"' in page
    assert 'id="name-error"' in page_of(browser.post(room.here, {"name": ""}), 422)


def test_a_grouping_is_changed_unless_somebody_was_faster(room: Room, browser: Browser) -> None:
    page = f"{room.page}/edit"
    form = {**hidden(browser.get(page)), "name": "Mine", "idnumber": "GG-T", "description": "x"}
    rival = signed_in(browser.web)
    theirs = {**hidden(rival.get(page)), "name": "Theirs", "idnumber": "GG-T"}
    assert rival.post(page, theirs).status == 303
    told = browser.post(page, form)
    assert "name “Theirs”" in page_of(told, 422)
    assert 'value="Mine"' in page_of(told, 422)
    assert room.stored().name == "Theirs"
    assert browser.post(page, {**form, **hidden(told)}).status == 303
    assert (room.stored().name, room.stored().description) == ("Mine", "x")
    assert actions(room.site).count("grouping.update") == 2


def test_taken_names_are_told_beside_the_field(room: Room, browser: Browser) -> None:
    making.grouping(room.site, room.course, "Labs", idnumber="GG-L")
    page = f"{room.page}/edit"
    form = {**hidden(browser.get(page)), "name": "Labs", "idnumber": "GG-T"}
    assert 'id="name-error"' in page_of(browser.post(page, form), 422)
    form |= {"name": "Teams", "idnumber": "GG-L"}
    told = page_of(browser.post(page, form), 422)
    assert 'id="idnumber-error"' in told
    assert 'value="GG-L"' in told
    assert 'id="name-error"' in page_of(browser.post(page, {**form, "name": ""}), 422)


def test_groups_are_put_in_and_taken_out(room: Room, browser: Browser) -> None:
    page = page_of(browser.get(room.page))
    assert 'aria-label="Tick Red"' in page
    assert f'name="group" value="{room.blue}"' in page
    both = [("group", str(room.red)), ("group", str(room.blue))]
    done = page_of(browser.follow(browser.post(f"{room.page}/assign", both)))
    assert "Put into the grouping: 1." in done
    assert room.inside() == {room.red, room.blue}
    assert "All groups of the course are in it." in done
    browser.post(f"{room.page}/unassign", {"group": str(room.red)})
    assert room.inside() == {room.blue}
    assert {"grouping.assign", "grouping.unassign"} <= set(actions(room.site))
    for what in ("assign", "unassign"):
        assert "No group is named" in page_of(browser.post(f"{room.page}/{what}", {}), 422)


def test_groups_to_put_in_are_searched(room: Room, browser: Browser) -> None:
    for number in range(30):
        making.group(room.site, room.course, f"Team {number:02}")
    page = page_of(browser.get(room.page))
    assert "The first 25 of 31 groups." in page
    assert UNSCRIPTED_SEARCH in page
    found = page_of(browser.get(f"{room.page}?find=team+29"))
    assert ">Team 29<" in found
    assert ">Team 03<" not in found
    again = page_of(browser.get(f"{room.page}?find=team+29&group={room.blue}"))
    assert f'name="group" value="{room.blue}" checked' in again


def test_what_is_ticked_is_no_part_of_what_is_found(room: Room, browser: Browser) -> None:
    ticked = page_of(browser.get(f"{room.page}?group={room.blue}"))
    assert "The first" not in ticked
    assert "All groups of the course are in it." not in ticked
    searched = page_of(browser.get(f"{room.page}?find=blue&group={room.blue}"))
    assert "No other group has this in its name." in searched
    more = [making.group(room.site, room.course, f"Team {number:02}") for number in range(30)]
    picked = "&".join(f"group={each}" for each in more[:2])
    page = page_of(browser.get(f"{room.page}?find=team&{picked}"))
    assert "The first 25 of 28 groups." in page
    assert ">Team 26<" in page


def test_a_group_of_another_course_is_not_put_in(room: Room, browser: Browser) -> None:
    other = making.course(room.site, "C2")
    foreign = making.group(room.site, other, "Foreign")
    browser.get(room.page)
    sent = [("group", str(room.blue)), ("group", str(foreign))]
    assert "there is no group" in page_of(browser.post(f"{room.page}/assign", sent), 422).lower()
    assert room.inside() == {room.red}


def test_groups_that_calls_put_in_from_elsewhere_are_told(room: Room, browser: Browser) -> None:
    other = making.course(room.site, "C2")
    foreign = making.group(room.site, other, "Foreign")
    groupings.link_many(room.site.session, [(room.teams, foreign)], 0)
    page = page_of(browser.get(room.page))
    assert "1 group of other courses" in page
    assert "Foreign" not in page


def test_a_grouping_of_another_course_is_none_here(room: Room, browser: Browser) -> None:
    other = making.course(room.site, "C2")
    wrong = f"{PATH}/{other}/groupings/{room.teams}"
    browser.get(f"{PATH}/{other}/groupings")
    for path in (wrong, f"{wrong}/edit", f"{wrong}/delete"):
        assert browser.get(path).status == 404, path
    for what, form in (
        ("edit", {"name": "Stolen"}),
        ("delete", {}),
        ("assign", {"group": str(room.blue)}),
        ("unassign", {"group": str(room.red)}),
    ):
        assert browser.post(f"{wrong}/{what}", form).status == 404, what
    assert room.stored().name == "Teams"
    assert room.inside() == {room.red}


def test_deletion_says_what_does_without_it(room: Room, browser: Browser) -> None:
    making.activity(room.site, room.course, groupingid=room.teams)
    call = room.site.call()
    course_changes.change(call, room.course, {"defaultgroupingid": room.teams}, {})
    page = page_of(browser.get(f"{room.page}/delete"))
    assert "1 group in it stays" in page
    assert "1 activity does without a grouping" in page
    assert "no default grouping" in page
    assert browser.post(f"{room.page}/delete").status == 303
    assert groupings.of_ids(room.site.session, [room.teams]) == {}
    course = courses.get(room.site.session, room.course)
    assert course is not None
    assert course.defaultgroupingid == 0
    assert "grouping.delete" in actions(room.site)


def test_viewers_and_operators_without_the_right_do_not_act(room: Room, served: Web) -> None:
    viewer = signed_in(served, making.user(room.site, "looker"), "viewer")
    helper = signed_in(served, making.user(room.site, "helper"), "operator")
    for person in (viewer, helper):
        page = page_of(person.get(room.page))
        assert "Red</a>" in page
        assert "/assign" not in page
        assert person.get(f"{room.page}/edit").status == 403
        assert person.get(f"{room.page}/delete").status == 403
        for path, form in (
            (room.here, {"name": "Labs"}),
            (f"{room.page}/edit", {"name": "Labs"}),
            (f"{room.page}/assign", {"group": str(room.blue)}),
            (f"{room.page}/unassign", {"group": str(room.red)}),
            (f"{room.page}/delete", {}),
        ):
            assert person.post(path, form).status == 403, path
    assert room.inside() == {room.red}
