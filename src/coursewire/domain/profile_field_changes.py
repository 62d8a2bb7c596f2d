"""Changes of the site's own profile fields, and their removal."""

from typing import Any

from coursewire.domain.call import Call
from coursewire.store import profile_fields as store


def change(call: Call, field_id: int, **values: Any) -> None:  # noqa: ANN401 - columns
    """Change the name of a field, or who sees it."""
    with call.transaction():
        store.change(call.session, field_id, values)
        call.audit.record("profile_field.update", f"profile field {field_id}", **values)


def remove(call: Call, field_id: int) -> None:
    """Remove a field with everything that users have in it."""
    with call.transaction():
        store.remove(call.session, field_id)
        call.audit.record("profile_field.delete", f"profile field {field_id}")
