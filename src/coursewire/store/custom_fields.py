"""Rows of the custom fields of courses, groups and groupings, and of their values."""

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, delete, insert, select

from coursewire.store.batches import batches
from coursewire.store.direct import DirectRead
from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.schema.customfields import custom_fields, custom_values
from coursewire.store.session import Session


class FieldRecord(Struct, frozen=True, gc=False):
    """One row of the table of fields, its columns in the table's order."""

    id: int
    area: str
    shortname: str
    name: str
    type: str
    visibility: int
    locked: int
    sortorder: int


# Built once: putting a statement together costs more than running it.
_OF_AREA = DirectRead(
    select(custom_fields)
    .where(custom_fields.c.area == bindparam("area"))
    .order_by(custom_fields.c.sortorder, custom_fields.c.id)
)
_VALUES = DirectListRead(
    select(custom_values.c.instanceid, custom_values.c.field_id, custom_values.c.value).where(
        among(custom_values.c.field_id, "fields"), among(custom_values.c.instanceid, "instances")
    )
)


def of_area(session: Session, area: str) -> dict[str, FieldRecord]:
    """Return the fields of `course`, `group` or `grouping` by short name, in their order."""
    records = (FieldRecord(*row) for row in _OF_AREA.rows(session, {"area": area}))
    return {record.shortname: record for record in records}


def add(session: Session, values: Mapping[str, Any]) -> int:
    """Insert a field and return the id."""
    return session.insert(insert(custom_fields), dict(values))


def values_of(
    session: Session, field_ids: Collection[int], instances: Collection[int]
) -> dict[tuple[int, int], str]:
    """Return the stored values by instance and field."""
    if not field_ids:
        return {}
    fields = {"fields": list(field_ids)}
    rows = _VALUES.of_all(session, "instances", sorted(set(instances)), fields)
    return {(instance, field_id): value for instance, field_id, value in rows}


def set_many(session: Session, new: Mapping[tuple[int, int], str]) -> None:
    """Write values, given by instance and field, in place of earlier ones."""
    for (instance, field_id), value in new.items():
        session.execute(
            delete(custom_values).where(
                custom_values.c.instanceid == instance, custom_values.c.field_id == field_id
            )
        )
        row = {"instanceid": instance, "field_id": field_id, "value": value}
        session.execute(insert(custom_values), row)


def remove_of(session: Session, area: str, instances: Collection[int]) -> None:
    """Delete the values of instances that are no more."""
    fields = select(custom_fields.c.id).where(custom_fields.c.area == area)
    for some in batches(sorted(set(instances))):
        session.execute(
            delete(custom_values).where(
                custom_values.c.field_id.in_(fields), custom_values.c.instanceid.in_(some)
            )
        )
