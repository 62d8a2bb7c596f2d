"""What the control API can do: one line of the table for each method and path."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote

import msgspec
from msgspec import Struct

from coursewire import __version__
from coursewire.testkit.calls import ReceivedCall, Wanted
from coursewire.testkit.clock import require_date
from coursewire.testkit.faults import Fault
from coursewire.testkit.kit import BEGINNING, Kit
from coursewire.testkit.problems import KitError

T = TypeVar("T", bound=Struct)
LONGEST_WAIT = 60.0
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Request(Struct, frozen=True, kw_only=True):
    """A request to the control API; `path` stands below `/testkit/`."""

    method: str
    path: str
    query: str
    body: bytes


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a request."""


class Reset(Part, frozen=True, kw_only=True):
    """Which state to bring back."""

    snapshot: str = BEGINNING


class Named(Part, frozen=True, kw_only=True):
    """The name of a snapshot."""

    name: str


class ForWhom(Part, frozen=True, kw_only=True):
    """Whose token for which service is wished for; both left out: everything, as administrator."""

    user: str = ""
    service: str = ""


class Moment(Part, frozen=True, kw_only=True):
    """How to move the clock: `set` is Unix seconds or an ISO 8601 time."""

    set: int | str | None = None
    advance: float | None = None
    stopped: bool | None = None


class Wait(Part, frozen=True, kw_only=True):
    """Which call to wait for, how many of them, and how long in seconds."""

    function: str = ""
    outcome: str = ""
    since: int = 0
    count: int = 1
    timeout: float = 5.0


async def act(kit: Kit, request: Request) -> Any:  # noqa: ANN401 - JSON
    """Do what is asked for, and return what to tell about it."""
    paths: set[str] = set()
    for method, pattern, action in ACTIONS:
        found = re.fullmatch(pattern, request.path)
        if found is None:
            continue
        if method == request.method:
            return await action(kit, request, *map(unquote, found.groups()))
        paths.add(method)
    if paths:
        msg = f"{request.method} is not possible here; {', '.join(sorted(paths))} is"
        raise KitError("badmethod", msg, status=405)
    msg = f"there is nothing at /testkit/{request.path}"
    raise KitError("notfound", msg, remedy="see docs/control-api.md", status=404)


async def _state(kit: Kit, _request: Request) -> Any:  # noqa: ANN401 - JSON
    return {
        "version": __version__,
        "url": kit.url,
        "engine": kit.runtime.database.engine_name,
        "clock": _clock(kit),
        "calls": len(kit.calls.find(Wanted())),
        "faults": len(kit.faults.all()),
        "snapshots": kit.snapshots.names,
    }


async def _reset(kit: Kit, request: Request) -> Any:  # noqa: ANN401 - JSON
    await asyncio.to_thread(kit.reset, _read(request, Reset).snapshot)
    return await _state(kit, request)


async def _snapshots(kit: Kit, _request: Request) -> Any:  # noqa: ANN401 - JSON
    return {"snapshots": kit.snapshots.names}


async def _keep(kit: Kit, request: Request) -> Any:  # noqa: ANN401 - JSON
    name = _read(request, Named).name
    if not _NAME.fullmatch(name):
        msg = f"{name!r} is no name: letters, digits, dots, dashes and underscores, 64 at most"
        raise KitError("badname", msg)
    await asyncio.to_thread(kit.snapshots.keep, name)
    return {"snapshots": kit.snapshots.names}


async def _restore(kit: Kit, _request: Request, name: str) -> Any:  # noqa: ANN401 - JSON
    await asyncio.to_thread(kit.restore, name)
    return {"restored": name}


async def _forget(kit: Kit, _request: Request, name: str) -> Any:  # noqa: ANN401 - JSON
    if name == BEGINNING:
        msg = f"the snapshot {name!r} stays: a reset comes back to it"
        raise KitError("badname", msg, remedy="keep another state under this name instead")
    kit.snapshots.remove(name)
    return {"snapshots": kit.snapshots.names}


async def _apply(kit: Kit, request: Request) -> Any:  # noqa: ANN401 - JSON
    return await asyncio.to_thread(kit.apply, request.body)


async def _token(kit: Kit, request: Request) -> Any:  # noqa: ANN401 - JSON
    wanted = _read(request, ForWhom)
    if not wanted.user and not wanted.service:
        return {"token": await asyncio.to_thread(kit.issue_for_everything)}
    return {"token": await asyncio.to_thread(kit.issue, wanted.user, wanted.service)}


