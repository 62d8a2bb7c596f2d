"""Categories: their tree, and the one order that they share with their courses."""

import pytest

from coursewire.contracts.errors import MissingRecord, MoodleError
from coursewire.domain import categories, contexts
from coursewire.domain.categories import NewCategory
from coursewire.store import categories as rows
from coursewire.store import courses as course_rows
from tests.support.refusals import refused
from tests.support.school import UNKNOWN, School


def test_a_category_stands_behind_its_siblings_and_before_what_follows_its_parent(
    school: School,
) -> None:
    first, last = school.category("first"), school.category("last")
    course = school.course("A", last)
    child = school.category("child", first)
    grandchild = school.category("grandchild", child)
    names = [category.name for category in rows.every(school.site.session)]
    assert names == ["Category 1", "first", "child", "grandchild", "last"]
    orders = [category.sortorder for category in rows.every(school.site.session)]
    assert orders == [10_000, 20_000, 30_000, 40_000, 50_000]
    moved = course_rows.get(school.site.session, course)
    assert moved is not None
    assert moved.sortorder == 50_001
    found = categories.require(school.site.session, grandchild)
    assert (found.path, found.depth) == (f"/{first}/{child}/{grandchild}", 3)
    place = categories.place(school.site.session, grandchild)
    assert place.path.startswith(categories.place(school.site.session, child).path + "/")


def test_the_top_is_the_whole_site(school: School) -> None:
    session = school.site.session
    assert categories.place(session, 0) == contexts.system(session)


def test_an_unknown_parent_is_refused(school: School) -> None:
    with refused(MoodleError, "unknowcategory"):
        school.category("x", UNKNOWN)


def test_an_unknown_category_is_a_missing_record(school: School) -> None:
    assert categories.get(school.site.session, UNKNOWN) is None
    with refused(MissingRecord):
        categories.require(school.site.session, UNKNOWN)


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (NewCategory(name=""), "categorynamerequired"),
        (NewCategory(name="x" * 256), "categorytoolong"),
        (NewCategory(name="x", idnumber="y" * 101), "idnumbertoolong"),
        (NewCategory(name="x", idnumber="taken"), "categoryidnumbertaken"),
        (NewCategory(name="x", descriptionformat=3), "formatnotsupported"),
    ],
)
def test_what_does_not_fit_is_refused(school: School, new: NewCategory, code: str) -> None:
    school.category("taken")
    with refused(MoodleError, code):
        categories.create(school.call(), new)


def test_names_may_be_equal_and_long(school: School) -> None:
    for idnumber in ("y" * 100, ""):
        categories.create(school.call(), NewCategory(name="x" * 255, idnumber=idnumber))
    assert len(rows.every(school.site.session)) == 3
