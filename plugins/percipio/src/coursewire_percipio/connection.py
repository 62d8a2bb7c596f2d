"""Testing the connection: a token, then a content token; each step with what came of it."""

import time

from coursewire.plugin import Call, Struct, plugin_settings, users
from coursewire.plugin.outbound import Unreachable, for_call
from coursewire_percipio import partner
from coursewire_percipio.contracts import COMPONENT
from coursewire_percipio.partner import PartnerFailed, Tokens
from coursewire_percipio.settings import OAUTH, SETTINGS, addresses

PROBE = "https://connection-test.invalid/activity"


class Step(Struct, frozen=True, kw_only=True):
    """One step: what was tried, whether it worked, what was said, and how long it took."""

    name: str
    ok: bool
    status: str
    milliseconds: int


def examine(call: Call, activity_id: str = PROBE) -> list[Step]:
    """Get a new token and a content token for the caller; stop at the first failure."""
    values = plugin_settings.read(call.session, COMPONENT, SETTINGS)
    steps: list[Step] = []
    tokens = Tokens()
    user = users.get(call.session, call.caller.id)
    first = "token by OAuth" if values.text("authenticationmethod") == OAUTH else "bearer token"
    started = time.monotonic()
    step = first
    try:
        with for_call(call, addresses(values)) as outbound:
            bearer = tokens.bearer(call, values, outbound)
            steps.append(_done(first, started))
            started, step = time.monotonic(), "content token"
            who = partner.actor(call, values, user)
            partner.content_token(values, outbound, bearer, who, activity_id)
            steps.append(_done(step, started))
    except (PartnerFailed, Unreachable) as problem:
        reason = problem.reason if isinstance(problem, PartnerFailed) else str(problem)
        steps.append(Step(name=step, ok=False, status=reason, milliseconds=_since(started)))
    with call.transaction():
        outcome = "ok" if all(each.ok for each in steps) else "failed"
        call.audit.record("percipio.test", "connection", outcome=outcome)
    return steps


def _done(name: str, started: float) -> Step:
    return Step(name=name, ok=True, status="200", milliseconds=_since(started))


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
