"""Categories: created, found, changed, moved and deleted, with what stands in them."""

from typing import Any

import msgspec
import pytest

from coursewire.contracts.core_course import categories as c
from coursewire.contracts.errors import MissingRecord, MoodleError, NoPermission
from coursewire.domain import categories as domain
from coursewire.domain import category_changes, cohorts, contexts
from coursewire.domain.cohorts import NewCohort
from coursewire.functions.core_course import categories as bodies
from coursewire.store import categories as rows
from coursewire.store import cohorts as cohort_rows
from coursewire.store import courses as course_rows
from tests.support import making
from tests.support.refusals import refused, unchanged
from tests.support.school import UNKNOWN, School

MANAGE = "moodle/category:manage"
HIDDEN = "moodle/category:viewhiddencategories"


def create(school: School, *news: dict[str, Any], user: int | None = None) -> list[int]:
    params = msgspec.convert({"categories": news}, c.CreateCategories)
    return [made.id for made in bodies.create_categories(school.call(user), params)]


def update(school: School, *changes: dict[str, Any], user: int | None = None) -> None:
    params = msgspec.convert({"categories": changes}, c.UpdateCategories)
    bodies.update_categories(school.call(user), params)


def delete(school: School, *deletions: dict[str, Any], user: int | None = None) -> None:
    params = msgspec.convert({"categories": deletions}, c.DeleteCategories)
    bodies.delete_categories(school.call(user), params)


def find(
    school: School, *criteria: tuple[str, str], user: int | None = None, below: bool = True
) -> list[c.Category]:
    asked = [{"key": key, "value": value} for key, value in criteria]
    params = msgspec.convert({"criteria": asked, "addsubcategories": below}, c.GetCategories)
    return bodies.get_categories(school.call(user), params)


def ids(found: list[c.Category]) -> list[int]:
    return [category.id for category in found]


def path(school: School, category_id: int) -> str:
    found = rows.get(school.site.session, category_id)
    assert found is not None
    return found.path


def test_a_category_is_made_where_it_belongs(school: School) -> None:
    top, below = create(
        school, {"name": "A & B", "idnumber": "AB", "description": "*d*", "descriptionformat": 4}
    ) + create(school, {"name": "Below", "parent": making.category(school.site, "P")})
    first, second = find(school, ("id", str(top))), find(school, ("id", str(below)))
    assert (first[0].name, first[0].idnumber, first[0].descriptionformat) == ("A &amp; B", "AB", 1)
    assert first[0].description == "<p><em>d</em></p>\n"
    assert (second[0].depth, second[0].idnumber) == (2, None)


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ({"name": "x", "parent": UNKNOWN}, "unknowcategory"),
        ({"name": ""}, "categorynamerequired"),
        ({"name": "n" * 256}, "categorytoolong"),
        ({"name": "x", "idnumber": "TAKEN"}, "categoryidnumbertaken"),
        ({"name": "x", "descriptionformat": 3}, "formatnotsupported"),
    ],
)
def test_what_cannot_be_made_undoes_the_call(
    school: School, new: dict[str, Any], code: str
) -> None:
    school.category("TAKEN")
    with unchanged(school.site.session), refused(MoodleError, code):
        create(school, {"name": "Good"}, new)


def test_making_needs_the_right_in_the_parent(school: School) -> None:
    manager, parent = school.user("manager"), school.category("P")
    making.role(school.site, "catmanager", [MANAGE])
    making.assign(
        school.site, "catmanager", manager, making.context(school.site, contexts.CATEGORY, parent)
    )
    create(school, {"name": "Mine", "parent": parent}, user=manager)
    with unchanged(school.site.session), refused(NoPermission):
        create(school, {"name": "Mine", "parent": parent}, {"name": "Top"}, user=manager)


def test_categories_are_found_by_every_criterion_at_once(school: School) -> None:
    top = school.category("TOP")
    below = making.category(school.site, "Twin", top, idnumber="T1")
    other = making.category(school.site, "Twin", idnumber="T2")
    assert ids(find(school, ("name", "Twin"))) == [below, other]
    assert ids(find(school, ("name", "Twin"), ("idnumber", "T2"))) == [other]
    assert ids(find(school, ("name", "Twin"), ("name", "TOP"))) == [below, other]
    assert ids(find(school, ("parent", str(top)))) == [below]
    assert ids(find(school, ("ids", f"{other},{top}"))) == [top, below, other]
    assert ids(find(school, ("id", str(top)), below=False)) == [top]
    assert ids(find(school, ("id", "x"))) == []
    assert ids(find(school, ("theme", "boost"))) == []


