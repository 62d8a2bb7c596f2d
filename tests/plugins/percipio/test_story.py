"""The partner's story end to end: a served site, a real OAuth server, real and broken HTTP."""

import base64
import json
import random
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode
from urllib.request import urlopen

import pytest
from msgspec.structs import replace
from sqlalchemy import MetaData, select

from coursewire.domain import enrolments, services, settings, tokens
from coursewire.domain.new_users import NewUser, create_many
from coursewire.domain.services import Changes
from coursewire.domain.tokens import NewToken
from coursewire.plugin import lifecycle
from coursewire.presets import apply as presets
from coursewire.presets import model
from coursewire.store import services as service_rows
from coursewire.store.schema.completion import activity_completions
from coursewire.store.schema.courses import course_modules
from coursewire.store.schema.grades import grade_items, grades
from coursewire.store.session import Session
from coursewire_percipio import PLUGIN, attempts, entries, report
from coursewire_percipio.attempts import Wanted
from coursewire_percipio.settings import BEARER
from tests.plugins.percipio import documents
from tests.support import percipio_partner, served
from tests.support.percipio_partner import CLIENT_ID, ORGANISATION, SCOPE
from tests.support.plugins import tell
from tests.support.sites import TestSite
from tests.support.sizes import size

ASSETS = size(8, 500)
PEOPLE = size(10, 200)
REPORTS = size(160, 10_000)
REST = "/webservice/rest/server.php"
HASH = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2E$" + "A" * 43


class Known(NamedTuple):
    """What the newest report says of one person and one asset."""

    timemodified: int
    state: int
    grade: float | None


