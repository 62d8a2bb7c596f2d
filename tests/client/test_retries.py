"""What is sent again, and what never (CLI-2), at a real socket with both shells."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from coursewire import MoodleError, SiteUnavailable, UnexpectedAnswer
from coursewire.client import _retries
from coursewire.client._exchange import Answer
from coursewire.client._traits import ALL_OR_NOTHING, REPEATABLE
from coursewire.contracts import registry
from tests.client.asking import Shell
from tests.client.hostile import Act, Hostile, answer, hang_up
from tests.support.served import free_port

BUSY = answer(b"", "503 Busy", "text/html", ["Retry-After: 0"])
TOO_MANY = answer(b"", "429 Too Many", "text/html", ["Retry-After: 0"])
LATER = answer(b"", "503 Busy", "text/html", ["Retry-After: 3600"])
BUSY_WITHOUT_A_WORD = answer(b"", "503 Busy", "text/html")
DONE = answer(b"[]")


def read(moodle: Any) -> Any:
    return moodle.core_group_get_course_groups(courseid=2)


def create(moodle: Any) -> Any:
    return moodle.core_group_create_groups(
        groups=[{"courseid": 2, "name": "Red", "description": ""}]
    )


def create_with_key(moodle: Any) -> Any:
    group = {"courseid": 2, "name": "Red", "description": ""}
    return moodle.call_by_name(
        "core_group_create_groups", {"groups": [group]}, idempotency_key="k-1"
    )


def add_members(moodle: Any) -> Any:
    return moodle.core_group_add_group_members(members=[{"groupid": 1, "userid": 2}])


AGAIN: dict[str, tuple[Callable[[Any], Any], Act]] = {
    "a read after a broken connection": (read, hang_up),
    "a read of a site that is busy": (read, BUSY_WITHOUT_A_WORD),
    "a read when the site says when": (read, BUSY),
    "a write when the site says when": (create, BUSY),
    "a write that came too often": (create, TOO_MANY),
    "a write with a key": (create_with_key, hang_up),
    "a write that may be repeated": (add_members, hang_up),
}


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_retries, "_FIRST_WAIT", 0.001)


@pytest.mark.requirement("CLI-2")
@pytest.mark.parametrize("name", AGAIN)
def test_it_is_sent_again(name: str, shell: Shell, hostile: Hostile) -> None:
    work, act = AGAIN[name]
    hostile.plays(act, act, DONE)
    assert shell.ask(hostile.address, work) == []
    assert len(hostile.received) == 3
    assert len({it.body for it in hostile.received}) == 1


ONCE: dict[str, tuple[Callable[[Any], Any], Act, type[MoodleError]]] = {
    "a write after a broken connection": (create, hang_up, SiteUnavailable),
    "a write of a site that is busy": (create, BUSY_WITHOUT_A_WORD, SiteUnavailable),
    "a read when the site wants an hour": (read, LATER, SiteUnavailable),
    "a read that was answered with a page": (read, answer(b"<p>"), UnexpectedAnswer),
}


@pytest.mark.parametrize("name", ONCE)
def test_it_is_sent_once(name: str, shell: Shell, hostile: Hostile) -> None:
    work, act, error = ONCE[name]
    hostile.plays(act, DONE)
    with pytest.raises(error):
        shell.ask(hostile.address, work)
    assert len(hostile.received) == 1


def test_after_so_many_tries_it_gives_up(shell: Shell, hostile: Hostile) -> None:
    hostile.plays(hang_up)
    with pytest.raises(SiteUnavailable) as raised:
        shell.ask(hostile.address, read, retries=4)
    assert len(hostile.received) == 5
    assert raised.value.may_have_run


@pytest.mark.parametrize(
    ("first", "may_have_run"),
    [(hang_up, True), (BUSY_WITHOUT_A_WORD, True), (BUSY, False)],
    ids=["broken", "busy", "busy-with-a-time"],
)
@pytest.mark.parametrize(
    "last", [answer(b"<p>", "403 Forbidden", "text/html"), LATER], ids=["firewall", "closed"]
)
def test_what_an_earlier_sending_may_have_done_is_told(
    first: Act, last: Act, shell: Shell, hostile: Hostile, *, may_have_run: bool
) -> None:
    hostile.plays(first, last)
    with pytest.raises(MoodleError) as raised:
        shell.ask(hostile.address, create_with_key)
    assert isinstance(raised.value, SiteUnavailable | UnexpectedAnswer)
    assert raised.value.may_have_run is may_have_run


def test_a_broken_write_says_that_it_may_have_run(shell: Shell, hostile: Hostile) -> None:
    hostile.plays(hang_up)
    with pytest.raises(SiteUnavailable) as raised:
        shell.ask(hostile.address, create)
    assert raised.value.may_have_run


def test_the_site_can_say_when_it_is_there_again(shell: Shell, hostile: Hostile) -> None:
    hostile.plays(LATER)
    with pytest.raises(SiteUnavailable) as raised:
        shell.ask(hostile.address, create)
    assert raised.value.retry_after == 3600
    assert not raised.value.may_have_run


@pytest.mark.parametrize(
    ("status", "code"), [("429 Too Many", "toomanyrequests"), ("503 Busy", "serverbusy")]
)
def test_a_refusal_in_words_says_when_as_well(
    status: str, code: str, shell: Shell, hostile: Hostile
) -> None:
    """Coursewire says so with an error document, where a proxy sends a page."""
    refusal = f'{{"exception":"x","errorcode":"{code}","message":"Later."}}'.encode()
    hostile.plays(answer(refusal, status, headers=["Retry-After: 3600"]))
    with pytest.raises(SiteUnavailable) as raised:
        shell.ask(hostile.address, read)
    assert (raised.value.errorcode, raised.value.retry_after) == (code, 3600)


def test_the_key_is_sent_as_a_header(shell: Shell, hostile: Hostile) -> None:
    hostile.plays(DONE)
    shell.ask(hostile.address, create_with_key)
    assert hostile.received[0].headers["idempotency-key"] == "k-1"


def test_a_write_goes_on_trying_until_the_server_is_up(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was sent while nobody listened, so even a creating call is sent again."""
    monkeypatch.setattr(_retries, "_FIRST_WAIT", 0.3)
    port = free_port()
    late: list[Hostile] = []

    def come_up() -> None:
        late.append(Hostile(port))
        late[0].plays(DONE)

    timer = threading.Timer(0.1, come_up)
    timer.start()
    try:
        assert shell.ask(f"http://127.0.0.1:{port}", create, retries=4) == []
        assert len(late[0].received) == 1
    finally:
        timer.join()
        late[0].close()


def test_where_nobody_listens_nothing_may_have_run(shell: Shell) -> None:
    with pytest.raises(SiteUnavailable, match="cannot be reached") as raised:
        shell.ask(f"http://127.0.0.1:{free_port()}", create, retries=1)
    assert not raised.value.may_have_run
    assert "Errno" not in str(raised.value)


def test_the_time_to_wait_may_be_a_date() -> None:
    headers = {"retry-after": "Tue, 14 Nov 2023 22:13:30 GMT"}
    found = Answer(status=503, headers=headers, body=b"")
    assert _retries.retry_after(found, lambda: 1_700_000_000.0) == 10.0
    assert _retries.retry_after(found, lambda: 1_700_000_100.0) == 0.0
    odd = Answer(status=503, headers={"retry-after": "soon"}, body=b"")
    assert _retries.retry_after(odd, lambda: 0.0) is None


def test_the_traits_are_those_of_published_functions_that_write() -> None:
    for name in REPEATABLE | ALL_OR_NOTHING:
        assert registry.entries()[name].type == "write"
