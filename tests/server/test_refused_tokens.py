"""Calls with a token that is refused leave their record, written behind (AUD-1)."""

import asyncio
import json
from typing import Any

from coursewire.domain import tokens
from coursewire.domain.site import ADMIN_ID
from coursewire.server.asgi import DOWNLOAD_PATH
from coursewire.store import audit
from coursewire.store import tokens as store
from tests.support.web import Web

FUNCTION = "core_webservice_get_site_info"


def refusals(web: Web) -> list[Any]:
    return list(reversed(audit.records(web.site.session, action="token.refuse")))


def flushed(web: Web) -> list[Any]:
    asyncio.run(web.server.flush())
    return refusals(web)


def test_aud_1_calls_with_a_revoked_token_leave_one_record(web: Web) -> None:
    token = web.token(ADMIN_ID)
    (found,) = store.listed(web.site.session)
    assert "errorcode" not in web.call(FUNCTION, token).json
    tokens.revoke(web.site.call(), found.id, "it leaked")
    for _ in range(3):
        assert web.call(FUNCTION, token).error[1] == "invalidtoken"
    assert refusals(web) == [], "nothing is written by the call itself"
    (row,) = flushed(web)
    assert (row.target, row.outcome, row.token_handle) == (
        f"token {found.handle}",
        "refused",
        found.handle,
    )
    assert row.reason.endswith("it leaked")
    assert row.address == "127.0.0.1"
    assert row.request_id
    assert json.loads(row.details) == {"check": "token known"}
    web.call(FUNCTION, token)
    assert len(flushed(web)) == 1


def test_aud_1_a_token_that_is_refused_a_file_leaves_a_record(web: Web) -> None:
    token = web.token(ADMIN_ID, iprestriction="10.0.0.1")
    answer = web.request("GET", f"{DOWNLOAD_PATH}/1/a/b", query=f"token={token}".encode())
    assert "error" in answer.json
    (row,) = flushed(web)
    assert json.loads(row.details) == {"check": "token address"}


def test_aud_1_calls_with_unknown_tokens_leave_one_record_for_all(web: Web) -> None:
    for number in range(5):
        web.call(FUNCTION, f"{number:032x}")
    web.request("GET", f"{DOWNLOAD_PATH}/1/a/b", query=b"token=" + b"f" * 32)
    # No token at all is none that is refused.
    web.call(FUNCTION, "")
    (row,) = flushed(web)
    assert (row.target, json.loads(row.details)) == ("unknown tokens", {"calls": 6})
    assert row.token_handle == row.address == row.actor == ""


def test_aud_1_a_call_that_is_refused_for_what_it_asks_leaves_no_record(web: Web) -> None:
    token = web.token(ADMIN_ID)
    web.call("core_invented", token)
    web.call("core_group_get_groups", token, groupids=[999])
    assert flushed(web) == []
