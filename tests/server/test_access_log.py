"""The access log: whole lines, in files of bounded size (AUD-5, AUD-7)."""

import fcntl
import json
import multiprocessing
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from coursewire.audit.calls import CallRow
from coursewire.server.access_log import AccessLog
from coursewire.server.done import Done
from tests.support.hostile_text import LONGEST_LINE, lines_of, texts
from tests.support.sizes import size

MOST = 10_000
KEPT = 3
PROCESSES = 4
BATCHES = 200
IN_BATCH = 5


def done(request_id: str) -> Done:
    call = CallRow(
        time_ms=1_782_000_000_007,
        request_id=request_id,
        function="core_webservice_get_site_info",
        token_handle="tok_1",
        user_id=2,
        address="192.0.2.1",
        outcome="ok",
        failed_check="",
        reason="",
        token_in_query=0,
        microseconds=900,
    )
    return Done(call, "POST", "/webservice/rest/server.php", 200, 1234)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "access.log"


@contextmanager
def writing(path: Path, most: int = MOST, kept: int = KEPT) -> Iterator[AccessLog]:
    log = AccessLog(str(path), most=most, kept=kept)
    try:
        yield log
    finally:
        log.close()


def fill(log: AccessLog, name: str, batches: int = BATCHES) -> None:
    for batch in range(batches):
        log.write([done(f"{name}-{batch}-{line}") for line in range(IN_BATCH)])


def test_aud_5_a_line_says_when_the_call_was_answered(path: Path) -> None:
    with writing(path) as log:
        log.write([done("a")])
    assert json.loads(path.read_text())["time"] == "2026-06-21T00:00:00.007Z"


def test_aud_5_hostile_values_stay_on_one_line_of_the_access_log(path: Path) -> None:
    count = size(20_000, 200_000)
    with writing(path, most=0) as log:
        for text in texts(count):
            call = replace(done("a").call, function=text, outcome=text)
            log.write([Done(call, text, f"/{text}", 404, 0)])
    found = lines_of(path.read_text("utf-8"), count)
    assert {line["request_id"] for line in found} == {"a"}


@pytest.mark.parametrize("character", ["x", '"', "\n", "\u20ac", "\U0001d54f", "\ud800"])
def test_aud_5_a_line_of_the_access_log_is_16_kib_at_most(path: Path, character: str) -> None:
    text = character * 100_000
    with writing(path, most=0) as log:
        call = replace(done("a").call, function=text, outcome=text)
        log.write([Done(call, text, text, 404, 0)])
    (line,) = path.read_bytes().splitlines()
    assert len(line) <= LONGEST_LINE
    assert json.loads(line)["status"] == 404


def requests(*paths: Path) -> list[str]:
    """The ids of all lines, each of which must be whole."""
    return [json.loads(line)["request_id"] for at in paths for line in at.read_text().splitlines()]


def test_aud_7_the_access_log_is_rotated_by_size_and_old_files_go(path: Path) -> None:
    with writing(path) as log:
        fill(log, "a")
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["access.log", *(f"access.log.{n}" for n in (1, 2, 3))]
    assert all(0 < file.stat().st_size <= MOST for file in files)
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    # The newest, without a hole.
    kept = requests(*reversed(files[1:]), files[0])
    assert kept == [f"a-{n}-{line}" for n in range(BATCHES) for line in range(5)][-len(kept) :]


def test_aud_7_without_a_size_the_access_log_grows(path: Path) -> None:
    with writing(path, most=0) as log:
        fill(log, "a")
    assert list(path.parent.iterdir()) == [path]
    assert len(requests(path)) == BATCHES * IN_BATCH


def one_of_several(path: Path, number: int) -> None:
    with writing(path, most=10 * MOST, kept=100) as log:
        fill(log, str(number))


def test_aud_7_several_processes_write_one_access_log_and_lose_no_line(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=one_of_several, args=(path, number)) for number in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    files = list(path.parent.iterdir())
    found = requests(*files)
    assert len(found) == len(set(found)) == PROCESSES * BATCHES * IN_BATCH
    # While one renames, others fill the old file on; whoever comes late renames nothing.
    assert 2 < len(files) <= sum(file.stat().st_size for file in files) / (10 * MOST) + PROCESSES


def test_aud_7_another_process_rotates_and_this_one_follows(path: Path) -> None:
    with writing(path) as one, writing(path) as other:
        fill(one, "one", batches=100)
        other.write([done("other")])
    assert requests(path)[-1] == "other"


