"""The time that a page of the console takes on a large site: 95 of 100 within 100 ms."""

import re
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from msgspec import Struct

from bench import serving, sites, size
from bench.measuring import Figure, show
from coursewire.audit.calls import CallRow
from coursewire.console.listing import ACTIONS
from coursewire.domain import console_links, console_rights, courses
from coursewire.domain.call import Call
from coursewire.domain.courses import NewCourse
from coursewire.store import audit

MOST = 100.0
FUNCTIONS = "/console/functions"
MOST_FUNCTIONS = 500.0
# All that a browser fetches for a page, without compression, and how often it asks.
HEAVIEST = 150.0
MOST_REQUESTS = 6.0
# Searches and pages of one thing, which a list of the fixed paths does not hold.
_SEARCHED = (
    "/console/users?q=user77",
    "/console/users?q=nobody",
    "/console/users?q=e",
    "/console/users?sort=-used",
    "/console/users?page=1500",
    "/console/tokens?q=user77",
    "/console/tokens?sort=-used",
    "/console/tokens/new/people?user=nobody",
    "/console/choices/user?arg:userid=nobody",
    "/console/courses?q=course+77",
    "/console/audit/calls?outcome=refused",
    f"{FUNCTIONS}?q=group",
    f"{FUNCTIONS}/core_group_create_groups",
    f"{FUNCTIONS}/core_group_create_groups/try",
)
_REFERENCE = re.compile(r'(?:src|href)="(/console/static/[^"]+)"')
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
# They do other work than showing a page.
_NO_PAGE = ("/stay", "/confirm")


class Sizes(Struct, frozen=True, kw_only=True):
    """How much there is on the site, and how often each page is asked for."""

    users: int
    courses: int
    tokens: int
    calls: int
    rounds: int = 20


def main() -> int:
    """Measure at full size; COURSEWIRE_BENCH_SIZE=full fills the call log as far as it goes."""
    calls = size.of(100_000, 1_000_000)
    return show(measure(Sizes(users=100_000, courses=5_000, tokens=1_000, calls=calls)))


