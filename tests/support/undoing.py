"""Work on a site that leaves no trace, for many examples on one site."""

from collections.abc import Generator
from contextlib import contextmanager, suppress

from tests.support.sites import TestSite


class _Undone(Exception):
    """Ends the transaction of an example."""


@contextmanager
def undone(site: TestSite) -> Generator[None]:
    """Leave the site after an example as it was before."""
    with suppress(_Undone), site.session.transaction():
        yield
        raise _Undone
