"""What the server does once a day: tokens that ended long ago are removed (TOK-8, D12)."""

import asyncio

import pytest
from sqlalchemy import select

from coursewire.domain import course_deletion, draft_files, stored_files, tokens
from coursewire.domain.call import Call
from coursewire.domain.site import ADMIN_ID
from coursewire.domain.stored_files import Area, NewFile
from coursewire.domain.token_ends import KEPT
from coursewire.store import kept_answers
from coursewire.store import tokens as store
from coursewire.store.problems import OutcomeUnknown
from coursewire.store.schema.audit import audit_records
from coursewire.store.schema.files import file_contents
from coursewire.store.session import Session
from tests.support import making
from tests.support.sites import TestSite
from tests.support.web import Web

DAY = 86_400


def purges(site: TestSite, action: str = "token.purge") -> int:
    actions = select(audit_records.c.action).where(audit_records.c.action == action)
    return len(site.session.scalars(actions))


def draft(call: Call, item: int, name: str) -> Area:
    """A file in a draft area of the caller, of bytes that no other file has."""
    area = draft_files.area(call, item)
    draft_files.add(call, area, NewFile(filename=name, content=name.encode()))
    return area


def contents(site: TestSite) -> set[bytes]:
    """What is kept of files."""
    return {bytes(each) for each in site.session.scalars(select(file_contents.c.content))}


def test_dur_10_work_that_failed_is_not_put_off_for_a_day(
    web: Web, site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def fail_once(_session: Session, before: int) -> None:
        asked.append(before)
        if len(asked) == 1:
            raise OutcomeUnknown

    monkeypatch.setattr(kept_answers, "purge", fail_once)
    for passed, times in ((60, 1), (59, 1), (1, 2), (DAY - 1, 2), (1, 3)):
        site.clock.pass_seconds(passed)
        asyncio.run(web.server.keep_up())
        assert len(asked) == times


def test_ended_tokens_are_removed_by_the_running_server(web: Web, site: TestSite) -> None:
    user = making.user(site, "ann")
    service = making.service(site, "s", "core_webservice_get_site_info", users=[user])
    making.token(site, user, service)
    (token,) = tokens.list_of(site.call(ADMIN_ID), user_id=user)
    tokens.revoke(site.call(ADMIN_ID), token.id)
    asyncio.run(web.server.keep_up())
    assert store.get(site.session, token.id) is not None

    site.clock.pass_seconds(KEPT - 1)
    asyncio.run(web.server.keep_up())
    assert store.get(site.session, token.id) is not None

    site.clock.pass_seconds(DAY - 2)
    asyncio.run(web.server.keep_up())
    assert store.get(site.session, token.id) is not None, "not due again yet"

    site.clock.pass_seconds(3)
    asyncio.run(web.server.keep_up())
    assert store.get(site.session, token.id) is None
    assert purges(site) == 1

    site.clock.pass_seconds(DAY)
    asyncio.run(web.server.keep_up())
    assert purges(site) == 1, "nothing was left to remove"


def test_d12_the_first_use_of_an_expired_token_is_answered_alike_before_and_after(
    web: Web, site: TestSite
) -> None:
    user = making.user(site, "ann")
    service = making.service(site, "s", "core_webservice_get_site_info", users=[user])
    early, late = (making.token(site, user, service, validuntil=site.now + 1) for _ in range(2))
    site.clock.pass_seconds(1000 * DAY)

    def answers(token: str) -> list[str]:
        return [web.call("core_webservice_get_site_info", token).error[1] for _ in range(2)]

    assert answers(early) == ["accessexception", "invalidtoken"]
    asyncio.run(web.server.keep_up())
    assert answers(late) == ["accessexception", "invalidtoken"]


def test_drafts_that_nobody_goes_on_with_are_removed(web: Web, site: TestSite) -> None:
    old, used = draft(site.call(), 1, "old"), draft(site.call(), 2, "used")
    site.clock.pass_seconds(draft_files.KEPT)
    asyncio.run(web.server.keep_up())
    draft(site.call(), 2, "new")
    assert contents(site) == {b"old", b"used", b"new"}

    site.clock.pass_seconds(DAY)
    asyncio.run(web.server.keep_up())
    assert stored_files.of_area(site.call(), old) == []
    assert [file.filename for file in stored_files.of_area(site.call(), used)] == ["new", "used"]
    assert contents(site) == {b"used", b"new"}
    assert purges(site, "file.purge") == 1

    site.clock.pass_seconds(draft_files.KEPT)
    asyncio.run(web.server.keep_up())
    assert contents(site) == set()


def test_other_files_are_no_drafts(web: Web, site: TestSite) -> None:
    area = Area(context_id=site.load().system.id, component="user", filearea="icon")
    stored_files.add(site.call(), area, NewFile(filename="f1.png", content=b"picture"))
    site.clock.pass_seconds(100 * DAY)
    asyncio.run(web.server.keep_up())
    assert contents(site) == {b"picture"}
    assert purges(site, "file.purge") == 0


def test_many_drafts_go_in_parts(web: Web, site: TestSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft_files, "_PART", 2)
    for item in range(1, 6):
        draft(site.call(), item, str(item))
    site.clock.pass_seconds(draft_files.KEPT + 1)
    for left in (3, 1, 0):
        asyncio.run(web.server.keep_up())
        assert len(contents(site)) == left
    assert purges(site, "file.purge") == 3


def test_the_files_of_a_deleted_course_leave_nothing_behind(web: Web, site: TestSite) -> None:
    course = making.course(site, "ALG")
    place = making.course_context(site, course)
    area = Area(context_id=place.id, component="course", filearea="summary")
    stored_files.add(site.call(), area, NewFile(filename="a.txt", content=b"course"))
    course_deletion.delete(site.call(), course)
    site.clock.pass_seconds(DAY)
    asyncio.run(web.server.keep_up())
    assert contents(site) == set()


def test_contents_that_are_left_behind_go_in_parts(
    web: Web, site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draft_files, "_PART", 2)
    course = making.course(site, "ALG")
    place = making.course_context(site, course)
    area = Area(context_id=place.id, component="course", filearea="summary")
    for name in "abcde":
        new = NewFile(filename=f"{name}.txt", content=name.encode())
        stored_files.add(site.call(), area, new)
    course_deletion.delete(site.call(), course)
    site.clock.pass_seconds(DAY)
    for left in (3, 1, 0):
        asyncio.run(web.server.keep_up())
        assert len(contents(site)) == left