def _clock(kit: Kit) -> dict[str, Any]:
    return {"now": kit.clock.now(), "stopped": kit.clock.stands}


async def _time(kit: Kit, _request: Request) -> Any:  # noqa: ANN401 - JSON
    return _clock(kit)


async def _move(kit: Kit, request: Request) -> Any:  # noqa: ANN401 - JSON
    wanted = _read(request, Moment)
    stepped = kit.clock.now() if wanted.set is None else _seconds(wanted.set)
    # All of it or nothing: the clock does not stay between what was asked for and what was not.
    require_date(stepped)
    require_date(stepped + (wanted.advance or 0.0))
    if wanted.set is not None:
        kit.clock.set(stepped)
    if wanted.advance is not None:
        kit.clock.advance(wanted.advance)
    if wanted.stopped is not None:
        (kit.clock.stop if wanted.stopped else kit.clock.go_on)()
    return _clock(kit)


async def _right(kit: Kit, _request: Request) -> Any:  # noqa: ANN401 - JSON
    kit.clock.reset()
    return _clock(kit)


def _seconds(written: int | str) -> int:
    if isinstance(written, int):
        return written
    try:
        return int(datetime.fromisoformat(written).timestamp())
    except (ValueError, OverflowError) as error:
        msg = f"{written!r} is no time"
        remedy = "write Unix seconds, or 2026-09-01T08:00:00Z"
        raise KitError("badtime", msg, remedy=remedy) from error


async def _calls(kit: Kit, request: Request) -> Any:  # noqa: ANN401 - JSON
    given = {name: values[-1] for name, values in parse_qs(request.query).items()}
    try:
        wanted = msgspec.convert(given, Wanted, strict=False)
    except msgspec.ValidationError as error:
        raise KitError("badquery", str(error)) from error
    return {"calls": kit.calls.find(wanted)}


async def _forget_calls(kit: Kit, _request: Request) -> Any:  # noqa: ANN401 - JSON
    kit.calls.clear()
    return {"calls": []}


async def _wait(kit: Kit, request: Request) -> Any:  # noqa: ANN401 - JSON
    """Look again and again: a thread that waits would be one less for the calls to come."""
    asked = _read(request, Wait)
    wanted = Wanted(function=asked.function, outcome=asked.outcome, since=asked.since)
    deadline = time.monotonic() + min(asked.timeout, LONGEST_WAIT)
    found: list[ReceivedCall] = kit.calls.find(wanted)
    while len(found) < asked.count:
        if time.monotonic() >= deadline:
            msg = f"{len(found)} of {asked.count} such calls came within {asked.timeout} s"
            raise KitError("nocall", msg, remedy="GET /testkit/calls lists what came", status=408)
        await asyncio.sleep(0.01)
        found = kit.calls.find(wanted)
    return {"calls": found}


async def _faults(kit: Kit, _request: Request) -> Any:  # noqa: ANN401 - JSON
    return {"faults": kit.faults.all()}


async def _fail(kit: Kit, request: Request) -> Any:  # noqa: ANN401 - JSON
    return kit.faults.add(_read(request, Fault))


async def _mend(kit: Kit, _request: Request) -> Any:  # noqa: ANN401 - JSON
    kit.faults.clear()
    return {"faults": []}


async def _mend_one(kit: Kit, _request: Request, number: str) -> Any:  # noqa: ANN401 - JSON
    if not kit.faults.remove(int(number)):
        raise KitError("notfound", f"there is no fault {number}", status=404)
    return {"faults": kit.faults.all()}


def _read(request: Request, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(request.body or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise KitError("badbody", f"the body does not fit: {error}") from error


ACTIONS: tuple[tuple[str, str, Callable[..., Awaitable[Any]]], ...] = (
    ("GET", "", _state),
    ("POST", "reset", _reset),
    ("GET", "snapshots", _snapshots),
    ("POST", "snapshots", _keep),
    ("POST", "snapshots/([^/]+)/restore", _restore),
    ("DELETE", "snapshots/([^/]+)", _forget),
    ("POST", "site", _apply),
    ("POST", "tokens", _token),
    ("GET", "clock", _time),
    ("POST", "clock", _move),
    ("DELETE", "clock", _right),
    ("GET", "calls", _calls),
    ("DELETE", "calls", _forget_calls),
    ("POST", "calls/wait", _wait),
    ("GET", "faults", _faults),
    ("POST", "faults", _fail),
    ("DELETE", "faults", _mend),
    ("DELETE", "faults/([0-9]{1,9})", _mend_one),
)
