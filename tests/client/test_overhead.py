"""What a call costs beside the same request made with bare HTTPX."""

import sys
import time
from collections.abc import Callable

import httpx
import pytest

from coursewire import Moodle
from coursewire.contracts.core_group import groups
from coursewire.contracts.parts import CourseId
from tests.client.asking import TOKEN
from tests.client.hostile import Hostile, answer

MOST = 1.5
ROUNDS = 12
CALLS = 60
GROUP = (
    b'{"id":%d,"courseid":2,"name":"Red","description":"","descriptionformat":1,"enrolmentkey":"",'
    b'"idnumber":"","visibility":0,"participation":true}'
)


def cost(work: Callable[[], object]) -> float:
    """The CPU time of this thread for one call."""
    begun = time.thread_time()
    for _ in range(CALLS):
        work()
    return (time.thread_time() - begun) / CALLS


def costs(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """The least that both cost in some rounds; they take turns, for others run beside them."""
    found = [(cost(first), cost(second)) for _ in range(ROUNDS)]
    return min(one for one, _ in found), min(other for _, other in found)


@pytest.mark.alone
@pytest.mark.slow
def test_a_typed_call_costs_at_most_half_as_much_again(hostile: Hostile) -> None:
    hostile.plays(answer(b"[" + b",".join(GROUP % number for number in range(20)) + b"]"))
    name = "core_group_get_course_groups"
    form = {"wstoken": TOKEN, "wsfunction": name, "moodlewsrestformat": "json", "courseid": "2"}
    url = hostile.address + "/webservice/rest/server.php"
    params = CourseId(courseid=2)
    with httpx.Client(trust_env=False) as bare, Moodle(hostile.address, TOKEN) as moodle:
        plain, typed = costs(
            lambda: bare.post(url, data=form).json(),
            lambda: moodle.call(groups.get_course_groups, params),
        )
    sys.stdout.write(f"bare {plain * 1e6:.0f} µs, typed {typed * 1e6:.0f} µs a call\n")
    assert typed <= MOST * plain, (typed, plain)
