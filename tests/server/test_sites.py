"""The view of the site that servers keep, for the version of the facts that it is true for."""

from coursewire.server.sites import Sites, SiteView
from coursewire.store.session import Session
from tests.support.web import Web


def test_tok_9_a_thread_that_was_held_up_gives_nobody_its_older_view(web: Web) -> None:
    runtime, session = web.server.runtime, web.site.session
    newer, older = (runtime.sites.read(session) for _ in range(2))
    found, told, others = iter([newer, older, newer]), list[SiteView](), list[int]()

    class HeldUp(Sites):
        def read(self, _session: Session) -> SiteView:
            return next(found)

        def __setattr__(self, name: str, value: object) -> None:
            super().__setattr__(name, value)
            if others:
                # Another thread asks as soon as this one has written something down.
                told.append(self.current(session, others.pop()))

    sites = HeldUp(web.site.database, runtime.options, web.catalogue)
    assert sites.current(session, 2) is newer
    others.append(2)
    assert sites.current(session, 1) is older
    assert told[0] is newer
