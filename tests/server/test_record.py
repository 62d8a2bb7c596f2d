"""What is recorded of each request: no token, under whatever name a client sent it (AUD-6)."""

from collections.abc import Iterator

import pytest
import structlog

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