@pytest.mark.parametrize("removed", [False, True], ids=["moved away", "removed"])
def test_aud_7_a_file_that_was_taken_away_is_opened_anew(path: Path, *, removed: bool) -> None:
    with writing(path) as log:
        log.write([done("before")])
        if removed:
            path.unlink()
        else:
            path.rename(path.with_suffix(".old"))
        log.write([done("after")])
        assert requests(path) == ["after"]


def test_aud_7_only_one_of_two_that_find_a_file_full_renames_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(path, most=1) as one, writing(path, most=1) as other:
        one.write([done("first")])
        looks = one._is_in_place

        def late() -> bool:
            """Both have seen that it is full; the other one comes to the lock first."""
            monkeypatch.setattr(one, "_is_in_place", looks)
            other._rotate()
            return True

        monkeypatch.setattr(one, "_is_in_place", late)
        one.write([done("second")])
    assert sorted(file.name for file in path.parent.iterdir()) == ["access.log", "access.log.1"]
    assert requests(path) == ["second"]


def test_aud_7_a_file_that_another_process_is_renaming_takes_one_batch_more(path: Path) -> None:
    with writing(path, most=1) as one, writing(path, most=1) as other:
        one.write([done("first")])
        with locked(other):
            one.write([done("second")])
    assert requests(path) == ["first", "second"]


@contextmanager
def locked(log: AccessLog) -> Iterator[None]:
    fcntl.flock(log._descriptor, fcntl.LOCK_EX)
    yield


def test_aud_7_a_link_is_written_through_and_not_renamed(path: Path) -> None:
    real = path.with_name("real.log")
    path.symlink_to(real)
    with writing(path) as log:
        fill(log, "a", batches=20)
    assert path.is_symlink()
    assert len(requests(real)) == 20 * IN_BATCH


def test_dur_9_a_log_that_cannot_be_rotated_goes_on_in_its_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: Path, _target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    with writing(path) as log, capture_logs() as told:
        monkeypatch.setattr(Path, "rename", refuse)
        fill(log, "a", batches=20)
        assert len(told) == 1
        assert told[0]["reason"] == "Permission denied"
        monkeypatch.undo()
        fill(log, "b", batches=1)
    assert len(requests(path)) == IN_BATCH
    assert len(requests(Path(f"{path}.1"))) == 20 * IN_BATCH
    assert log.lost == 0


def test_dur_9_a_log_whose_folder_is_gone_goes_on_in_its_file(path: Path) -> None:
    moved = path.parent.with_name("moved")
    with writing(path) as log, capture_logs() as told:
        path.parent.rename(moved)
        fill(log, "a", batches=2)
        moved.rename(path.parent)
        fill(log, "b", batches=1)
    assert [line["event"] for line in told] == ["access log goes on in its old file"]
    assert len(requests(path)) == 3 * IN_BATCH


def test_dur_9_lines_that_a_full_disk_refuses_are_counted() -> None:
    with writing(Path("/dev/full")) as log:
        fill(log, "a", batches=2)
        assert log.lost == 2 * IN_BATCH


def test_dur_9_lines_that_were_lost_are_told_of_at_both_ends(path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with writing(path) as log, capture_logs() as told:
        fill(log, "a", batches=1)
        # The last line that fits ends in its middle.
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 50, before[1]))
        try:
            fill(log, "a", batches=2)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        fill(log, "b", batches=2)
    assert [(line["event"], line["log_level"]) for line in told] == [
        ("access log cannot be written", "error"),
        ("access log is written again", "warning"),
    ]
    assert (told[0]["reason"], told[1]["lost"]) == ("File too large", 2 * IN_BATCH)
    lines = path.read_bytes().splitlines()
    assert len(lines) == 3 * IN_BATCH + 1
    assert not lines.pop(IN_BATCH).endswith(b"}")
    assert all(json.loads(line) for line in lines)


def test_dur_9_lines_that_were_lost_are_told_of_at_the_end() -> None:
    with capture_logs() as told, writing(Path("/dev/full")) as log:
        fill(log, "a", batches=2)
    assert [line["event"] for line in told] == [
        "access log cannot be written",
        "access log lacks lines",
    ]
    assert told[1]["lost"] == 2 * IN_BATCH


def test_without_a_file_nothing_is_written(tmp_path: Path) -> None:
    log = AccessLog("")
    log.write([done("a")])
    log.close()
    assert list(tmp_path.iterdir()) == []
