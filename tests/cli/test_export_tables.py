"""`coursewire export --csv`: a table for each section, safe in a spreadsheet (OUT-4)."""

import csv
from pathlib import Path

import pytest

from coursewire.sitefile import document
from tests.cli.conftest import Command
from tests.support import making
from tests.support.sites import TestSite


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_out_4_every_section_is_a_table_and_no_cell_is_a_formula(
    placed: Command, site: TestSite, tmp_path: Path
) -> None:
    ann = making.user(site, "ann", city="=HYPERLINK(1)", description='a\nb, "c"')
    course = making.course(site, "MATH", visible=0)
    making.enrol(site, ann, course)
    said = placed("export", "--csv", "tables").err
    folder = tmp_path / "tables"
    assert "users.csv: " in said
    found = {row["username"]: row for row in rows(folder / "users.csv")}
    assert found["ann"]["city"] == "'=HYPERLINK(1)"
    assert found["ann"]["description"] == 'a\nb, "c"'
    assert rows(folder / "courses.csv")[0]["visible"] == "0"
    (enrolment,) = rows(folder / "enrolments.csv")
    assert (enrolment["user"], enrolment["course"], enrolment["role"]) == ("ann", "MATH", "student")
    assert (folder / "users.csv").stat().st_mode & 0o077 == 0
    assert not (folder / "grade_items.csv").exists()


def test_who_may_use_a_service_is_written_as_other_nested_things_are(
    placed: Command, site: TestSite, tmp_path: Path
) -> None:
    making.service(site, "tools", users=[making.user(site, "ann"), making.user(site, "bob")])
    placed("export", "--csv", "tables")
    (row,) = rows(tmp_path / "tables" / "services.csv")
    everywhere = '"ip_restriction":"","valid_until":0'
    assert row["authorised_users"] == (
        f'{{"user":"ann",{everywhere}}}; {{"user":"bob",{everywhere}}}'
    )


def test_passwords_come_into_no_table(placed: Command, site: TestSite, tmp_path: Path) -> None:
    making.user(site, "ann")
    placed("user", "password", "ann", stdin="Correct-horse-1\n")
    placed("export", "--secrets", "--csv", "tables")
    assert "$argon2" not in (tmp_path / "tables" / "users.csv").read_text("utf-8")


def test_tables_are_as_large_as_the_site_is(
    placed: Command, site: TestSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A site file has a limit, which 64 MiB of enrolments reach; tables are no site file."""
    making.user(site, "ann")
    monkeypatch.setattr(document, "LARGEST", 100)
    placed("export", "--csv", "tables")
    assert [row["username"] for row in rows(tmp_path / "tables" / "users.csv")] == ["ann"]
    assert "larger than" in placed.refused("export", "site.yaml")


def test_tables_of_before_are_written_over_by_force_only(
    placed: Command, site: TestSite, tmp_path: Path
) -> None:
    making.user(site, "ann")
    users = tmp_path / "tables" / "users.csv"
    users.parent.mkdir()
    users.write_text("old")
    assert "users.csv exists already" in placed.refused("export", "--csv", "tables")
    assert list(users.parent.iterdir()) == [users]
    assert users.read_text() == "old"
    placed("export", "--csv", "tables", "--force")
    assert [row["username"] for row in rows(users)] == ["ann"]


def test_a_folder_that_cannot_be_made_is_named(placed: Command, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    assert "taken: cannot be made" in placed.refused("export", "--csv", "taken")


def test_a_file_and_tables_are_both_written(
    placed: Command, site: TestSite, tmp_path: Path
) -> None:
    making.user(site, "ann")
    said = placed("export", "site.yaml", "--csv", "tables").err
    assert "Wrote site.yaml" in said
    assert "ann" in (tmp_path / "site.yaml").read_text("utf-8")
    assert "users:" in placed("export", "-", "--csv", "tables", "--force").out
    assert placed("export", "--csv", "others").out == ""


def test_tables_of_another_time_do_not_stay(placed: Command, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    for name in ("grade_items.csv", "mine.csv"):
        (folder / name).touch()
    assert "grade_items.csv exists already" in placed.refused("export", "--csv", "tables")
    placed("export", "--csv", "tables", "--force")
    assert not (folder / "grade_items.csv").exists()
    assert (folder / "mine.csv").exists()
