"""Whether one account may do what another may not: who acts as it then goes beyond (AUTHZ-8)."""

from msgspec import Struct

from coursewire.contracts.errors import NoPermission
from coursewire.domain import contexts, role_assignments
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.gate import REST_CAPABILITY
from coursewire.domain.permissions import Permissions
from coursewire.domain.role_assignments import ASSIGN


class Beyond(Struct, frozen=True):
    """Something that the one may do in a place and the other may not."""

    capability: str
    place: Context


def require_role_within(call: Call, role_id: int, place: Context) -> None:
    """Refuse a role that allows more in a place than the caller may do there."""
    lacking = role_assignments.not_held(call, role_id, place)
    beyond = [name for name in lacking if name != REST_CAPABILITY]
    if beyond:
        raise NoPermission(beyond[0], place.where)


def beyond(call: Call, holder: Permissions) -> Beyond | None:
    """Return something that the holder may do and the caller may not, None where there is nothing.

    Looked at are the places where the holder has roles, and those below where roles say otherwise.
    Whoever may give more roles may do more. The right to use the protocol opens nothing by itself.
    """
    named = holder.definitions.permissions
    roles = {role_id for _, role_id in holder.held or ()}
    capabilities = {name for role_id in roles for name in named.get(role_id, {})}
    looked_at = sorted(capabilities - {REST_CAPABILITY})
    own = call.permissions
    for place in _places(call, holder):
        for capability in looked_at:
            if holder.may(capability, place) and not own.may(capability, place):
                return Beyond(capability, place)
        if not _given(holder, place) <= _given(own, place):
            return Beyond(ASSIGN, place)
    return None


def _given(permissions: Permissions, place: Context) -> set[int]:
    """Return the roles that somebody may give in a place or, at another level, below it."""
    if not permissions.may(ASSIGN, place):
        return set()
    targets = permissions.definitions.may_assign
    return {target for role in permissions.assigned_in(place) for target in targets.get(role, ())}


def _places(call: Call, holder: Permissions) -> list[Context]:
    """Return where the holder has roles, and where below that any role says otherwise."""
    held = {place for place, _ in holder.held or ()}
    found = contexts.many(call.session, held | holder.definitions.overridden)
    return [place for _, place in sorted(found.items()) if not held.isdisjoint(place.ids)]
