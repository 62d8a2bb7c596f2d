"""A full disk, by SQLite's page limit and for real, and a disk that is read-only (DUR-7, DUR-9)."""

import asyncio
import itertools
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from coursewire.settings import Settings
from coursewire.store import sqlite_settings
from coursewire.store.session import Session
from tests.faults.writers import COURSE, ask, names_in
from tests.support import making
from tests.support.served import COMMAND, free_port, stop, wait_until_ready
from tests.support.sites import TestSite
from tests.support.sizes import size
from tests.support.web import Answer, Web

ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
# How many pages are left when the disk "fills up".
PAGES_LEFT = (0, 1, 2, 4, 8, 16)
STORAGE_FAILED = ("core\\exception\\moodle_exception", "storagefailed")
BACK_WITHIN = 5.0
TRIES = size(600, 6_000)


def limit_pages(web: Web, left: int | None) -> None:
    """Let the one writing connection have so many pages more; None: as many as it likes."""

    def on_writer(session: Session) -> None:
        asked = session.connection.exec_driver_sql
        pages = asked("PRAGMA page_count").scalar() or 0
        most = 2**30 if left is None else pages + left
        asked(f"PRAGMA max_page_count = {most}")

    asyncio.run(web.server._placing.on_worker(on_writer))


def make(web: Web, token: str, course: int, number: int) -> Answer:
    groups = [
        {"courseid": course, "name": f"{number}/{item}", "description": "x" * 3000}
        for item in range(3)
    ]
    return web.call("core_group_create_groups", token, groups=groups)


def until_full(web: Web, token: str, course: int, numbers: Iterator[int]) -> None:
    """Change until the disk takes no more, and the log has said so."""
    with capture_logs() as logged:
        for number in itertools.islice(numbers, 50):
            make(web, token, course, number)
    assert sorted(line["event"] for line in logged) == ["database trouble", "refused"]


@ON_SQLITE
@pytest.mark.parametrize("left", PAGES_LEFT)
def test_dur_7_a_full_disk_loses_nothing_and_ends_without_a_restart(
    web: Web, site: TestSite, left: int
) -> None:
    course, token = making.course(site, "C"), web.token()
    assert make(web, token, course, 0).status == 200
    limit_pages(web, left)
    answers = [make(web, token, course, number) for number in range(1, 13)]
    failed = [answer for answer in answers if answer.status == 503]
    assert failed
    assert {answer.error for answer in failed} == {STORAGE_FAILED}
    assert all(not answer.header("retry-after") for answer in failed)
    limit_pages(web, None)
    assert make(web, token, course, 13).status == 200
    listed = web.call("core_group_get_course_groups", token, courseid=course).json
    done = [0, *(n for n, answer in enumerate(answers, 1) if answer.status == 200), 13]
    assert sorted(group["name"] for group in listed) == sorted(
        f"{number}/{item}" for number in done for item in range(3)
    )


@ON_SQLITE
def test_dur_9_reads_go_on_health_is_degraded_and_the_log_is_quiet(
    web: Web, site: TestSite
) -> None:
    course, token = making.course(site, "C"), web.token()
    limit_pages(web, 0)
    with capture_logs() as logged:
        answers = [make(web, token, course, number) for number in range(50)]
        assert {answer.status for answer in answers[20:]} == {503}
        assert web.call("core_webservice_get_site_info", token).json["userid"] == 2
        health = web.request("GET", "/healthz")
        assert (health.status, health.body) == (200, b"degraded\n")
        asyncio.run(web.server.flush())
        assert len(logged) <= 6, [line["event"] for line in logged]
    limit_pages(web, None)
    asyncio.run(web.server.flush())
    assert web.request("GET", "/healthz").body == b"ok\n"
    assert make(web, token, course, 99).status == 200


