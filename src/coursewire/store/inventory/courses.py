"""All that stands in courses: completion criteria, activities, grade items and grades."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, select

from coursewire.store.schema.access import contexts
from coursewire.store.schema.completion import completion_aggregations, completion_criteria
from coursewire.store.schema.courses import activities, course_modules, sections
from coursewire.store.schema.files import file_contents, files
from coursewire.store.schema.grades import grade_items, grades
from coursewire.store.schema.users import users
from coursewire.store.session import AnyRow, Session

MODULE = 70
LONGEST_TEXT = 64 * 1024


def section_counts(session: Session) -> dict[int, int]:
    """Return the number of the last section of each course."""
    found: dict[int, int] = {}
    for course_id, number in session.rows(select(sections.c.course_id, sections.c.section)):
        found[course_id] = max(number, found.get(course_id, 0))
    return found


def modules(session: Session) -> Sequence[AnyRow]:
    """Return every activity with its place in the course, by id of the course module."""
    module, activity = course_modules.c, activities.c
    return session.rows(
        select(
            module.id,
            module.course_id,
            module.module,
            activity.name,
            module.idnumber,
            sections.c.section,
            activity.intro,
            module.showdescription,
            activity.content,
            activity.externalurl,
            activity.duedate,
            activity.grade,
            module.groupmode,
            module.groupingid,
            module.visible,
            module.completion,
            module.completionview,
            module.completionusegrade,
        )
        .join_from(course_modules, activities, activity.id == module.instance)
        .join(sections, sections.c.id == module.section_id)
        .order_by(module.id)
    )


def own_maxima(session: Session) -> Sequence[AnyRow]:
    """Return (course_module_id, grade) of every activity; the grade 0: it is not graded itself."""
    return session.rows(
        select(course_modules.c.id, activities.c.grade)
        .join_from(course_modules, activities, activities.c.id == course_modules.c.instance)
        .order_by(course_modules.c.id)
    )


def criteria(session: Session) -> Sequence[AnyRow]:
    """Return (course_id, type, course_module_id, gradepass), in the order of creation."""
    columns = completion_criteria.c
    return session.rows(
        select(
            columns.course_id, columns.type, columns.course_module_id, columns.gradepass
        ).order_by(columns.id)
    )


def aggregations(session: Session) -> dict[int, int]:
    """Return how the criteria of each course count together: 1 all, 2 any."""
    columns = completion_aggregations.c
    return {row[0]: row[1] for row in session.rows(select(columns.course_id, columns.method))}


def manual_items(session: Session) -> Sequence[AnyRow]:
    """Return (id, course_id, name, grademax, hidden) of what is graded by hand, by id."""
    columns = grade_items.c
    return session.rows(
        select(columns.id, columns.course_id, columns.name, columns.grademax, columns.hidden)
        .where(columns.type == "manual")
        .order_by(columns.id)
    )


def manual_grades(session: Session) -> Sequence[AnyRow]:
    """Return (item_id, username, finalgrade) of what was graded by hand."""
    return session.rows(
        select(grades.c.item_id, users.c.username, grades.c.finalgrade)
        .join_from(grades, grade_items, grade_items.c.id == grades.c.item_id)
        .join(users, users.c.id == grades.c.user_id)
        .where(grade_items.c.type == "manual", grades.c.finalgrade.is_not(None))
        .order_by(grades.c.id)
    )


def activity_grades(session: Session) -> Sequence[AnyRow]:
    """Return (course_module_id, username, finalgrade, grademax) of graded activities."""
    item, module = grade_items.c, course_modules.c
    return session.rows(
        select(module.id, users.c.username, grades.c.finalgrade, item.grademax)
        .join_from(grades, grade_items, item.id == grades.c.item_id)
        .join(course_modules, and_(module.module == item.module, module.instance == item.instance))
        .join(users, users.c.id == grades.c.user_id)
        .where(item.type == "mod", item.itemnumber == 0, grades.c.finalgrade.is_not(None))
        .order_by(grades.c.id)
    )


def is_text_of_activity() -> ColumnElement[bool]:
    """Choose the files of activities that a site file can hold: texts, short ones."""
    return and_(
        files.c.component.in_(("mod_resource", "mod_folder")),
        files.c.filearea == "content",
        files.c.filepath == "/",
        files.c.mimetype.startswith("text/"),
        files.c.filesize <= LONGEST_TEXT,
    )


def activity_texts(session: Session) -> Sequence[AnyRow]:
    """Return (course_module_id, filename, content) of texts that activities offer."""
    return session.rows(
        select(contexts.c.instanceid, files.c.filename, file_contents.c.content)
        .join_from(files, contexts, contexts.c.id == files.c.context_id)
        .join(file_contents, file_contents.c.contenthash == files.c.contenthash)
        .where(contexts.c.level == MODULE, is_text_of_activity())
        .order_by(files.c.id)
    )
