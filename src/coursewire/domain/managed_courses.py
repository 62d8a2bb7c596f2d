"""The courses in which one call manages groups, each entered and checked once."""

from coursewire.domain import validation
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context

MANAGE = "moodle/course:managegroups"


class ManagedCourses:
    """Enters courses and checks the right to manage their groups.

    What succeeded for a course holds for the rest of the call, so a call with a thousand items
    in one course pays once.
    """

    def __init__(self, call: Call) -> None:
        self._call = call
        self._entered: dict[int, Context] = {}

    def soft(self, course_id: int) -> Context:
        """Enter a course; one that is unknown cannot be entered."""
        if course_id not in self._entered:
            self._entered[course_id] = self._manage(validation.wrap_soft(self._call, course_id))
        return self._entered[course_id]

    def hard(self, course_id: int) -> Context:
        """Enter a course; one that is unknown is a missing record."""
        if course_id not in self._entered:
            self._entered[course_id] = self._manage(validation.wrap_hard(self._call, course_id))
        return self._entered[course_id]

    def _manage(self, context: Context) -> Context:
        self._call.permissions.require(MANAGE, context)
        return context
