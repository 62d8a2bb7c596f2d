"""Makes people, roles, courses and what is in them, through the rules, as the administrator."""

from collections.abc import Collection
from typing import Any, TypeAlias

from sqlalchemy import update

from coursewire.contracts import registry
from coursewire.contracts.core_group.groupings import NewGrouping
from coursewire.contracts.core_group.groups import NewGroup
from coursewire.domain import (
    activities,
    authorised_users,
    categories,
    contexts,
    courses,
    enrolments,
    groupings,
    groups,
    new_users,
    role_assignments,
    roles,
    services,
    settings,
    tokens,
)
from coursewire.domain.activities import NewActivity
from coursewire.domain.authorised_users import Limits
from coursewire.domain.categories import NewCategory
from coursewire.domain.contexts import Context
from coursewire.domain.courses import NewCourse
from coursewire.domain.enrolments import Enrolment
from coursewire.domain.known_settings import Value
from coursewire.domain.new_users import NewUser
from coursewire.domain.roles import NewRole
from coursewire.domain.services import NewService
from coursewire.domain.tokens import NewToken
from coursewire.store.schema.access import contexts as context_table
from tests.support.sites import TestSite

# What nobody's password hashes to; log-in tests make their own.
NO_PASSWORD = "not a hash"
# Any field of the thing that is made, by its name.
Field: TypeAlias = Any


def user(site: TestSite, username: str, **values: Field) -> int:
    """A user who is called by the user name, unless `values` say otherwise."""
    named: dict[str, Any] = {
        "firstname": username.title(),
        "lastname": "Person",
        "email": f"{username}@school.example",
        "password_hash": NO_PASSWORD,
    }
    call = site.call()
    with call.transaction():
        return new_users.create(call, NewUser(username=username, **(named | values))).id


def role(
    site: TestSite,
    shortname: str,
    capabilities: Collection[str] = (),
    *,
    levels: Collection[int] = (contexts.SYSTEM, contexts.CATEGORY, contexts.COURSE),
    may_assign: Collection[str] = (),
) -> int:
    """A role that allows capabilities in the whole site."""
    call = site.call()
    new = NewRole(
        shortname=shortname,
        capabilities=capabilities,
        levels=levels,
        may_assign=[role_id(site, name) for name in may_assign],
    )
    with call.transaction():
        return roles.create(call, new)


def role_id(site: TestSite, shortname: str) -> int:
    """The id of a role."""
    found = roles.find(site.session, shortname)
    if found is None:
        raise LookupError(shortname)
    return found.id


def override(
    site: TestSite, role: str, capability: str, permission: int, context: Context | None = None
) -> None:
    """Set what a role says about a capability, by default in the whole site."""
    call = site.call()
    with call.transaction():
        where = context or call.site.system
        roles.grant(call, role_id(site, role), {capability: permission}, where)


def locked(site: TestSite, context: Context) -> None:
    """Lock a place against changes, which counts where the site locks places."""
    here = context_table.c.id == context.id
    site.session.execute(update(context_table).where(here).values(locked=1))


def assign(site: TestSite, role: str, user_id: int, context: Context | None = None) -> None:
    """Give a role, by default in the whole site."""
    call = site.call()
    with call.transaction():
        where = context or call.site.system
        role_assignments.assign(call, role_id(site, role), user_id, where)


def user_with(site: TestSite, username: str, *capabilities: str) -> int:
    """A user who has capabilities in the whole site, by a role of the same name."""
    user_id = user(site, username)
    role(site, username, capabilities)
    assign(site, username, user_id)
    return user_id


def category(site: TestSite, name: str, parent: int = 0, **values: Field) -> int:
    """A category."""
    call = site.call()
    with call.transaction():
        return categories.create(call, NewCategory(name=name, parent=parent, **values)).id


def course(site: TestSite, shortname: str, *, manual: bool = True, **values: Field) -> int:
    """A course, by default in the first category and with a manual way in."""
    named: dict[str, Any] = {"category": 1, "fullname": f"Course {shortname}"}
    call = site.call()
    with call.transaction():
        made = courses.create(call, NewCourse(shortname=shortname, **(named | values))).id
        if manual and enrolments.enabled_instance(call, made) is None:
            enrolments.add_instance(call, made)
    return made


def activity(site: TestSite, course_id: int, module: str = "page", **values: Field) -> int:
    """An activity; the id is that of its course module."""
    named: dict[str, Any] = {"name": module.title()}
    call = site.call()
    with call.transaction():
        new = NewActivity(course_id=course_id, module=module, **(named | values))
        return activities.create(call, new).id


def enrol(
    site: TestSite, user_id: int, course_id: int, role: str = "student", **values: Field
) -> None:
    """A manual enrolment with a role."""
    call = site.call()
    instance = enrolments.enabled_instance(call, course_id)
    if instance is None:
        raise LookupError(course_id)
    wanted = Enrolment(user_id=user_id, role_id=role_id(site, role), **values)
    enrolments.enrol(call, {instance: [wanted]})


def group(site: TestSite, course_id: int, name: str, **values: Field) -> int:
    """A group."""
    named: dict[str, Any] = {"description": ""}
    new = NewGroup(courseid=course_id, name=name, **(named | values))
    return groups.create(site.call(), new).id


def grouping(site: TestSite, course_id: int, name: str, **values: Field) -> int:
    """A grouping."""
    named: dict[str, Any] = {"description": "", "idnumber": ""}
    new = NewGrouping(courseid=course_id, name=name, **(named | values))
    return groupings.create(site.call(), new).id


def context(site: TestSite, level: int, instance_id: int) -> Context:
    """The context of a thing."""
    return contexts.get(site.session, level, instance_id)


def course_context(site: TestSite, course_id: int) -> Context:
    """The context of a course."""
    return context(site, contexts.COURSE, course_id)


def setting(site: TestSite, name: str, value: Value) -> None:
    """A setting of the site."""
    call = site.call()
    with call.transaction():
        settings.put(call, name, value)


def service(site: TestSite, shortname: str, *functions: str, users: Collection[int] = ()) -> int:
    """An enabled service for authorised users; its name is its short name."""
    call = site.call()
    with call.transaction():
        made = services.create(call, NewService(name=shortname, shortname=shortname, enabled=True))
        services.add_functions(call, made.id, functions, registry.is_published)
        for user_id in users:
            authorised_users.authorise(call, made.id, user_id, Limits())
        return made.id


def token(site: TestSite, user_id: int, service_id: int, **values: Field) -> str:
    """The value of a token for a user who may use the service."""
    call = site.call()
    new = NewToken(user_id=user_id, service_id=service_id, **values)
    return tokens.issue(call, new).token
