"""Custom fields of courses, groups and groupings: what is sent, stored and shown."""

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from coursewire.contracts.fields import Unset
from coursewire.contracts.parts import CustomFieldValue
from coursewire.domain.call import Call
from coursewire.store import custom_fields as store
from coursewire.store.custom_fields import FieldRecord
from coursewire.store.session import Session

# Who sees a field: nobody, people who may change the course, everybody.
NOBODY, EDITORS, EVERYBODY = 0, 1, 2


class FieldValue(Struct, frozen=True, gc=False):
    """A field and its value in one place."""

    field: FieldRecord
    value: str


def define(
    call: Call,
    area: str,
    shortname: str,
    name: str,
    *,
    kind: str = "text",
    visibility: int = EVERYBODY,
) -> int:
    """Create a field of `course`, `group` or `grouping` and return its id."""
    with call.transaction():
        values = {"area": area, "shortname": shortname, "name": name}
        place = len(store.of_area(call.session, area))
        rest = {"type": kind, "visibility": visibility, "sortorder": place}
        field_id = store.add(call.session, {**values, **rest})
        call.audit.record("custom_field.create", f"custom field {shortname} of {area}")
        return field_id


def save(
    session: Session,
    area: str,
    sent: Iterable[tuple[int, Sequence[CustomFieldValue] | Unset]],
) -> None:
    """Store the values sent for rows of an area; unknown and locked fields are passed over."""
    given = [(instance, values) for instance, values in sent if isinstance(values, Sequence)]
    if not any(values for _, values in given):
        return
    fields = store.of_area(session, area)
    new = {
        (instance, fields[value.shortname].id): value.value
        for instance, values in given
        for value in values
        if value.shortname in fields and not fields[value.shortname].locked
    }
    store.set_many(session, new)


def forget(session: Session, area: str, instances: Collection[int]) -> None:
    """Delete the values of rows that are deleted."""
    store.remove_of(session, area, instances)


def values(
    session: Session, area: str, instances: Collection[int], *, editor: bool
) -> dict[int, list[FieldValue]]:
    """Return the values that a viewer sees, for each row that has any, in the fields' order."""
    wanted = EDITORS if editor else EVERYBODY
    fields = {
        field.id: field
        for field in store.of_area(session, area).values()
        if field.visibility >= wanted
    }
    if not fields:
        return {}
    stored = store.values_of(session, fields, instances)
    found: dict[int, list[FieldValue]] = {}
    for key, field in fields.items():
        for instance in sorted(set(instances)):
            value = stored.get((instance, key))
            if value is not None:
                found.setdefault(instance, []).append(FieldValue(field, value))
    return found
