"""What `coursewire up` makes of a site before serving it: content for an empty one, open doors."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from coursewire.cli.acting import Acting
from coursewire.cli.common import Failure
from coursewire.cli.place import options
from coursewire.contracts.registry import entries
from coursewire.domain import settings
from coursewire.domain.call import Call
from coursewire.domain.password_hashes import Argon2
from coursewire.domain.site import ADMIN_ID, GUEST_ID, SITE_COURSE
from coursewire.presets import model
from coursewire.sitefile import reading
from coursewire.sitefile.apply import Application
from coursewire.sitefile.reading import ReadFile
from coursewire.store import lookups

DEMO = "demo.yaml"


class Filled(Struct, frozen=True, kw_only=True):
    """What was done, and the tokens that a site file asked for, to be shown once."""

    made: bool
    issued: Mapping[str, str] = {}
    warnings: Mapping[str, int] = {}


def fill(site: Acting, file: ReadFile | None) -> Filled:
    """Give an empty site the demo, and any site the content of a file that was named."""
    empty = lookups.is_untouched(site.call.session, (GUEST_ID, ADMIN_ID), SITE_COURSE)
    if not empty:
        _require_open(site)
        if file is None:
            return Filled(made=False)
    application = Application(
        site.call, file or _demo(), {*entries(), *site.opened.catalogue.components}
    )
    applied = application.apply(application.plan(), Argon2())
    if empty:
        _open(site.call)
    issued = {made.token.label: made.value for made in applied.issued}
    return Filled(made=empty, issued=issued, warnings=applied.warnings)


def _demo() -> ReadFile:
    """Return the demo site without its tokens: `up` issues some that it can replace next time."""
    read = reading.read(DEMO, model.text_of(DEMO))
    return ReadFile(read.document, msgspec.structs.replace(read.file, tokens=()))


def _open(call: Call) -> None:
    with call.transaction():
        settings.put(call, "enablewebservices", value=True)
        settings.put(call, "webserviceprotocols", ("rest",))


def _require_open(site: Acting) -> None:
    """Leave the doors of a site that is in use as its administrator set them."""
    if site.call.site.webservices_enabled and site.call.site.rest_enabled:
        return
    folder, where = site.opened.settings.data_folder, options(site.opened.settings)
    msg = f"there is a site in {folder} whose web services are off, and `up` does not change that"
    remedy = (
        f"coursewire webservices on{where} && coursewire protocol rest on{where},"
        " or another --data for a demo site"
    )
    raise Failure(msg, remedy=remedy)
