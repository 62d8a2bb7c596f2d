"""The templates: always escaped, nothing undefined."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined

from coursewire import __version__
from coursewire.console import paths, wording
from coursewire.console.forms import Errors
from coursewire.console.navigation import Group
from coursewire.console.static_files import StaticFiles
from coursewire.console.tables import columns_of
from coursewire.domain.site import Site


class Visiting(Protocol):
    """What of a visit every page shows."""

    @property
    def now(self) -> int: ...
    @property
    def errors(self) -> Errors: ...


class Templates:
    """Renders pages of people who are signed in, and those before."""

    def __init__(
        self,
        static: StaticFiles,
        groups: tuple[Group, ...] = (),
        knows: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._environment = Environment(
            loader=PackageLoader("coursewire.console"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        everywhere: dict[str, Any] = {
            "static": static.path_of,
            "with_query": paths.with_query,
            "groups": groups,
            "knows": knows,
            "columns_of": columns_of,
            "program_version": __version__,
        }
        self._environment.globals.update(everywhere)
        self._environment.filters.update(wording.FILTERS)

    def page(self, template: str, visit: Visiting, context: Mapping[str, Any]) -> bytes:
        """Return a page for a person who is signed in."""
        found = self._environment.get_template(template)
        return found.render(visit=visit, now=visit.now, errors=visit.errors, **context).encode()

    def block(
        self, template: str, block: str, visit: Visiting, context: Mapping[str, Any]
    ) -> bytes:
        """Return one block of a page."""
        found = self._environment.get_template(template)
        values = {"visit": visit, "now": visit.now, "errors": visit.errors, **context}
        return "".join(found.blocks[block](found.new_context(values))).encode()

    def open_page(self, template: str, site: Site, now: int, **context: Any) -> bytes:  # noqa: ANN401 - passed to the template
        """Return a page for anybody: it shows nothing of the site but its name."""
        found = self._environment.get_template(template)
        return found.render(site_name=site.fullname, now=now, **context).encode()
