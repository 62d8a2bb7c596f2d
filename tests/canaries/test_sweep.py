"""AUD-6: after errors, a crash and a backup no secret lies anywhere it does not belong."""

import base64
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.canaries.secrets import expected, files, keys_in, search, tables, writings
from tests.support.postgres import Cluster
from tests.support.served import Running, free_port, run, running

PASSWORD = "Canary-password-7f3a91"
WRONG = "Canary-wrong-5b20c4"
NEW = "Canary-new-password-66d1"


class Life:
    """A site that is used, misused, killed and backed up; keeps what must not be found again."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.answers = folder / "answers"
        self.answers.mkdir(parents=True)
        self.secrets: dict[str, str] = {"password": PASSWORD, "wrong": WRONG, "new": NEW}
        self._metrics = free_port()
        self._environ = {
            "COURSEWIRE_DATA": str(self.data),
            "COURSEWIRE_DATABASE": address,
            "COURSEWIRE_LOG_LEVEL": "debug",
            "COURSEWIRE_ACCESS_LOG": str(folder / "access.log"),
            "COURSEWIRE_METRICS_PORT": str(self._metrics),
        }

    def command(self, *arguments: str, secret: bool = False, stdin: str = "") -> str:
        """Run a command; what it printed is kept, unless it is made to print a secret once."""
        shown = run(*arguments, environ=self._environ, stdin=stdin)
        if not secret:
            self._keep(" ".join(arguments[:2]), shown.encode())
        return shown

    def _keep(self, name: str, content: bytes) -> None:
        number = len(list(self.answers.iterdir()))
        (self.answers / f"{number:03} {name.replace('/', ' ')}").write_bytes(content)

    def found(self) -> None:
        """Make the site, its people and its token."""
        self.secrets["init link"] = (
            self.command("init", secret=True).partition("link=")[2].split()[0]
        )
        for switch in (("webservices", "on"), ("protocol", "rest", "on")):
            self.command(*switch)
        new = ("user", "create", "ann", "--email", "ann@school.example")
        names = ("--firstname", "Ann", "--lastname", "Aa")
        self.command(*new, *names, stdin=f"{WRONG}\n")
        self.command("user", "password", "ann", stdin=f"{PASSWORD}\n")
        issued = ("token", "issue", "--preset", "read-only", "--new-user", "bot", "--json")
        self.secrets["token"] = httpx.Response(200, text=self.command(*issued, secret=True)).json()[
            "token"
        ]
        self.command("service", "edit", "moodle_mobile_app", "--enabled")
        self.command("service", "edit", "read_only", "--download-files")
        link = self.command("console", "link", secret=True)
        self.link = next(word for word in link.split() if "link=" in word)
        self.secrets["console link"] = self.link.partition("link=")[2]

    def be_used(self) -> None:
        """Calls that work and calls that do not, log-ins, the console; then a crash."""
        with running((), self.folder / "first.log", environ=self._environ) as server:
            self._call(server)
            self._log_in(server)
            self._sign_in(server)
            self._keep("metrics", httpx.get(f"http://127.0.0.1:{self._metrics}/metrics").content)
            os.killpg(server.process.pid, signal.SIGKILL)
            server.process.wait()
        with running((), self.folder / "second.log", environ=self._environ) as server:
            self._call(server)

    def _call(self, server: Running) -> None:
        root = f"http://127.0.0.1:{server.port}"
        rest, token = f"{root}/webservice/rest/server.php", self.secrets["token"]
        form = {"wstoken": token, "moodlewsrestformat": "json"}
        for function in ("core_webservice_get_site_info", "core_course_get_courses", "no_such"):
            answer = httpx.post(rest, data={**form, "wsfunction": function})
            if function == "core_webservice_get_site_info":
                # The key for files is told in this answer and belongs nowhere else.
                self.secrets["file key"] = answer.json()["userprivateaccesskey"]
            else:
                self._keep(function, answer.content)
        for path in (f"?wstoken={token}&wsfunction=core_course_get_courses", f"/{token}", "/a%00b"):
            self._keep("get", httpx.get(rest + path).content)
        bad = {"wstoken": token, "wsfunction": "core_course_get_courses", "options[ids]": token}
        self._keep("bad", httpx.post(rest, data=bad, headers={"X-Secret": token}).content)
        self._keep("large", httpx.post(rest, content=token.encode() * 300_000).content)
        with suppress(httpx.HTTPError):
            httpx.post(rest, content=b"", headers={"Host": token, "Content-Length": token})

    def _log_in(self, server: Running) -> None:
        login = f"http://127.0.0.1:{server.port}/login/token.php"
        named = {"username": "ann", "service": "moodle_mobile_app"}
        given = httpx.post(login, data={**named, "password": PASSWORD}).json()
        if "token" in given:
            self.secrets["token of log-in"] = given["token"]
        self._keep("wrong", httpx.post(login, data={**named, "password": WRONG}).content)
        self._keep("in query", httpx.get(login, params={**named, "password": WRONG}).content)

    def _sign_in(self, server: Running) -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{server.port}") as browser:
            browser.headers["Sec-Fetch-Site"] = "same-origin"
            page = browser.get("/console/start", params={"link": self.secrets["console link"]})
            csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
            fields = {"csrf": csrf, "link": self.secrets["console link"], "password": NEW}
            answer = browser.post("/console/start", data=fields)
            assert answer.status_code == 303, answer.text
            sessions = [value for name, value in browser.cookies.items() if name.endswith("cw")]
            assert sessions, dict(browser.cookies)
            self.secrets["session"] = sessions[0]
            for path in ("", "tokens", "account", "no-such-page"):
                self._keep(f"console {path}", browser.get(f"/console/{path}").content)

    def be_kept(self) -> None:
        """Everything that writes the site down."""
        self.command("backup", str(self.folder / "backup"))
        self.command("export", str(self.folder / "site.yaml"))
        self.command("export", "--csv", str(self.folder / "tables"))
        for listed in (("token", "list"), ("audit", "list"), ("user", "list"), ("settings", "get")):
            self.command(*listed, "--json")
        with suppress(Exception):
            self.command("doctor", "--json")
        self.secrets |= keys_in(self.data)


@pytest.fixture
def address(engine_name: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty PostgreSQL database; empty for SQLite in the data folder."""
    if engine_name == "sqlite":
        yield ""
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    with cluster.fresh() as found:
        yield found


