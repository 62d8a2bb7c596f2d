"""`coursewire role`: what roles allow, and who holds them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import msgspec
import typer
from msgspec import Struct

from coursewire.cli import finding
from coursewire.cli.acting import acting
from coursewire.cli.common import (
    DatabaseOption,
    DataOption,
    Failure,
    JsonOption,
    load_settings,
    out,
)
from coursewire.cli.finding import CategoryOption, CourseOption
from coursewire.cli.showing import print_facts, print_json, print_table
from coursewire.domain import contexts, role_assignments, role_definitions, roles, users
from coursewire.domain.role_definitions import Definitions
from coursewire.domain.roles import PERMISSIONS, NewRole
from coursewire.store import lookups
from coursewire.store.roles import RoleRecord
from coursewire.text.counted import counted

commands = typer.Typer(help="Roles: what they allow, and who holds them.", no_args_is_help=True)
RoleArgument = Annotated[str, typer.Argument(help="Short name of the role.")]
UserArgument = Annotated[str, typer.Argument(help="User name or e-mail address.")]


class Level(StrEnum):
    """Where a role may be given."""

    SYSTEM = "system"
    USER = "user"
    CATEGORY = "category"
    COURSE = "course"
    ACTIVITY = "activity"
    BLOCK = "block"


class Permission(StrEnum):
    """What a role can say about a capability."""

    ALLOW = "allow"
    PREVENT = "prevent"
    PROHIBIT = "prohibit"
    INHERIT = "inherit"


class ListedRole(Struct, frozen=True, kw_only=True):
    """A role as the list shows it."""

    id: int
    shortname: str
    name: str
    description: str
    archetype: str
    capabilities: int
    levels: list[str]
    users: int


_LEVELS = {name: number for number, name in contexts.LEVELS.items()}
_WORDS = {number: word for word, number in PERMISSIONS.items()}


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(commands, name="role")


@commands.command("list")
def list_roles(
    data: DataOption = None, database: DatabaseOption = None, json: JsonOption = False
) -> None:
    """List the roles."""
    with acting(load_settings(data, database)) as site:
        session = site.call.session
        definitions, holders = role_definitions.read(session), lookups.holders(session)
    found = [_listed(definitions, role, holders) for role in definitions.roles.values()]
    if json:
        print_json(found)
        return
    columns = ("short name", "name", "archetype", "allows", "given in", "users")
    print_table(columns, map(_row, found))


def _listed(definitions: Definitions, role: RoleRecord, holders: Mapping[int, int]) -> ListedRole:
    return ListedRole(
        id=role.id,
        shortname=role.shortname,
        name=role.name,
        description=role.description,
        archetype=role.archetype,
        capabilities=len(_allowed(definitions, role)),
        levels=_levels(definitions, role),
        users=holders.get(role.id, 0),
    )


def _row(role: ListedRole) -> tuple[str, ...]:
    return (
        role.shortname,
        role.name,
        role.archetype,
        str(role.capabilities),
        ", ".join(role.levels),
        str(role.users),
    )


@commands.command()
def show(
    role: RoleArgument,
    data: DataOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Show what a role says of capabilities, in the whole site and in single places."""
    with acting(load_settings(data, database)) as site:
        session = site.call.session
        found, definitions = finding.role(site.call, role), role_definitions.read(session)
        places = contexts.many(session, sorted(definitions.overridden))
    rows = [
        (capability, _WORDS[permission], places[context_id].where)
        for capability, settings in sorted(definitions.permissions.get(found.id, {}).items())
        for context_id, permission in sorted(settings.items())
    ]
    may_assign = [
        definitions.roles[other].shortname
        for other in sorted(definitions.may_assign.get(found.id, ()))
    ]
    levels = _levels(definitions, found)
    if json:
        keys = ("capability", "permission", "where")
        said = [dict(zip(keys, row, strict=True)) for row in rows]
        about = msgspec.structs.asdict(found)
        print_json({**about, "levels": levels, "may_assign": may_assign, "permissions": said})
        return
    print_facts(
        {
            "short name": found.shortname,
            "name": found.name,
            "description": found.description,
            "archetype": found.archetype,
            "given in": ", ".join(levels),
            "may give": ", ".join(may_assign),
        }
    )
    out.print()
    print_table(("capability", "permission", "where"), rows, empty="it says nothing about any")


