"""Fields of scripts are texts; a missing one is refused unless something stands in for it."""

import pytest

from coursewire.contracts.errors import CodingError, MoodleError
from coursewire.domain import script_fields


def test_a_field_is_returned_as_it_is() -> None:
    assert script_fields.text({"name": " a "}, "name", "other") == " a "
    assert script_fields.text({"name": ""}, "name", "other") == ""


def test_what_stands_in_is_returned_for_a_missing_field() -> None:
    assert script_fields.text({}, "name", "other") == "other"


def test_a_missing_field_is_named() -> None:
    with pytest.raises(MoodleError) as refused:
        script_fields.text({"other": "a"}, "name")
    assert refused.value.errorcode == "missingparam"
    assert "name" in str(refused.value)


def test_a_list_is_refused() -> None:
    with pytest.raises(CodingError):
        script_fields.text({"name": ["a"]}, "name")
