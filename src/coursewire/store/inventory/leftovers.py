"""What a site file cannot hold, counted, so that nobody loses it unawares."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import ColumnElement, Table, and_, func, not_, or_, select

from coursewire.store.inventory.courses import is_text_of_activity
from coursewire.store.schema.access import contexts, role_assignments, role_capabilities
from coursewire.store.schema.cohorts import cohorts
from coursewire.store.schema.completion import activity_completions, criterion_completions
from coursewire.store.schema.courses import categories, courses, sections
from coursewire.store.schema.customfields import custom_fields
from coursewire.store.schema.enrolments import enrolment_instances
from coursewire.store.schema.files import files
from coursewire.store.schema.grades import grade_items, grades
from coursewire.store.schema.groups import groupings, groups
from coursewire.store.schema.users import interests, users
from coursewire.store.session import Session

# System, category and course: what site files reach.
_REACHED = (10, 40, 50)
_ENROLS = ("manual", "self")
_named_section = or_(sections.c.name.is_not(None), sections.c.summary != "")
_HTML = 1
_other_places = select(contexts.c.id).where(contexts.c.level.not_in(_REACHED))


def _in_other_format(table: Table) -> ColumnElement[bool]:
    return and_(table.c.description != "", table.c.descriptionformat != _HTML)


_QUESTIONS: Mapping[str, tuple[Table, ColumnElement[bool] | None]] = MappingProxyType(
    {
        "deleted users": (users, users.c.deleted == 1),
        "interests of users": (interests, None),
        "descriptions of users, in a format other than HTML": (
            users,
            and_(users.c.deleted == 0, _in_other_format(users)),
        ),
        "descriptions of categories, in a format other than HTML": (
            categories,
            _in_other_format(categories),
        ),
        "descriptions of cohorts, in a format other than HTML": (
            cohorts,
            _in_other_format(cohorts),
        ),
        "descriptions of groups, in a format other than HTML": (groups, _in_other_format(groups)),
        "descriptions of groupings, in a format other than HTML": (
            groupings,
            _in_other_format(groupings),
        ),
        "themes of users": (users, and_(users.c.deleted == 0, users.c.theme != "")),
        "users who want mail as plain text": (
            users,
            and_(users.c.deleted == 0, users.c.mailformat == 0),
        ),
        "default groupings of courses": (courses, courses.c.defaultgroupingid != 0),
        "stored files": (files, not_(is_text_of_activity())),
        "custom fields of courses and groups": (custom_fields, None),
        "names and summaries of sections": (sections, _named_section),
        "ways for a cohort that has no id number or is gone, which are written as closed": (
            enrolment_instances,
            and_(
                enrolment_instances.c.cohort_id != 0,
                enrolment_instances.c.cohort_id.not_in(
                    select(cohorts.c.id).where(cohorts.c.idnumber != "")
                ),
            ),
        ),
        "other ways to enrol": (
            enrolment_instances,
            enrolment_instances.c.enrol.not_in(_ENROLS),
        ),
        "roles held in activities or users, or given by plugins": (
            role_assignments,
            or_(
                role_assignments.c.context_id.in_(_other_places),
                role_assignments.c.component != "",
            ),
        ),
        "overrides of roles in activities or users": (
            role_capabilities,
            role_capabilities.c.context_id.in_(_other_places),
        ),
        "completed activities": (activity_completions, activity_completions.c.state != 0),
        "completed criteria": (criterion_completions, None),
        "overridden totals": (
            grades,
            and_(
                grades.c.overridden != 0,
                grades.c.item_id.in_(
                    select(grade_items.c.id).where(grade_items.c.type.in_(("course", "category")))
                ),
            ),
        ),
        "grades in further items of activities": (
            grades,
            and_(
                grades.c.finalgrade.is_not(None),
                grades.c.item_id.in_(
                    select(grade_items.c.id).where(
                        grade_items.c.type == "mod", grade_items.c.itemnumber != 0
                    )
                ),
            ),
        ),
        "written feedback": (grades, and_(grades.c.feedback.is_not(None), grades.c.feedback != "")),
    }
)


def leftovers(session: Session) -> dict[str, int]:
    """Return how many there are of each kind of thing that a site file cannot hold."""
    found: dict[str, int] = {}
    for noun, (table, condition) in _QUESTIONS.items():
        statement = select(func.count()).select_from(table)
        number = int(
            session.scalar(statement if condition is None else statement.where(condition)) or 0
        )
        if number:
            found[noun] = number
    return found
