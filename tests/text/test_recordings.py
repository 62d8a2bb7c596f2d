"""Every text of the recordings, read back without a server."""

import re
from collections.abc import Iterator

import pytest

from coursewire.text.long import format_text
from coursewire.text.settings import FileArea, TextSettings
from coursewire.text.short import format_string
from coursewire.text.tags import is_plain_text
from tests.text.recorded import Reading, readings, steps

BASE = "https://moodle.example.com"
AREA = FileArea(BASE, 7, "group", "description", 3)
PHP_WHITE_SPACE = " \t\n\r\0\v"
MARKER = re.compile(r"\$\{([^}]*)\}")

RECORDED = {
    ("public/text_formats", "groups"): 416,
    ("public/groupings", "groupings"): 100,
    ("public/random_01", "groups"): 10,
    ("public/random_02", "groupings"): 5,
}


def _pattern(answer: str) -> str:
    """What the answer must match: `${BASE}`, numbers and whatever `${*}` stands for filled in."""
    parts: list[str] = []
    for position, part in enumerate(MARKER.split(answer)):
        known = {"BASE": re.escape(BASE), "n": "7", "*": ".*?"}
        parts.append(known.get(part, "3") if position % 2 else re.escape(part))
    return "".join(parts)


@pytest.mark.parametrize(("recording", "created"), RECORDED)
def test_the_texts_of_a_recording_are_shown_as_recorded(recording: str, created: str) -> None:
    all_readings = list(readings(recording, created))
    wrong = [reading for reading in all_readings if not _is_shown_as_recorded(reading)]
    assert wrong == []
    assert len(all_readings) >= RECORDED[recording, created]


def _is_shown_as_recorded(reading: Reading) -> bool:
    shown, shown_format = format_text(reading.text, reading.text_format, reading.settings, AREA)
    as_recorded = re.fullmatch(_pattern(reading.answer), shown, re.DOTALL) is not None
    return as_recorded and shown_format == reading.answer_format


def _names() -> Iterator[tuple[str, str, str]]:
    """Names of groups as created and as shown afterwards."""
    created: dict[str, str] = {}
    for number, step in steps("public/groups_create"):
        body = step["expect"].get("body")
        for item in body if isinstance(body, list) else []:
            label = str(item["id"]).replace("int:", "")
            if step["function"] == "core_group_create_groups":
                created[label] = item["name"]
            elif label in created:
                yield f"{number} {label}", created[label], item["name"]


def test_recorded_names_are_shown_as_recorded() -> None:
    names = list(_names())
    assert len(names) >= 20
    for place, name, shown in names:
        # A group's name is stored without outer white space.
        assert format_string(name.strip(PHP_WHITE_SPACE), TextSettings()) == shown, place


def _bracketed_names() -> Iterator[tuple[str, str, bool]]:
    """Names with an angle bracket, and whether a group or category got them."""
    for recording, holder in (
        ("public/groups_create", "groups"),
        ("public/groups_update", "groups"),
        ("public/users_create", "users"),
        ("public/random_02", "groups"),
        ("tier2/categories_write", "categories"),
    ):
        for number, step in steps(recording):
            items = step.get("params", {}).get(holder, [])
            for item in (item for item in items if isinstance(item, dict)):
                for key in ("name", "firstname", "lastname", "department"):
                    if "<" in str(item.get(key)):
                        refused = "error" in step["expect"]
                        yield f"{recording}:{number}", item[key], not refused


def test_names_with_brackets_are_admitted_as_recorded() -> None:
    names = list(_bracketed_names())
    assert {admitted for _, _, admitted in names} == {True, False}
    for place, name, admitted in names:
        assert is_plain_text(name) == admitted, place
