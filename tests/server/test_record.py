"""What is recorded of each request: no token, under whatever name a client sent it (AUD-6)."""

import pytest

from coursewire.store import audit
from tests.support.web import Web


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
