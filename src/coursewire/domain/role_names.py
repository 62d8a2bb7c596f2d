"""What roles are called where people read it: their own name, or that of the standard role."""

from collections.abc import Mapping

from coursewire.store import roles
from coursewire.store.session import Session

STANDARD: Mapping[str, str] = {
    "manager": "Manager",
    "coursecreator": "Course creator",
    "editingteacher": "Teacher",
    "teacher": "Non-editing teacher",
    "student": "Student",
    "guest": "Guest",
    "user": "Authenticated user",
    "frontpage": "Authenticated user on the front page",
}


def of(session: Session, role_id: int) -> str:
    """Return the name of a role; a role that is gone has none."""
    found = next((role for role in roles.everything(session) if role.id == role_id), None)
    if found is None:
        return ""
    return found.name or STANDARD.get(found.shortname, found.shortname)
