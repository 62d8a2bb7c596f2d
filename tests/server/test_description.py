"""`webservice/openapi.json`: the service of a token as a document, and nobody else's."""

from typing import Any

import pytest
from openapi_spec_validator import validate
from sqlalchemy.exc import TimeoutError as PoolTimeout

from coursewire.contracts.core_group.groups import get_groups
from coursewire.domain import authorised_users, services, tokens
from coursewire.domain.services import Changes
from coursewire.reference.openapi import PATH
from coursewire.store import services as service_rows
from tests.support import making
from tests.support.sites import URL
from tests.support.web import Answer, Web

DESCRIPTION = "/webservice/openapi.json"
FUNCTIONS = ("core_group_get_groups", "core_webservice_get_site_info")


class Holder:
    """A user with a token of one service that is restricted to authorised users."""

    def __init__(self, web: Web, name: str = "svc") -> None:
        self.web, self.site = web, web.site
        self.user_id = making.user_with(web.site, name, "webservice/rest:use")
        self.service_id = making.service(web.site, name, *FUNCTIONS, users=[self.user_id])
        self.token = making.token(web.site, self.user_id, self.service_id)

    def ask(self, method: str = "POST", **fields: Any) -> Answer:
        form = "&".join(f"{key}={value}" for key, value in fields.items()).encode()
        if method == "POST":
            return self.web.request(path=DESCRIPTION, body=form)
        return self.web.request(method, DESCRIPTION, query=form)


@pytest.fixture
def holder(web: Web) -> Holder:
    return Holder(web)


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_the_service_of_the_token_is_described(holder: Holder, method: str) -> None:
    answer = holder.ask(method, wstoken=holder.token)
    assert answer.status == 200
    assert answer.header("content-type") == "application/json"
    assert "no-store" in answer.header("cache-control")
    document = answer.json
    validate(document)
    assert sorted(document["paths"]) == [PATH + name for name in FUNCTIONS]
    assert document["servers"] == [{"url": URL}]
    assert document["openapi"] == "3.1.0"
    assert document["info"]["title"] == "svc"
    assert holder.token not in answer.body.decode()


def test_the_described_path_takes_the_call(holder: Holder) -> None:
    path = PATH + get_groups.name
    form = f"wstoken={holder.token}&wsfunction={get_groups.name}&moodlewsrestformat=json"
    answer = holder.web.request(path=path, body=f"{form}&groupids[0]=99".encode())
    assert answer.error[1] == "invalidrecordunknown"


def test_a_service_may_be_named_if_it_is_that_of_the_token(holder: Holder) -> None:
    Holder(holder.web, "other")
    assert holder.ask(wstoken=holder.token, service="svc").json["info"]["title"] == "svc"
    # Of a service that exists no more is told than of one that does not.
    refusals = [holder.ask(wstoken=holder.token, service=it).json for it in ("other", "nothing")]
    assert refusals[0] == refusals[1]
    assert refusals[0]["errorcode"] == "accessexception"


def test_functions_that_are_added_are_described_at_once(holder: Holder) -> None:
    assert len(holder.ask(wstoken=holder.token).json["paths"]) == 2
    services.remove_functions(holder.site.call(), holder.service_id, [FUNCTIONS[0]])
    assert list(holder.ask(wstoken=holder.token).json["paths"]) == [PATH + FUNCTIONS[1]]


def test_nobody_without_a_token_of_the_service_sees_anything(holder: Holder) -> None:
    for fields in ({}, {"wstoken": ""}, {"wstoken": "0" * 32}, {"wstoken[a]": holder.token}):
        answer = holder.ask(**fields)
        assert answer.error[1] == "invalidtoken", fields
        assert set(answer.json) <= {"exception", "errorcode", "message"}


def test_a_token_that_may_not_call_may_not_read_either(holder: Holder) -> None:
    call = holder.site.call()
    authorised_users.deauthorise(call, holder.service_id, holder.user_id)
    assert holder.ask(wstoken=holder.token).error[1] == "accessexception"
    authorised_users.authorise(holder.site.call(), holder.service_id, holder.user_id)
    services.edit(holder.site.call(), holder.service_id, Changes(enabled=False))
    assert holder.ask(wstoken=holder.token).error[1] == "accessexception"
    services.edit(holder.site.call(), holder.service_id, Changes(enabled=True))
    (record,) = tokens.list_of(holder.site.call(), user_id=holder.user_id)
    tokens.revoke(holder.site.call(), record.id)
    assert holder.ask(wstoken=holder.token).error[1] == "invalidtoken"


def test_without_web_services_there_is_no_description(holder: Holder) -> None:
    making.setting(holder.site, "enablewebservices", value=False)
    assert "paths" not in holder.ask(wstoken=holder.token).json


def test_other_methods_are_refused(holder: Holder) -> None:
    assert holder.web.request("PUT", DESCRIPTION).status == 405
    head = holder.web.request("HEAD", DESCRIPTION, query=f"wstoken={holder.token}".encode())
    assert (head.status, head.body) == (200, b"")
    assert holder.web.request("OPTIONS", DESCRIPTION).status == 204


def test_a_body_over_the_limit_is_refused(holder: Holder) -> None:
    answer = holder.ask(wstoken=holder.token, **{f"f{number}": "" for number in range(20_000)})
    assert answer.status == 400


def test_a_token_that_asks_too_often_is_told_when_to_come_back(holder: Holder) -> None:
    limited = making.token(holder.site, holder.user_id, holder.service_id, rate=1, burst=1)
    assert holder.ask(wstoken=limited).status == 200
    answer = holder.ask(wstoken=limited)
    assert (answer.status, answer.error[1]) == (429, "toomanyrequests")
    assert int(answer.header("retry-after")) > 0


def test_trouble_of_the_database_is_told_as_such(
    holder: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise PoolTimeout

    monkeypatch.setattr(service_rows, "get", away)
    answer = holder.ask(wstoken=holder.token)
    assert (answer.status, answer.error[1]) == (503, "databaseunavailable")
    assert answer.header("retry-after") == "1"
