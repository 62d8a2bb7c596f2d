"""What is recorded of each request: no token, under whatever name a client sent it (AUD-6)."""

import json
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import text

from coursewire.server import logs
from coursewire.server.asgi import (
    ANONYMOUS_PATH,
    DOWNLOAD_PATH,
    LOGIN_PATH,
    OPENAPI_PATH,
    UPLOAD_PATH,
)
from coursewire.store import audit
from tests.support.web import Web


@pytest.fixture
def logged() -> Iterator[None]:
    """The log as the server has it; what others made of it comes back."""
    before = structlog.get_config()
    logs.configure("info")
    yield
    structlog.configure(**before)


@pytest.mark.parametrize(
    "where", ["wsfunction", "wstoken=TOKEN&wsfunction", "moodlewssettinglang[]"]
)
def test_aud_6_a_token_sent_under_another_name_is_in_no_log(
    web: Web, where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    token = web.token()
    web.request(body=f"{where}=TOKEN".replace("TOKEN", token).encode())
    web.server.runtime.calls.flush(web.site.session)
    (row,) = audit.recorded_calls(web.site.session)
    assert token not in repr(row)
    said = capsys.readouterr()
    assert token not in said.out + said.err


def test_aud_6_a_token_as_the_name_of_a_parameter_is_in_no_log(web: Web) -> None:
    token, function = web.token(), "core_webservice_get_site_info"
    web.request(body=f"wstoken={token}&wsfunction={function}&{token}=1".encode())
    web.server.runtime.calls.flush(web.site.session)
    (row,) = audit.recorded_calls(web.site.session)
    assert (row.function, row.outcome) == (function, "invalidparameter")
    assert token not in repr(row)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (f"{LOGIN_PATH}/TOKEN", ""),
        (f"{UPLOAD_PATH}/TOKEN", ""),
        (f"{DOWNLOAD_PATH}/1/user/TOKEN", ""),
        (f"{ANONYMOUS_PATH}/TOKEN", 'args=[{"index":0,"methodname":"TOKEN","args":{}}]'),
        (OPENAPI_PATH, "wstoken=TOKEN&service=TOKEN"),
        (LOGIN_PATH, "username=TOKEN&password=TOKEN&service=TOKEN"),
    ],
)
@pytest.mark.usefixtures("logged")
def test_aud_6_a_token_sent_to_another_script_is_in_no_log(
    web: Web, path: str, query: str, capsys: pytest.CaptureFixture[str]
) -> None:
    token = web.token()
    sent = query.replace("TOKEN", token).encode()
    web.request("GET", path.replace("TOKEN", token), query=sent)
    said = capsys.readouterr().err
    assert '"refused"' in said
    assert token not in said


# What makes the database refuse a row for a reason that no rule foresaw.
_BREAKING = {
    "sqlite": [
        "CREATE TRIGGER broken BEFORE INSERT ON users BEGIN INSERT INTO nowhere VALUES (1); END"
    ],
    "postgresql": [
        "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE 'broken' USING DETAIL = NEW::text; END$$",
        "CREATE TRIGGER broken BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION broken()",
    ],
}


@pytest.mark.usefixtures("logged")
def test_aud_6_the_trace_of_an_incident_holds_no_value_of_a_statement(
    web: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    """N5: whoever reads logs learns nothing of what a statement was to store."""
    for statement in _BREAKING[web.site.database.engine_name]:
        web.site.session.execute(text(statement))
    new = {
        "username": "canary-u",
        "password": "Canary-2-guess",
        "firstname": "Canary-f",
        "lastname": "N",
        "email": "canary@example.org",
    }
    answer = web.call("core_user_create_users", web.token(), users=[new])
    assert answer.error[1] == "internalerror"
    (line,) = [one for one in capsys.readouterr().err.splitlines() if '"incident"' in one]
    trace = json.loads(line)["exception"]
    assert "store/users.py" in trace
    assert ("no such table" if web.site.database.engine_name == "sqlite" else "broken") in trace
    for value in ("canary", "Canary", "$argon2", "INSERT"):
        assert value not in line
