"""Changes that site files, plugins and the test kit make through the rules (AUD-1)."""

from collections.abc import Callable
from typing import Any

from coursewire.domain import (
    activity_changes,
    activity_completion,
    activity_files,
    administrators,
    cohorts,
    completion_criteria,
    custom_fields,
    enrolment_instances,
    enrolments,
    front_page,
    grade_item_changes,
    grade_items,
    grades,
    profile_field_changes,
    profile_fields,
    reported_progress,
    services,
    tokens,
    users,
)
from coursewire.domain.activities import NewActivity
from coursewire.domain.activities import create as create_activity
from coursewire.domain.activities import require as activity_of
from coursewire.domain.call import Call
from coursewire.domain.cohorts import NewCohort
from coursewire.domain.completion_criteria import Criteria
from coursewire.domain.reported_progress import Progress
from coursewire.domain.services import NewService
from coursewire.domain.tokens import NewToken
from tests.rules.changes import INFO, Change, World

# What a step made, for those after it.
_Made = dict[str, Any]
Step = Callable[[World, Call, _Made], Any]


def _rule(step: Step, *records: str) -> Change:
    """A change by the administrator's own call, in one transaction."""

    def prepare(world: World) -> Callable[[], object]:
        call = world.site.call()

        def act() -> None:
            with call.transaction():
                step(world, call, world.made)

        return act

    return Change(way="a rule", records=records, prepare=prepare)


def _keep(name: str, make: Callable[[World, Call], Any]) -> Step:
    return lambda world, call, made: made.update({name: make(world, call)})


_COHORTS = (
    _rule(
        _keep("cohort", lambda _, call: cohorts.create(call, NewCohort(name="C", idnumber="c"))),
        "cohort.create",
    ),
    _rule(
        lambda _, call, made: cohorts.change(call, made["cohort"], {"name": "D"}), "cohort.update"
    ),
    _rule(
        lambda world, call, made: cohorts.add_members(call, made["cohort"], world.people[:2]),
        "cohort.add_members",
    ),
    _rule(
        lambda world, call, made: cohorts.remove_members(call, made["cohort"], world.people[:1]),
        "cohort.remove_members",
    ),
    _rule(lambda _, call, made: cohorts.remove(call, made["cohort"]), "cohort.delete"),
)
_ACTIVITIES = (
    _rule(
        _keep(
            "activity",
            lambda world, call: create_activity(
                call,
                NewActivity(course_id=world.course, module="page", name="P", completion=1),
            ),
        ),
        "activity.create",
    ),
    _rule(
        lambda _, call, made: activity_changes.change(call, made["activity"].id, {"name": "Q"}),
        "activity.update",
    ),
    _rule(
        lambda _, call, made: activity_files.put(call, made["activity"].id, "a.txt", b"text"),
        "file.create",
    ),
    _rule(
        lambda _, call, made: activity_files.take(call, made["activity"].id, "a.txt"),
        "file.delete",
    ),
    _rule(
        lambda world, call, made: activity_completion.override(
            call, activity_of(call.session, made["activity"].id), world.people[0], 1
        ),
        "activity.completion",
    ),
    _rule(
        lambda world, call, made: reported_progress.store(
            call,
            activity_of(call.session, made["activity"].id),
            Progress(user_id=world.people[1], state=1, grade=None),
        ),
        "activity.progress",
    ),
    _rule(
        lambda _, call, made: activity_changes.remove(call, made["activity"].id),
        "activity.delete",
    ),
    _rule(
        lambda world, call, _: completion_criteria.set_all(
            call, world.course, Criteria(by_oneself=True)
        ),
        "course.completion_criteria",
    ),
)
_GRADES = (
    _rule(
        _keep("item", lambda world, call: grade_items.add_manual(call, world.course, "Test")),
        "grade_item.create",
    ),
    _rule(
        lambda _, call, made: grade_item_changes.change(call, made["item"], hidden=True),
        "grade_item.update",
    ),
    _rule(
        lambda world, call, made: grades.set_grades(call, made["item"], {world.people[0]: 7.0}),
        "grade.set",
    ),
    _rule(lambda _, call, made: grades.remove_item(call, made["item"]), "grade_item.delete"),
)
_WAYS_IN = (
    _rule(
        _keep(
            "way",
            lambda world, call: enrolments.add_instance(call, world.course, enrolments.SELF),
        ),
        "enrolment.add_instance",
    ),
    _rule(
        lambda _, call, made: enrolment_instances.change(call, made["way"], status=1),
        "enrolment.change_instance",
    ),
    _rule(
        lambda _, call, made: enrolment_instances.remove(call, made["way"]),
        "enrolment.remove_instance",
    ),
)
_PEOPLE = (
    _rule(
        _keep("field", lambda _, call: profile_fields.create(call, "team", "Team")),
        "profile_field.create",
    ),
    _rule(
        lambda _, call, made: profile_field_changes.change(call, made["field"], name="Group"),
        "profile_field.update",
    ),
    _rule(
        lambda _, call, made: profile_field_changes.remove(call, made["field"]),
        "profile_field.delete",
    ),
    _rule(
        lambda _, call, __: custom_fields.define(call, "course", "level", "Level"),
        "custom_field.create",
    ),
    _rule(
        lambda world, call, _: users.confirm(call, world.people[3], confirmed=False),
        "user.unconfirm",
    ),
    _rule(lambda world, call, _: users.confirm(call, world.people[3]), "user.confirm"),
    _rule(
        lambda world, call, _: administrators.set_all(call, [2, world.people[3]]),
        "site.administrators",
    ),
    _rule(lambda _, call, __: front_page.rename(call, fullname="Renamed"), "site.rename"),
)
_ACCESS = (
    _rule(
        _keep(
            "service",
            lambda _, call: services.create(
                call, NewService(name="B", shortname="b", component="mod_b")
            ),
        ),
        "service.create",
    ),
    _rule(
        lambda _, call, made: services.set_builtin_functions(call, made["service"].id, [INFO]),
        "service.set_functions",
    ),
    _rule(
        lambda _, call, made: tokens.place(
            call, NewToken(user_id=2, service_id=made["service"].id), "ab" * 16
        ),
        "token.place",
    ),
)


RULES: tuple[Change, ...] = (*_COHORTS, *_ACTIVITIES, *_GRADES, *_WAYS_IN, *_PEOPLE, *_ACCESS)
