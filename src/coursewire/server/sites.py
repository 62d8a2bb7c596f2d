"""The site's settings as rules need them, read again only when the database changed."""

from collections.abc import Callable, Hashable

from msgspec import Struct

from coursewire.domain import site as domain_site
from coursewire.domain.installed import AUTHS, LANGS, THEMES
from coursewire.domain.site import Site
from coursewire.functions.catalogue import Catalogue
from coursewire.server.options import ServerOptions
from coursewire.store.database import Database
from coursewire.store.session import Session
from coursewire.text.types import Known


class SiteView(Struct, frozen=True):
    """The site, and what parameter types must know of it."""

    site: Site
    known: Known


class Sites:
    """Keeps the last view for each version of the database; without versions it keeps nothing."""

    def __init__(
        self,
        database: Database,
        options: ServerOptions,
        catalogue: Catalogue,
        changed: Callable[[], None] | None = None,
    ) -> None:
        """Take what a view is made of; `changed` is called before a new version is looked at."""
        self._database = database
        self._options = options
        self._catalogue = catalogue
        self._changed = changed
        # Together, so that a thread that was held up never gives its older view to a newer version.
        self._last: tuple[Hashable, SiteView] | None = None

    def current(self, session: Session, version: Hashable) -> SiteView:
        """Return the view that is true for this version of the database."""
        last = self._last
        if last is not None and version is not None and version == last[0]:
            return last[1]
        if self._changed is not None:
            self._changed()
        view = self.read(session)
        if version is not None:
            self._last = (version, view)
        return view

    def read(self, session: Session) -> SiteView:
        """Read the view from the database."""
        site = domain_site.load(
            session,
            self._options.site_url,
            compatibility=self._options.compatibility,
            implemented=self._catalogue.components,
            more_capabilities=self._catalogue.capabilities,
            more_kinds=self._catalogue.activity_kinds,
            outbound_loopback=self._options.outbound_loopback,
            largest_body=self._options.limits.body,
        )
        return SiteView(site, _known(site))


def _known(site: Site) -> Known:
    return Known(
        site_url=site.url,
        langs=LANGS,
        auths=AUTHS,
        themes=THEMES,
        capabilities=frozenset(site.capabilities),
        extended_usernames=site.extendedusernamechars,
    )
