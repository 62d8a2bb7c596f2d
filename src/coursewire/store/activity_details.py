"""What is told of activities beyond where they stand: texts, addresses, dates, old settings."""

from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import bindparam, select

from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.schema.courses import activities, course_modules
from coursewire.store.session import Session


class ActivityDetails(Struct, frozen=True, gc=False):
    """The columns of an activity that lists of activities have no use for."""

    cmid: int
    intro: str
    introformat: int
    externalurl: str
    duedate: int
    grade: int
    timemodified: int
    showdescription: int
    visibleold: int
    completionexpected: int


_modules = course_modules.c
_EVERYTHING = select(
    _modules.id,
    activities.c.intro,
    activities.c.introformat,
    activities.c.externalurl,
    activities.c.duedate,
    activities.c.grade,
    activities.c.timemodified,
    _modules.showdescription,
    _modules.visibleold,
    _modules.completionexpected,
).join_from(course_modules, activities, activities.c.id == _modules.instance)
_BY_IDS = DirectListRead(_EVERYTHING.where(among(_modules.id, "ids")))


def of_ids(session: Session, cmids: Collection[int]) -> dict[int, ActivityDetails]:
    """Return the details of activities by the ids of their course modules."""
    rows = _BY_IDS.of_all(session, "ids", sorted(set(cmids)))
    return {row[0]: ActivityDetails(*row) for row in rows}


_PAGE = select(activities.c.content, activities.c.contentformat, activities.c.timemodified).where(
    activities.c.id == bindparam("instance"), activities.c.type == "page"
)


def page_text(session: Session, instance: int) -> tuple[str, int, int] | None:
    """Return the text of a page, its format, and when it changed."""
    row = session.one(_PAGE, {"instance": instance})
    return None if row is None else (row[0], row[1], row[2])


_PAGES = DirectListRead(
    select(activities.c.id, activities.c.content, activities.c.contentformat).where(
        among(activities.c.id, "ids"), activities.c.type == "page"
    )
)


def page_texts(session: Session, instances: Collection[int]) -> dict[int, tuple[str, int]]:
    """Return the texts of pages with their formats, by the number of the page."""
    rows = _PAGES.of_all(session, "ids", sorted(set(instances)))
    return {row[0]: (row[1], row[2]) for row in rows}