def test_some_criteria_need_a_right(school: School) -> None:
    stranger = school.user("stranger")
    for key in ("idnumber", "theme", "visible", "bogus"):
        with refused(MoodleError, "criteriaerror"):
            find(school, (key, "1"), user=stranger)
    with refused(MoodleError, "criteriaerror"):
        find(school, ("bogus", "1"))


def test_hidden_categories_are_kept_back_with_what_is_below(school: School) -> None:
    hidden = making.category(school.site, "H", visible=0)
    below = making.category(school.site, "B", hidden)
    stranger, viewer = school.user("stranger"), school.holder("viewer", HIDDEN)
    assert ids(find(school, ("ids", f"{hidden},{below}"), user=stranger)) == []
    seen = find(school, ("visible", "0"), user=viewer)
    assert ids(seen) == [hidden, below]
    assert seen[0].idnumber is msgspec.UNSET


def test_a_change_writes_what_was_sent_and_the_format(school: School) -> None:
    (made,) = create(school, {"name": "Old", "description": "d", "descriptionformat": 2})
    update(school, {"id": made, "name": "New", "idnumber": "N"}, {"id": made})
    record = rows.get(school.site.session, made)
    assert record is not None
    assert (record.name, record.idnumber, record.description) == ("New", "N", "d")
    assert record.descriptionformat == 1


def test_a_move_takes_everything_along_and_hides_it_in_a_hidden_place(school: School) -> None:
    hidden = making.category(school.site, "H", visible=0)
    moved = school.category("M")
    below = school.category("B", moved)
    course = school.course("ALG", below)
    update(school, {"id": moved, "parent": hidden})
    assert path(school, below) == f"/{hidden}/{moved}/{below}"
    place = making.course_context(school.site, course)
    assert making.context(school.site, contexts.CATEGORY, hidden).id in place.ids
    found = course_rows.get(school.site.session, course)
    assert found is not None
    assert (found.visible, found.visibleold) == (0, 1)
    (shown,) = find(school, ("id", str(moved)), below=False)
    assert (shown.visible, shown.visibleold) == (0, 1)
    update(school, {"id": moved, "parent": 0})
    assert path(school, below) == f"/{moved}/{below}"


def test_the_tree_keeps_its_order_when_it_moves(school: School) -> None:
    one, two, three = (school.category(name) for name in ("one", "two", "three"))
    update(school, {"id": one, "parent": three})
    shown = [row for row in rows.every(school.site.session) if row.id in {one, two, three}]
    assert [row.id for row in shown] == [two, three, one]
    assert len({row.sortorder for row in shown}) == 3


def test_the_order_of_an_answer_is_that_of_texts(school: School) -> None:
    for number in range(10):
        school.category(f"c{number}")
    places = [category.sortorder for category in find(school)]
    assert [str(place) for place in places] == sorted(str(place) for place in places)
    assert places != sorted(places)


@pytest.mark.parametrize("how", ["moved", "hung elsewhere"])
def test_courses_stand_where_their_category_does(school: School, how: str) -> None:
    first, last = school.category("first"), school.category("last")
    moved = school.category("moved", first)
    inner = school.category("inner", moved)
    here, there, other = (
        school.course(name, place) for name, place in (("A", moved), ("B", inner), ("C", last))
    )
    if how == "moved":
        update(school, {"id": moved, "parent": last})
    else:
        delete(school, {"id": first, "newparent": last})
    found = course_rows.of_ids(school.site.session, [here, there, other])
    in_order = sorted(found.values(), key=lambda course: course.sortorder)
    assert [course.id for course in in_order] == [other, here, there]
    for course in in_order:
        category = rows.get(school.site.session, course.category)
        assert category is not None
        assert 0 < course.sortorder - category.sortorder < domain.ROOM


@pytest.mark.parametrize("target", ["self", "below"])
def test_a_category_cannot_stand_in_itself(school: School, target: str) -> None:
    one = school.category("one")
    two = school.category("two", one)
    places = {"self": one, "below": two}
    with unchanged(school.site.session), refused(MoodleError, "cannotmovecategory"):
        update(school, {"id": two, "name": "x"}, {"id": one, "parent": places[target]})


def test_changes_of_what_is_not_there_are_refused(school: School) -> None:
    one = school.category("one")
    with unchanged(school.site.session):
        with refused(MoodleError, "unknowncategory"):
            update(school, {"id": one, "name": "x"}, {"id": UNKNOWN, "name": "x"})
        with refused(MissingRecord):
            update(school, {"id": 0, "name": "x"})
        with refused(MissingRecord):
            update(school, {"id": one, "parent": UNKNOWN})
        with refused(MoodleError, "formatnotsupported"):
            update(school, {"id": one, "descriptionformat": 7})


