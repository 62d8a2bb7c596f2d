"""The role that allows nothing but the protocol, for accounts whose other roles are elsewhere."""

from coursewire.domain import roles
from coursewire.domain import site as domain_site
from coursewire.domain.call import Call
from coursewire.domain.contexts import SYSTEM
from coursewire.domain.gate import REST_CAPABILITY
from coursewire.domain.roles import NewRole

SHORTNAME = "rest_protocol"


def ensure(call: Call) -> int:
    """Return the role, made if there is none."""
    with call.transaction():
        found = roles.find(call.session, SHORTNAME)
        if found is not None:
            return found.id
        new = NewRole(
            shortname=SHORTNAME,
            name="REST protocol",
            capabilities=[REST_CAPABILITY],
            levels=[SYSTEM],
        )
        role_id = roles.create(call, new)
        call.site = domain_site.refreshed(call.session, call.site)
        return role_id
