"""Calls without a request of their own: inside another call, and before anybody has logged in."""

from coursewire.contracts.errors import Refusal
from coursewire.domain import gate_refusals as refuse
from coursewire.domain.call import Call
from coursewire.domain.inner_calls import InnerAnswer, InnerCall
from coursewire.functions.binding import AnyBound
from coursewire.server.runtime import Runtime
from coursewire.server.sites import SiteView
from coursewire.store import access as accesses
from coursewire.wire.chunks import bounded
from coursewire.wire.encode_json import encode_json

# What Moodle says of a function that the service does not have: no message, no link.
_NOT_IN_SERVICE = {"errorcode": "accessexception", "module": "webservice"}


def run(runtime: Runtime, view: SiteView, outer: Call, inner: InnerCall) -> InnerAnswer:
    """Run a call as the caller of the outer one; its own refusals become its answer."""
    access = accesses.by_handle(outer.session, outer.origin.token_handle, inner.function)
    if access is None or not access.in_service:
        return InnerAnswer(failed=True, document=encode_json(_NOT_IN_SERVICE).decode())
    call = Call(
        session=outer.session,
        caller=outer.caller,
        site=outer.site,
        now=outer.now,
        clock=outer.clock,
        keys=runtime.keys,
        function=inner.function,
        origin=outer.origin,
        text=inner.text,
        inner=outer.inner_line,
        most_rows=outer.most_rows,
    )
    try:
        bound = runtime.catalogue.get(inner.function)
        if bound is None:
            raise refuse.not_implemented(inner.function)
        document = result_of(runtime, view, bound, call, inner.arguments)
    except Refusal as refusal:
        document = encode_json(exception_of(refusal, outer.site.url))
        return InnerAnswer(failed=True, document=document.decode())
    return InnerAnswer(failed=False, document=document.decode())


def result_of(
    runtime: Runtime, view: SiteView, bound: AnyBound, call: Call, arguments: object
) -> bytes:
    """Run a body with arguments of native types and return its answer as JSON."""
    plan = runtime.plan(bound.contract)
    result = bound.body(call, plan.params(arguments, view.known))
    plan.returns(result, view.known)
    return b"".join(bounded(plan.json(result), runtime.options.limits))


def exception_of(refusal: Refusal, url: str) -> dict[str, str]:
    """Return an error as the AJAX entry points show that of one call."""
    return {
        "message": refusal.message,
        "errorcode": refusal.errorcode or "error",
        "link": f"{url}/",
        "moreinfourl": "",
    }
