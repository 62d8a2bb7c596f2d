"""Files that two processes store and remove at the same moment on PostgreSQL (DUR-6)."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

import pytest

from coursewire.contracts.errors import MoodleError
from coursewire.domain import draft_files, stored_files
from coursewire.domain.call import Call
from coursewire.domain.stored_files import Area, NewFile
from coursewire.store.session import Session
from tests.support import making
from tests.support.sites import TestSite

pytestmark = pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
ONE, TWO = (Area(context_id=1, component="user", filearea="draft", itemid=n) for n in (1, 2))
SAME = NewFile(filename="a.txt", content=b"the same bytes")
# Seconds within which a thread that waits for no lock is done.
SOON = 0.5


@contextmanager
def meanwhile(site: TestSite, work: Callable[[Call], object]) -> Generator[list[Exception]]:
    """Let another process do this while the transaction inside is open; it ends after it."""
    failed: list[Exception] = []

    def other() -> None:
        with site.database.session() as session:
            try:
                work(site.call(session=session))
            except Exception as error:  # noqa: BLE001 - looked at by the test
                failed.append(error)

    thread = threading.Thread(target=other)
    with site.call().session.transaction():
        yield failed
        thread.start()
        thread.join(SOON)
    thread.join()


def content_of(site: TestSite, area: Area) -> bytes:
    (file,) = stored_files.of_area(site.call(), area)
    return stored_files.content(site.call(), file)


def test_dur_6_content_stays_that_a_new_file_has_while_the_old_one_goes(site: TestSite) -> None:
    stored_files.add(site.call(), ONE, SAME)
    with meanwhile(site, lambda call: stored_files.remove(call, ONE)) as failed:
        stored_files.add(site.call(), TWO, SAME)
    assert failed == []
    assert content_of(site, TWO) == SAME.content


def test_dur_6_content_is_stored_anew_that_goes_with_its_last_file(site: TestSite) -> None:
    stored_files.add(site.call(), ONE, SAME)
    with meanwhile(site, lambda call: stored_files.add(call, TWO, SAME)) as failed:
        stored_files.remove(site.call(), ONE)
    assert failed == []
    assert content_of(site, TWO) == SAME.content


def test_dur_6_the_same_content_is_stored_twice_at_once(site: TestSite) -> None:
    with meanwhile(site, lambda call: stored_files.add(call, TWO, SAME)) as failed:
        stored_files.add(site.call(), ONE, SAME)
    assert failed == []
    assert content_of(site, ONE) == content_of(site, TWO) == SAME.content


def test_dur_6_of_two_files_with_one_name_the_slower_is_told_that_it_is_taken(
    site: TestSite,
) -> None:
    with meanwhile(site, lambda call: stored_files.add(call, ONE, SAME)) as failed:
        stored_files.add(site.call(), ONE, SAME)
    assert [type(error) for error in failed] == [MoodleError]
    assert content_of(site, ONE) == SAME.content


def test_dur_6_two_uploads_at_once_do_not_both_take_the_last_room(site: TestSite) -> None:
    user = making.user(site, "ann")
    making.setting(site, "userquota", 2 * len(SAME.content) - 1)

    def upload(session: Session) -> None:
        call = site.call(user, session=session)
        with call.transaction():
            draft_files.require_room(call, [len(SAME.content)])
            draft_files.add(call, draft_files.area(call, 0), SAME)

    with meanwhile(site, lambda call: upload(call.session)) as failed:
        upload(site.session)
    (refusal,) = failed
    assert isinstance(refusal, MoodleError)
    assert refusal.errorcode == "userquotalimit"
