"""A preset put to work: user, role, service, authorisation and token in one transaction."""

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import asdict

from coursewire.domain import (
    authorised_users,
    new_users,
    protocol_role,
    reach,
    role_assignments,
    roles,
    services,
    switches,
    tokens,
    users,
)
from coursewire.domain import site as domain_site
from coursewire.domain.call import Call
from coursewire.domain.contexts import SYSTEM, Context
from coursewire.domain.role_definitions import ALLOW
from coursewire.domain.roles import NewRole
from coursewire.domain.services import NewService
from coursewire.domain.tokens import Issued, NewToken
from coursewire.presets import service_accounts
from coursewire.presets.model import Preset
from coursewire.presets.problems import PresetError
from coursewire.store import roles as role_rows
from coursewire.store import services as service_rows
from coursewire.store.users import UserRecord
from coursewire.text.counted import counted


class Wanted(Struct, frozen=True, kw_only=True):
    """For whom a preset is put to work: a new service account or an existing user, by name."""

    new_user: str = ""
    user: str = ""
    token_name: str = ""
    iprestriction: str = ""
    # None: the usual 90 days; 0: never ends.
    validuntil: int | None = None
    # Where the role is given; nowhere named: in the whole site.
    places: tuple[Context, ...] = ()
    # Whether web services and REST are switched on for the site as well.
    turn_on: bool = False


class Completed(Struct, frozen=True, kw_only=True):
    """Everything but the token: for whom and which service, and what was made or added."""

    user_id: int
    username: str
    service_id: int
    service: str
    done: tuple[str, ...]
    # What follows from these: switches, roles given, authorisations.
    also: tuple[str, ...] = ()


class Made(Completed, frozen=True, kw_only=True):
    """What there is now, and the token, to be shown once."""

    issued: Issued


def apply(call: Call, preset: Preset, wanted: Wanted, is_known: Callable[[str], bool]) -> Made:
    """Make or complete all that a preset needs, and issue a token; all of it or nothing.

    `is_known` tells whether a function exists. What is there already stays and gets what it lacks.
    """
    with call.transaction():
        completed = complete(call, preset, wanted, is_known)
        issued = tokens.issue(
            call,
            NewToken(
                user_id=completed.user_id,
                service_id=completed.service_id,
                name=wanted.token_name or preset.name,
                iprestriction=wanted.iprestriction,
                validuntil=wanted.validuntil,
            ),
        )
    return Made(issued=issued, **asdict(completed))


def complete(
    call: Call, preset: Preset, wanted: Wanted, is_known: Callable[[str], bool]
) -> Completed:
    """Make or complete all that a preset needs, save the token; all of it or nothing."""
    _require_possible(call, preset, is_known)
    with call.transaction():
        working = _Working(call, preset)
        if wanted.turn_on:
            working.turn_on()
        role_id = working.role(wanted.places)
        call.site = domain_site.refreshed(call.session, call.site)
        user = working.user(wanted)
        working.give(role_id, user, wanted.places)
        service_id = working.service(is_known)
        # A service that is there stays as it is: that of a plugin may have been restricted since.
        if preset.service.restricted or services.require(call, service_id).restrictedusers:
            working.authorise(service_id, user)
        call.audit.record(
            "preset.apply",
            f"preset {preset.name}",
            version=preset.version,
            user=user.id,
            service=service_id,
        )
    return Completed(
        user_id=user.id,
        username=user.username,
        service_id=service_id,
        service=preset.service.name,
        done=tuple(working.done),
        also=tuple(working.also),
    )


def _require_possible(call: Call, preset: Preset, is_known: Callable[[str], bool]) -> None:
    """Refuse a preset of a plugin that this site does not have."""
    unknown = [name for name in preset.functions if not is_known(name)]
    unknown += [
        each.name for each in preset.capabilities if each.name not in call.site.capabilities
    ]
    if unknown:
        plugin = f"install the plugin {preset.plugin} and enable it"
        cause = plugin if preset.plugin else "update Coursewire"
        msg = f"the preset {preset.name} needs {unknown[0]}, which this site lacks; {cause}"
        raise PresetError(msg)