def measure(sizes: Sizes) -> list[Figure]:
    """Return what the slowest pages take, and the browser of functions."""
    weights: dict[str, float] = {}
    requests: dict[str, int] = {}
    with sites.folder() as folder:
        secret = _fill(folder / "site", sizes)
        with (
            serving.coursewire(folder / "site") as served,
            closing(Client(served.port)) as client,
        ):
            client.sign_in(secret)
            times: dict[str, float] = {}
            work: dict[str, float] = {}
            for path in pages():
                before = served.cpu()
                times[path] = _p95(client, path, sizes.rounds)
                work[path] = (served.cpu() - before) * 1000 / sizes.rounds
                weights[path], requests[path] = _weight(client, path)
    slowest = sorted(times, key=lambda path: -times[path])[:5]
    functions = [path for path in times if path.startswith(FUNCTIONS)]
    figures = [
        Figure(name=f"{path}, p95", value=times[path], unit="ms", most=_most(path))
        for path in dict.fromkeys([*slowest, *functions])
    ]
    hardest = max(work, key=lambda path: work[path])
    # Of the processor alone: what a busy machine makes longer is not in it.
    figures.append(Figure(name=f"{hardest}, CPU", value=work[hardest], unit="ms", most=MOST))
    middle = sorted(times.values())[len(times) // 2]
    figures.append(Figure(name=f"the middle of {len(times)} pages", value=middle, unit="ms"))
    heaviest = max(weights, key=lambda path: weights[path])
    figures.append(Figure(name=heaviest, value=weights[heaviest], unit="kB", most=HEAVIEST))
    busiest = max(requests, key=lambda path: requests[path])
    count = float(requests[busiest])
    figures.append(Figure(name=busiest, value=count, unit="requests", most=MOST_REQUESTS))
    return figures


def _weight(client: "Client", path: str) -> tuple[float, int]:
    """Return what a page weighs with all that it refers to, in kB, and how many requests it is."""
    _, page = client.get(path)
    parts = [page, *(client.get(name)[1] for name in set(_REFERENCE.findall(page)))]
    return sum(len(part.encode()) for part in parts) / 1000, len(parts)


def _most(path: str) -> float:
    return MOST_FUNCTIONS if path.startswith(FUNCTIONS) else MOST


def pages() -> Iterator[str]:
    """Name every page that a viewer finds by number, those without, and searches."""
    for action in ACTIONS:
        path = action.path.replace("{id:int}", "2")
        if action.method == "GET" and "{" not in path and not path.endswith(_NO_PAGE):
            yield path
    yield from _SEARCHED


class Client:
    """One browser's connection, without its pictures and scripts."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._origin = f"http://127.0.0.1:{port}"
        self._cookies: dict[str, str] = {}

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def sign_in(self, secret: str) -> None:
        """Come in by a link."""
        _, page = self.get(f"/console/start?link={secret}")
        found = _CSRF.search(page)
        form = {"link": secret, "password": "", "csrf": found[1] if found else ""}
        status, page = self._send("POST", "/console/start", urlencode(form))
        if status != 303:
            msg = f"the link did not let in ({status}): {page[:500]}"
            raise RuntimeError(msg)

    def get(self, path: str) -> tuple[int, str]:
        """Return the status and the page."""
        return self._send("GET", path)

    def _send(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        headers = {
            "cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "origin": self._origin,
            "sec-fetch-site": "same-origin",
            "content-type": "application/x-www-form-urlencoded",
        }
        self._connection.request(method, path, body=body or None, headers=headers)
        answer = self._connection.getresponse()
        for cookie in answer.headers.get_all("set-cookie") or ():
            name, _, rest = cookie.partition("=")
            self._cookies[name] = rest.partition(";")[0]
        return answer.status, answer.read().decode("utf-8", "replace")


def _p95(client: Client, path: str, rounds: int) -> float:
    took: list[float] = []
    for _ in range(rounds):
        begun = time.perf_counter()
        status, _page = client.get(path)
        took.append((time.perf_counter() - begun) * 1000)
        if status >= 500:
            msg = f"{path} answered {status}"
            raise RuntimeError(msg)
    return sorted(took)[int(len(took) * 0.95)]


def _fill(folder: Path, sizes: Sizes) -> str:
    """Make the site; return the secret of a link into its console."""
    with sites.made(folder) as (opened, call):
        people = sites.people(call.session, sizes.users)
        service = sites.service(call, "read", sites.FUNCTIONS)
        sites.allow(call, "user", "webservice/rest:use")
        sites.issued(opened, call.session, people[: sizes.tokens], service)
        _courses(call, sizes.courses)
        with call.transaction():
            audit.append_calls(call.session, _calls(call.now, sizes.calls))
        console_rights.grant(call, call.caller.id, "owner")
        return console_links.make(call, call.caller.id)


def _courses(call: Call, number: int) -> None:
    for start in range(0, number, 500):
        news = [
            NewCourse(category=1, shortname=f"c{each}", fullname=f"Course {each}")
            for each in range(start, min(number, start + 500))
        ]
        with call.transaction():
            courses.create_many(call, news)


def _calls(now: int, number: int) -> Iterator[CallRow]:
    step = 86_400_000 // max(1, number)
    for each in range(number):
        is_bad = each % 50 == 0
        yield CallRow(
            time_ms=now * 1000 - (number - each) * step,
            request_id=f"{each:012x}-1",
            function=sites.FUNCTIONS[each % len(sites.FUNCTIONS)],
            token_handle=f"handle{each % 1000}",
            user_id=3 + each % 1000,
            address="192.0.2.7",
            outcome="accessexception" if is_bad else "ok",
            failed_check="token in date" if is_bad else "",
            reason="it ended" if is_bad else "",
            token_in_query=0,
            microseconds=900,
        )
