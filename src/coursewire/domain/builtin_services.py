"""The services that a site has without anybody making them; their functions cannot be edited."""

from coursewire.contracts import registry
from coursewire.contracts.registry import MOBILE_SERVICE
from coursewire.domain import services
from coursewire.domain.call import Call
from coursewire.domain.services import NewService
from coursewire.store import services as store


def ensure(call: Call) -> None:
    """Make the service of the app where it is missing, and give it the functions it has today."""
    with call.transaction():
        mobile = store.by_shortname(call.session, MOBILE_SERVICE)
        if mobile is None:
            new = NewService(
                name="Moodle mobile web service",
                shortname=MOBILE_SERVICE,
                enabled=False,
                restrictedusers=False,
                component="moodle",
                downloadfiles=True,
                uploadfiles=True,
            )
            mobile = services.create(call, new)
        if mobile.component:
            names = registry.in_service(MOBILE_SERVICE)
            services.set_builtin_functions(call, mobile.id, names)
