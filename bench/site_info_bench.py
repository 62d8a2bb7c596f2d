"""Site info for 1,000 tokens in turn with a write per 100 calls, against a bare echo."""

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from statistics import median

from bench import driving, serving, sites, turns
from bench.measuring import Figure, show

MOST = 2.2
CALLS = 20_000
TOKENS = 1_000
ROUNDS = 5
WRITE_EVERY = 100
_WRITE = "core_group_create_groups"


def main() -> int:
    """Measure at full size."""
    return show([measure(1), measure(24), measure(24, bare=True)])


def measure(
    functions: int,
    *,
    tokens: int = TOKENS,
    calls: int = CALLS,
    rounds: int = ROUNDS,
    bare: bool = False,
) -> Figure:
    """Return the cost of a call by a token of a service with so many functions, in echoes.

    Beside a `bare` echo, on uvicorn's own connections, nothing is demanded.
    """
    with sites.folder() as folder:
        reads, writer = _site(folder, functions, tokens)
        with serving.coursewire(folder / "site") as served:
            size = len(driving.ask(served.port, reads[0]))
            with serving.echo(size, folder, bare=bare) as echo:
                value = median(
                    turns.ratio(served, echo, list(_mixed(reads, writer, calls // rounds)))
                    for _ in range(rounds)
                )
    name = f"site info, service of {functions}, {tokens:,} tokens"
    if bare:
        return Figure(name=f"{name}, uvicorn alone", value=value, unit="x echo", most=None)
    return Figure(name=name, value=value, unit="x echo", most=MOST)


def _site(folder: Path, functions: int, count: int) -> tuple[list[bytes], str]:
    """Make a site; return the calls of its tokens, and the token that writes."""
    with sites.made(folder / "site") as (opened, call):
        sites.allow(call, "user", "webservice/rest:use")
        read = sites.service(call, "read", sites.FUNCTIONS[:functions])
        write = sites.service(call, "write", [_WRITE])
        people = sites.people(call.session, count)
        values = sites.issued(opened, call.session, people, read)
        (writer,) = sites.issued(opened, call.session, [call.caller.id], write)
    return [driving.form(value, sites.SITE_INFO) for value in values], writer


_numbers = iter(range(1, 1 << 60))


def _mixed(reads: list[bytes], writer: str, calls: int) -> Iterator[bytes]:
    turn = cycle(reads)
    for number in range(calls):
        if number % WRITE_EVERY == WRITE_EVERY - 1:
            yield _write(writer)
        else:
            yield next(turn)


def _write(writer: str) -> bytes:
    values = {"courseid": 1, "name": f"Group {next(_numbers)}", "description": ""}
    fields = {f"groups[0][{name}]": value for name, value in values.items()}
    return driving.form(writer, _WRITE, **fields)
