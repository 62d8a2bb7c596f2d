"""A real call with a token that was just made, and lines to take along for making it again."""

import json
import time
from collections.abc import Sequence
from urllib.parse import urlencode

from msgspec import Struct

from coursewire.console.visit import Visit
from coursewire.contracts.errors import Refusal
from coursewire.contracts.function import AnyFunction
from coursewire.domain import outlook
from coursewire.domain.foresight import ANYTHING, Circumstances
from coursewire.domain.outlook import Contracts, Outlook
from coursewire.server.call import Arrival, Outcome, answer
from coursewire.wire.faults import fault_document
from coursewire.wire.form import decode_form

SITE_INFO = "core_webservice_get_site_info"
ENDPOINT = "/webservice/rest/server.php"
_SHOWN = 4_000
_MOST_SHOWN = 20_000


class Called(Struct, frozen=True, kw_only=True):
    """What came of the call; without `function` nothing was called, only looked at."""

    function: str
    works: bool
    status: int = 200
    milliseconds: float = 0.0
    body: str = ""
    sentence: str = ""


class Examples(Struct, frozen=True, kw_only=True):
    """The same call for a shell, for Python, and as a file of variables."""

    curl: str
    python: str
    env: str


def contracts(visit: Visit) -> Contracts:
    """Return how the contract of a function that is answered is found."""

    def contract(name: str) -> AnyFunction | None:
        bound = visit.catalogue.get(name)
        return None if bound is None else bound.contract

    return contract


def look(visit: Visit, handle: str, picked: Circumstances = ANYTHING, address: str = "") -> Outlook:
    """Return how a token stands."""

    return outlook.of_token(visit.call, handle, contracts(visit), picked, address or None)


def call(visit: Visit, token: str, looked: Outlook) -> Called:
    """Call site info through the server's own line; evaluate where the service lacks it."""
    if all(each.name != SITE_INFO for each in looked.functions):
        return _evaluated(looked)
    form = f"wstoken={token}&wsfunction={SITE_INFO}&moodlewsrestformat=json"
    arrival = Arrival(
        tree=decode_form(form.encode("ascii")).tree,
        method="POST",
        address=visit.request.address,
        request_id=visit.call.origin.request_id,
        token_in_query=False,
    )
    begun = time.perf_counter()
    outcome = answer(visit.runtime, visit.session, arrival)
    milliseconds = (time.perf_counter() - begun) * 1000
    if outcome.refusal is not None:
        sentence = f"{outcome.refusal.errorcode}: {outcome.refusal.reason}"
        return Called(function=SITE_INFO, works=False, milliseconds=milliseconds, sentence=sentence)
    if outcome.closed:
        sentence = "web services or REST are off"
        return Called(function=SITE_INFO, works=False, status=403, sentence=sentence)
    body = b"".join(outcome.chunks).decode()
    return Called(function=SITE_INFO, works=True, milliseconds=milliseconds, body=_readable(body))


class Ran(Struct, frozen=True, kw_only=True):
    """What came of a call that was tried."""

    status: int
    milliseconds: float
    size: int
    body: str
    errorcode: str = ""
    failed_check: str = ""
    cut: bool = False


def run(visit: Visit, handle: str, function: str, given: Sequence[tuple[str, str]]) -> Ran:
    """Make a call by a token's handle through the server's own line."""
    # The last field of a name counts, so nothing given can take the place of these.
    controls = (("wstoken", handle), ("wsfunction", function), ("moodlewsrestformat", "json"))
    form = urlencode([*given, *controls]).encode("ascii")
    begun = time.perf_counter()
    try:
        arrival = Arrival(
            tree=decode_form(form, visit.runtime.options.limits).tree,
            method="POST",
            address=visit.request.address,
            request_id=visit.call.origin.request_id,
            token_in_query=False,
            format="json",
            handle=handle,
        )
        outcome = answer(visit.runtime, visit.session, arrival)
    except Refusal as problem:
        outcome = Outcome(format="json", function=function, refusal=problem)
    milliseconds = (time.perf_counter() - begun) * 1000
    if outcome.closed:
        sentence = "Web services or REST are off: every call is answered with status 403."
        return Ran(
            status=403,
            milliseconds=milliseconds,
            size=0,
            body=sentence,
            failed_check=outcome.failed_check,
        )
    refusal = outcome.refusal
    body = b"".join(outcome.chunks) if refusal is None else fault_document(refusal, "json")
    return Ran(
        status=200 if refusal is None else refusal.status,
        milliseconds=milliseconds,
        size=len(body),
        body=_indented(body),
        errorcode="" if refusal is None else refusal.errorcode or "error",
        failed_check=outcome.failed_check,
        cut=len(body) > _MOST_SHOWN,
    )


def _indented(body: bytes) -> str:
    if len(body) > _MOST_SHOWN:
        return body[:_MOST_SHOWN].decode("utf-8", "replace")
    document = json.loads(body or b"null")
    if isinstance(document, dict) and "userprivateaccesskey" in document:
        document["userprivateaccesskey"] = "(not shown)"
    return json.dumps(document, indent=1, ensure_ascii=False)


def _evaluated(looked: Outlook) -> Called:
    failing = looked.failing
    sentence = failing[0].fact if failing else "nothing stands in the way of its calls"
    return Called(function="", works=not failing, sentence=sentence)


def _readable(body: str) -> str:
    document = json.loads(body)
    document.pop("userprivateaccesskey", None)
    return json.dumps(document, indent=1, ensure_ascii=False)[:_SHOWN]


def examples(url: str, token: str, looked: Outlook) -> Examples:
    """Return lines that call a function of the token's service."""
    names = [each.name for each in looked.functions]
    reading = [each.name for each in looked.functions if each.kind == "read"]
    name = SITE_INFO if SITE_INFO in names else next(iter([*reading, *names]), SITE_INFO)
    curl = (
        f"curl {url}{ENDPOINT} -d wstoken={token} -d wsfunction={name} -d moodlewsrestformat=json"
    )
    python = (
        "from coursewire import Moodle\n\n"
        f'with Moodle("{url}", "{token}") as moodle:\n'
        f"    print(moodle.{name}())\n"
    )
    env = f"MOODLE_URL={url}\nMOODLE_TOKEN={token}\n"
    return Examples(curl=curl, python=python, env=env)
