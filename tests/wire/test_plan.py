"""What is compiled of a function, and that it is compiled once."""

from typing import Any

import pytest
from msgspec import Struct

from coursewire.contracts.errors import AnswerTooLarge
from coursewire.contracts.fields import Int
from coursewire.contracts.function import Function
from coursewire.text.types import Known
from coursewire.wire.limits import LimitExceeded, Limits
from coursewire.wire.plan import Plans, plan_of

KNOWN = Known(site_url="https://moodle.example.com")


class Ids(Struct, frozen=True, kw_only=True):
    """Some numbers."""

    ids: list[Int]


ECHO: Any = Function(name="echo", params=Ids, returns=list[Int], kind="read", summary="")


def test_a_plan_reads_checks_and_writes() -> None:
    plan = plan_of(ECHO)
    params = plan.params({"ids": {0: "1", 1: "2"}}, KNOWN)
    plan.returns(params.ids, KNOWN)
    assert b"".join(plan.json(params.ids)) == b"[1,2]"
    assert b"<VALUE>2</VALUE>" in b"".join(plan.xml(params.ids))


def test_a_function_is_compiled_once() -> None:
    plans = Plans()
    assert plans[ECHO] is plans[ECHO]


def test_in_1_plans_keep_to_the_limits_they_were_given() -> None:
    plan = Plans(Limits(items=2, rows=2))[ECHO]
    with pytest.raises(LimitExceeded):
        plan.params({"ids": [1, 2, 3]}, KNOWN)
    with pytest.raises(AnswerTooLarge):
        plan.returns([1, 2, 3], KNOWN)
