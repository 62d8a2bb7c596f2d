"""Every operation of the OpenAPI document, with what its schema generates: no server error.

At night both engines are asked with the same form, and must say the same of it.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from coursewire.functions.catalogue import built_in
from coursewire.reference.openapi import document
from tests.conftest import STATE
from tests.support import making
from tests.support.sites import fresh_address, opened
from tests.support.sizes import NIGHT, size
from tests.support.web import Web
from tests.support.web import web as web_application

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


class Asked:
    """A site that is called with forms, by a token that works."""

    def __init__(self, web: Web) -> None:
        making.course(web.site, "ALG")
        making.user(web.site, "ann")
        self._web = web
        self._token = web.token()

    def call(self, form: dict[str, Any]) -> str:
        """Return the errorcode of the answer, '' for none."""
        code = self._call(form)
        if code == "invalidtoken":
            # A call before this one has ended the tokens of this user.
            self._token = self._web.token()
            code = self._call(form)
        return code

    def _call(self, form: dict[str, Any]) -> str:
        fields = {name: _text(value) for name, value in form.items()} | {"wstoken": self._token}
        answer = self._web.request(body=urlencode(fields, errors="replace").encode())
        assert answer.status < 500, (answer.status, form)
        found = answer.json
        is_refused = isinstance(found, dict) and "exception" in found
        code = str(found.get("errorcode", "")) if is_refused else ""
        assert code != "internalerror", form
        return code


@pytest.fixture
def sites(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Asked]]:
    with ExitStack() as stack:
        found: list[Asked] = []
        for cluster in (None, request.getfixturevalue("postgres")) if NIGHT else (None,):
            place = fresh_address(tmp_path, Path(os.environ[STATE]), cluster)
            site = stack.enter_context(opened(stack.enter_context(place), tmp_path))
            found.append(Asked(stack.enter_context(web_application(site))))
        yield found


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_no_form_that_fits_the_schema_breaks_the_server(sites: list[Asked], name: str) -> None:
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
        told = {site.call(case.body) for site in sites}
        assert len(told) == 1, (told, case.body)
        codes.update(told)

    call()
    assert codes - {"invalidtoken", "accessexception"}, "no call got as far as the function"


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
