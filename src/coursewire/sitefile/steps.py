"""One planned change carried out, by the operations that functions and console use too."""

from collections.abc import Mapping

from coursewire.sitefile.applying import (
    activities,
    courses,
    participation,
    people,
    roles,
    services,
    site,
)
from coursewire.sitefile.applying.work import Applier, Work
from coursewire.sitefile.model.access import Role
from coursewire.sitefile.model.courses import Course
from coursewire.sitefile.plan import Change

APPLIERS: Mapping[str, Applier] = {
    "profile_fields": people.FIELDS,
    "roles": roles.ROLES,
    "categories": courses.CATEGORIES,
    "users": people.USERS,
    "courses": courses.COURSES,
    "role_overrides": roles.OVERRIDES,
    "role_assignments": roles.ASSIGNMENTS,
    "enrolments": participation.ENROLMENTS,
    "cohorts": people.COHORTS,
    "self_enrolments": participation.SELF_ENROLMENTS,
    "groups": participation.GROUPS,
    "groupings": participation.GROUPINGS,
    "activities": activities.ACTIVITIES,
    "grade_items": activities.GRADE_ITEMS,
    "services": services.SERVICES,
    "tokens": services.TOKENS,
}


def carry_out(change: Change, work: Work) -> None:
    """Make, change or remove one object, save what comes last."""
    if change.section == "site":
        site.change_site(work, change.differences)
        return
    if change.section == "webservices":
        site.change_webservices(work, change.differences)
        return
    if not _comes_last(change):
        _apply(change, work)


def _apply(change: Change, work: Work) -> None:
    applier = APPLIERS[change.section]
    if change.action == "create":
        applier.create(work, change.wanted)
    elif change.action == "remove":
        applier.remove(work, change.present or change.wanted)
    else:
        applier.change(work, change.wanted or change.present, change.present, change.differences)
    if change.section in ("roles", "role_overrides"):
        work.refresh_site()


def finish(change: Change, work: Work) -> None:
    """Do what needs things of later sections, and what comes last."""
    if change.action == "create" and isinstance(change.wanted, Role):
        roles.finish(work, change.wanted)
    if isinstance(change.wanted, Course) and change.action != "remove":
        names = {difference.field for difference in change.differences}
        new = change.action == "create" and change.wanted.completion_criteria is not None
        if new or "completion_criteria" in names:
            courses.finish(work, change.wanted)
    if change.section == "site":
        site.change_administrators(work, change.differences)
    if _comes_last(change):
        _apply(change, work)


def _comes_last(change: Change) -> bool:
    """Tell what waits until the administrators are named: what a new token may do hangs on them.

    Users are deleted with all that they have, and so after their tokens are made.
    """
    return (change.section, change.action) in {("tokens", "create"), ("users", "remove")}
