"""The records of people's rows follow their tables."""

import pytest
from msgspec import Struct
from sqlalchemy import Table

from coursewire.store.enrolments import Instance, UserEnrolment
from coursewire.store.grades import Grade, GradeItem
from coursewire.store.profile_fields import ProfileField
from coursewire.store.schema.enrolments import enrolment_instances, user_enrolments
from coursewire.store.schema.grades import grade_items, grades
from coursewire.store.schema.users import profile_fields, users
from coursewire.store.users import UserRecord


@pytest.mark.parametrize(
    ("record", "table"),
    [
        (UserRecord, users),
        (ProfileField, profile_fields),
        (Instance, enrolment_instances),
        (UserEnrolment, user_enrolments),
        (GradeItem, grade_items),
        (Grade, grades),
    ],
)
def test_a_record_has_the_columns_of_its_table_in_their_order(
    record: type[Struct], table: Table
) -> None:
    assert list(record.__struct_fields__) == table.c.keys()
