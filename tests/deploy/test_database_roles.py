"""OPS-2: on PostgreSQL the server can neither make tables nor alter audit records, by its role."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError
from structlog.testing import capture_logs

from coursewire.audit import sealing
from coursewire.doctor import database as database_checks
from coursewire.store import copying, kept_answers
from coursewire.store.database import Database
from coursewire.store.keys import Digest
from coursewire.store.schema import answers
from coursewire.store.schema.audit import audit_records
from coursewire.transfer.restore import Place, Wishes, restore
from tests.cli.conftest import Command
from tests.support import making
from tests.support.sites import TestSite
from tests.support.web import Web, web
from tests.transfer.test_backup import backed_up

DEPLOYING = Path(__file__).parent.parent.parent / "docs/deploying.md"
RUN = "coursewire_run"

pytestmark = [
    pytest.mark.requirement("OPS-2"),
    pytest.mark.parametrize("engine_name", ["postgres"], indirect=True),
]


def written() -> str:
    """The SQL of the documentation that gives the run-time role its rights."""
    (found,) = re.findall(r"```sql\n(.*?)```", DEPLOYING.read_text("utf-8"), re.DOTALL)
    return str(found)


def statements(owner: str) -> list[str]:
    """The statements of that SQL, for an owner."""
    wanted = written().replace("coursewire_owner", owner)
    return [statement.strip() for statement in wanted.split(";") if statement.strip()]


@pytest.fixture
def confined(site: TestSite, site_address: str) -> Iterator[Web]:
    """The web application of a site whose server knows only the run-time role."""
    owner = make_url(site_address)
    dsn = owner.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as connection:
        # All databases of the test's server share its roles.
        with suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(RUN)))
        for statement in statements(str(connection.info.user)):
            connection.execute(statement.encode())
        password = sql.Literal(owner.password)
        connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(RUN), password)
        )
        run = owner.set(username=RUN).render_as_string(hide_password=False)
        database = site.database
        site.database = Database(run)
        try:
            with web(site) as found:
                yield found
        finally:
            site.database.close()
            site.database = database
            connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(RUN)))


def test_the_server_works_under_the_run_time_role(confined: Web) -> None:
    site = confined.site
    site.database.check()
    token = confined.token()
    course = {"fullname": "New", "shortname": "new", "categoryid": 1}
    (made,) = confined.call("core_course_create_courses", token, courses=[course]).json
    group = {"courseid": made["id"], "name": "G", "description": ""}
    (there,) = confined.call("core_group_create_groups", token, groups=[group]).json
    confined.call("core_group_delete_groups", token, groupids=[there["id"]])
    assert confined.call("core_webservice_get_site_info", token).json["userid"] == 2
    body = b"username=admin&password=wrong&service=moodle_mobile_app"
    assert confined.request(path="/login/token.php", body=body).json["errorcode"] == "invalidlogin"


@pytest.mark.requirement("AUD-7")
def test_records_that_only_the_owner_may_purge_keep_nothing_else_from_being_removed(
    confined: Web,
) -> None:
    site = confined.site
    call = site.call()
    with call.transaction():
        call.audit.record("test.note", "long ago")
    sealing.seal_waiting(site.session, site.keys, site.clock.now_ms())
    making.setting(site, "auditkeptdays", 1)
    with site.session.transaction():
        kept_answers.claim(site.session, 1, "key", Digest(1, b"d"), site.now, 0)
    site.clock.pass_seconds(100 * 86_400)
    with capture_logs() as lines:
        asyncio.run(confined.server.keep_up())
    assert not [line for line in lines if line["event"] == "background work failed"]
    assert not copying.count(site.session, answers.kept_answers)
    assert copying.count(site.session, audit_records)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_records SET action = 'x'",
        "DELETE FROM audit_records",
        "TRUNCATE audit_records",
        "DROP TABLE audit_records",
        "ALTER TABLE audit_records DISABLE TRIGGER ALL",
        "CREATE TABLE more (id int)",
        "DROP TABLE groups",
        "UPDATE alembic_version SET version_num = 'x'",
        "CREATE OR REPLACE FUNCTION audit_records_no_delete() RETURNS trigger"
        " LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$",
    ],
)
def test_it_may_not(confined: Web, statement: str) -> None:
    with (
        confined.site.database.session() as session,
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
    ):
        session.execute(text(statement))


def test_an_owner_who_may_make_no_roles_can_give_the_rights(engine_name: str) -> None:
    assert engine_name == "postgres"
    for statement in statements("coursewire_owner"):
        assert statement.startswith(("GRANT ", "REVOKE ", "ALTER DEFAULT PRIVILEGES ")), statement


def test_restoring_gives_the_server_no_more_rights(
    confined: Web, site_address: str, tmp_path: Path
) -> None:
    """The tables are made anew, and default privileges would give all of them away whole."""
    site = confined.site
    backed_up(site, tmp_path / "backup")
    key_path = tmp_path / "keys.json"
    place = Place(site_address, key_path)
    wishes = Wishes(force=True, without_keys=True)
    restore(tmp_path / "backup", place, wishes, now=site.call().now)
    with site.database.session() as session:
        (finding,) = database_checks.role(session)
        assert finding.severity == "ok", finding.fact
        session.execute(text("SELECT count(*) FROM users"))
        for statement in ("DELETE FROM audit_records", "DELETE FROM alembic_version"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                session.execute(text(statement))
    assert confined.call("core_webservice_get_site_info", "0" * 32).json["errorcode"] == (
        "invalidtoken"
    )


def test_a_command_for_the_owner_alone_says_so_to_the_server_s_role(
    confined: Web, site_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backed_up(confined.site, tmp_path / "backup")
    run = make_url(site_address).set(username=RUN).render_as_string(hide_password=False)
    monkeypatch.setenv("COURSEWIRE_DATABASE", run)
    wishes = ("--force", "--without-keys", "--data", str(tmp_path / "place"))
    said = Command().refused("restore", str(tmp_path / "backup"), *wishes, code=3)
    assert "permission denied" in said or "must be owner" in said
    assert "the role that owns the tables" in " ".join(said.split())
    assert confined.call("core_webservice_get_site_info", confined.token()).json["userid"] == 2


def test_the_doctor_tells_what_the_role_may_do_beyond_its_need(
    confined: Web, site_address: str
) -> None:
    with confined.site.database.session() as session:
        (finding,) = database_checks.role(session)
        assert finding.severity == "ok"
    owner = Database(site_address)
    try:
        with owner.session() as session:
            (finding,) = database_checks.role(session)
    finally:
        owner.close()
    assert finding.severity == "note"
    assert "audit records" in finding.fact
    assert "make tables" in finding.fact
    assert "deploying.md" in finding.remedy
