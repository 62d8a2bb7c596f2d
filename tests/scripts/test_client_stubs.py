"""The client's stub and typing test are those of the contracts."""

from scripts import client_stubs


def test_the_written_files_are_current() -> None:
    assert client_stubs.outdated() == []
