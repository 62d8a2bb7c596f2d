"""Contexts of courses, remembered for as long as no fact changes."""

from coursewire.domain import contexts
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context

_MEMORY = "course_places"
_MOST = 10_000


def find(call: Call, course_id: int) -> Context | None:
    """Return the context of a course, or None; for calls that change no context themselves."""
    if not call.is_as_met:
        return contexts.course(call.session, course_id)
    known: dict[int, Context] = call.site.memory.setdefault(_MEMORY, {})
    place = known.get(course_id)
    if place is None:
        place = contexts.course(call.session, course_id)
        if place is not None and call.is_still_as_met():
            if len(known) >= _MOST:
                known.clear()
            known[course_id] = place
    return place