@pytest.mark.slow
def test_aud_6_no_secret_is_left_anywhere(address: str, tmp_path: Path) -> None:
    life = Life(tmp_path / "life", address)
    life.found()
    life.be_used()
    life.be_kept()
    places = [*files(life.folder)]
    if address:
        places += tables(address)
    assert len(places) > 25
    hits = [hit for hit in search(life.secrets, places) if not expected(hit.place, hit.secret)]
    assert hits == []


@pytest.mark.parametrize("shift", range(3))
def test_aud_6_the_search_finds_what_is_hidden(shift: int) -> None:
    secret = "0123456789abcdef0123456789abcdef"
    hidden = {
        "base64": base64.b64encode(b"x" * shift + secret.encode() + b"rest"),
        "hex": secret.encode().hex().encode(),
        "bytes": b"a" + bytes.fromhex(secret),
        "plain": b"wstoken=" + secret.encode(),
    }
    for place, content in hidden.items():
        assert search({"it": secret}, [(place, content)]), place
    assert dict(writings("a b"))["URL"] == b"a%20b"


def test_aud_6_nothing_is_found_where_nothing_is() -> None:
    places: Mapping[str, bytes] = {"log": b"token handle abcdef, password: ***"}
    assert search({"it": "0123456789abcdef0123456789abcdef"}, places.items()) == []
