"""Warnings about one course of several that a call names."""

from coursewire.contracts.parts import CallWarning

# Moodle's code for a course that cannot be entered.
NOT_ENTERED = "1"


def warning(course_id: int, code: str, message: str) -> CallWarning:
    """Return a warning about one course."""
    return CallWarning(item="course", itemid=course_id, warningcode=code, message=message)


def not_entered(course_id: int) -> CallWarning:
    """Return the warning about a course that does not exist or is closed to the caller."""
    message = f"There is no course {course_id}, or you may not enter it"
    return warning(course_id, NOT_ENTERED, message)
