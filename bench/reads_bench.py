"""Long answers: what a call costs beyond its statements and the writing of its bytes.

The statements of a call are noted while it runs, and run again on the driver with the same values,
their rows fetched; the finished answer is written again by the product's own encoder. Call and
comparison take turns in one thread, whose CPU is read: the clock where a database server works too.

The ratio is to the statements and to Python's own encoder, which writes the same values: what a
plain program would need that has no more to do than read rows and write them. Our own encoder is
told as well; the better it is, the worse a ratio to it.
"""

import gc
import json
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct
from sqlalchemy import event

from bench import reads_cases, reads_site, sites
from bench.measuring import Figure, show
from bench.reads_site import ReadSite
from coursewire import app
from coursewire.app import Opened
from coursewire.functions.binding import AnyBound
from coursewire.server import call
from coursewire.server.call import Arrival
from coursewire.server.listen import COLLECT_AFTER
from coursewire.server.runtime import Runtime
from coursewire.settings import Settings
from coursewire.store.session import Session
from coursewire.wire.request import decode_request, read_rest

MOST = 1.5
ROWS = 500
ROUNDS = 15
_FORM = "application/x-www-form-urlencoded"
# A statement and its values.
Noted = tuple[str, Any]


class Cost(Struct, frozen=True, kw_only=True):
    """What one function takes, in milliseconds of CPU, or by the clock on PostgreSQL."""

    function: str
    call: float
    statements: int
    sql: float
    encoding: float
    # The same values written by Python's own encoder.
    plain: float

    @property
    def ratio(self) -> float:
        """Return the call in terms of its statements and of what Python's own encoder takes."""
        return self.call / (self.sql + self.plain)

    @property
    def own_ratio(self) -> float:
        """Return the call in terms of its statements and of its own bytes."""
        return self.call / (self.sql + self.encoding)

    @property
    def figure(self) -> Figure:
        """Return it as a row to show."""
        name = (
            f"{self.function}: {self.call:.2f} ms; {self.statements} statements {self.sql:.2f},"
            f" json.dumps {self.plain:.2f}"
            f" (our encoder {self.encoding:.2f}: {self.own_ratio:.2f} x)"
        )
        return Figure(name=name, value=self.ratio, unit="x", most=MOST)


def main() -> int:
    """Measure all functions with lists of 500."""
    return show([cost.figure for cost in measure(ROWS)])


def measure(rows: int, *, rounds: int = ROUNDS, database: str = "") -> list[Cost]:
    """Return what each function takes whose answers are long."""
    with sites.folder() as folder:
        site = reads_site.make(folder / "site", rows, database)
        place = Settings(data=str(folder / "site"), database=database)
        return costs(place, site, rounds, list(reads_cases.CASES))


def costs(place: Settings, site: ReadSite, rounds: int, functions: list[str]) -> list[Cost]:
    """Return what functions take on a site that was made."""
    with app.open_site(place) as opened, opened.database.session() as session:
        runtime = app.build_server(opened).runtime
        # As the server does when it begins: what is there now is collected no more.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        found: list[Cost] = []
        for function in functions:
            measured = _Measured(opened, runtime, session, _arrival(site, function))
            found.append(measured.cost(rounds))
        return found


def _arrival(site: ReadSite, function: str) -> Arrival:
    fields = {"wstoken": site.token, "wsfunction": function, "moodlewsrestformat": "json"}
    body = urlencode({**fields, **reads_cases.CASES[function](site)}).encode()
    tree = decode_request("POST", b"", _FORM, body).tree
    return Arrival(
        tree=tree, method="POST", address="127.0.0.1", request_id="1", token_in_query=False
    )


class _Measured:
    """A call that can be made again and again, its statements, and its finished answer."""

    def __init__(
        self, opened: Opened, runtime: Runtime, session: Session, arrival: Arrival
    ) -> None:
        self._opened = opened
        self._runtime = runtime
        self._session = session
        self._arrival = arrival
        on_server = session.engine_name == "postgresql"
        self._clock = time.perf_counter if on_server else time.thread_time
        self._function = str(arrival.tree["wsfunction"])
        self.call()
        with _noting(session) as noted:
            self.call()
        self._noted = noted
        bound = runtime.catalogue.require(self._function)
        self._plan = runtime.plan(bound.contract)
        self._answer = self._finished(bound)
        self._values = json.loads(b"".join(self.encode()))

    def _finished(self, bound: AnyBound) -> object:
        version = self._runtime.database.facts_version(self._session)
        known = self._runtime.sites.current(self._session, version).known
        arguments = read_rest(self._arrival.tree, known).arguments
        caller = app.administrator_call(self._opened, self._session)
        return bound.body(caller, self._plan.params(arguments, known))

    def call(self) -> list[bytes]:
        """Make the call; one that is refused measures nothing."""
        outcome = call.answer(self._runtime, self._session, self._arrival)
        if outcome.refusal is not None:
            raise ConnectionError(f"{self._function}: {outcome.refusal!r}")
        return outcome.chunks

    def run_statements(self) -> None:
        """Run on the driver what the call runs."""
        driver = self._session.driver
        for statement, values in self._noted:
            driver.execute(statement, values).fetchall()

    def encode(self) -> list[bytes]:
        """Write the finished answer."""
        return list(self._plan.json(self._answer))

    def encode_plainly(self) -> bytes:
        """Write the same values with Python's own encoder."""
        return json.dumps(self._values, separators=(",", ":")).encode()

    def cost(self, rounds: int) -> Cost:
        """Measure: call, statements and writing either way in turns."""
        works = (self.call, self.run_statements, self.encode, self.encode_plainly)
        times: list[list[float]] = [[] for _ in works]
        for _ in range(rounds):
            for work, into in zip(works, times, strict=True):
                into.append(_taken(work, self._clock))
        # Whatever else the machine does only adds.
        whole, sql, encoding, plain = map(min, times)
        return Cost(
            function=self._function,
            call=whole,
            statements=len(self._noted),
            sql=sql,
            encoding=encoding,
            plain=plain,
        )


@contextmanager
def _noting(session: Session) -> Generator[list[Noted]]:
    """Note all statements of a session, whether SQLAlchemy runs them or the driver is asked."""
    noted: list[Noted] = []
    driver = _Noting(session.driver, noted)

    def note(
        _connection: object, _cursor: object, statement: str, values: object, *_: object
    ) -> None:
        noted.append((statement, values))

    event.listen(session.connection, "before_cursor_execute", note)
    # The session asks for its driver once.
    vars(session)["driver"], kept = driver, session.driver
    try:
        yield noted
    finally:
        vars(session)["driver"] = kept
        event.remove(session.connection, "before_cursor_execute", note)


class _Noting:
    """The driver's connection, all of whose statements are noted."""

    def __init__(self, driver: Any, noted: list[Noted]) -> None:  # noqa: ANN401 - the driver's own
        self._driver = driver
        self._noted = noted

    def execute(self, statement: str, values: object = (), **how: bool) -> Any:  # noqa: ANN401 - its cursor
        self._noted.append((statement, values))
        return self._driver.execute(statement, values, **how)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else it can do
        return getattr(self._driver, name)


def _taken(work: Callable[[], object], clock: Callable[[], float]) -> float:
    before = clock()
    work()
    return (clock() - before) * 1000
