"""Faults: what a site under test does wrong on purpose, to which calls, how often."""

import hashlib
import secrets
import threading
from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from coursewire.testkit.problems import KitError

ALL = "*"
STATUSES = (429, 500, 502, 503, 504)
LONGEST = 600.0

Kind = Literal["error", "status", "latency", "cut", "truncated", "html"]
# What only a fault of one kind can do.
_OF_KIND: Mapping[Kind, tuple[str, ...]] = {
    "error": ("errorcode", "exception", "message"),
    "status": ("status", "retry_after"),
    "cut": ("after_call",),
}


class Fault(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fault: what goes wrong, with which calls, and how often.

    `function` is `*` for all calls. `kind` says what their caller gets: `error` an error document
    with `errorcode`, `exception` and `message`; `status` a page with `status` and, if given,
    `retry_after` (seconds); `latency` the right answer, late; `cut` a closed connection, with
    `after_call` once the call was carried out; `truncated` half of the right answer; `html` a page
    with status 200. `seconds` of latency go with any kind.

    `times` is how many calls it strikes: one unless said otherwise, null for all; with
    `probability` or `from_call` all unless said otherwise. `from_call` counts from 1; `probability`
    is drawn by `seed`, so that the same calls are struck in every run.
    """

    kind: Kind
    function: str = ALL
    errorcode: str = ""
    exception: str = ""
    message: str = ""
    status: int = 500
    retry_after: int | None = None
    seconds: float = 0.0
    times: int | UnsetType | None = UNSET
    probability: float = 1.0
    seed: int | None = None
    from_call: int = 1
    after_call: bool = False

    @property
    def most(self) -> int | None:
        """Return how many calls it strikes at most; None is no limit."""
        if self.times is UNSET:
            return 1 if self.probability == 1.0 and self.from_call == 1 else None
        return self.times

    @property
    def needs_answer(self) -> bool:
        """Tell whether the call is carried out all the same."""
        return self.kind in ("latency", "truncated") or self.after_call


class Standing(Struct, kw_only=True):
    """A fault with its number: how many calls it has met, and how many of them it has struck."""

    id: int
    fault: Fault
    seed: int
    met: int = 0
    struck: int = 0


class Faults:
    """The faults in force; the first that strikes a call wins."""

    def __init__(self) -> None:
        self._standing: list[Standing] = []
        self._numbers = 0
        self._guard = threading.Lock()

    def add(self, fault: Fault) -> Standing:
        """Put a fault in force; one that makes no sense raises KitError."""
        check(fault)
        with self._guard:
            self._numbers += 1
            seed = secrets.randbelow(2**31) if fault.seed is None else fault.seed
            standing = Standing(id=self._numbers, fault=fault, seed=seed)
            self._standing.append(standing)
            return standing

    def all(self) -> list[Standing]:
        """Return the faults in force, and those that are used up."""
        with self._guard:
            return [msgspec.structs.replace(each) for each in self._standing]

    def remove(self, number: int) -> bool:
        """Take one fault away; False where there is none of this number."""
        with self._guard:
            before = len(self._standing)
            self._standing = [each for each in self._standing if each.id != number]
            return len(self._standing) < before

    def clear(self) -> None:
        """Take all faults away."""
        with self._guard:
            self._standing.clear()

    def strike(self, function: str) -> Standing | None:
        """Return the fault that strikes this call, and count."""
        with self._guard:
            for standing in self._standing:
                if standing.fault.function in (ALL, function) and _strikes(standing):
                    return standing
        return None


def _strikes(standing: Standing) -> bool:
    fault, most = standing.fault, standing.fault.most
    standing.met += 1
    if standing.met < fault.from_call or (most is not None and standing.struck >= most):
        return False
    if _drawn(standing.seed, standing.met) >= fault.probability:
        return False
    standing.struck += 1
    return True


def _drawn(seed: int, number: int) -> float:
    """Return a number from 0 up to 1 that seed and call decide: the same in every run."""
    digest = hashlib.sha256(f"{seed}:{number}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


def check(fault: Fault) -> None:
    """Raise KitError for a fault that makes no sense."""
    wrong = ""
    if not fault.function:
        wrong = "a fault with an empty function strikes no call; leave function out for all calls"
    elif fault.kind == "error" and not fault.errorcode:
        wrong = "a fault of kind error needs an errorcode, such as invalidtoken"
    elif fault.kind == "status" and fault.status not in STATUSES:
        wrong = f"status {fault.status} is none of {', '.join(map(str, STATUSES))}"
    elif fault.kind == "latency" and not fault.seconds:
        wrong = "a fault of kind latency needs seconds"
    elif (odd := _of_another_kind(fault)) is not None:
        wrong = f"{odd[0]} goes with kind {odd[1]} only, and this one is of kind {fault.kind}"
    elif fault.retry_after is not None and fault.retry_after < 0:
        wrong = f"retry_after {fault.retry_after} is not 0 or more"
    elif not 0 <= fault.seconds <= LONGEST:
        wrong = f"seconds {fault.seconds} are not between 0 and {LONGEST:.0f}"
    elif not 0 < fault.probability <= 1:
        wrong = f"probability {fault.probability} is not above 0 and at most 1"
    elif fault.from_call < 1:
        wrong = f"from_call {fault.from_call} is not 1 or more"
    elif isinstance(fault.times, int) and fault.times < 1:
        wrong = f"times {fault.times} is not 1 or more; null is for all calls"
    if wrong:
        raise KitError("badfault", wrong, remedy="see docs/control-api.md, Faults")


def _of_another_kind(fault: Fault) -> tuple[str, Kind] | None:
    """Return a field that was given and says nothing of this kind of fault, with its own kind."""
    standard = Fault(kind=fault.kind)
    for kind, names in _OF_KIND.items():
        for name in names if kind != fault.kind else ():
            if getattr(fault, name) != getattr(standard, name):
                return name, kind
    return None
