"""A browser without a window: keeps cookies, sends forms as our pages do, and signs people in."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from coursewire.domain import console_links, console_rights
from coursewire.domain.console_rights import Right
from coursewire.domain.site import ADMIN_ID
from coursewire.store import users as store
from tests.support.sites import URL, TestSite
from tests.support.web import FORM, Answer, Web

HOST = urlsplit(URL).netloc
SESSION = "__Host-cw"
PASSWORD = "a long quiet river"
UNSCRIPTED_SEARCH = '<p class="hint unscripted">Add what you ticked before you search again.</p>'
Fields = Mapping[str, str] | list[tuple[str, str]]


class Browser:
    """One person's browser; `headers` are sent with every request."""

    def __init__(self, web: Web, *, address: str = "127.0.0.1") -> None:
        self.web = web
        self.address = address
        self.cookies: dict[str, str] = {}
        self.headers = {"host": HOST, "sec-fetch-site": "same-origin"}
        self.csrf = ""

    def get(self, path: str, **headers: str) -> Answer:
        """Look at a page; its form token is kept for the next `post`."""
        return self._send("GET", path, b"", headers)

    def post(self, path: str, fields: Fields | None = None, **headers: str) -> Answer:
        """Send a form with the token of the page that was seen last."""
        pairs = list(fields.items()) if isinstance(fields, Mapping) else list(fields or [])
        if not any(name == "csrf" for name, _ in pairs):
            pairs.append(("csrf", self.csrf))
        return self._send("POST", path, urlencode(pairs).encode(), headers)

    def look(self, path: str) -> Answer:
        """Look at a page, or take a list along as a file."""
        is_file = path.partition("?")[0].endswith("/csv")
        return self.post(path) if is_file else self.get(path)

    def follow(self, answer: Answer) -> Answer:
        """Go where an answer leads, as often as it does."""
        while answer.header("location"):
            answer = self.get(answer.header("location"))
        return answer

    def _send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        pure, _, query = path.partition("?")
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.web.request(
            method,
            pure,
            query=query.encode(),
            body=body,
            content_type=given.pop("content-type", FORM if method == "POST" else ""),
            headers={**self.headers, "cookie": cookie, **given},
            address=self.address,
        )
        self._keep(answer)
        return answer

    def _keep(self, answer: Answer) -> None:
        for name, value in answer.headers:
            if name == b"set-cookie":
                key, _, rest = value.decode().partition("=")
                content = rest.partition(";")[0]
                self.cookies[key] = content
                if not content:
                    del self.cookies[key]
        found = re.search(r'name="csrf" value="([^"]+)"|data-csrf="([^"]+)"', text(answer))
        if found:
            self.csrf = found[1] or found[2]


def text(answer: Answer) -> str:
    """The page as text."""
    return answer.body.decode("utf-8", "replace")


def page_of(answer: Answer, status: int = 200) -> str:
    """The page as a person reads it, if it came with this status."""
    body = answer.body.decode().replace("\u202f", " ")
    assert answer.status == status, body
    return body


def hidden(answer: Answer) -> dict[str, str]:
    """The hidden fields of a page, by name."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text(answer))
    return dict(found)


def query_of(location: str) -> dict[str, str]:
    """The query of a redirect."""
    return dict(parse_qsl(urlsplit(location).query))


def allow(site: TestSite, user_id: int = ADMIN_ID, right: Right = "owner") -> None:
    """Give somebody a right in the console."""
    if right == "owner" or user_id != ADMIN_ID:
        console_rights.grant(site.call(), user_id, right)
        return
    # The last owner keeps the right by the rules; a test may want the administrator to have less.
    store.change(site.session, user_id, {"console_role": right})


def signed_in(
    web: Web,
    user_id: int = ADMIN_ID,
    right: Right = "owner",
    *,
    password: str = "",
    address: str = "127.0.0.1",
) -> Browser:
    """The browser of somebody who has just come in by a one-time link; with a page seen."""
    allow(web.site, user_id, right)
    browser = Browser(web, address=address)
    secret = console_links.make(web.site.call(), user_id)
    browser.get(f"/console/start?link={secret}")
    answer = browser.post("/console/start", {"link": secret, "password": password})
    assert answer.status == 303, text(answer)
    assert browser.get("/console/account").status == 200
    return browser
