"""Clients in a process of their own, so that they wait for the server and not for one another.

    python -m tests.faults.callers calls|refusals PORT SECONDS

prints how long each answer took, in seconds, as JSON.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from tests.faults.test_load import site_info
from tests.support.web import FORM

ROOT = Path(__file__).resolve().parents[2]
# So many calls a second are asked for: a few clients, not another flood.
PAUSE = 0.01
PROBES = 4

Begun = subprocess.Popen[str]


def begin(what: str, port: int, seconds: float) -> Begun:
    """Start clients; `taken` waits for what they have to tell."""
    command = [sys.executable, "-m", "tests.faults.callers", what, str(port), str(seconds)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def taken(begun: Begun) -> list[float]:
    """How long each answer took."""
    told, _ = begun.communicate()
    assert begun.returncode == 0
    return [float(each) for each in json.loads(told)]


def calls(port: int, until: float) -> list[float]:
    """Call with a token that works."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    took: list[float] = []
    while time.monotonic() < until:
        took.append(site_info(connection))
        time.sleep(PAUSE)
    connection.close()
    return took


def refusals(port: int, until: float) -> list[float]:
    """Log in while all places are taken; give how long each refusal took."""
    with ThreadPoolExecutor(PROBES) as pool:
        probing = [pool.submit(_refused, port, until) for _ in range(PROBES)]
        return [each for probe in probing for each in probe.result()]


def _refused(port: int, until: float) -> list[float]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    form = urlencode({"username": "robot", "password": "wrong", "service": "moodle_mobile_app"})
    took: list[float] = []
    while time.monotonic() < until:
        began = time.perf_counter()
        connection.request("POST", "/login/token.php", form, {"Content-Type": FORM})
        answer = connection.getresponse()
        answer.read()
        if answer.status == 503:
            took.append(time.perf_counter() - began)
            assert answer.getheader("retry-after")
        time.sleep(2 * PAUSE)
    connection.close()
    return took


CLIENTS: dict[str, Callable[[int, float], list[float]]] = {"calls": calls, "refusals": refusals}

if __name__ == "__main__":
    _, chosen, at, seconds = sys.argv
    json.dump(CLIENTS[chosen](int(at), time.monotonic() + float(seconds)), sys.stdout)