@ON_SQLITE
def test_dur_9_the_log_tells_begin_and_end_and_little_between(web: Web, site: TestSite) -> None:
    course, token = making.course(site, "C"), web.token()
    numbers = itertools.count()
    asyncio.run(web.server.flush())
    limit_pages(web, 0)

    def lines(seconds: int) -> list[str]:
        with capture_logs() as logged:
            for _ in range(seconds):
                site.clock.pass_seconds(1)
                make(web, token, course, next(numbers))
                asyncio.run(web.server.flush())
        return [line["event"] for line in logged]

    until_full(web, token, course, numbers)
    assert lines(50) == []
    assert sorted(lines(120)) == ["database trouble"] * 2 + ["refused"] * 2
    limit_pages(web, None)
    assert lines(60) == ["database takes changes again"]
    limit_pages(web, 0)
    until_full(web, token, course, numbers)


@ON_SQLITE
def test_dur_9_a_disk_that_is_full_again_at_once_is_told_of_at_once(
    web: Web, site: TestSite
) -> None:
    course, token = making.course(site, "C"), web.token()
    numbers = itertools.count()
    asyncio.run(web.server.flush())
    events: list[str] = []
    for limit in (0, None, 0, None):
        limit_pages(web, limit)
        with capture_logs() as logged:
            for number in itertools.islice(numbers, 50):
                make(web, token, course, number)
            site.clock.pass_seconds(6)
            asyncio.run(web.server.flush())
        events += [line["event"] for line in logged if line["event"] != "refused"]
    assert events == ["database trouble", "database takes changes again"] * 2


@ON_SQLITE
def test_dur_9_a_call_that_was_kept_in_part_is_told_so(web: Web, site: TestSite) -> None:
    first, token = making.course(site, "A"), web.token()
    second = making.course(site, "B")
    changes = [{"id": first, "summary": "new"}, {"id": second, "summary": "x" * 500_000}]
    limit_pages(web, 16)
    answer = web.call("core_course_update_courses", token, courses=changes)
    assert (answer.status, answer.error[1]) == (503, "outcomeunknown")
    assert not answer.header("retry-after")
    assert web.request("GET", "/healthz").body == b"degraded\n"
    listed = web.call("core_course_get_courses", token, options={"ids": [first, second]}).json
    assert [course["summary"] for course in listed] == ["new", ""]


