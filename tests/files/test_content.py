"""The content of files: once for all files of the same bytes."""

from sqlalchemy import func, select

from coursewire.files import content
from coursewire.store.schema.files import file_contents
from tests.support.sites import TestSite


def test_bytes_are_kept_once_and_read_by_their_hash(site: TestSite) -> None:
    session = site.session
    with session.transaction():
        before = session.scalar(select(func.count()).select_from(file_contents))
        first = content.keep(session, b"\x00text")
        assert content.keep(session, b"\x00text") == first
        assert content.keep(session, b"") != first
        assert session.scalar(select(func.count()).select_from(file_contents)) == before + 2
    assert content.read(session, first) == b"\x00text"
    assert content.read(session, "0" * 64) is None
