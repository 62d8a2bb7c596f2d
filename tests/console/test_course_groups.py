"""Groups of a course in the console: listed, created, changed, filled, deleted."""

import csv
import io
import re

import pytest
from sqlalchemy import update

from coursewire.domain import group_care
from coursewire.domain.group_members import Memberships
from coursewire.store import audit, group_members, groups
from coursewire.store.schema.groups import group_members as memberships
from tests.support import making
from tests.support.console import UNSCRIPTED_SEARCH, Browser, hidden, page_of, signed_in
from tests.support.sites import TestSite
from tests.support.statements import noted
from tests.support.web import Answer, Web

PATH = "/console/courses"


def actions(site: TestSite) -> list[str]:
    return [row.action for row in audit.records(site.session)]


def rows_of(answer: Answer) -> list[dict[str, str]]:
    assert answer.header("content-type") == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(page_of(answer))))


def members(site: TestSite, group: int) -> list[int]:
    return group_members.of_groups(site.session, [group]).get(group, [])


class Room:
    """A course with three participants, two of them in a group, and somebody outside."""

    def __init__(self, site: TestSite) -> None:
        self.site = site
        self.course = making.course(site, "C1", groupmode=1)
        self.ann, self.ben, self.cat = (
            self.person(name, enrolled=True) for name in ("ann", "ben", "cat")
        )
        self.out = self.person("out")
        self.red = making.group(site, self.course, "Red", idnumber="G-R")
        self.here = f"{PATH}/{self.course}/groups"
        self.page = f"{self.here}/{self.red}"
        self.put(self.ann, self.ben)

    def person(self, name: str, *, enrolled: bool = False) -> int:
        made = making.user(self.site, name)
        if enrolled:
            making.enrol(self.site, made, self.course)
        return made

    def put(self, *user_ids: int) -> None:
        group_care.add_members(self.site.call(), self.course, self.red, user_ids)


@pytest.fixture
def room(site: TestSite) -> Room:
    return Room(site)


def test_groups_are_listed_searched_and_sorted(room: Room, browser: Browser) -> None:
    making.group(room.site, room.course, "Blue", idnumber="G-B")
    page = page_of(browser.get(room.here))
    assert "separate groups" in page
    assert page.index(">Blue<") < page.index(">Red<")
    found = page_of(browser.get(f"{room.here}?q=g-b"))
    assert ">Blue<" in found
    assert ">Red<" not in found
    by_size = page_of(browser.get(f"{room.here}?sort=-members"))
    assert by_size.index(">Red<") < by_size.index(">Blue<")


def test_names_are_found_whatever_their_letters(room: Room, browser: Browser) -> None:
    making.group(room.site, room.course, "Äpfel")
    for words in ("%C3%84pfel", "PFEL"):
        assert "Äpfel</a>" in page_of(browser.get(f"{room.here}?q={words}"))


def test_the_list_is_given_out_as_a_file(room: Room, browser: Browser) -> None:
    making.group(room.site, room.course, "=1+1", visibility=3)
    rows = rows_of(browser.post(f"{room.here}/csv"))
    assert [(row["name"], row["visible to"], row["members"]) for row in rows] == [
        ("'=1+1", "nobody", "0"),
        ("Red", "everybody", "2"),
    ]


def test_a_group_is_created_and_its_name_stands_once(room: Room, browser: Browser) -> None:
    browser.get(room.here)
    form = {"name": "Blue", "idnumber": "G-B"}
    made = page_of(browser.follow(browser.post(room.here, form)))
    assert "The group Blue is created." in made
    assert "group.create" in actions(room.site)
    page = page_of(browser.post(room.here, form), 422)
    assert 'id="name-error"' in page
    assert 'value="G-B"' in page
    other = page_of(browser.post(room.here, {"name": "Green", "idnumber": "G-B"}), 422)
    assert 'id="idnumber-error"' in other
    assert 'value="Green"' in other
    assert 'id="name-error"' in page_of(browser.post(room.here, {"name": " "}), 422)
    long = page_of(browser.post(room.here, {"name": "x" * 300}), 422)
    assert "254 is the limit" in long


