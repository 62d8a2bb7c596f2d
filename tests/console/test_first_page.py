"""The console is loaded with the first page that is asked for, once, and for its own paths only."""

import asyncio
import subprocess
import sys

import pytest

from coursewire.server.types import Message
from tests.support.console import HOST
from tests.support.web import Web

# Nothing here depends on the database.
ONE_ENGINE = pytest.mark.parametrize("engine_name", ["sqlite"])
LOADED = """
import sys
from coursewire import app
print(*sorted({"jinja2", "starlette", "coursewire.console.app"} & set(sys.modules)))
"""


def test_a_server_loads_no_page_before_one_is_asked_for() -> None:
    command = [sys.executable, "-c", LOADED]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@ONE_ENGINE
def test_pages_asked_for_at_once_are_all_answered(web: Web) -> None:
    statuses: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if "status" in message:
            statuses.append(message["status"])

    async def ask() -> None:
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/console/sign-in",
            "raw_path": b"/console/sign-in",
            "query_string": b"",
            "headers": [(b"host", HOST.encode())],
            "client": ("127.0.0.1", 50_000),
        }
        await web.server(scope, receive, send)

    async def ask_often() -> None:
        await asyncio.gather(*(ask() for _ in range(4)))

    asyncio.run(ask_often())
    assert statuses == [200] * 4


@ONE_ENGINE
@pytest.mark.parametrize("path", ["/consoles", "/console.php", "/elsewhere"])
def test_other_paths_are_not_the_consoles(web: Web, path: str) -> None:
    answer = web.request("GET", path)
    assert answer.status == 404
    assert answer.body == b"Nothing is served at this address.\n"
