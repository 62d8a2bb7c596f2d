"""Who holds live tokens of a plugin's service, so that a plugin can warn of too much power."""

from sqlalchemy import select

from coursewire.domain.call import Call
from coursewire.store.schema.services import services, tokens
from coursewire.store.schema.users import users


def administrators(call: Call, shortname: str) -> list[str]:
    """Return the names of site administrators who hold live tokens of a service."""
    query = (
        select(users.c.username)
        .join(tokens, tokens.c.user_id == users.c.id)
        .join(services, services.c.id == tokens.c.service_id)
        .where(
            services.c.shortname == shortname,
            tokens.c.revoked == 0,
            tokens.c.expired_seen == 0,
            users.c.id.in_(call.site.admin_ids),
        )
        .distinct()
    )
    return sorted(call.session.scalars(query))