def test_changes_need_rights_here_and_there(school: School) -> None:
    one, other = school.category("one"), school.category("other")
    hidden = making.category(school.site, "H", visible=0)
    user = school.user("manager")
    making.role(school.site, "catmanager", [MANAGE])
    place = making.context(school.site, contexts.CATEGORY, one)
    making.assign(school.site, "catmanager", user, place)
    update(school, {"id": one, "name": "Mine"}, user=user)
    with unchanged(school.site.session):
        with refused(NoPermission):
            update(school, {"id": other, "name": "x"}, user=user)
        with refused(NoPermission):
            update(school, {"id": one, "parent": other}, user=user)
        with refused(MoodleError, "cannotviewcategory"):
            update(school, {"id": hidden, "name": "x"}, user=user)


def test_rights_to_the_new_place_are_asked_for_before_values_are_looked_at(school: School) -> None:
    one, other = school.category("one"), school.category("other")
    user = school.user("manager")
    making.role(school.site, "catmanager", [MANAGE])
    place = making.context(school.site, contexts.CATEGORY, one)
    making.assign(school.site, "catmanager", user, place)
    wrong = {"id": one, "descriptionformat": 7}
    with unchanged(school.site.session):
        with refused(NoPermission):
            update(school, {**wrong, "parent": other}, user=user)
        with refused(MissingRecord):
            update(school, {**wrong, "parent": UNKNOWN})
        with refused(MoodleError, "formatnotsupported"):
            update(school, wrong, user=user)


def test_deletion_moves_what_stood_there(school: School) -> None:
    top, target = school.category("top"), school.category("target")
    gone = school.category("gone", top)
    below = school.category("below", gone)
    course = school.course("ALG", gone)
    call = school.call()
    with call.transaction():
        cohort = cohorts.create(call, NewCohort(name="c", idnumber="c", category_id=gone))
    delete(school, {"id": gone, "newparent": target})
    session = school.site.session
    assert rows.get(session, gone) is None
    assert path(school, below) == f"/{target}/{below}"
    moved = course_rows.get(session, course)
    assert moved is not None
    assert moved.category == target
    place = making.context(school.site, contexts.CATEGORY, target)
    assert making.course_context(school.site, course).ids[:-1] == place.ids
    assert cohorts.require(school.call(), cohort).context_id == place.id


@pytest.mark.parametrize("none", [{}, {"newparent": 0}])
def test_without_a_target_the_parent_takes_it(school: School, none: dict[str, int]) -> None:
    top = school.category("top")
    gone = school.category("gone", top)
    course = school.course("ALG", gone)
    delete(school, {"id": gone, **none})
    moved = course_rows.get(school.site.session, course)
    assert moved is not None
    assert moved.category == top
    with unchanged(school.site.session), refused(MoodleError, "movecatcontentstoroot"):
        delete(school, {"id": top, **none})


def test_an_empty_category_goes_whatever_the_rights_above_it(school: School) -> None:
    top = school.category("top")
    gone = school.category("gone", top)
    user = school.user("manager")
    making.role(school.site, "catmanager", [MANAGE])
    place = making.context(school.site, contexts.CATEGORY, gone)
    making.assign(school.site, "catmanager", user, place)
    delete(school, {"id": gone}, user=user)
    assert rows.get(school.site.session, gone) is None


@pytest.mark.parametrize(
    ("what", "right"),
    [("course", "moodle/course:create"), ("category", MANAGE), ("cohort", MANAGE)],
)
def test_what_stood_there_moves_only_where_it_could_be_made(
    school: School, what: str, right: str
) -> None:
    top = school.category("top")
    gone = school.category("gone", top)
    if what == "course":
        school.course("ALG", gone)
    elif what == "category":
        school.category("below", gone)
    else:
        with (call := school.call()).transaction():
            cohorts.create(call, NewCohort(name="c", idnumber="c", category_id=gone))
    user = school.user("manager")
    making.role(school.site, "catmanager", [MANAGE])
    making.role(school.site, "taker", [right])
    own = making.context(school.site, contexts.CATEGORY, gone)
    making.assign(school.site, "catmanager", user, own)
    with unchanged(school.site.session), refused(MoodleError, "youcannotdeletecategory"):
        delete(school, {"id": gone}, user=user)
    making.assign(school.site, "taker", user, making.context(school.site, contexts.CATEGORY, top))
    delete(school, {"id": gone}, user=user)
    assert rows.get(school.site.session, gone) is None