def test_a_group_is_changed(room: Room, browser: Browser) -> None:
    blue = making.group(room.site, room.course, "Blue")
    page = f"{room.here}/{blue}/edit"
    form = {
        **hidden(browser.get(page)),
        "name": "Navy",
        "idnumber": "G-N",
        "description": "<p>one\r\ntwo</p>",
        "enrolmentkey": "sea",
        "visibility": "1",
        "participation": "1",
    }
    assert "is changed" in page_of(browser.follow(browser.post(page, form)))
    found = groups.of_ids(room.site.session, [blue])[blue]
    assert (found.name, found.idnumber, found.enrolmentkey) == ("Navy", "G-N", "sea")
    assert (found.visibility, found.participation) == (1, 1)
    assert found.description == "<p>one\ntwo</p>"
    assert actions(room.site).count("group.update") == 1


def test_what_members_settle_stays(room: Room, browser: Browser) -> None:
    page = f"{room.page}/edit"
    asked = browser.get(page)
    assert 'name="visibility"' not in page_of(asked)
    form = {**hidden(asked), "name": "Red", "idnumber": "G-R", "visibility": "3"}
    assert browser.post(page, form).status == 303
    assert groups.of_ids(room.site.session, [room.red])[room.red].visibility == 0


def test_another_change_meanwhile_is_told_and_nothing_lost(room: Room, browser: Browser) -> None:
    page = f"{room.page}/edit"
    form = {**hidden(browser.get(page)), "name": "Mine", "idnumber": "G-R"}
    rival = signed_in(browser.web)
    first = {**hidden(rival.get(page)), "name": "Theirs", "idnumber": "G-R"}
    assert rival.post(page, first).status == 303
    told = browser.post(page, form)
    assert "Somebody else changed this" in page_of(told, 422)
    assert "name “Theirs”" in page_of(told, 422)
    assert 'value="Mine"' in page_of(told, 422)
    assert groups.of_ids(room.site.session, [room.red])[room.red].name == "Theirs"
    assert browser.post(page, {**form, **hidden(told)}).status == 303
    assert groups.of_ids(room.site.session, [room.red])[room.red].name == "Mine"


def test_an_error_does_not_hide_another_change(room: Room, browser: Browser) -> None:
    """What was seen first counts until the form is taken."""
    making.group(room.site, room.course, "Blue")
    page = f"{room.page}/edit"
    seen = hidden(browser.get(page))
    rival = signed_in(browser.web)
    first = {**hidden(rival.get(page)), "name": "Theirs", "idnumber": "G-R"}
    refused = browser.post(page, {**seen, "name": "", "idnumber": "G-R"})
    assert rival.post(page, first).status == 303
    again = {**hidden(refused), "name": "Mine", "idnumber": "G-R"}
    assert "Somebody else changed this" in page_of(browser.post(page, again), 422)


def test_a_taken_name_is_told_beside_the_field(room: Room, browser: Browser) -> None:
    making.group(room.site, room.course, "Blue", idnumber="G-B")
    page = f"{room.page}/edit"
    form = {**hidden(browser.get(page)), "name": "Blue", "idnumber": "G-R"}
    told = page_of(browser.post(page, form), 422)
    assert 'id="name-error"' in told
    assert 'value="Blue"' in told
    form |= {"name": "Red", "idnumber": "G-B"}
    assert 'id="idnumber-error"' in page_of(browser.post(page, form), 422)


def test_members_are_picked_pasted_and_named_when_they_cannot_be(
    room: Room, browser: Browser
) -> None:
    found = page_of(browser.get(f"{room.page}?find=person"))
    assert f'name="pick" value="{room.cat}"' in found
    assert f'name="pick" value="{room.ann}"' not in found
    assert f'name="pick" value="{room.out}"' not in found
    sent = [("people", "out nobody"), ("pick", str(room.cat))]
    told = page_of(browser.post(f"{room.page}/add", sent), 422)
    assert "Not known, or not one person: nobody." in told
    assert "Not in the course: out." in told
    assert f'name="pick" value="{room.cat}" checked' in told
    assert "out nobody</textarea>" in told
    assert members(room.site, room.red) == [room.ann, room.ben]
    done = page_of(browser.follow(browser.post(f"{room.page}/add", [*sent, ("skip", "1")])))
    assert "Added to the group: 1." in done
    assert members(room.site, room.red) == [room.ann, room.ben, room.cat]
    assert actions(room.site).count("group.add_members") == 2


