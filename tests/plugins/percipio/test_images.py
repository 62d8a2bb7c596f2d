"""`percipio_image_upload`: only from listed hosts, one bad picture stops no other."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from coursewire.domain import contexts, stored_files
from coursewire.store import audit
from coursewire_percipio import PLUGIN, entries
from tests.plugins.percipio import documents
from tests.plugins.percipio.partner_calls import PartnerCalls
from tests.support import making
from tests.support.plugins import tell

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
PICTURES = {
    "/good.png": ("image/png", PNG),
    "/page.png": ("text/html", b"<script>alert(1)</script>"),
    "/lie.png": ("image/png", b"<script>alert(1)</script>"),
    "/large.png": ("image/png", PNG + b"\0" * (5 * 1024 * 1024)),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind, content = PICTURES.get(self.path, ("text/plain", b""))
        self.send_response(200 if content else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            self.wfile.write(content)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def pictures(partner: PartnerCalls) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    tell(partner.site, PLUGIN, imagehosts=url)
    try:
        yield url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def asset(partner: PartnerCalls, name: str, imageurl: str) -> None:
    answer = partner.imports(documents.asset(shortname=name, fullname=name, imageurl=imageurl))
    assert answer.json["code"] == 200


def stored(partner: PartnerCalls, name: str) -> list[str]:
    entry = entries.find(partner.site.session, name)
    assert entry is not None
    call = partner.site.call()
    place = contexts.get(call.session, contexts.COURSE, entry.course_id)
    area = stored_files.Area(context_id=place.id, component="course", filearea="overviewfiles")
    return [file.filename for file in stored_files.of_area(call, area)]


def test_without_entries_there_is_nothing_to_do(partner: PartnerCalls) -> None:
    answer = partner.uploads()
    assert (answer.status, answer.json["percipioid"], answer.json["code"]) == (200, None, 200)


def test_one_bad_picture_stops_no_other(partner: PartnerCalls, pictures: str) -> None:
    names = ["page", "lie", "missing", "large", "good"]
    for name in names:
        asset(partner, name, f"{pictures}/{name}.png")
    asset(partner, "elsewhere", "https://169.254.169.254/good.png")
    answer = partner.uploads()
    assert answer.json["percipioid"] == "elsewhere"
    assert "1 pictures were stored, 5 could not be, 0 are left" in answer.json["message"]
    assert stored(partner, "good") == ["image.png"]
    assert all(stored(partner, name) == [] for name in names[:-1])
    # What is there is not fetched again, until the asset is imported anew.
    assert "0 pictures were stored, 5" in partner.uploads().json["message"]
    asset(partner, "good", f"{pictures}/good.png")
    assert "1 pictures were stored, 5" in partner.uploads().json["message"]


def test_named_entries_alone_are_fetched(partner: PartnerCalls, pictures: str) -> None:
    for name in ("one", "two"):
        asset(partner, name, f"{pictures}/good.png")
    assert partner.uploads(json.dumps({"percipioids": ["two"]})).json["percipioid"] == "two"
    assert (stored(partner, "one"), stored(partner, "two")) == ([], ["image.png"])
    assert len(audit.records(partner.site.session, action="percipio.image")) == 1
    assert partner.uploads('{"percipioids": ["three"]}').error[1] == "error"


@pytest.mark.parametrize("named", ["two", [2], ["a\0b"], ["\ud800"]])
def test_what_names_no_entries_is_told_with_status_422(partner: PartnerCalls, named: Any) -> None:
    answer = partner.uploads(json.dumps({"percipioids": named}))
    assert (answer.status, answer.error[1]) == (422, "errorinvalidparam")
    assert "percipioids" in answer.json["message"]


def test_an_entry_that_is_named_twice_is_fetched_once(partner: PartnerCalls, pictures: str) -> None:
    asset(partner, "one", f"{pictures}/good.png")
    answer = partner.uploads(json.dumps({"percipioids": ["one", "one"]}))
    assert "1 pictures were stored, 0 could not be, 0 are left" in answer.json["message"]


def test_without_the_right_nothing_is_fetched(partner: PartnerCalls, pictures: str) -> None:
    asset(partner, "one", f"{pictures}/good.png")
    clerk = making.user_with(partner.site, "clerk", "webservice/rest:use", "moodle/course:view")
    other = PartnerCalls(partner.web, partner.web.service_token("Percipio-API", clerk))
    assert other.uploads().error[1] == "nopermissions"
    assert stored(partner, "one") == []
