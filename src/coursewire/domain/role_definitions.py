"""What all roles of a site are and allow, read at once and shared until a role changes."""

from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

from coursewire.store import roles as rows
from coursewire.store import settings
from coursewire.store.roles import RoleRecord
from coursewire.store.session import Session

ALLOW = 1
INHERIT = 0
PREVENT = -1
PROHIBIT = -1000

# What one role says of one capability: context id → allow, prevent or prohibit.
Settings = Mapping[int, int]
_NOTHING: Settings = {}
_KEPT = 4
_MOST_WORKED_OUT = 20_000


class Definitions(Struct, frozen=True):
    """All roles; nothing in here depends on who asks."""

    roles: Mapping[int, RoleRecord]
    levels: Mapping[int, frozenset[int]]
    may_assign: Mapping[int, frozenset[int]]
    permissions: Mapping[int, Mapping[str, Settings]]
    # The contexts where any role says anything: elsewhere the nearest of them above decides.
    overridden: frozenset[int]
    # What was worked out of all this, by capability, roles, and the overriding places above.
    worked_out: dict[tuple[str, tuple[int, ...], tuple[int, ...]], bool] = msgspec.field(
        default_factory=dict[tuple[str, tuple[int, ...], tuple[int, ...]], bool]
    )

    def allow(self, capability: str, role_ids: tuple[int, ...], path: Iterable[int]) -> bool:
        """Tell whether these roles together allow something at the end of a path."""
        places = tuple(filter(self.overridden.__contains__, path))
        key = (capability, role_ids, places)
        answer = self.worked_out.get(key)
        if answer is None:
            if len(self.worked_out) >= _MOST_WORKED_OUT:
                self.worked_out.clear()
            answer = self.worked_out[key] = self._allow(*key)
        return answer

    def _allow(self, capability: str, role_ids: tuple[int, ...], places: tuple[int, ...]) -> bool:
        allowed = False
        for role_id in role_ids:
            settings = self.settings(role_id, capability)
            answer = 0
            # From the root down: the last one found is the nearest.
            for place in places:
                permission = settings.get(place, 0)
                if permission == PROHIBIT:
                    return False
                answer = permission or answer
            allowed = allowed or answer == ALLOW
        return allowed

    def settings(self, role_id: int, capability: str) -> Settings:
        """Return where a role says something about a capability."""
        return self.permissions.get(role_id, {}).get(capability, _NOTHING)


_cache: dict[str, Definitions] = {}


def of(session: Session, version: str) -> Definitions:
    """Return the definitions of a version; each version is a random text that never comes again.

    The rows may be newer than the version when another process has just changed them; then the
    next call, which reads the new version, reads them again. Those that a transaction has changed
    itself are not kept under the version before: it may be undone, and then that one stays.
    """
    found = _cache.get(version)
    if found is None:
        found = read(session)
        if not session.in_transaction or _stored_version(session) == version:
            _keep(version, found)
    return found


def _keep(version: str, found: Definitions) -> None:
    if len(_cache) >= _KEPT:
        _cache.pop(next(iter(_cache)), None)
    _cache[version] = found


def _stored_version(session: Session) -> str:
    """Return the version of the roles as this transaction sees them."""
    stored = settings.everything(session).get("rolesversion")
    return "" if stored is None else msgspec.json.decode(stored, type=str)


def read(session: Session) -> Definitions:
    """Read all definitions in four queries."""
    permissions: dict[int, dict[str, dict[int, int]]] = {}
    for role_id, capability, context_id, permission in rows.permissions(session):
        permissions.setdefault(role_id, {}).setdefault(capability, {})[context_id] = permission
    return Definitions(
        roles={role.id: role for role in rows.everything(session)},
        levels=_gathered((row[0], row[1]) for row in rows.levels(session)),
        may_assign=_gathered((row[0], row[1]) for row in rows.may_assign(session)),
        permissions=permissions,
        overridden=frozenset(
            place
            for settings in permissions.values()
            for places in settings.values()
            for place in places
        ),
    )


def _gathered(pairs: Iterable[tuple[int, int]]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for role_id, other in pairs:
        found.setdefault(role_id, set()).add(other)
    return {role_id: frozenset(others) for role_id, others in found.items()}
