"""What the server does once a day: tokens that ended long ago are removed (TOK-8, D12)."""

import asyncio

import pytest
from sqlalchemy import select

from coursewire.domain import tokens
from coursewire.domain.site import ADMIN_ID
from coursewire.domain.token_ends import KEPT
from coursewire.store import kept_answers
from coursewire.store import tokens as store
from coursewire.store.problems import OutcomeUnknown
from coursewire.store.schema.audit import audit_records
from coursewire.store.session import Session
from tests.support import making
from tests.support.sites import TestSite
from tests.support.web import Web

DAY = 86_400


def purges(site: TestSite) -> int:
    actions = select(audit_records.c.action).where(audit_records.c.action == "token.purge")
    return len(site.session.scalars(actions))


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
