"""The records of course rows follow their tables."""

import pytest
from msgspec import Struct
from sqlalchemy import Table

from coursewire.store.categories import CategoryRecord
from coursewire.store.courses import CourseRecord
from coursewire.store.custom_fields import FieldRecord
from coursewire.store.groupings import GroupingRecord
from coursewire.store.groups import GroupRecord
from coursewire.store.schema.courses import categories, courses, sections
from coursewire.store.schema.customfields import custom_fields
from coursewire.store.schema.groups import groupings, groups
from coursewire.store.sections import SectionRecord


@pytest.mark.parametrize(
    ("record", "table"),
    [
        (CategoryRecord, categories),
        (CourseRecord, courses),
        (FieldRecord, custom_fields),
        (GroupRecord, groups),
        (GroupingRecord, groupings),
        (SectionRecord, sections),
    ],
)
def test_a_record_has_the_columns_of_its_table_in_their_order(
    record: type[Struct], table: Table
) -> None:
    assert list(record.__struct_fields__) == table.c.keys()
