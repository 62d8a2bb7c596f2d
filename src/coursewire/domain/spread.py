"""What may somebody do in places that are not named yet: everywhere, nowhere, or it depends."""

from collections.abc import Collection
from typing import Literal

from coursewire.domain.permissions import Permissions
from coursewire.domain.role_definitions import ALLOW, PREVENT, PROHIBIT

Spread = Literal["everywhere", "nowhere", "depends"]


def of(permissions: Permissions, capability: str) -> Spread:
    """Tell whether a capability holds below the whole site, by roles and overrides alone."""
    system = permissions.site.system
    here = permissions.may(capability, system)
    if permissions.is_admin or permissions.is_guest or permissions.held is None:
        return "everywhere" if here else "nowhere"
    if here:
        against = {PREVENT, PROHIBIT}
        return "depends" if _says(permissions, capability, against) else "everywhere"
    return "depends" if _says(permissions, capability, {ALLOW}) else "nowhere"


def _says(permissions: Permissions, capability: str, wanted: Collection[int]) -> bool:
    """Tell whether a role says so anywhere but in the whole site, or is held only elsewhere."""
    system = permissions.site.system.id
    definitions = permissions.definitions
    everywhere = _counted(permissions)
    elsewhere = {role for place, role in permissions.held or () if place != system}
    elsewhere.add(permissions.site.frontpage_role_id)
    for role_id in everywhere | elsewhere:
        settings = definitions.settings(role_id, capability)
        for place, permission in settings.items():
            if permission in wanted and (place != system or role_id not in everywhere):
                return True
    return False


def _counted(permissions: Permissions) -> set[int]:
    """Return the roles that count in the whole site."""
    return set(permissions.roles_in(permissions.site.system))
