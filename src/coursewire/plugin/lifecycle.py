"""Enabling, disabling and removing plugins on a site, each in one transaction."""

from collections.abc import Collection

import msgspec
from msgspec import Struct

from coursewire.contracts.errors import AccessDenied, InvalidParameter, MissingRecord
from coursewire.domain import activity_changes, services, settings, token_ends
from coursewire.domain.call import Call
from coursewire.domain.role_definitions import ALLOW
from coursewire.domain.services import NewService
from coursewire.plugin.declaration import BuiltinService, Plugin
from coursewire.store import plugins as store
from coursewire.store import roles
from coursewire.store import services as service_rows
from coursewire.store.plugins import PluginRecord
from coursewire.store.services import ServiceRecord
from coursewire.text.counted import counted

_MEMORY = "enabled plugins"


class Brought(Struct, frozen=True, kw_only=True):
    """What there is of a plugin on a site, kept so that it can be removed without its package."""

    title: str = ""
    functions: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    activity_types: tuple[str, ...] = ()


def require_enabled(call: Call, name: str) -> None:
    """Refuse a call of a plugin that was disabled after this process had started."""
    enabled = call.site.memory.get(_MEMORY)
    if enabled is None:
        rows = store.everything(call.session)
        enabled = frozenset(key for key, row in rows.items() if row.enabled)
        call.site.memory[_MEMORY] = enabled
    if name not in enabled:
        reason = f"the plugin {name} is disabled"
        raise AccessDenied(reason, remedy=f"coursewire plugin enable {name}")


def enable(call: Call, plugin: Plugin) -> None:
    """Take the plugin's migrations that are new, and give the site what it brings."""
    with call.transaction():
        before = store.everything(call.session).get(plugin.name)
        done = 0 if before is None else before.steps
        for migration in plugin.migrations[done:]:
            migration.up(call.session)
        had = _brought(before)
        _grant(call, plugin, had.capabilities)
        for service in plugin.services:
            _ensure_service(call, plugin, service)
        _drop_services(call, plugin.name, {each.shortname for each in plugin.services})
        row = {
            "version": plugin.version,
            "enabled": 1,
            "steps": max(done, len(plugin.migrations)),
            "brings": msgspec.json.encode(_brings(plugin, had)).decode(),
            "timemodified": call.now,
        }
        if before is None:
            store.add(call.session, {**row, "name": plugin.name, "timecreated": call.now})
        else:
            store.change(call.session, plugin.name, row)
        call.audit.record("plugin.enable", f"plugin {plugin.name}", version=plugin.version)


def disable(call: Call, name: str) -> None:
    """Let a plugin's functions refuse every call; all that it stored stays."""
    with call.transaction():
        require(call, name)
        store.change(call.session, name, {"enabled": 0, "timemodified": call.now})
        call.audit.record("plugin.disable", f"plugin {name}")


def losses(call: Call, name: str) -> list[str]:
    """Return what will be lost when a plugin is uninstalled, one line a kind of thing."""
    session, had = call.session, _brought(require(call, name))
    lines = [
        f"table {table}: {counted(store.row_count(session, table), 'row')}"
        for table in had.tables
        if store.row_count(session, table)
    ]
    activities = store.activities_of(session, had.activity_types)
    if activities:
        number = counted(len(activities), "activity", "activities")
        lines.append(f"{number} with their grades; the courses stay")
    live = service_rows.live_tokens(session)
    lines += [
        f"service {service.name} with {counted(live.get(service.id, 0), 'token')}"
        for service in _services(call, name)
    ]
    set_ones = store.settings_of(session, name)
    if set_ones:
        lines.append(f"settings: {', '.join(sorted(set_ones))}")
    if had.capabilities:
        lines.append(
            f"what roles say of {counted(len(had.capabilities), 'capability', 'capabilities')}"
        )
    return lines


def uninstall(call: Call, name: str) -> None:
    """Remove everything of a plugin from the site; its package needs not even be there."""
    with call.transaction():
        session, had = call.session, _brought(require(call, name))
        for cmid in store.activities_of(session, had.activity_types):
            activity_changes.remove(call, cmid)
        _drop_services(call, name, ())
        store.forget_functions(session, had.functions)
        store.forget_capabilities(session, had.capabilities)
        settings.roles_changed(session)
        store.drop_tables(session, had.tables)
        store.remove(session, name)
        call.audit.record("plugin.uninstall", f"plugin {name}", tables=list(had.tables))


def require(call: Call, name: str) -> PluginRecord:
    """Return a plugin that the site knows, or raise MissingRecord."""
    found = store.everything(call.session).get(name)
    if found is None:
        raise MissingRecord("plugin", name)
    return found


def title(row: PluginRecord) -> str:
    """Return what a plugin calls itself, also when its package is gone."""
    return _brought(row).title


def tables(row: PluginRecord) -> tuple[str, ...]:
    """Return the names of a plugin's tables on this site, in the order they were made."""
    return _brought(row).tables


def _brought(row: PluginRecord | None) -> Brought:
    return Brought() if row is None else msgspec.json.decode(row.brings, type=Brought)


def _brings(plugin: Plugin, had: Brought) -> Brought:
    """Return what there is now: what an older version brought is still to be removed one day."""

    def union(old: Collection[str], new: Collection[str]) -> tuple[str, ...]:
        # SQLAlchemy's names of tables are a kind of text of its own.
        return tuple(dict.fromkeys(str.__str__(each) for each in (*old, *new)))

    return Brought(
        title=plugin.title,
        functions=union(had.functions, [each.contract.name for each in plugin.functions]),
        capabilities=union(had.capabilities, [each.name for each in plugin.capabilities]),
        tables=union(had.tables, [each.name for each in plugin.tables]),
        activity_types=union(had.activity_types, [each.name for each in plugin.activity_types]),
    )


def _grant(call: Call, plugin: Plugin, had: Collection[str]) -> None:
    """Allow new capabilities to the roles of the kinds that they are meant for."""
    new = [each for each in plugin.capabilities if each.name not in had]
    for role in roles.everything(call.session):
        allowed = {each.name: ALLOW for each in new if role.archetype in each.roles}
        if allowed:
            roles.set_permissions(call.session, role.id, call.site.system.id, allowed)
    if new:
        settings.roles_changed(call.session)


def _ensure_service(call: Call, plugin: Plugin, wanted: BuiltinService) -> None:
    found = service_rows.by_shortname(call.session, wanted.shortname)
    if found is None:
        found = services.create(
            call,
            NewService(
                name=wanted.name,
                shortname=wanted.shortname,
                enabled=wanted.enabled,
                restrictedusers=wanted.restrictedusers,
                component=plugin.name,
                downloadfiles=wanted.downloadfiles,
                uploadfiles=wanted.uploadfiles,
            ),
        )
    elif found.component != plugin.name:
        owner = found.component or "somebody made it by hand"
        raise InvalidParameter(
            f"there is a service {wanted.shortname!r} already ({owner})",
            remedy="delete that service, then enable the plugin again",
        )
    services.set_builtin_functions(call, found.id, wanted.functions)


def _drop_services(call: Call, name: str, kept: Collection[str]) -> None:
    for service in _services(call, name):
        if service.shortname not in kept:
            token_ends.revoke_of_service(call, service.id)
            service_rows.remove(call.session, service.id)
            call.audit.record("service.delete", f"service {service.id}", name=service.name)


def _services(call: Call, name: str) -> list[ServiceRecord]:
    found = service_rows.everything(call.session)
    return [service for service in found if service.component == name]
