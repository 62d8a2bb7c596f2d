"""Looking into a course as a guest: the ways that let guests in."""

from coursewire.domain.call import Call
from coursewire.store.enrolments import Instance
from coursewire.text.short import format_string


def name(call: Call, instance: Instance) -> str:
    """Return the name of a way into a course for guests."""
    return format_string(instance.name, call.text) or "Guest access"