class _Working:
    """The parts of one preset, each made or completed."""

    def __init__(self, call: Call, preset: Preset) -> None:
        self._call = call
        self._preset = preset
        self.done: list[str] = []
        self.also: list[str] = []

    def turn_on(self) -> None:
        """Switch web services and REST on."""
        if switches.turn_on(self._call):
            self.also.append("web services and REST on")

    def role(self, places: Sequence[Context] = ()) -> int:
        """Return the role, made or completed, so that it can be given in these places."""
        levels = sorted({SYSTEM, *(place.level for place in places)})
        call, preset = self._call, self._preset
        wanted = [each.name for each in preset.capabilities]
        targets = [self._role_to_give(name) for name in preset.may_assign]
        found = roles.find(call.session, preset.role.shortname)
        if found is None:
            allowed = counted(len(wanted), "capability", "capabilities")
            self.done.append(f"role {preset.role.shortname} with {allowed}")
            new = NewRole(
                shortname=preset.role.shortname,
                name=preset.role.name,
                capabilities=wanted,
                levels=levels,
                may_assign=targets,
            )
            return roles.create(call, new)
        self._complete_role(found.id, wanted, targets, levels)
        return found.id

    def _complete_role(
        self, role_id: int, wanted: list[str], targets: list[int], needed: list[int]
    ) -> None:
        call, system = self._call, self._call.site.system.id
        allowed = {
            row.capability
            for row in role_rows.permissions(call.session)
            if (row.role_id, row.context_id, row.permission) == (role_id, system, ALLOW)
        }
        missing = [name for name in wanted if name not in allowed]
        if missing:
            roles.grant(call, role_id, dict.fromkeys(missing, ALLOW), call.site.system)
            self.done.append(f"role {self._preset.role.shortname} may now: {', '.join(missing)}")
        there = {row[1] for row in role_rows.may_assign(call.session) if row[0] == role_id}
        if not there.issuperset(targets):
            roles.set_may_assign(call, role_id, sorted(there.union(targets)))
        levels = {row[1] for row in role_rows.levels(call.session) if row[0] == role_id}
        if not levels.issuperset(needed):
            roles.set_levels(call, role_id, sorted({*levels, *needed}))

    def _role_to_give(self, name: str) -> int:
        found = roles.find(self._call.session, name)
        if found is None:
            msg = (
                f"the preset {self._preset.name} gives the role {name!r}, which this site lacks;"
                f" make it, or use a copy of the preset without it: coursewire role create {name}"
            )
            raise PresetError(msg)
        return found.id

    def user(self, wanted: Wanted) -> UserRecord:
        """Return the user who holds the token: an existing one, or a new account."""
        if bool(wanted.user) == bool(wanted.new_user):
            msg = "name either a new user or an existing one"
            raise PresetError(msg)
        if wanted.user:
            return users.by_username(self._call.session, wanted.user)
        self.done.append(f"user {wanted.new_user}")
        new = service_accounts.new(wanted.new_user, self._preset.title)
        return new_users.create(self._call, new)

    def give(self, role_id: int, user: UserRecord, places: Sequence[Context] = ()) -> None:
        """Let the user hold the role in places, or in the whole site.

        The protocol is asked for in the whole site, so a role that is given elsewhere comes with
        one that allows nothing but the protocol.
        """
        call = self._call
        for place in places or (call.site.system,):
            reach.require_role_within(call, role_id, place)
            if role_assignments.assign(call, role_id, user.id, place):
                self.also.append(f"{user.username} gets its role in {place.where}")
        if places:
            protocol = protocol_role.ensure(call)
            role_assignments.assign(call, protocol, user.id, call.site.system)
            self.also.append(f"{user.username} may use REST")

    def service(self, is_known: Callable[[str], bool]) -> int:
        """Return the service, made or completed."""
        call, wanted = self._call, self._preset.service
        found = service_rows.by_shortname(call.session, wanted.shortname)
        if found is None:
            new = NewService(
                name=wanted.name,
                shortname=wanted.shortname,
                enabled=True,
                restrictedusers=wanted.restricted,
            )
            service_id = services.create(call, new).id
            self.done.append(f"service {wanted.name}")
        else:
            service_id = found.id
            services.edit(call, service_id, services.Changes(enabled=True))
        added = services.add_functions(call, service_id, self._preset.functions, is_known)
        if added and found is not None:
            self.done.append(f"service {wanted.name} now holds: {', '.join(added)}")
        return service_id

    def authorise(self, service_id: int, user: UserRecord) -> None:
        """Put the user on the list of the service."""
        listed = service_rows.authorised_user(self._call.session, service_id, user.id)
        if listed is None:
            authorised_users.authorise(self._call, service_id, user.id)
            self.also.append(
                f"{user.username} is an authorised user of {self._preset.service.name}"
            )
