"""Completion in words: what a criterion or a rule asks for, and whether it is met."""

from msgspec import Struct

from coursewire.domain import grade_display
from coursewire.domain.activity_completion import GRADE, PASS, VIEW
from coursewire.domain.call import Call
from coursewire.domain.course_completion import BY_ACTIVITY, BY_GRADE, CriterionState
from coursewire.store import activities
from coursewire.store.courses import CourseRecord
from coursewire.text.short import format_string

RULES = {VIEW: "View", GRADE: "Receive a grade", PASS: "Receive a passing grade"}


class CriterionWords(Struct, frozen=True, kw_only=True):
    """A criterion as people read it."""

    type: int
    title: str
    criteria: str
    requirement: str
    status: str


class Words:
    """Puts the criteria of one course into words."""

    def __init__(self, call: Call, course: CourseRecord) -> None:
        self._text = call.text
        self._names = {
            activity.id: activity.name for activity in activities.of_course(call.session, course.id)
        }

    def of(self, state: CriterionState) -> CriterionWords:
        """Return a criterion in words."""
        criterion, met = state.criterion, state.met_at is not None
        yes = "Yes" if met else "No"
        if criterion.type == BY_ACTIVITY:
            # Readers take this for HTML: Moodle sends a link with the name.
            name = format_string(self._names.get(criterion.course_module_id or 0, ""), self._text)
            return CriterionWords(
                type=criterion.type,
                title="Activity completion",
                criteria=name,
                requirement="Complete the activity",
                status=yes,
            )
        if criterion.type == BY_GRADE:
            needed = grade_display.rounded(criterion.gradepass or 0, 2)
            return CriterionWords(
                type=criterion.type,
                title="Course grade",
                criteria=f"Course grade of at least {needed}",
                requirement=needed,
                status=yes,
            )
        return CriterionWords(
            type=criterion.type,
            title="Self completion",
            criteria="Self completion",
            requirement="Mark the course as complete",
            status=yes,
        )
