"""TOK-4: the key for tokens is changed while the site is used, and no call fails by it."""

import threading
import time
from pathlib import Path

import pytest

from coursewire.store import keys as key_files
from tests.cli.conftest import Command
from tests.support import making, served
from tests.support.running import curl, up
from tests.support.sites import TestSite

SITE_INFO = "core_webservice_get_site_info"


@pytest.fixture
def token(placed: Command, site: TestSite) -> str:
    """A token of `bot` that was made under the first key."""
    user = making.user_with(site, "bot", "webservice/rest:use")
    making.service(site, "s", SITE_INFO, users=[user])
    placed("webservices", "on")
    placed("protocol", "rest", "on")
    issued = placed("token", "issue", "--user", "bot", "--service", "s", "--json")
    return str(issued.json["token"])


def test_a_second_key_is_made_and_the_first_still_accepted(placed: Command, token: str) -> None:
    assert placed("keys", "list").out == "key  state   tokens\n1    active  1\n"
    said = placed("keys", "rotate").out
    assert "Key 2 is active" in said
    assert "keys.json" in said
    assert placed("keys", "list", "--json").json == [
        {"number": 2, "state": "active", "tokens": 0},
        {"number": 1, "state": "accepted", "tokens": 1},
    ]
    assert "Nothing stands in the way" in placed("token", "check", stdin=token).out
    assert "going on already" in placed.refused("keys", "rotate", code=3)


def test_finishing_ends_what_was_not_used(placed: Command, token: str) -> None:
    placed("keys", "rotate")
    newer = placed("token", "issue", "--user", "bot", "--service", "s", "--json").json["token"]
    assert "--yes" in placed.refused("keys", "rotate", "--finish", code=2)
    done = placed("keys", "rotate", "--finish", "--yes")
    assert done.out == "Only key 2 is left; 1 token ended.\n"
    assert "no token has this value" in placed("token", "check", stdin=token, code=1).out
    assert "Nothing stands in the way" in placed("token", "check", stdin=newer).out
    states = [one["state"] for one in placed("token", "list", "--all", "--json").json]
    assert states == ["revoked", "live"]
    again = placed("keys", "rotate", "--finish")
    assert again.out == "Key 2 is the only one: there is nothing to finish.\n"
    assert placed("keys", "rotate").out.startswith("Key 3 is active")


def test_no_key_is_ever_shown(placed: Command) -> None:
    outputs = [
        placed("keys", "list").out,
        placed("keys", "rotate").out,
        placed("keys", "list", "--json").out,
    ]
    for entry in key_files.read(Path("place/keys.json")).keys:
        assert entry.key not in "".join(outputs) + repr(entry)


@pytest.mark.slow
def test_no_call_fails_while_the_key_is_changed(tmp_path: Path) -> None:
    place = ("--data", str(tmp_path / "coursewire-data"))
    with up(tmp_path) as running:
        line, failures, calls, stop = running.curls[0], list[object](), [0], threading.Event()

        def call_often() -> None:
            while not stop.is_set():
                answer = curl(line)
                calls[0] += 1
                if "functions" not in answer:
                    failures.append(answer)
                time.sleep(0.02)

        caller = threading.Thread(target=call_often)
        caller.start()
        try:
            time.sleep(0.5)
            served.run("keys", "rotate", *place)
            issued = served.run(
                "token", "issue", "--user", "svc-cyclr", "--service", "cyclr", *place
            )
            newer = issued.splitlines()[2].strip()
            other = running.curls[1].split(" -d wstoken=")
            assert isinstance(
                curl(f"{other[0]} -d wstoken={newer} {other[1].split(' ', 1)[1]}"), list
            )
            _wait_until_moved(place)
            served.run("keys", "rotate", "--finish", "--yes", *place)
            before = calls[0]
            time.sleep(0.5)
            assert curl(running.curls[1])["errorcode"] == "invalidtoken"
        finally:
            stop.set()
            caller.join()
        assert failures == []
        assert calls[0] > before > 10


def _wait_until_moved(place: tuple[str, ...]) -> None:
    """Wait until the token that is used has moved to the new key."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        rows = [line.split() for line in served.run("keys", "list", *place).splitlines()]
        if ["1", "accepted", "1"] in rows:
            return
        time.sleep(0.2)
    raise TimeoutError(rows)