def in_a_place_of_its_own(folder: Path, megabytes: int, *commands: str) -> list[str]:
    """A shell line in a mount namespace of its own, in which `folder` is a small disk."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.fail(
            "unshare is needed for this test; on Debian or Ubuntu: apt-get install util-linux"
        )
    alone = [unshare, "--mount"] if os.geteuid() == 0 else [unshare, "--mount", "--map-root-user"]
    mount = f"mount -t tmpfs -o size={megabytes}m,mode=0700 tmpfs {folder}"
    return [*alone, "sh", "-ec", "\n".join([mount, *commands])]


@contextmanager
def served_there(
    settings: Settings, folder: Path, megabytes: int, *, read_only: bool = False
) -> Iterator[tuple[int, Path]]:
    """`coursewire serve` on a disk of a few megabytes; gives the port and the disk's folder."""
    data = Path(settings.data)
    disk = folder / "disk"
    disk.mkdir()
    port = free_port()
    log = folder / "serve.log"
    lines = [f"cp -a {data} {disk}/data"]
    if read_only:
        lines.append(f"mount -o remount,ro {disk}")
    lines.append(f"exec {COMMAND} serve --data {disk}/data --port {port}")
    with log.open("wb") as output:
        server = subprocess.Popen(
            in_a_place_of_its_own(disk, megabytes, *lines),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            wait_until_ready(server, port, log)
            yield port, Path(f"/proc/{server.pid}/root{disk}")
        finally:
            stop(server)


def fill(ballast: Path) -> None:
    """Write until there is no space."""
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    assert os.statvfs(ballast).f_bavail == 0


def healthz(port: int) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().read()
    finally:
        connection.close()


def make_one(port: int, name: str) -> tuple[int, Any]:
    group = {"courseid": str(COURSE), "name": name, "description": "x" * 20_000}
    fields = {f"groups[0][{key}]": value for key, value in group.items()}
    return ask(port, "core_group_create_groups", fields)


@pytest.mark.alone
@ON_SQLITE
@pytest.mark.slow
def test_dur_9_writing_works_again_soon_after_space_returns(
    settings: Settings, tmp_path: Path
) -> None:
    with served_there(settings, tmp_path, 6) as (port, disk):
        ballast = disk / "ballast"
        fill(ballast)
        done: list[str] = []
        for number in range(40):
            status, answer = make_one(port, f"group {number}")
            if status == 200:
                done.append(f"group {number}")
            else:
                assert status == 503
                assert answer["errorcode"] == "storagefailed"
        assert len(done) < 40
        assert sorted(names_in(port)) == sorted(done)
        assert healthz(port) == b"degraded\n"
        ballast.unlink()
        freed = time.monotonic()
        while make_one(port, "after")[0] != 200:
            assert time.monotonic() - freed < BACK_WITHIN
            time.sleep(0.1)
        assert sorted(names_in(port)) == sorted([*done, "after"])
        while healthz(port) != b"ok\n":
            assert time.monotonic() - freed < BACK_WITHIN
            time.sleep(0.1)


@ON_SQLITE
@pytest.mark.slow
def test_dur_9_a_read_only_disk_is_served_for_reading(settings: Settings, tmp_path: Path) -> None:
    with served_there(settings, tmp_path, 16, read_only=True) as (port, _):
        status, answer = ask(port, "core_webservice_get_site_info", {})
        assert status == 200
        assert answer["username"] == "robot"
        status, answer = make_one(port, "never")
        assert (status, answer["errorcode"]) == (503, "storagefailed")
        assert names_in(port) == []
        assert healthz(port) == b"degraded\n"
    assert "read-only" in (tmp_path / "serve.log").read_text()


@ON_SQLITE
def test_dur_9_nothing_is_kept_of_a_change_that_a_full_disk_refuses(site: TestSite) -> None:
    """SQLite undoes the transaction by itself; what came after would stand alone, and stay."""
    course, refused = making.course(site, "C"), 0
    for number in range(TRIES):
        before = groups_and_records(site)
        with pages_left(site, number % 3), suppress(OperationalError):
            text_of_any_length = "x" * (number * 37 % 3000)
            name = f"{number}" + "n" * (number % 200)
            making.group(site, course, name, idnumber=f"{number}", description=text_of_any_length)
        made, recorded = groups_and_records(site)
        assert made - before[0] == recorded - before[1]
        refused += made == before[0]
    assert refused > TRIES // 10


def groups_and_records(site: TestSite) -> tuple[int, int]:
    """How many groups there are, and how many records of their making."""
    of_records = "SELECT count(*) FROM audit_records WHERE action = 'group.create'"
    groups, records = map(
        site.session.scalar, (text("SELECT count(*) FROM groups"), text(of_records))
    )
    return groups, records


@contextmanager
def pages_left(site: TestSite, left: int) -> Iterator[None]:
    """Let the database grow by so many pages."""
    asked = site.session.connection.exec_driver_sql
    asked(f"PRAGMA max_page_count = {(asked('PRAGMA page_count').scalar() or 0) + left}")
    try:
        yield
    finally:
        asked(f"PRAGMA max_page_count = {2**30}")


@ON_SQLITE
def test_dur_9_what_was_opened_read_only_is_written_once_the_disk_can_be(
    web: Web, site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that broke is often mounted read-only then, and again as it was once it is mended."""
    course, token = making.course(site, "C"), web.token()
    assert make(web, token, course, 1).status == 200
    with monkeypatch.context() as broken:
        broken.setattr(sqlite_settings, "is_writable", lambda _path: False)
        web.server.runtime.database.doubt()
        assert make(web, token, course, 2).error == STORAGE_FAILED
        asyncio.run(web.server.flush())
        assert web.request("GET", "/healthz").body == b"degraded\n"
    # One finds that it can be written, the next one that it is.
    asyncio.run(web.server.flush())
    asyncio.run(web.server.flush())
    assert web.request("GET", "/healthz").body == b"ok\n"
    assert make(web, token, course, 3).status == 200