def test_a_target_that_the_caller_does_not_see_is_refused(school: School) -> None:
    top = school.category("top")
    gone = school.category("gone", top)
    hidden = making.category(school.site, "H", visible=0)
    manager = school.holder("keeper", MANAGE)
    with unchanged(school.site.session), refused(MoodleError, "cannotviewcategory"):
        delete(school, {"id": gone, "newparent": hidden}, user=manager)


def test_a_category_named_as_its_own_target_leaves_its_courses_behind(school: School) -> None:
    top = school.category("top")
    gone = school.category("gone", top)
    below = school.category("below", gone)
    course = school.course("ALG", gone)
    delete(school, {"id": gone, "newparent": gone})
    left = course_rows.get(school.site.session, course)
    assert left is not None
    assert left.category == gone
    assert path(school, below) == f"/{top}/{below}"
    place = making.context(school.site, contexts.CATEGORY, top)
    assert making.course_context(school.site, course).ids[:-1] == place.ids


def test_a_category_at_the_top_leaves_its_contents_at_the_top(school: School) -> None:
    gone = school.category("gone")
    below = school.category("below", gone)
    course = school.course("ALG", gone)
    call = school.call()
    with call.transaction():
        cohort = cohorts.create(call, NewCohort(name="c", idnumber="c", category_id=gone))
    delete(school, {"id": gone, "newparent": gone})
    session = school.site.session
    assert path(school, below) == f"/{below}"
    system = contexts.system(session)
    assert making.context(school.site, contexts.CATEGORY, below).ids[:-1] == system.ids
    assert making.course_context(school.site, course).ids[:-1] == system.ids
    assert cohorts.require(school.call(), cohort).context_id == system.id


@pytest.mark.parametrize("how", ["recursive", "removed"])
def test_a_course_left_behind_outlives_the_place_it_is_in(school: School, how: str) -> None:
    top = school.category("top")
    gone = school.category("gone", top)
    course = school.course("ALG", gone)
    activity = school.activity(course, "Talk")
    delete(school, {"id": gone, "newparent": gone})
    if how == "recursive":
        delete(school, {"id": top, "recursive": True})
    else:
        category_changes.remove(school.call(), top)
    session = school.site.session
    system = contexts.system(session)
    assert rows.get(session, top) is None
    assert making.course_context(school.site, course).ids[:-1] == system.ids
    assert contexts.module(session, activity) is not None


def test_what_stood_there_is_not_moved_below_itself(school: School) -> None:
    top = school.category("top")
    below = school.category("below", top)
    deep = school.category("deep", below)
    for target in (below, deep):
        with unchanged(school.site.session), refused(MoodleError, "cannotmovecategory"):
            delete(school, {"id": top, "newparent": target})


def test_deletion_with_everything(school: School) -> None:
    top = school.category("top")
    below = school.category("below", top)
    course = school.course("ALG", below)
    delete(school, {"id": top, "recursive": True})
    session = school.site.session
    assert rows.get(session, below) is None
    assert course_rows.get(session, course) is None
    assert contexts.category(session, below) is None


@pytest.mark.parametrize("is_nested", [True, False])
def test_cohorts_outlive_the_category_in_the_place_above(school: School, is_nested: bool) -> None:
    top = school.category("top") if is_nested else 0
    gone = school.category("gone", top)
    below = school.category("below", gone)
    with (call := school.call()).transaction():
        kept = [
            cohorts.create(call, NewCohort(name="c", idnumber=f"c{place}", category_id=place))
            for place in (gone, below)
        ]
        cohorts.add_members(call, kept[1], [member := school.user("member")])
    delete(school, {"id": gone, "recursive": True})
    session = school.site.session
    above = making.context(school.site, contexts.CATEGORY, top) if top else contexts.system(session)
    call = school.call()
    assert {cohorts.require(call, cohort).context_id for cohort in kept} == {above.id}
    assert cohort_rows.has_member(session, kept[1], member)


def test_everything_must_be_deletable(school: School) -> None:
    top = school.category("top")
    school.course("ALG", top)
    manager = school.holder("keeper", MANAGE)
    with unchanged(school.site.session), refused(MoodleError, "youcannotdeletecategory"):
        delete(school, {"id": top, "recursive": True}, user=manager)


def test_a_bad_deletion_undoes_the_others(school: School) -> None:
    top = school.category("top")
    gone = school.category("gone", top)
    stranger = school.user("stranger")
    with unchanged(school.site.session):
        with refused(MoodleError, "unknowncategory"):
            delete(school, {"id": gone}, {"id": UNKNOWN})
        with refused(MissingRecord):
            delete(school, {"id": gone}, {"id": 0})
        with refused(NoPermission):
            delete(school, {"id": gone}, user=stranger)
