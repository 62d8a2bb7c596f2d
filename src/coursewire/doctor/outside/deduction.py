"""From what the probes saw to the set of causes that explain it: a pure function."""

from collections.abc import Iterator, Mapping
from itertools import groupby

from msgspec import Struct

from coursewire.doctor.outside import worlds
from coursewire.doctor.outside.causes import BY_NAME, CAUSES, WORKS
from coursewire.doctor.outside.worlds import DENIED, PASSED, UNKNOWN, Era, Probe, World

_ORDER = {name: place for place, name in enumerate([*BY_NAME, WORKS])}


class Observations(Struct, frozen=True):
    """What each probe answered; a probe that was not sent is missing.

    `namespaced` tells how the site spells its exceptions: with a namespace since 4.5.
    """

    answers: Mapping[Probe, str] = {}
    namespaced: bool | None = None

    def plus(self, probe: Probe, answer: str) -> "Observations":
        """Return these observations with one more."""
        return Observations({**self.answers, probe: answer}, self.namespaced)


def deduce(seen: Observations) -> tuple[str, ...]:
    """Return every cause that explains all observations, in the order of the checks.

    `works` is among them while nothing seen excludes that the token works. Nothing at all comes
    back for answers that no documented check gives.
    """
    found = {world.cause for world in worlds.everywhere() if _fits(world, seen)}
    return tuple(sorted(found, key=_ORDER.__getitem__))


def _fits(world: World, seen: Observations) -> bool:
    if seen.namespaced is not None and seen.namespaced != (world.era == "namespaced"):
        return False
    return all(code in worlds.answers(world, probe) for probe, code in seen.answers.items())


def next_probe(seen: Observations, *, may_consume: bool = True) -> Probe | None:
    """Return the probe that should be sent next, or None when no other can tell more.

    Without `may_consume` no token is sent: a site deletes one that is out of date at its first use.
    """
    found = seen.answers
    if "door" not in found:
        return "door"
    if found["door"] == "closed":
        return None if "app" in found else "app"
    if found["door"] not in (UNKNOWN, DENIED):
        # Not Moodle, or not answering: nothing that could read a token gets one.
        return None
    if len(deduce(seen)) <= 1 or not may_consume:
        return None
    if "token" not in found:
        return "token"
    if found["token"] == DENIED:
        return _after_denied(found)
    if found["token"] == PASSED:
        return _after_passed(found)
    return None


def _after_denied(found: Mapping[Probe, str]) -> Probe | None:
    if "again" not in found:
        return "again"
    return "file" if found["again"] == DENIED and "file" not in found else None


def _after_passed(found: Mapping[Probe, str]) -> Probe | None:
    if "info" not in found:
        return "info"
    if found["info"] != DENIED:
        return None
    if "read" not in found:
        return "read"
    return "file" if found["read"] == DENIED and "file" not in found else None


def outcomes(cause: str, *, era: Era = "namespaced") -> Iterator[Observations]:
    """Yield everything that the probes may see of a cause, as they would be sent."""
    for world in worlds.everywhere():
        if world.cause == cause and world.era == era:
            yield from _seen_in(world, Observations(namespaced=era == "namespaced"))


def _seen_in(world: World, seen: Observations) -> Iterator[Observations]:
    probe = next_probe(seen)
    if probe is None:
        yield seen
        return
    for code in sorted(worlds.answers(world, probe)):
        yield from _seen_in(world, seen.plus(probe, code))


def inseparable() -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the sets of causes that the probes cannot tell apart, each with what was seen."""
    rows = {
        (deduce(seen), _shown(seen))
        for cause in [cause.name for cause in CAUSES]
        for seen in outcomes(cause)
    }
    ordered = sorted(rows, key=lambda row: ([_ORDER[name] for name in row[0]], row[1]))
    for causes, group in groupby(ordered, key=lambda row: row[0]):
        yield causes, "; or ".join(shown for _, shown in group)


def _shown(seen: Observations) -> str:
    return ", ".join(f"{probe} {code}" for probe, code in seen.answers.items())
