"""The media types of files are those of their names, whatever the machine knows."""

import mimetypes

import pytest

from coursewire.domain import file_types

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("handout.txt", "text/plain"),
        ("HANDOUT.PDF", "application/pdf"),
        ("essay.docx", WORD),
        ("essay.Docx", WORD),
        ("talk.odp", "application/vnd.oasis.opendocument.presentation"),
        ("film.mp4", "video/mp4"),
        ("drawing.svg", "image/svg+xml"),
        ("photo.webp", "image/webp"),
        ("data.tar.gz", "application/gzip"),
        ("data.csv.gz", "application/gzip"),
        ("page.html.xz", "application/x-xz"),
        ("data.tgz", "application/gzip"),
        ("page.svgz", file_types.UNKNOWN),
        ("readme", file_types.UNKNOWN),
        ("txt", file_types.UNKNOWN),
        (".txt", "text/plain"),
        ("odd.txt.", file_types.UNKNOWN),
        ("odd.such", file_types.UNKNOWN),
        ("ü?#.txt", "text/plain"),
    ],
)
def test_the_end_of_a_name_tells_the_type(name: str, wanted: str) -> None:
    assert file_types.of_name(name) == wanted


def test_what_the_machine_takes_a_file_for_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(mimetypes.types_map, ".docx", "application/x-of-this-machine")
    monkeypatch.setitem(mimetypes.types_map, ".such", "application/x-of-this-machine")
    assert mimetypes.guess_type("essay.such")[0] == "application/x-of-this-machine"
    assert file_types.of_name("essay.docx") == WORD
    assert file_types.of_name("essay.such") == file_types.UNKNOWN
