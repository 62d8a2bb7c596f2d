"""What is told of activities beyond where they stand: texts, addresses, dates, old settings."""

from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import bindparam, select

from coursewire.store.batches import batches
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


def of_ids(session: Session, cmids: Collection[int]) -> dict[int, ActivityDetails]:
    """Return the details of activities by the ids of their course modules."""
    found: dict[int, ActivityDetails] = {}
    for some in batches(sorted(set(cmids))):
        rows = session.rows(_EVERYTHING.where(_modules.id.in_(some)))
        found.update((row[0], ActivityDetails(*row)) for row in rows)
    return found


_PAGE = select(activities.c.content, activities.c.contentformat, activities.c.timemodified).where(
    activities.c.id == bindparam("instance"), activities.c.type == "page"
)


def page_text(session: Session, instance: int) -> tuple[str, int, int] | None:
    """Return the text of a page, its format, and when it changed."""
    row = session.one(_PAGE, {"instance": instance})
    return None if row is None else (row[0], row[1], row[2])


_PAGES = select(activities.c.id, activities.c.content, activities.c.contentformat)


def page_texts(session: Session, instances: Collection[int]) -> dict[int, tuple[str, int]]:
    """Return the texts of pages with their formats, by the number of the page."""
    found: dict[int, tuple[str, int]] = {}
    for some in batches(sorted(set(instances))):
        rows = session.rows(_PAGES.where(activities.c.id.in_(some), activities.c.type == "page"))
        found.update((row[0], (row[1], row[2])) for row in rows)
    return found
