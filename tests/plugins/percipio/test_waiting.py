"""While a host outside is slow, everything else of the site goes on, writes included."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode

import pytest

from coursewire_percipio import PLUGIN, entries
from tests.plugins.percipio import documents
from tests.plugins.percipio.partner_calls import PartnerCalls
from tests.support.console import signed_in
from tests.support.percipio_partner import ORGANISATION
from tests.support.plugins import tell
from tests.support.web import Answer

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
WITHIN = 4.0


class Slow:
    """A host that answers everything with a picture, once it is told to."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.go_on = threading.Event()
        self.url = ""


@pytest.fixture
def slow(partner: PartnerCalls) -> Iterator[Slow]:
    there = Slow()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            there.asked.set()
            there.go_on.wait(WITHIN)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(PNG)))
            self.end_headers()
            self.wfile.write(PNG)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    tell(partner.site, PLUGIN, imagehosts=there.url, percipiourl=there.url)
    tell(partner.site, PLUGIN, organizationid=ORGANISATION, bearertoken="b")
    try:
        yield there
    finally:
        there.go_on.set()
        server.shutdown()
        thread.join()
        server.server_close()


def asset(partner: PartnerCalls, name: str, imageurl: str) -> None:
    answer = partner.imports(documents.asset(shortname=name, fullname=name, imageurl=imageurl))
    assert answer.json["code"] == 200


def meanwhile(slow: Slow, asks: Callable[[], Answer], does: Callable[[], None]) -> Answer:
    """Do something between the question to the slow host and its answer."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(asks)
        assert slow.asked.wait(WITHIN)
        does()
        assert not waiting.done()
        slow.go_on.set()
        return waiting.result(20)


def uploads_with_key(partner: PartnerCalls) -> Answer:
    form = {
        "wstoken": partner.token,
        "wsfunction": "percipio_image_upload",
        "moodlewsrestformat": "json",
        "data": "{}",
    }
    key = {"idempotency-key": "upload-1"}
    return partner.web.request(body=urlencode(form).encode(), headers=key)


@pytest.mark.parametrize("asks", [PartnerCalls.uploads, uploads_with_key])
def test_a_slow_picture_holds_up_no_write(
    partner: PartnerCalls, slow: Slow, asks: Callable[[PartnerCalls], Answer]
) -> None:
    asset(partner, "one", f"{slow.url}/one.png")
    answer = meanwhile(slow, lambda: asks(partner), lambda: asset(partner, "two", ""))
    assert "1 pictures were stored, 0 could not be, 0 are left" in answer.json["message"]


def test_a_picture_of_an_asset_that_changed_meanwhile_is_not_kept(
    partner: PartnerCalls, slow: Slow
) -> None:
    asset(partner, "one", f"{slow.url}/old.png")
    changes = lambda: asset(partner, "one", f"{slow.url}/new.png")  # noqa: E731 - said once
    answer = meanwhile(slow, partner.uploads, changes)
    assert "0 pictures were stored, 1 could not be" in answer.json["message"]
    entry = entries.find(partner.site.session, "one")
    assert entry is not None
    assert not entry.imageuploaded
    assert "1 pictures were stored" in partner.uploads().json["message"]


def test_a_slow_partner_holds_up_no_write_while_the_connection_is_tested(
    partner: PartnerCalls, slow: Slow
) -> None:
    browser = signed_in(partner.web)
    place = "/console/plugins/mod_percipio/pages/connection"
    browser.get(place)
    answer = meanwhile(slow, lambda: browser.post(place), lambda: asset(partner, "two", ""))
    # What came is a picture, no content token.
    assert b"the answer is no JSON" in answer.body