class PartnerJob:
    """The scheduled job on the partner's side: posts, tries again, breaks off now and then."""

    def __init__(self, base: str, token: str) -> None:
        self._host, _, port = base.removeprefix("http://").partition(":")
        self._port = int(port)
        self._token = token
        self.answers: list[bytes] = []

    def post(self, function: str, data: str, *, break_off: bool = False) -> Any:
        """Post one document; after a broken connection the same is sent once more."""
        form = {
            "wstoken": self._token,
            "wsfunction": function,
            "moodlewsrestformat": "json",
            "data": data,
        }
        body = urlencode(form)
        if break_off:
            self._send_and_leave(body)
        connection = HTTPConnection(self._host, self._port, timeout=60)
        headers = {"content-type": "application/x-www-form-urlencoded"}
        connection.request("POST", REST, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        self.answers.append(content)
        assert answer.status == 200, content
        return json.loads(content)

    def _send_and_leave(self, body: str) -> None:
        head = (
            f"POST {REST} HTTP/1.1\r\nhost: {self._host}:{self._port}\r\n"
            "content-type: application/x-www-form-urlencoded\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection((self._host, self._port)) as there:
            there.sendall((head + body).encode())


@pytest.fixture
def people(site: TestSite) -> list[int]:
    # The served site has the time of day.
    site.clock.set(int(time.time()))
    call = site.call()
    with call.transaction():
        settings.put(call, "enablewebservices", value=True)
        settings.put(call, "webserviceprotocols", ("rest",))
    news = [
        NewUser(
            username=f"learner{number}",
            firstname="Learner",
            lastname=f"Number {number}",
            email=f"learner{number}@example.com",
            password_hash=HASH,
        )
        for number in range(PEOPLE)
    ]
    return [each.id for each in create_many(site.call(), news)]


def reports_of(people: list[int], seeded: random.Random) -> list[dict[str, Any]]:
    """Reports with times of their own, in random order, a fifth of them twice."""
    made = [
        {
            **documents.PROGRESS,
            "username": str(seeded.choice(people)),
            "courseshortname": f"asset-{seeded.randrange(ASSETS)}",
            "completionstate": seeded.choice([0, 1, 2, 3]),
            "finalgrade": seeded.choice([None, *range(0, 101, 5)]),
            "timemodified": 1_700_000_000_000 + number,
        }
        for number in range(REPORTS)
    ]
    made += seeded.sample(made, REPORTS // 5)
    seeded.shuffle(made)
    return made


def newest(reports: list[dict[str, Any]]) -> dict[tuple[int, str], Known]:
    """What must be known in the end, reckoned without the site."""
    found: dict[tuple[int, str], Known] = {}
    for one in reports:
        key = (int(one["username"]), one["courseshortname"])
        known = Known(one["timemodified"], one["completionstate"], one["finalgrade"])
        found[key] = max(found.get(key, known), known, key=lambda each: each.timemodified)
    return found


def stored(session: Session) -> dict[tuple[int, str], Known]:
    """What the site knows, read from its tables."""
    rows = {(row.user_id, row.percipioid): row for row in attempts.listed(session, Wanted(), 10**6)}
    found: dict[tuple[int, str], Known] = {}
    for (user_id, percipioid), row in rows.items():
        state = session.scalar(
            select(activity_completions.c.state).where(
                activity_completions.c.course_module_id == row.course_module_id,
                activity_completions.c.user_id == user_id,
            )
        )
        instance = select(course_modules.c.instance).where(
            course_modules.c.id == row.course_module_id
        )
        rows_of_grades = session.rows(
            select(grade_items.c.type, grades.c.finalgrade)
            .join(grades, grades.c.item_id == grade_items.c.id)
            .where(grades.c.user_id == user_id, grade_items.c.course_id == row.course_id)
        )
        held = {kind: grade for kind, grade in rows_of_grades}  # noqa: C416 - rows are no pairs
        assert session.scalar(instance) is not None
        # The course has one activity, so its total is the grade.
        assert held.get("course") == held.get("mod")
        found[user_id, percipioid] = Known(row.timemodified, state or 0, held.get("mod"))
    return found


def serve(address: str, folder: Path) -> Any:
    environ = {"COURSEWIRE_DATABASE": address, "COURSEWIRE_OUTBOUND_LOOPBACK": "true"}
    place = ["--data", str(folder)]
    return served.serving(place, folder / "serve.log", environ=environ)


@pytest.mark.slow
def test_the_partners_story(
    site: TestSite, site_address: str, tmp_path: Path, people: list[int]
) -> None:
    seeded = random.Random(20261121)
    lifecycle.enable(site.call(), PLUGIN)
    call = site.call()
    call.site = with_plugin(call.site)
    made = presets.apply(
        call,
        model.load("percipio"),
        presets.Wanted(new_user="percipio-partner", iprestriction="127.0.0.0/8"),
        lambda _: True,
    )
    token = made.issued.token
    with percipio_partner.partner() as partner, serve(site_address, tmp_path) as base:
        tell(
            site,
            PLUGIN,
            authenticationmethod="oauth",
            clientid=CLIENT_ID,
            clientsecret=partner.client_secret,
            scope=SCOPE,
            oauthurl=partner.oauth_url,
            percipiourl=partner.url,
            organizationid=ORGANISATION,
        )
        job = PartnerJob(base, token)
        for number in range(ASSETS):
            asset = documents.asset(
                fullname=f"Asset {number}",
                shortname=f"asset-{number}",
                category=f"Category {number % 7}",
            )
            answer = job.post("percipio_asset_import", asset, break_off=number % 5 == 0)
            assert answer.get("code") == 200, answer

        reports = reports_of(people, seeded)
        broken = {id(one) for one in seeded.sample(reports, len(reports) // 20)}

        def post(one: dict[str, Any]) -> None:
            data = json.dumps(one)
            answer = job.post("percipio_progress_tracking", data, break_off=id(one) in broken)
            assert answer.get("code") == 200, answer

        begun = time.monotonic()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(post, reports))
        rate = len(reports) / (time.monotonic() - begun)
        sys.stdout.write(
            f"{site.database.engine_name}: {len(reports)} documents, {rate:.0f} a second\n"
        )

        expected = newest(reports)
        assert stored(site.session) == expected
        check_enrolments(site.session, expected)
        launch(site, base, people[0], partner)
        bearer = {"authenticationmethod": BEARER, "bearertoken": partner.service_token}
        tell(site, PLUGIN, **bearer)
        launch(site, base, people[0], partner)
    check_report(site)
    canaries = [token, partner.client_secret, partner.service_token, partner.basic()]
    assert (len(partner.issued), len(partner.content_tokens)) == (1, 2)
    canaries += [*partner.issued, *partner.content_tokens]
    check_canaries(site, tmp_path, canaries, job.answers)
    check_removal(site, site_address, tmp_path)


def with_plugin(known: Any) -> Any:
    """The site as a process sees it that was started with the plugin."""
    more = {each.name: each for each in PLUGIN.capabilities}
    return replace(known, capabilities={**known.capabilities, **more})


def check_enrolments(session: Session, expected: dict[tuple[int, str], Known]) -> None:
    for user_id, percipioid in list(expected)[:50]:
        entry = entries.find(session, percipioid)
        assert entry is not None
        assert enrolments.is_active(session, user_id, entry.course_id, 2**40)


def launch(site: TestSite, base: str, user_id: int, partner: percipio_partner.Partner) -> None:
    """A learner follows the link of an activity that they take part in."""
    row = next(iter(attempts.listed(site.session, Wanted(user_id=user_id), 1)))
    service = service_rows.by_shortname(site.session, "Percipio-API")
    assert service is not None
    mine = tokens.issue(site.call(), NewToken(user_id=user_id, service_id=service.id)).token
    link = f"{base}/mod/percipio/view.php?id={row.course_module_id}&token={mine}"
    with urlopen(link) as page:  # noqa: S310 - loopback
        assert json.load(page) == {"launched": True}
    assert partner.refused == []


def check_report(site: TestSite) -> None:
    call = site.call()
    call.site = with_plugin(call.site)
    text = report.csv(call, Wanted())
    assert len(text.splitlines()) == 1 + attempts.count(site.session, Wanted())
    one = entries.find(site.session, "asset-0")
    assert one is not None
    only = report.rows(call, Wanted(course_id=one.course_id), 10**6)
    assert {row[0] for row in only} <= {"asset-0"}


def check_canaries(site: TestSite, folder: Path, canaries: list[str], answers: list[bytes]) -> None:
    """AUD-6: no secret is in the database, the log or an answer, in any usual spelling."""
    places = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    places["answers"] = b"\n".join(answers)
    places["tables"] = "\n".join(rows_of(site.session)).encode()
    for canary in canaries:
        raw = canary.encode()
        forms = (raw, base64.b64encode(raw), raw.hex().encode(), quote(canary, safe="").encode())
        for name, content in places.items():
            assert not any(form in content for form in forms), name


def rows_of(session: Session) -> Iterator[str]:
    found = MetaData()
    found.reflect(session.connection)
    for table in found.sorted_tables:
        for row in session.rows(select(table)):
            yield repr([bytes(v) if isinstance(v, memoryview) else v for v in row])


def check_removal(site: TestSite, address: str, folder: Path) -> None:
    """Removing the plugin leaves a working site."""
    lifecycle.uninstall(site.call(), PLUGIN.name)
    function = "core_webservice_get_site_info"
    call = site.call()
    service = services.create(call, services.NewService(name="Other", enabled=True))
    services.edit(call, service.id, Changes(restrictedusers=False))
    services.add_functions(call, service.id, [function], lambda _: True)
    token = tokens.issue(site.call(), NewToken(user_id=2, service_id=service.id)).token
    query = urlencode(
        {"wstoken": token, "wsfunction": function, "moodlewsrestformat": "json"}
    ).encode()
    with serve(address, folder) as base, urlopen(f"{base}{REST}", query) as answer:  # noqa: S310
        assert json.load(answer)["username"] == "admin"
