"""docs/reference is what the contracts of the implemented functions say."""

import json
from pathlib import Path

import pytest

from scripts import reference


def test_the_written_reference_is_current() -> None:
    stale = reference.outdated(reference.FOLDER, reference.written())
    assert not stale, f"run `make reference`: {', '.join(stale)} of docs/reference"


def test_a_changed_a_missing_and_a_surplus_file_are_found(tmp_path: Path) -> None:
    for name, text in (("same.md", "a"), ("changed.md", "a"), ("surplus.md", "a")):
        (tmp_path / name).write_text(text, "utf-8")
    files = {"same.md": "a", "changed.md": "b", "missing.md": "c"}
    assert reference.outdated(tmp_path, files) == ["changed.md", "missing.md", "surplus.md"]


def test_writing_brings_a_folder_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "reference"
    monkeypatch.setattr(reference, "FOLDER", folder)
    assert reference.main(["--check"]) == 1
    assert "index.md is not current; run `make reference`" in capsys.readouterr().err
    assert reference.main([]) == 0
    (folder / "surplus.md").write_text("old", "utf-8")
    assert reference.main([]) == 0
    assert reference.main(["--check"]) == 0
    assert json.loads((folder / "openapi.json").read_text("utf-8"))["openapi"] == "3.1.0"
    assert not (folder / "surplus.md").exists()
