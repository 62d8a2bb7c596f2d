"""AUTHZ-4: one bad item, first, in the middle or last, leaves no trace of the others."""

from collections.abc import Iterator
from typing import Any

import pytest

from coursewire.functions.catalogue import BUILT_IN
from tests.rules.line import Line
from tests.rules.samples import SAMPLES

# Two items that go well by themselves stand with one that does not; a manager asks.
GOOD = ("own course", "hidden course")
BAD = "missing id"
# Functions that go on after a bad item, as functions.md says, or that know none.
GO_ON = {
    "core_group_delete_groups": "unknown ids are passed over",
    "core_group_delete_groupings": "unknown ids are passed over",
    "core_course_update_courses": "each course by itself; what goes wrong is a warning",
    "core_course_delete_courses": "each course by itself; an unknown one is a warning",
    "core_user_update_users": "each user by itself; what goes wrong is a warning",
    "core_user_set_user_preferences": "an unknown user is a warning",
    "core_cohort_add_cohort_members": "an unknown cohort is a warning",
    "tool_mobile_call_external_functions": "each call by itself, until the first that fails",
}
# Must differ between items that are created together.
_NAMES = frozenset({"name", "username", "email", "shortname", "fullname", "idnumber"})
# What makes an item bad where no id in it can be.
_SPOILT = {"core_user_create_users": {"email": "no address"}}


def batches() -> Iterator[tuple[str, str]]:
    """Every writing function whose one parameter is a list, with the list's name."""
    for bound in BUILT_IN:
        keys = [*bound.contract.params.__struct_fields__]
        if bound.contract.kind == "write" and len(keys) == 1:
            yield bound.contract.name, keys[0]


BATCHES = [(function, key) for function, key in batches() if function in SAMPLES]
ALL_OR_NOTHING = [(function, key) for function, key in BATCHES if function not in GO_ON]


def items(line: Line, function: str, key: str) -> tuple[list[Any], Any]:
    """Two good items and a bad one."""
    good = [SAMPLES[function](line.world.aims[name])[key][0] for name in GOOD]
    bad = SAMPLES[function](line.world.aims[BAD])[key][0]
    if isinstance(bad, dict):
        good = [_named(item, str(number)) for number, item in enumerate(good)]
        bad = _named(bad, "9") | _SPOILT.get(function, {})
    return good, bad


def _named(item: dict[str, Any], mark: str) -> dict[str, Any]:
    return {key: f"{mark}{value}" if key in _NAMES else value for key, value in item.items()}


@pytest.mark.parametrize(("function", "key"), ALL_OR_NOTHING)
def test_authz_4_a_bad_item_anywhere_undoes_the_others(line: Line, function: str, key: str) -> None:
    good, bad = items(line, function, key)
    together = line.run("manager", function, {key: good})
    assert together.written, together.line
    for place in range(3):
        batch = [*good]
        batch.insert(place, bad)
        done = line.run("manager", function, {key: batch})
        assert done.is_refused, (place, done.line)
        assert done.written == (), (place, done.line)


@pytest.mark.parametrize(("function", "key"), [case for case in BATCHES if case[0] in GO_ON])
def test_authz_4_functions_that_go_on_keep_the_good_items(
    line: Line, function: str, key: str
) -> None:
    good, bad = items(line, function, key)
    together = line.run("manager", function, {key: good})
    for place in range(3):
        batch = [*good]
        batch.insert(place, bad)
        done = line.run("manager", function, {key: batch})
        assert not done.is_refused, (place, done.line)
        assert done.written == together.written, (place, done.line)


def test_authz_4_every_batch_is_here() -> None:
    assert {function for function, _ in batches()} == {function for function, _ in BATCHES}
    assert set(GO_ON) <= {function for function, _ in BATCHES}
