"""Which calls a fault strikes."""

import pytest

from coursewire.testkit.faults import Fault, Faults
from coursewire.testkit.problems import KitError


def struck(fault: Fault, calls: int, function: str = "f") -> list[int]:
    faults = Faults()
    faults.add(fault)
    return [number for number in range(1, calls + 1) if faults.strike(function)]


def test_a_fault_strikes_once_unless_told_otherwise() -> None:
    assert struck(Fault(kind="html"), 5) == [1]


def test_a_fault_strikes_so_many_times() -> None:
    assert struck(Fault(kind="html", times=3), 5) == [1, 2, 3]


def test_a_fault_strikes_all_calls_from_one_on() -> None:
    assert struck(Fault(kind="error", errorcode="invalidtoken", from_call=3), 5) == [3, 4, 5]


def test_a_fault_strikes_one_function_only() -> None:
    assert struck(Fault(kind="html", function="g", times=None), 5) == []


def test_chance_and_seed_decide_the_same_each_time() -> None:
    fault = Fault(kind="html", probability=0.3, seed=7)
    first = struck(fault, 1000)
    assert first == struck(fault, 1000)
    assert 220 < len(first) < 380


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault(kind="html", function=""), "leave function out"),
        (Fault(kind="error"), "errorcode"),
        (Fault(kind="status", status=200), "status 200"),
        (Fault(kind="latency"), "seconds"),
        (Fault(kind="latency", seconds=601), "601"),
        (Fault(kind="html", after_call=True), "after_call goes with kind cut only"),
        (Fault(kind="status", errorcode="invalidtoken"), "errorcode goes with kind error only"),
        (Fault(kind="html", message="Gone"), "message goes with kind error only"),
        (Fault(kind="latency", seconds=1, status=503), "status goes with kind status only"),
        (Fault(kind="error", errorcode="x", retry_after=0), "retry_after goes with kind status"),
        (Fault(kind="status", status=429, retry_after=-1), "retry_after -1"),
        (Fault(kind="html", probability=0), "probability"),
        (Fault(kind="html", from_call=0), "from_call"),
        (Fault(kind="html", times=0), "times"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(fault: Fault, told: str) -> None:
    with pytest.raises(KitError, match=told):
        Faults().add(fault)
