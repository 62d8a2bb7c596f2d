"""Calls made in this process, in the site of a data folder, as its administrator."""

from typing import Literal
from urllib.parse import urlencode

from coursewire.app import administrator_call
from coursewire.cli.acting import Acting
from coursewire.cli.call_parameters import Fields
from coursewire.cli.common import Failure
from coursewire.cli.finding import require_functions
from coursewire.client import Moodle
from coursewire.client._exchange import Answer, Outcome, Send
from coursewire.contracts.errors import Refusal
from coursewire.functions.binding import AnyBound
from coursewire.server.options import ServerOptions
from coursewire.server.sites import Sites
from coursewire.wire.faults import fault_document
from coursewire.wire.form import decode_form
from coursewire.wire.limits import DEFAULT_LIMITS, LimitExceeded
from coursewire.wire.plan import plan_of
from coursewire.wire.request import read_rest

_JSON = {"content-type": "application/json"}


def bound_function(site: Acting, function: str) -> AnyBound:
    """Return a function of the site, or say why it cannot be called."""
    require_functions(site, [function])
    bound = site.opened.catalogue.get(function)
    if bound is None:
        msg = f"{function} is not implemented yet"
        raise Failure(msg, remedy="coursewire functions --implemented lists what is")
    return bound


def answer(site: Acting, bound: AnyBound, fields: Fields, form: Literal["json", "xml"]) -> bytes:
    """Call a function, from form fields to bytes as the server does; raises its refusal."""
    opened = site.opened
    # Each call sees the site of its moment, as each request does.
    call = administrator_call(opened, site.call.session)
    options = ServerOptions(site_url=opened.settings.site_url)
    known = Sites(opened.database, options, opened.catalogue).read(call.session).known
    plan = plan_of(bound.contract)
    request = read_rest(decode_form(urlencode(fields).encode(), DEFAULT_LIMITS).tree, known)
    call.text = request.settings
    result = bound.body(call, plan.params(request.arguments, known))
    plan.returns(result, known)
    return b"".join(plan.json(result) if form == "json" else plan.xml(result))


def told(refusal: Refusal) -> Failure:
    """Return a refusal with the reason that stays off the wire."""
    if isinstance(refusal, LimitExceeded):
        return Failure(str(refusal))
    code = f" ({refusal.errorcode})" if refusal.errorcode else ""
    return Failure(f"{refusal.reason}{code}", remedy=refusal.remedy)


class MoodleHere(Moodle):
    """The client's batches with this process in the place of a server."""

    def __init__(self, site: Acting, bound: AnyBound) -> None:
        super().__init__("http://127.0.0.1", "none is needed here", retries=0)
        self._site = site
        self._bound = bound

    def _send(self, send: Send) -> Outcome:
        fields = [(field.name, field.text) for field in send.request.fields]
        try:
            body = answer(self._site, self._bound, fields, "json")
        except Refusal as refusal:
            body = fault_document(refusal, "json", debuginfo=refusal.reason)
        return Answer(status=200, headers=_JSON, body=body)