def test_a_tick_outlasts_another_search(room: Room, browser: Browser) -> None:
    picked = f"pick={room.cat}&pick={room.out}"
    page = page_of(browser.get(f"{room.page}?find=nobody&{picked}")).partition('id="found"')[2]
    assert f'name="pick" value="{room.cat}" checked' in page
    assert f'value="{room.out}"' not in page
    again = page_of(browser.get(f"{room.page}?find=person&{picked}"))
    assert again.count(f'name="pick" value="{room.cat}"') == 1
    assert UNSCRIPTED_SEARCH in again


def test_more_ticks_than_a_page_shows_are_not_looked_up(room: Room, browser: Browser) -> None:
    ticked = f'name="pick" value="{room.cat}" checked'
    for others, is_kept in ((499, True), (500, False)):
        sent = [*range(9001, 9001 + others), room.cat]
        picked = "&".join(f"pick={each}" for each in sent)
        assert (ticked in page_of(browser.get(f"{room.page}?{picked}"))) is is_kept


def test_nobody_and_too_many_are_refused(room: Room, browser: Browser) -> None:
    browser.get(room.page)
    assert "Tick somebody" in page_of(browser.post(f"{room.page}/add", {}), 422)
    many = " ".join(f"p{number}" for number in range(501))
    assert "At most 500" in page_of(browser.post(f"{room.page}/add", {"people": many}), 422)
    forged = {"pick": str(room.out)}
    assert browser.post(f"{room.page}/add", forged).status == 303
    assert room.out not in members(room.site, room.red)


def test_the_ticked_leave_the_group(room: Room, browser: Browser) -> None:
    browser.get(room.page)
    assert "nobody is named" in page_of(browser.post(f"{room.page}/remove", {}), 422).lower()
    ticked = [("user", str(room.ann)), ("user", str(room.cat)), ("user", "9" * 40)]
    done = page_of(browser.follow(browser.post(f"{room.page}/remove", ticked)))
    assert "Taken out of the group: 1." in done
    assert members(room.site, room.red) == [room.ben]
    assert actions(room.site).count("group.remove_members") == 1


def test_a_membership_of_an_enrolment_stays(room: Room, browser: Browser) -> None:
    mine = memberships.c.user_id == room.ann
    room.site.session.execute(update(memberships).where(mine).values(component="enrol_cohort"))
    page = page_of(browser.get(room.page))
    assert "by enrol_cohort" in page
    assert "Tick ann" not in page
    told = page_of(browser.post(f"{room.page}/remove", {"user": str(room.ann)}), 422)
    assert "belongs to the enrolment" in told
    assert room.ann in members(room.site, room.red)


def test_members_are_found_and_given_out_as_a_file(room: Room, browser: Browser) -> None:
    assert "Ben Person" not in page_of(browser.get(f"{room.page}?q=ann"))
    rows = rows_of(browser.post(f"{room.page}/csv"))
    assert [row["username"] for row in rows] == ["ann", "ben"]


def test_deletion_says_what_stays(room: Room, browser: Browser) -> None:
    page = f"{room.page}/delete"
    assert "2 members stay" in page_of(browser.get(page)).replace("\u202f", " ")
    assert "is deleted" in page_of(browser.follow(browser.post(page)))
    assert groups.of_ids(room.site.session, [room.red]) == {}
    assert "group.delete" in actions(room.site)
    assert browser.get(room.page).status == 404


