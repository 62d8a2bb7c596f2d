"""The open functions as methods: which there are, and what a wrong name gets to hear."""

import pytest

from coursewire import Moodle
from coursewire.contracts import registry
from tests.client.asking import Shell
from tests.client.hostile import Hostile, answer


@pytest.fixture
def moodle() -> Moodle:
    return Moodle("moodle.example.org", "t0ken")


def test_every_published_function_is_a_method(moodle: Moodle) -> None:
    assert len(registry.entries()) == 760
    for name in registry.entries():
        assert getattr(moodle, name).__name__ == name
    assert set(registry.entries()) <= set(dir(moodle))


def test_a_name_that_nearly_fits_is_told_the_right_one(moodle: Moodle) -> None:
    with pytest.raises(AttributeError, match="did you mean core_group_create_groups"):
        getattr(moodle, "core_group_create_group".strip())
    with pytest.raises(LookupError, match="call_unchecked"):
        moodle.call_by_name("local_thing_do", {})
    assert not hasattr(moodle, "nothing")
    assert not hasattr(moodle, "__deepcopy__")


def test_a_parameter_with_the_name_of_a_keyword_takes_an_underscore(
    shell: Shell, hostile: Hostile
) -> None:
    hostile.plays(answer(b"{}"))
    shell.ask(
        hostile.address,
        lambda it: it.mod_glossary_get_authors(id=1, from_=5, limit=10, options={}),
    )
    assert hostile.received[0].fields["from"] == "5"
