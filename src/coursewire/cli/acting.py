"""A command that reads or changes a site acts as its administrator, through the same rules."""

from collections.abc import Generator
from contextlib import contextmanager

from coursewire import app
from coursewire.app import Opened
from coursewire.domain import site as sites
from coursewire.domain.call import Call, Caller, Origin
from coursewire.domain.site import ADMIN_ID, GUEST_ID
from coursewire.settings import Settings
from coursewire.store import users
from coursewire.store.session import Session


class Acting:
    """An open site and a call made by its administrator, for the length of one command."""

    def __init__(self, opened: Opened, call: Call) -> None:
        self.opened = opened
        self.call = call


@contextmanager
def acting(settings: Settings) -> Generator[Acting]:
    """Open the site; changes are recorded as the administrator's, made in the command line."""
    with app.open_site(settings) as opened, acting_on(opened) as site:
        yield site


@contextmanager
def acting_on(opened: Opened) -> Generator[Acting]:
    """Act on a site that is open already."""
    with opened.database.session() as session:
        yield Acting(opened, call_on(opened, session))


def call_on(opened: Opened, session: Session) -> Call:
    """Return a call by the administrator, which sees the site as it is now."""
    settings = opened.settings
    site = sites.load(
        session,
        settings.site_url,
        compatibility=settings.compatibility,
        implemented=opened.catalogue.components,
    )
    admin = users.get(session, min(site.admin_ids, default=ADMIN_ID))
    caller = Caller(
        id=admin.id if admin else ADMIN_ID,
        username=admin.username if admin else "admin",
        auth=admin.auth if admin else "manual",
        is_admin=True,
        is_guest=False,
    )
    if caller.id == GUEST_ID:
        msg = "the guest cannot be the administrator of a site"
        raise app.NoSite(msg)
    return Call(
        session=session,
        caller=caller,
        site=site,
        now=opened.clock.now(),
        clock=opened.clock,
        keys=opened.keys,
        function="coursewire (command line)",
        origin=Origin(),
    )
