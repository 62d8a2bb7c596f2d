"""A place as callers name it: a context by its id, or by its level and what stands there."""

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import contexts
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context

LEVELS = {
    "system": contexts.SYSTEM,
    "user": contexts.USER,
    "coursecat": contexts.CATEGORY,
    "course": contexts.COURSE,
    "module": contexts.MODULE,
    "block": contexts.BLOCK,
}


def find(call: Call, context_id: int, level: str, instance_id: int | None) -> Context:
    """Return the context that was named; an id of 0 and a level of '' were not given."""
    if context_id:
        found = contexts.by_id(call.session, context_id)
        wanted = f"context {context_id}"
    elif level and instance_id is not None:
        number = _level(level)
        instance = 0 if number == contexts.SYSTEM else instance_id
        found = contexts.find(call.session, number, instance)
        wanted = f"context of {level} {instance_id}"
    else:
        reason = "no place is named"
        raise InvalidParameter(reason, remedy="send contextid, or contextlevel and instanceid")
    if found is None:
        raise InvalidParameter(f"there is no {wanted}", remedy="check the ids")
    return found


def _level(level: str) -> int:
    if level.isdigit() and int(level) in contexts.LEVELS:
        return int(level)
    if level not in LEVELS:
        reason = f"{level!r} is no context level"
        raise InvalidParameter(reason, remedy=f"use one of {', '.join(LEVELS)}")
    return LEVELS[level]
