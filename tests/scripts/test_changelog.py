"""The changelog's fragments: what is refused, and how they are gathered."""

from pathlib import Path

import pytest

from scripts import changelog

OLD = "# Changelog\n\n## [1.1.0] - unreleased\n\n## [1.0.0] - 2026-01-02\n\n### Added\n\n- Old.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "changelog.d").mkdir()
    (tmp_path / "changelog.d/README.md").write_text("How to.\n")
    (tmp_path / "src/coursewire").mkdir(parents=True)
    (tmp_path / "src/coursewire/__init__.py").write_text('__version__ = "1.1.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(OLD)
    return tmp_path


def test_ours_passes() -> None:
    assert changelog.main([]) == 0


def test_a_well_named_fragment_is_accepted(root: Path) -> None:
    (root / "changelog.d/tokens.added.md").write_text("Tokens.\n")
    assert list(changelog.problems(root)) == []


@pytest.mark.parametrize("name", ["tokens.md", "tokens.new.md", "Tokens.added.md", "a.added.txt"])
def test_a_badly_named_fragment_is_refused(root: Path, name: str) -> None:
    (root / "changelog.d" / name).write_text("Tokens.\n")
    assert [name in problem for problem in changelog.problems(root)] == [True]


def test_an_empty_fragment_is_refused(root: Path) -> None:
    (root / "changelog.d/tokens.added.md").write_text("\n")
    assert ["is empty" in problem for problem in changelog.problems(root)] == [True]


def test_another_version_than_the_package_is_refused(root: Path) -> None:
    (root / "src/coursewire/__init__.py").write_text('__version__ = "1.2.0"\n')
    assert list(changelog.problems(root)) == ["CHANGELOG.md is at 1.1.0, the package at 1.2.0"]


def test_fragments_after_a_release_need_a_new_version(root: Path) -> None:
    changelog.gather(root, "2026-03-04")
    (root / "changelog.d/tokens.added.md").write_text("Tokens.\n")
    assert ["1.1.0 is released" in problem for problem in changelog.problems(root)] == [True]


def test_fragments_are_gathered_by_kind_and_deleted(root: Path) -> None:
    (root / "changelog.d/b.fixed.md").write_text("A mended thing.\n")
    (root / "changelog.d/c.added.md").write_text("A new thing,\nin two lines.\n")
    changelog.gather(root, "2026-03-04")
    assert (root / "CHANGELOG.md").read_text() == (
        "# Changelog\n\n## [1.1.0] - 2026-03-04\n\n"
        "### Added\n\n- A new thing,\n  in two lines.\n\n"
        "### Fixed\n\n- A mended thing.\n\n"
        "## [1.0.0] - 2026-01-02\n\n### Added\n\n- Old.\n"
    )
    assert changelog.fragments(root) == []


def test_a_fragment_that_is_a_list_keeps_its_items(root: Path) -> None:
    (root / "changelog.d/list.added.md").write_text("- One.\n- Two.\n")
    assert changelog.gathered(root) == "### Added\n\n- One.\n- Two.\n"
