"""IN-11: look-alikes and other spellings of a name make no second account."""

import pytest

from tests.rules.line import Line

NEW = {
    "username": "newcomer",
    "password": "Rainy-Day-8!",
    "firstname": "New",
    "lastname": "Comer",
    "email": "newcomer@school.example",
}
NAMES = (
    "student", "Student", "STUDENT", " student", "student ", "student\t", "stu\u200bdent",
    "\uff53tudent", "\u0455tudent", "studen\u0301t", "student\0", "stud\u00a0ent",
)  # fmt: skip
ADDRESSES = ("student@school.example", "Student@School.Example", "STUDENT@SCHOOL.EXAMPLE")


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_in_11_no_other_spelling_of_a_user_name_is_taken(line: Line, name: str) -> None:
    done = line.run(
        "administrator", "core_user_create_users", {"users": [NEW | {"username": name}]}
    )
    assert done.is_refused
    assert done.written == ()


@pytest.mark.parametrize("address", ADDRESSES)
def test_in_11_no_other_spelling_of_an_address_is_taken(line: Line, address: str) -> None:
    done = line.run(
        "administrator", "core_user_create_users", {"users": [NEW | {"email": address}]}
    )
    assert done.is_refused
    assert done.written == ()
