"""The whole web application of a test site without a socket: bytes in, bytes out."""

import asyncio
import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlencode

from coursewire.console.first_page import FirstPage
from coursewire.domain import services, tokens
from coursewire.domain.services import NewService
from coursewire.domain.site import ADMIN_ID
from coursewire.domain.tokens import NewToken
from coursewire.functions import catalogue
from coursewire.server.asgi import REST_PATH, Server
from coursewire.server.options import ServerOptions
from coursewire.server.runtime import Runtime
from coursewire.server.types import Headers, Message
from coursewire.store import services as store
from tests.support import making
from tests.support.sites import URL, TestSite

FORM = "application/x-www-form-urlencoded"
EVERYTHING = "everything"


class Answer(NamedTuple):
    """What came back; `headers` in the order they were sent."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str:
        """The value of a header that occurs once at most; '' where it is missing."""
        found = [value for key, value in self.headers if key == name.encode()]
        assert len(found) <= 1, found
        return found[0].decode("latin-1") if found else ""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> tuple[str, str]:
        """Exception and errorcode of a refusal."""
        document = self.json
        assert isinstance(document, dict), document
        return document["exception"], document["errorcode"]


class Web:
    """Drives the server of a site; every call is one request of a client at `address`."""

    def __init__(self, site: TestSite, *, url: str = URL, **options: Any) -> None:
        self.site = site
        self.catalogue = catalogue.built_in()
        self.server = Server(
            Runtime(
                options=ServerOptions(site_url=url, **options),
                database=site.database,
                keys=site.keys,
                clock=site.clock,
                catalogue=self.catalogue,
            ),
            fallback=FirstPage,
        )

    def request(
        self,
        method: str = "POST",
        path: str = REST_PATH,
        *,
        query: bytes = b"",
        body: bytes = b"",
        content_type: str = FORM,
        headers: Mapping[str, str] | None = None,
        address: str = "127.0.0.1",
    ) -> Answer:
        """One request, as bytes."""
        given = {"content-type": content_type, **(headers or {})}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query,
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in given.items() if v],
            "client": (address, 50_000),
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        asyncio.run(self.server(scope, receive, send))
        content = b"".join(message.get("body", b"") for message in sent[1:])
        return Answer(sent[0]["status"], list(sent[0]["headers"]), content)

    def call(self, function: str, token: str, *, format_: str = "json", **params: Any) -> Answer:
        """One call with a form: `groups=[{"id": 1}]` is sent as `groups[0][id]=1`."""
        control = {"wstoken": token, "wsfunction": function, "moodlewsrestformat": format_}
        return self.request(body=urlencode([*control.items(), *fields(params)]).encode())

    def token(self, user_id: int = ADMIN_ID, **limits: Any) -> str:
        """A token of a user for a service of every function and of uploads, for all users."""
        call = self.site.call()
        found = store.by_shortname(call.session, EVERYTHING)
        if found is None:
            with call.transaction():
                found = services.create(
                    call,
                    NewService(
                        name="Everything",
                        shortname=EVERYTHING,
                        enabled=True,
                        restrictedusers=False,
                        uploadfiles=True,
                    ),
                )
                names = [bound.contract.name for bound in self.catalogue.all()]
                services.add_functions(call, found.id, names, self.catalogue.is_known)
        new = NewToken(user_id=user_id, service_id=found.id, **limits)
        return tokens.issue(self.site.call(), new).token

    def close(self) -> None:
        """End the workers; what waits is written."""
        asyncio.run(self.server.stop())


def fields(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Nested parameters as form fields, in order."""
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = dict(enumerate(value)).items()
    else:
        return [(name, str(int(value)) if isinstance(value, bool) else str(value))]
    inner = [fields(item, f"{name}[{key}]" if name else str(key)) for key, item in pairs]
    return [pair for pairs_ in inner for pair in pairs_]


@contextmanager
def web(site: TestSite, **options: Any) -> Generator[Web]:
    """The web application of a site with web services and REST on."""
    making.setting(site, "enablewebservices", value=True)
    making.setting(site, "webserviceprotocols", value=("rest",))
    found = Web(site, **options)
    try:
        yield found
    finally:
        found.close()
