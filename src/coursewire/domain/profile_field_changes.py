"""Changes of the site's own profile fields, and their removal."""

from collections.abc import Sequence
from typing import Any

from coursewire.domain.call import Call
from coursewire.store import profile_fields as store
from coursewire.store import profile_values


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


def empty(call: Call, user_id: int, field_ids: Sequence[int]) -> None:
    """Take what a user has in fields away."""
    with call.transaction():
        profile_values.remove(call.session, user_id, field_ids)
        call.audit.record("user.update", f"user {user_id}", profile_fields=list(field_ids))