def test_a_group_of_another_course_is_none_here(room: Room, browser: Browser) -> None:
    other = making.course(room.site, "C2")
    wrong = f"{PATH}/{other}/groups/{room.red}"
    browser.get(f"{PATH}/{other}/groups")
    for path in (wrong, f"{wrong}/csv", f"{wrong}/edit", f"{wrong}/delete"):
        assert browser.look(path).status == 404, path
    forms = {"edit": {"name": "Stolen"}, "delete": {}, "add": {"people": "cat"}}
    for what, form in {**forms, "remove": {"user": str(room.ann)}}.items():
        assert browser.post(f"{wrong}/{what}", form).status == 404, what
    assert browser.get(f"{PATH}/{other}?group={room.red}").status == 404
    assert groups.of_ids(room.site.session, [room.red])[room.red].name == "Red"
    assert members(room.site, room.red) == [room.ann, room.ben]


def test_a_viewer_looks_and_does_not_act(room: Room, served: Web) -> None:
    viewer = signed_in(served, making.user(room.site, "looker"), "viewer")
    page = page_of(viewer.get(room.page))
    assert "ann</a>" in page
    forms = re.findall(r'method="post" action="(/console/courses[^"]*)"', page)
    assert forms == [f"{room.page}/csv"]
    assert 'name="name"' not in page_of(viewer.get(room.here))
    for path in (f"{room.page}/edit", f"{room.page}/delete"):
        assert viewer.get(path).status == 403
    for path, form in (
        (room.here, {"name": "Blue"}),
        (f"{room.page}/add", {"people": "cat"}),
        (f"{room.page}/remove", {"user": str(room.ann)}),
        (f"{room.page}/delete", {}),
    ):
        assert viewer.post(path, form).status == 403, path
    assert members(room.site, room.red) == [room.ann, room.ben]


def test_an_operator_needs_the_right_in_the_course(room: Room, served: Web) -> None:
    helper = signed_in(served, making.user(room.site, "helper"), "operator")
    assert "Add members" not in page_of(helper.get(room.page))
    for what in ("edit", "delete"):
        assert "managegroups" in page_of(helper.get(f"{room.page}/{what}"), 403)
    for path, form in (
        (room.here, {"name": "Blue"}),
        (f"{room.page}/add", {"people": "cat"}),
        (f"{room.page}/remove", {"user": str(room.ann)}),
        (f"{room.page}/edit", {"name": "Blue"}),
        (f"{room.page}/delete", {}),
    ):
        assert "managegroups" in page_of(helper.post(path, form), 403), path
    assert members(room.site, room.red) == [room.ann, room.ben]


def test_authz_6_hidden_groups_stay_hidden_from_a_viewer(room: Room, served: Web) -> None:
    secret = making.group(room.site, room.course, "Needs support", visibility=3)
    mine = making.group(room.site, room.course, "Own only", visibility=2)
    looker = room.person("looker", enrolled=True)
    for user_id in (looker, room.cat):
        call = room.site.call()
        with call.transaction():
            joining = Memberships(call, [(mine, user_id)])
            joining.add((mine, user_id))
            joining.store_added()
    viewer = signed_in(served, looker, "viewer")
    listed = page_of(viewer.get(room.here))
    assert "Needs support" not in listed
    assert "Own only" in listed
    assert "not shown" in listed
    assert "Needs support" not in page_of(viewer.post(f"{room.here}/csv"))
    assert viewer.get(f"{room.here}/{secret}").status == 404
    own = page_of(viewer.get(f"{room.here}/{mine}"))
    assert "looker</a>" in own
    assert "cat</a>" not in own
    assert "Cat" not in page_of(viewer.post(f"{room.here}/{mine}/csv"))
    assert viewer.get(f"{PATH}/{room.course}?group={mine}").status == 404


def test_long_lists_are_read_a_page_at_a_time(room: Room, browser: Browser) -> None:
    for number in range(60):
        making.group(room.site, room.course, f"Team {number:02}")
    with noted(room.site.session) as few:
        page_of(browser.get(f"{room.here}?q=red"))
    with noted(room.site.session) as many:
        page = page_of(browser.get(room.here))
    assert len(many) == len(few)
    assert "of 61 groups" in page.replace("\u202f", " ")
    assert "Team 59" in page_of(browser.get(f"{room.here}?page=2"))
