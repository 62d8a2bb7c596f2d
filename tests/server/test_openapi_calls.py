"""Every operation of the OpenAPI document, with what its schema generates: no server error."""

from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from coursewire.functions.catalogue import built_in
from coursewire.reference.openapi import document
from tests.support import making
from tests.support.sizes import NIGHT, size
from tests.support.web import Web

EXAMPLES = size(20, 3_000)
DOCUMENT = document(
    (bound.contract for bound in built_in().all()), server="http://127.0.0.1", version="1"
)
# Schemathesis keeps the types of its operations to itself.
LOADED: Any = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS: dict[str, Any] = {
    operation.path.rpartition("/")[2]: operation
    for operation in (found.ok() for found in LOADED.get_all_operations())
}
ENGINES = ["sqlite", "postgres"] if NIGHT else ["sqlite"]


@pytest.mark.parametrize("engine_name", ENGINES, indirect=True)
@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_no_form_that_fits_the_schema_breaks_the_server(web: Web, name: str) -> None:
    making.course(web.site, "ALG")
    making.user(web.site, "ann")
    codes: set[str] = set()

    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        derandomize=not NIGHT,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(OPERATIONS[name].as_strategy())
    def call(case: Any) -> None:
        # Anew each time: a call may have ended the tokens of this user.
        form = {**case.body, "wstoken": web.token()}
        body = urlencode({key: _text(value) for key, value in form.items()}, errors="replace")
        answer = web.request(body=body.encode())
        assert answer.status < 500, (answer.status, form)
        found = answer.json
        code = (
            found.get("errorcode", "") if isinstance(found, dict) and "exception" in found else ""
        )
        assert code != "internalerror", form
        codes.add(code)

    call()
    assert codes - {"invalidtoken", "accessexception"}, "no call got as far as the function"


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
