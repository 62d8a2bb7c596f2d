"""A service of one's own that begins as a copy of another, such as of a built-in one."""

from coursewire.domain import services
from coursewire.domain.call import Call
from coursewire.domain.services import NewService
from coursewire.store import services as store
from coursewire.store.services import ServiceRecord


def duplicate(call: Call, service_id: int, name: str, shortname: str) -> ServiceRecord:
    """Make a service with the functions and settings of another; users and tokens stay there."""
    with call.transaction():
        original = services.require(call, service_id)
        made = services.create(
            call,
            NewService(
                name=name,
                shortname=shortname,
                enabled=bool(original.enabled),
                restrictedusers=bool(original.restrictedusers),
                requiredcapability=original.requiredcapability,
                downloadfiles=bool(original.downloadfiles),
                uploadfiles=bool(original.uploadfiles),
                forbid_query_tokens=bool(original.forbid_query_tokens),
                forbid_get_writes=bool(original.forbid_get_writes),
            ),
        )
        names = store.functions(call.session, service_id)
        # The original holds them, so somebody knew them once, even if their plugin is gone.
        services.add_functions(call, made.id, names, lambda _: True)
        return made
