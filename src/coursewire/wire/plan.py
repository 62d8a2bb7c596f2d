"""Everything compiled of a function, made when it is first called."""

from typing import Any

from msgspec import Struct

from coursewire.contracts.function import AnyFunction
from coursewire.wire.answers import Check
from coursewire.wire.encode import Encode, EncodeParts, compile_encoder, compile_parts_encoder
from coursewire.wire.limits import DEFAULT_LIMITS, Limits
from coursewire.wire.params import Validate, compile_params
from coursewire.wire.returns import compile_returns


class Plan(Struct, frozen=True, kw_only=True):
    """How the arguments of a function are read, its answers checked and written."""

    params: Validate[Any]
    returns: Check
    json: Encode
    xml: Encode
    json_parts: EncodeParts
    xml_parts: EncodeParts


def plan_of(function: AnyFunction, limits: Limits = DEFAULT_LIMITS) -> Plan:
    """Compile a function."""
    return Plan(
        params=compile_params(function, limits),
        returns=compile_returns(function, limits),
        json=compile_encoder(function, "json"),
        xml=compile_encoder(function, "xml"),
        json_parts=compile_parts_encoder(function, "json"),
        xml_parts=compile_parts_encoder(function, "xml"),
    )


class Plans:
    """Keeps the plans of functions by their names."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._plans: dict[str, Plan] = {}

    def __getitem__(self, function: AnyFunction) -> Plan:
        """Return the plan of a function; two threads may compile the same one, to no harm."""
        plan = self._plans.get(function.name)
        if plan is None:
            plan = self._plans[function.name] = plan_of(function, self._limits)
        return plan
