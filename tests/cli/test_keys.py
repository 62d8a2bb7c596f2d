"""TOK-4: the key for tokens is changed while the site is used, and no call fails by it."""

import json
import re
import shutil
import time
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from coursewire.store import keys as key_files
from tests.cli.conftest import Command
from tests.support import making, served
from tests.support import postgres as private
from tests.support.running import curl, up
from tests.support.sites import TestSite
from tests.support.steady import Steady, ask_at

SITE_INFO = "core_webservice_get_site_info"
SITE = Path(__file__).parents[1] / "clients" / "site.yaml"
# The token of the site file, which nobody uses.
UNUSED = "0123456789abcdef0123456789abcdef"
# Calls a second of a client that makes 50, on a machine that does much beside it.
AT_LEAST = 30


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


def test_tok_4_a_prepared_key_waits_until_it_is_used(placed: Command, token: str) -> None:
    said = placed("keys", "rotate", "--prepare").out
    assert "Key 2 waits" in said
    assert "keys.json" in said
    assert placed("keys", "list", "--json").json == [
        {"number": 1, "state": "active", "tokens": 1},
        {"number": 2, "state": "waiting", "tokens": 0},
    ]
    placed("token", "issue", "--user", "bot", "--service", "s")
    assert "1    active   2" in placed("keys", "list").out
    assert "use it first" in placed.refused("keys", "rotate", "--finish", "--yes", code=3)
    assert "waits already" in placed.refused("keys", "rotate", "--prepare", code=3)
    assert "Nothing stands in the way" in placed("token", "check", stdin=token).out
    assert placed("keys", "rotate").out.startswith("Key 2 is active")
    assert placed("keys", "list", "--json").json == [
        {"number": 2, "state": "active", "tokens": 0},
        {"number": 1, "state": "accepted", "tokens": 2},
    ]
    refused = placed.refused("keys", "rotate", "--prepare", "--finish", code=2)
    assert "give one of them" in refused


def test_no_key_is_ever_shown(placed: Command) -> None:
    outputs = [
        placed("keys", "rotate", "--prepare").out,
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
        used = re.findall(r"wstoken=(\w+)", running.curls[0])[0]
        with Steady(running.port, used) as client:
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
            before = client.calls
            time.sleep(0.5)
            assert curl(running.curls[1])["errorcode"] == "invalidtoken"
        assert client.failures == []
        assert client.calls > before
        assert client.rate > AT_LEAST


@pytest.mark.slow
def test_tok_4_no_call_fails_while_the_key_is_changed_on_several_machines(
    postgres: private.Cluster, tmp_path: Path
) -> None:
    """The steps of docs/backup.md, with two servers that each have a key file of their own."""
    folders = [tmp_path / name for name in ("a", "b")]
    here, there = (("--data", str(folder)) for folder in folders)
    with postgres.fresh() as address:
        run = partial(served.run, environ={"COURSEWIRE_DATABASE": address})

        def copy() -> None:
            shutil.copy(folders[0] / key_files.FILE_NAME, folders[1] / key_files.FILE_NAME)

        def issue(place: tuple[str, ...]) -> str:
            issued = run(
                "token", "issue", "--user", "robot", "--service", "connector", "--json", *place
            )
            return str(json.loads(issued)["token"])

        run("apply", str(SITE), *here, "--yes")
        folders[1].mkdir(mode=0o700)
        copy()
        used = issue(here)
        with ExitStack() as stack:
            ports: list[int] = []
            for place in (here, there):
                log = tmp_path / f"serve-{len(ports)}.log"
                environ = {"COURSEWIRE_DATABASE": address}
                ports.append(stack.enter_context(served.running(place, log, environ=environ)).port)
            clients = [stack.enter_context(Steady(port, used)) for port in ports]
            run("keys", "rotate", "--prepare", *here)
            copy()
            # Nothing else is changed that would let the server look.
            _wait_until_told(tmp_path / "serve-1.log", "key file read again")
            run("keys", "rotate", *here)
            issued = [issue(place) for place in (here, there)]
            _wait_until_moved(here, 2, environ)
            assert [ask_at(port, token) for port in ports for token in issued] == ["ok"] * 4
            copy()
            issued += [issue(place) for place in (here, there)]
            _wait_until_moved(here, 1, environ)
            run("keys", "rotate", "--finish", "--yes", *here)
            assert [ask_at(port, token) for port in ports for token in issued] == ["ok"] * 8
            copy()
            time.sleep(1.5)
            assert [ask_at(port, token) for port in ports for token in issued] == ["ok"] * 8
            assert [ask_at(port, UNUSED) for port in ports] == ["invalidtoken"] * 2
    for client in clients:
        assert client.failures == []
        assert client.rate > AT_LEAST


def _wait_until_told(log: Path, what: str) -> None:
    """Wait until a server wrote something; that is at most some seconds even on a busy machine."""
    deadline = time.monotonic() + 10
    while what not in log.read_text():
        if time.monotonic() > deadline:
            raise TimeoutError(log.read_text())
        time.sleep(0.05)


def _wait_until_moved(
    place: tuple[str, ...], left: int = 1, environ: Mapping[str, str] = served.NOTHING_MORE
) -> None:
    """Wait until only so many tokens, which nobody uses, are under the old key."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        listed = served.run("keys", "list", *place, environ=environ)
        rows = [line.split() for line in listed.splitlines()]
        if ["1", "accepted", str(left)] in rows:
            return
        time.sleep(0.2)
    raise TimeoutError(rows)
