"""Bodies called as clients call them: parameters checked, the answer in plain values."""

from typing import Any

from msgspec import to_builtins

from coursewire.domain.call import Call
from coursewire.functions import catalogue
from coursewire.text.types import Known
from coursewire.wire.plan import Plans
from tests.support.sites import URL

_CATALOGUE = catalogue.built_in()
_PLANS = Plans()
_KNOWN = Known(site_url=URL)


def run(call: Call, function: str, **arguments: Any) -> Any:
    """Run a body with what a client would send."""
    bound = _CATALOGUE.require(function)
    parameters = _PLANS[bound.contract].params(arguments, _KNOWN)
    return to_builtins(bound.body(call, parameters))
