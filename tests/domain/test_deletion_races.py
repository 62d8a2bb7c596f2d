"""Nobody joins anything while being deleted: whoever comes second sees what the first did."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from coursewire.contracts.core_cohort.members import AddCohortMembers, NewCohortMember, Reference
from coursewire.contracts.core_role import AssignRoles, RoleAssignment
from coursewire.contracts.enrol_manual import EnrolUsers, NewEnrolment
from coursewire.contracts.errors import Refusal
from coursewire.domain import (
    authorised_users,
    cohorts,
    console_rights,
    grade_items,
    services,
    tokens,
    user_care,
    user_changes,
    user_deletion,
)
from coursewire.domain import grades as grade_domain
from coursewire.domain.call import Call
from coursewire.domain.cohorts import NewCohort
from coursewire.domain.tokens import NewToken
from coursewire.functions.core_cohort.members import add_cohort_members
from coursewire.functions.core_role import assign_roles
from coursewire.functions.enrol_manual import enrol_users
from coursewire.store import users
from coursewire.store.schema.access import role_assignments
from coursewire.store.schema.cohorts import cohort_members
from coursewire.store.schema.completion import activity_completions
from coursewire.store.schema.enrolments import user_enrolments
from coursewire.store.schema.grades import grades
from coursewire.store.schema.services import service_users
from coursewire.store.schema.users import user_preferences
from tests.support import making
from tests.support.calling import run
from tests.support.meanwhile import meanwhile
from tests.support.sites import TestSite

_TABLES = (
    user_enrolments,
    role_assignments,
    cohort_members,
    service_users,
    user_preferences,
    activity_completions,
    grades,
)
_PREFERENCE = {"type": "auth_forcepasswordchange", "value": "1"}
ADDRESS = "new@school.example"
Join = Callable[[Call, int], object]


class Ground:
    """A site with somebody to delete, and what they can join."""

    def __init__(self, site: TestSite) -> None:
        self.site = site
        self.user = making.user(site, "leaver")
        self.course = making.course(site, "C")
        self.role = making.role_id(site, "student")
        call = site.call()
        with call.transaction():
            self.cohort = cohorts.create(call, NewCohort(name="Cohort"))
        self.activity = making.activity(site, self.course, "page", completion=1)
        self.item = grade_items.add_manual(site.call(), self.course, "Oral")
        self.listing = making.service(site, "listing")
        self.open = making.service(site, "open")
        services.edit(site.call(), self.open, services.Changes(restrictedusers=False))

    def enrol(self, call: Call, user_id: int) -> object:
        wanted = NewEnrolment(roleid=self.role, userid=user_id, courseid=self.course)
        return enrol_users(call, EnrolUsers(enrolments=[wanted]))  # type: ignore[func-returns-value]

    def assign(self, call: Call, user_id: int) -> object:
        place = making.course_context(self.site, self.course)
        wanted = RoleAssignment(roleid=self.role, userid=user_id, contextid=place.id)
        return assign_roles(call, AssignRoles(assignments=[wanted]))  # type: ignore[func-returns-value]

    def join(self, call: Call, user_id: int) -> object:
        cohort = Reference(type="id", value=str(self.cohort))
        user = Reference(type="id", value=str(user_id))
        member = NewCohortMember(cohorttype=cohort, usertype=user)
        return add_cohort_members(call, AddCohortMembers(members=[member]))

    def gather(self, call: Call, user_id: int) -> object:
        """As a site file does."""
        return cohorts.add_members(call, self.cohort, [user_id])

    def give(self, call: Call, user_id: int) -> object:
        place = making.course_context(self.site, self.course)
        return user_care.give_role(call, self.role, user_id, place)

    def authorise(self, call: Call, user_id: int) -> object:
        return authorised_users.authorise(call, self.listing, user_id)

    def issue(self, call: Call, user_id: int) -> object:
        return tokens.issue(call, NewToken(user_id=user_id, service_id=self.open))

    def prefer(self, call: Call, user_id: int) -> object:
        wanted = {"name": "auth_forcepasswordchange", "value": "1", "userid": user_id}
        return run(call, "core_user_set_user_preferences", preferences=[wanted])

    def force(self, call: Call, user_id: int) -> object:
        return user_care.force_password_change(call, user_id, on=True)  # type: ignore[func-returns-value]

    def grade(self, call: Call, user_id: int) -> object:
        return grade_domain.set_grades(call, self.item, {user_id: 50})  # type: ignore[func-returns-value]

    def complete(self, call: Call, user_id: int) -> object:
        override = "core_completion_override_activity_completion_status"
        return run(call, override, userid=user_id, cmid=self.activity, newstate=1)

    def update(self, call: Call, user_id: int) -> object:
        wanted = {"id": user_id, "email": ADDRESS, "preferences": [_PREFERENCE]}
        return run(call, "core_user_update_users", users=[wanted])

    def edit(self, call: Call, user_id: int) -> object:
        return user_changes.change(call, user_id, {"email": ADDRESS})  # type: ignore[func-returns-value]

    def let_into_console(self, call: Call, user_id: int) -> object:
        return console_rights.grant(call, user_id, "viewer")  # type: ignore[func-returns-value]

    def left_over(self) -> list[object]:
        """What still names the user."""
        return [
            row
            for table in _TABLES
            for row in self.site.session.rows(select(table).where(table.c.user_id == self.user))
        ] + [*tokens.list_of(self.site.call(), user_id=self.user)]


WAYS = ["enrol", "assign", "join", "gather", "give", "authorise", "issue"]
WRITINGS = ["prefer", "force", "grade", "complete", "update", "edit", "let_into_console"]
# These tell each user's failure in a warning.
WARNING = {"prefer", "update"}


@pytest.mark.parametrize("way", WAYS)
def test_dur_5_who_is_being_deleted_joins_nothing(site: TestSite, way: str) -> None:
    ground = Ground(site)
    attempt: Join = getattr(ground, way)
    answer = meanwhile(
        site,
        lambda call: user_deletion.delete(call, ground.user),
        lambda call: attempt(call, ground.user),
    )
    # A cohort's new member who is not there is a warning.
    assert isinstance(answer, Refusal) == (way != "join")
    assert ground.left_over() == []


@pytest.mark.parametrize("way", WAYS)
def test_dur_5_who_has_just_joined_leaves_with_the_deletion(site: TestSite, way: str) -> None:
    ground = Ground(site)
    attempt: Join = getattr(ground, way)
    refused = meanwhile(
        site,
        lambda call: attempt(call, ground.user),
        lambda call: user_deletion.delete(call, ground.user),
    )
    assert refused is None
    assert ground.left_over() == []


@pytest.mark.parametrize("writing", WRITINGS)
def test_dur_5_nothing_is_written_about_who_is_being_deleted(site: TestSite, writing: str) -> None:
    ground = Ground(site)
    write: Join = getattr(ground, writing)
    answer = meanwhile(
        site,
        lambda call: user_deletion.delete(call, ground.user),
        lambda call: write(call, ground.user),
    )
    assert isinstance(answer, Refusal) == (writing not in WARNING)
    assert ground.left_over() == []
    found = users.get(site.session, ground.user)
    assert found is not None
    assert found.email_unique is None
    assert found.console_role == ""


@pytest.mark.parametrize("writing", WRITINGS)
def test_dur_5_what_was_just_written_goes_with_the_deletion(site: TestSite, writing: str) -> None:
    ground = Ground(site)
    write: Join = getattr(ground, writing)
    refused = meanwhile(
        site,
        lambda call: write(call, ground.user),
        lambda call: user_deletion.delete(call, ground.user),
    )
    assert refused is None
    assert ground.left_over() == []
    found = users.get(site.session, ground.user)
    assert found is not None
    assert found.email_unique is None
