"""The comparison of the copies with the shared material."""

import shutil
from pathlib import Path

import pytest

from scripts import copies


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder of originals that equals our copies."""
    folder = tmp_path / "shared"
    shutil.copytree(copies.ROOT / copies.KIT[1], folder / copies.KIT[0])
    (folder / "spec").mkdir()
    shutil.copy(copies.ROOT / copies.CONTRACTS[1], folder / copies.CONTRACTS[0])
    rows = (copies.ROOT / copies.VECTORS[1]).read_text()
    (folder / copies.VECTORS[0]).write_text(f"# Title\n\n## Appendix A. Rows\n\n```\n{rows}```\n")
    return folder


def test_our_copies_are_those_of_the_shared_folder_where_there_is_one() -> None:
    assert copies.main() == 0


def test_without_a_shared_folder_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(copies, "SHARED", tmp_path / "none")
    assert copies.main() == 0
    assert capsys.readouterr() == ("", "")


def test_equal_copies_are_accepted(shared: Path) -> None:
    assert list(copies.differences(shared, copies.ROOT)) == []


@pytest.mark.parametrize(
    ("original", "copy"),
    [
        ("conformance/replay.py", "tests/conformance/replay.py"),
        ("conformance/site.yaml", "tests/conformance/site.yaml"),
        (
            "conformance/recordings/public/grades.jsonl",
            "tests/conformance/recordings/public/grades.jsonl",
        ),
        ("spec/functions.json", "src/coursewire/contracts/functions.json"),
        ("spec/security.md", "tests/domain/address_vectors.jsonl"),
    ],
)
def test_a_changed_original_is_noticed(shared: Path, original: str, copy: str) -> None:
    with (shared / original).open("a") as file:
        file.write('{"one": "more"}\n')
    assert list(copies.differences(shared, copies.ROOT)) == [copy]


def test_a_new_original_is_noticed(shared: Path) -> None:
    (shared / "conformance/recordings/public/new.jsonl").write_text("{}\n")
    assert list(copies.differences(shared, copies.ROOT)) == [
        "tests/conformance/recordings/public/new.jsonl"
    ]


def test_all_92_address_vectors_are_there() -> None:
    assert len((copies.ROOT / copies.VECTORS[1]).read_text().splitlines()) == 92