def _allowed(definitions: Definitions, role: RoleRecord) -> list[str]:
    permissions = definitions.permissions.get(role.id, {})
    allow = role_definitions.ALLOW
    return [name for name, places in permissions.items() if allow in places.values()]


def _levels(definitions: Definitions, role: RoleRecord) -> list[str]:
    return [contexts.LEVELS[level] for level in sorted(definitions.levels.get(role.id, ()))]


@commands.command()
def create(
    shortname: Annotated[str, typer.Argument(help="Short name of the role.")],
    data: DataOption = None,
    database: DatabaseOption = None,
    name: Annotated[str, typer.Option(help="What people call it.")] = "",
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
    archetype: Annotated[
        str, typer.Option(help="Standard role that it is like, such as teacher.")
    ] = "",
    capability: Annotated[
        list[str] | None,
        typer.Option(help="Capability that it allows in the whole site. May be repeated."),
    ] = None,
    level: Annotated[
        list[Level] | None,
        typer.Option(help="Kind of place in which it may be given. May be repeated."),
    ] = None,
    may_assign: Annotated[
        list[str] | None, typer.Option(help="A role that its holders may give. May be repeated.")
    ] = None,
) -> None:
    """Make a role; it allows what is named and nothing else."""
    levels = level or [Level.SYSTEM]
    with acting(load_settings(data, database)) as site, site.call.transaction():
        new = NewRole(
            shortname=shortname,
            name=name,
            description=description,
            archetype=archetype,
            capabilities=capability or (),
            levels=[_LEVELS[one.value] for one in levels],
            may_assign=[finding.role(site.call, other).id for other in may_assign or ()],
        )
        roles.create(site.call, new)
    where = ", ".join(one.value for one in levels)
    allows = counted(len(capability or ()), "capability", "capabilities")
    out.print(f"Made the role {shortname}: it allows {allows} and is given in {where}.")


@commands.command()
def grant(
    role: RoleArgument,
    capability: Annotated[
        list[str], typer.Argument(help="One capability or more, such as moodle/course:view.")
    ],
    data: DataOption = None,
    database: DatabaseOption = None,
    permission: Annotated[
        Permission, typer.Option(help="What the role says of them.")
    ] = Permission.ALLOW,
    course: CourseOption = None,
    category: CategoryOption = None,
) -> None:
    """Let a role allow, prevent or prohibit capabilities, in the whole site or in one place."""
    with acting(load_settings(data, database)) as site, site.call.transaction():
        found, where = finding.role(site.call, role), finding.place(site.call, course, category)
        wanted = dict.fromkeys(capability, PERMISSIONS[permission.value])
        roles.grant(site.call, found.id, wanted, where)
    out.print(
        f"{role}: {permission.value} in {where.where}: {', '.join(capability)}.", markup=False
    )


@commands.command()
def assign(
    role: RoleArgument,
    user: UserArgument,
    data: DataOption = None,
    database: DatabaseOption = None,
    course: CourseOption = None,
    category: CategoryOption = None,
) -> None:
    """Give a user a role, in the whole site or in one place."""
    with acting(load_settings(data, database)) as site, site.call.transaction():
        call = site.call
        found, person = finding.role(call, role), finding.user(call, user)
        where = finding.place(call, course, category)
        if not role_assignments.may_assign(call.permissions, found.id, where):
            msg = f"the role {role} is not given in {where.where}"
            raise Failure(msg, remedy=f"coursewire role show {role} tells at which levels it is")
        users.require_active(call, person.id)
        given = role_assignments.assign(call, found.id, person.id, where)
    done = "holds" if given else "held already"
    out.print(f"{person.username} {done} {role} in {where.where}.", markup=False)


@commands.command()
def unassign(
    role: RoleArgument,
    user: UserArgument,
    data: DataOption = None,
    database: DatabaseOption = None,
    course: CourseOption = None,
    category: CategoryOption = None,
) -> None:
    """Take a role from a user, in the whole site or in one place."""
    with acting(load_settings(data, database)) as site, site.call.transaction():
        found, person = finding.role(site.call, role), finding.user(site.call, user)
        where = finding.place(site.call, course, category)
        if not role_assignments.unassign(site.call, found.id, person.id, where):
            msg = f"{person.username} does not hold {role} in {where.where}"
            remedy = f"coursewire user show {person.username} tells which roles it holds, and where"
            raise Failure(msg, remedy=remedy)
    out.print(f"{person.username} does not hold {role} in {where.where} any more.", markup=False)
