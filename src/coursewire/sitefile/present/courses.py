"""Categories, courses and what stands in them as they are now."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from math import ceil
from typing import cast

from coursewire.domain import course_formats
from coursewire.sitefile.ids import SITE, SITE_COURSE, Ids, Key
from coursewire.sitefile.model.courses import (
    Activity,
    Category,
    CompletionCriteria,
    Course,
    GradeItem,
    GroupMode,
    TextFormat,
)
from coursewire.store import categories as category_rows
from coursewire.store import courses as course_rows
from coursewire.store.courses import CourseRecord
from coursewire.store.inventory import courses as rows
from coursewire.store.inventory import participation
from coursewire.store.session import AnyRow, Session

BY_ONESELF, BY_ACTIVITY, BY_GRADE = 1, 4, 6
ANY = 2


def categories(session: Session, ids: Ids) -> tuple[Category, ...]:
    """Read the categories, parents before what stands below them."""
    found: list[Category] = []
    records = category_rows.every(session)
    default = min((row.id for row in records), default=0)
    for row in records:
        category = Category(
            idnumber=row.idnumber or "",
            name=row.name,
            description=row.description,
            parent=ids.name("category", row.parent),
            visible=bool(row.visible),
            default=row.id == default,
        )
        ids.put("category", category.natural_key, row.id)
        found.append(category)
    return tuple(found)


def courses(session: Session, ids: Ids) -> tuple[Course, ...]:
    """Read the courses; a later one of a category stands before an earlier one."""
    records = course_rows.every(session)
    ids.put("course", (SITE,), SITE_COURSE)
    for row in records.values():
        if row.id != SITE_COURSE:
            ids.put("course", (row.shortname,), row.id)
    sections = rows.section_counts(session)
    options = course_rows.format_options(session, records)
    manual = {row.course_id for row in participation.instances(session) if row.enrol == "manual"}
    return tuple(
        _course(
            row,
            ids,
            options=_options(row.format, options.get((row.id, row.format), {})),
            numsections=sections.get(row.id, 0),
            manual=row.id in manual,
        )
        for row in in_order(records.values())
    )


def in_order(records: Iterable[CourseRecord]) -> list[CourseRecord]:
    """Return the courses in an order in which creating them gives their order on the site.

    That is the order of their ids, unless courses were moved.
    """
    mine = [row for row in records if row.id != SITE_COURSE]
    by_id = sorted(mine, key=lambda row: (row.category, row.id))
    by_place = sorted(mine, key=lambda row: (row.category, -row.sortorder))
    return sorted(mine, key=lambda row: row.id) if by_id == by_place else by_place


def _options(kind: str, stored: Mapping[str, str]) -> dict[str, int | str]:
    """Return the options that somebody has set, in the types of their format."""
    typed = course_formats.options(kind, stored)
    return {name: typed[name] for name in stored if name in typed}


def _course(
    row: CourseRecord,
    ids: Ids,
    *,
    options: Mapping[str, int | str],
    numsections: int,
    manual: bool,
) -> Course:
    return Course(
        shortname=row.shortname,
        fullname=row.fullname,
        category=ids.name("category", row.category),
        idnumber=row.idnumber or "",
        visible=bool(row.visible),
        format=row.format,
        format_options=dict(options),
        numsections=numsections,
        startdate=row.startdate,
        enddate=row.enddate,
        summary=row.summary,
        summaryformat=cast("TextFormat", row.summaryformat),
        groupmode=cast("GroupMode", row.groupmode),
        groupmodeforce=bool(row.groupmodeforce),
        showgrades=bool(row.showgrades),
        maxbytes=row.maxbytes,
        newsitems=row.newsitems,
        lang=row.lang,
        manual_enrolment=manual,
        completion=bool(row.enablecompletion),
        completionnotify=bool(row.completionnotify),
        showreports=bool(row.showreports),
        showactivitydates=bool(row.showactivitydates),
        showcompletionconditions=bool(row.showcompletionconditions),
    )


def activities(session: Session, ids: Ids) -> tuple[Activity, ...]:
    """Read the activities."""
    graded = rows.activity_grades(session)
    grades = _by_thing(graded)
    # Grades from outside may have come for an activity that is not set up to be graded.
    most = {module_id: max(1, ceil(grademax)) for module_id, _, _, grademax in graded}
    texts = _texts(session)
    found: list[Activity] = []
    for row in rows.modules(session):
        activity = Activity(
            course=ids.name("course", row.course_id),
            type=row.module,
            name=row.name,
            idnumber=row.idnumber,
            section=row.section,
            intro=row.intro,
            show_description=bool(row.showdescription),
            content=row.content,
            url=row.externalurl,
            files=texts.get(row.id, {}),
            due=row.duedate,
            grade=row.grade or most.get(row.id, 0),
            grades=grades.get(row.id, {}),
            groupmode=row.groupmode,
            grouping=_last(ids.key("grouping", row.groupingid)),
            visible=bool(row.visible),
            completion=row.completion,
            completion_view=bool(row.completionview),
            completion_use_grade=bool(row.completionusegrade),
        )
        ids.put("cm", activity.natural_key, row.id)
        found.append(activity)
    return tuple(found)


def ungraded(session: Session, ids: Ids) -> frozenset[Key]:
    """Return the activities that are not set up to be graded, though grades may have come."""
    own = {ids.key("cm", module_id): grade for module_id, grade in rows.own_maxima(session)}
    return frozenset(key for key, grade in own.items() if key is not None and not grade)


def criteria(session: Session, ids: Ids) -> dict[str, CompletionCriteria]:
    """Read what completes each course that has criteria, by course."""
    methods = rows.aggregations(session)
    by_course: dict[int, list[AnyRow]] = {}
    for row in rows.criteria(session):
        by_course.setdefault(row.course_id, []).append(row)
    return {
        ids.name("course", course_id): CompletionCriteria(
            aggregation="any" if methods.get(course_id) == ANY else "all",
            by_oneself=any(row.type == BY_ONESELF for row in mine),
            activities=tuple(
                _last(ids.key("cm", row.course_module_id))
                for row in mine
                if row.type == BY_ACTIVITY
            ),
            grade=next((row.gradepass for row in mine if row.type == BY_GRADE), None),
        )
        for course_id, mine in by_course.items()
    }


def grade_items(session: Session, ids: Ids) -> tuple[GradeItem, ...]:
    """Read what is graded by hand, with the grades."""
    grades = _by_thing(rows.manual_grades(session))
    found: list[GradeItem] = []
    for row in rows.manual_items(session):
        item = GradeItem(
            course=ids.name("course", row.course_id),
            name=row.name or "",
            max=row.grademax,
            grades=grades.get(row.id, {}),
            hidden=bool(row.hidden),
        )
        ids.put("grade_item", item.natural_key, row.id)
        found.append(item)
    return tuple(found)


def _texts(session: Session) -> dict[int, dict[str, str]]:
    """Return the texts that activities offer as files, by course module and name."""
    found: dict[int, dict[str, str]] = {}
    for cmid, name, content in rows.activity_texts(session):
        with suppress(UnicodeDecodeError):
            found.setdefault(cmid, {})[name] = bytes(content).decode()
    return found


def _by_thing(rows_found: Iterable[AnyRow]) -> dict[int, dict[str, float]]:
    """Return people's grades by what is graded."""
    found: dict[int, dict[str, float]] = {}
    for thing_id, username, value, *_ in rows_found:
        found.setdefault(thing_id, {})[username] = value
    return found


def _last(key: tuple[str, ...] | None) -> str:
    return key[-1] if key else ""
