"""Site files applied to test sites."""

from collections.abc import Collection

from coursewire.contracts.registry import entries
from coursewire.domain.call import Call
from coursewire.sitefile import reading
from coursewire.sitefile.apply import Application, Applied
from coursewire.sitefile.plan import Plan
from coursewire.sitefile.reading import ReadFile
from tests.support.hashing import Cheap
from tests.support.sites import TestSite

NAME = "site.yaml"


def application(
    site: TestSite,
    file: str | ReadFile,
    *,
    prune: Collection[str] = (),
    call: Call | None = None,
) -> Application:
    """A site file, as text or read, about to be applied by the administrator."""
    read = reading.read(NAME, file.encode()) if isinstance(file, str) else file
    return Application(call or site.call(), read, entries().keys(), prune)


def plan(site: TestSite, file: str | ReadFile, *, prune: Collection[str] = ()) -> Plan:
    return application(site, file, prune=prune).plan()


def lines(site: TestSite, file: str | ReadFile, *, prune: Collection[str] = ()) -> list[str]:
    """The plan as it is shown."""
    return [change.text for change in plan(site, file, prune=prune).changes]


def apply(site: TestSite, file: str | ReadFile, *, prune: Collection[str] = ()) -> Applied:
    """Plan and apply, with passwords that cost nothing."""
    applying = application(site, file, prune=prune)
    return applying.apply(applying.plan(), Cheap())
