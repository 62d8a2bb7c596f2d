"""The gate of the file scripts: the checks of the other gate, in the order of these scripts.

They ask neither for the protocol's capability nor for a function (protocol.md 9.5).
"""

from collections.abc import Callable

from coursewire.contracts.errors import MissingRecord, MoodleError, Refusal
from coursewire.domain import gate
from coursewire.domain.gate import Failed
from coursewire.domain.gate_facts import Facts

_ORDER = (
    "token known",
    gate.EXPIRED,
    gate.ADDRESS,
    "token in body",
    "user not deleted",
    gate.MAINTENANCE,
    "service enabled",
    "required capability",
    "user authorised",
    "authorisation in date",
    "authorised address",
    "user confirmed",
    "user not suspended",
    "user may log in",
)
_BY_NAME = {check.name: check for check in gate.CHECKS}
CHECKS = tuple(_BY_NAME[name] for name in _ORDER)
_BEFORE_USE = frozenset(_ORDER[:3])


def first_refusal(facts: Facts) -> Failed | None:
    """Return the first check that refuses, with the code of these scripts, or None."""
    for check in CHECKS:
        refusal = check.test(facts)
        if refusal is not None:
            told = _OTHERWISE.get(check.name, _same)(facts, refusal)
            return Failed(check, told, used=check.name not in _BEFORE_USE)
    return None


def _same(_facts: Facts, refusal: Refusal) -> Refusal:
    return refusal


def _deleted(facts: Facts, _refusal: Refusal) -> Refusal:
    return MissingRecord("user", facts.held.user_id)


def _unconfirmed(_facts: Facts, refusal: Refusal) -> Refusal:
    return MoodleError(
        "usernotconfirmed", refusal.message, reason=refusal.reason, remedy=refusal.remedy
    )


_OTHERWISE: dict[str, Callable[[Facts, Refusal], Refusal]] = {
    "user not deleted": _deleted,
    "user confirmed": _unconfirmed,
}
