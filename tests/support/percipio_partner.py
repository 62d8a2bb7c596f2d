"""A stand-in for the partner: a real OAuth server, its content API, and its strictness.

It is made of Authlib's authorization server and real HTTP, and it answers 200 only to what is
right: signatures, scopes, ends of tokens, methods, addresses and queries are checked.
"""

import base64
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload  # type: ignore[import-untyped]
from authlib.oauth2.rfc6750 import BearerTokenGenerator  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

SCOPE = "content-integration"
CLIENT_ID = "coursewire-client"
ORGANISATION = "0b6bb2ba-4d3b-4d38-9d25-6c0f5f0b1a11"
TOKEN_PATH = "/oauth2-provider/token"
CONTENT_PATH = f"/content-integration/v1/organizations/{ORGANISATION}/content-token"
LAUNCH_PATH = "/content-integration/v1/tincan/launch"


class _Client(ClientMixin):  # type: ignore[misc]
    """The one client that the partner knows."""

    def __init__(self, secret: str) -> None:
        self.client_id = CLIENT_ID
        self._secret = secret

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(self._secret, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return (method, endpoint) == ("client_secret_basic", "token")

    def check_grant_type(self, grant_type: str) -> bool:
        return bool(grant_type == "client_credentials")

    def get_allowed_scope(self, scope: str) -> str:
        return SCOPE if scope == SCOPE else ""


class _Grant(ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)


class _OAuth(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server over the stand-in's own HTTP."""

    def __init__(self, partner: "Partner") -> None:
        super().__init__(scopes_supported=[SCOPE])
        self._partner = partner
        self.register_grant(_Grant)
        generator = BearerTokenGenerator(
            partner.access_token, expires_generator=lambda *_: partner.life
        )
        self.register_token_generator("default", generator)

    def query_client(self, client_id: str) -> _Client | None:
        return _Client(self._partner.client_secret) if client_id == CLIENT_ID else None

    def save_token(self, token: dict[str, Any], request: object) -> None:  # noqa: ARG002 - theirs
        self._partner.issued.append(token["access_token"])

    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        return request

    def handle_response(
        self, status: int, body: Any, headers: Any
    ) -> tuple[int, bytes, dict[str, str]]:
        told = {**body, **self._partner.telling} if status == 200 else body
        return status, json.dumps(told).encode(), dict(headers)

    def send_signal(self, *_: object, **__: object) -> None:
        """Tell nobody."""


class Partner:
    """The partner's side: what it knows, what it was asked, and what goes wrong on purpose."""

    def __init__(self) -> None:
        self.client_secret = f"canary-client-{secrets.token_hex(12)}"
        self.service_token = f"canary-service-{secrets.token_hex(12)}"
        self.life = 600
        # What its answers with a token say otherwise than they would.
        self.telling: dict[str, Any] = {}
        self.issued: list[str] = []
        self.content_tokens: list[str] = []
        self.asked: list[tuple[str, str]] = []
        self.refused: list[str] = []
        self.actors: list[dict[str, Any]] = []
        # Status codes that the next requests get, whatever they are; 0 ends the connection.
        self.failing: list[int] = []
        self.url = ""
        self._key = OctKey.generate_key(256)
        self._lock = threading.Lock()
        self._oauth = _OAuth(self)

    @property
    def oauth_url(self) -> str:
        return f"{self.url}{TOKEN_PATH}"

    def access_token(
        self,
        client: _Client,
        grant_type: str,  # noqa: ARG002 - as Authlib calls it
        user: object,  # noqa: ARG002 - as Authlib calls it
        scope: str,
    ) -> str:
        claims = {
            "sub": client.client_id,
            "scope": scope,
            "exp": int(time.time()) + self.life,
            "jti": secrets.token_hex(8),
        }
        return jwt.encode({"alg": "HS256"}, claims, self._key)

    def answer(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes, dict[str, str]]:
        parts = urlsplit(target)
        with self._lock:
            self.asked.append((method, parts.path))
            if self.failing:
                return self.failing.pop(0), b"", {}
        match method, parts.path:
            case "POST", path if path == TOKEN_PATH:
                return self._token(target, headers, body)
            case "GET", path if path == CONTENT_PATH:
                return self._content_token(parse_qs(parts.query, strict_parsing=True), headers)
            case "GET", path if path == LAUNCH_PATH:
                return self._launch(parse_qs(parts.query, strict_parsing=True))
        return self._refuse(404, "there is nothing here")

    def _token(
        self, target: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes, dict[str, str]]:
        if headers.get("content-type") != "application/x-www-form-urlencoded":
            return self._refuse(415, "a form is wanted")
        fields = parse_qs(body.decode(), strict_parsing=True)
        if any(len(values) != 1 for values in fields.values()):
            return self._refuse(400, "a field occurs twice")
        names = {"content-type": "Content-Type", "authorization": "Authorization"}
        sent = {names.get(name, name): value for name, value in headers.items()}
        request = OAuth2Request("POST", f"https://partner.example.com{target}", headers=sent)
        request.payload = BasicOAuth2Payload({name: one for name, (one,) in fields.items()})
        found: tuple[int, bytes, dict[str, str]] = self._oauth.create_token_response(request)
        if found[0] != 200:
            self.refused.append(found[1].decode())
        return found

    def _content_token(
        self, query: dict[str, list[str]], headers: dict[str, str]
    ) -> tuple[int, bytes, dict[str, str]]:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        problem = self._problem_with(token) if scheme == "Bearer" else "no bearer token"
        if problem:
            return self._refuse(401, problem)
        if set(query) != {"actor", "activity_id"} or any(len(one) != 1 for one in query.values()):
            return self._refuse(400, "the query is wrong")
        actor = json.loads(query["actor"][0])
        if set(actor) - {"objectType", "account", "name", "mbox"} or "account" not in actor:
            return self._refuse(400, "the actor is none")
        if set(actor["account"]) != {"homePage", "name"}:
            return self._refuse(400, "the account is none")
        self.actors.append(actor)
        claims = {
            "actor": query["actor"][0],
            "activity_id": query["activity_id"][0],
            "exp": int(time.time()) + 60,
        }
        token = jwt.encode({"alg": "HS256"}, claims, self._key)
        self.content_tokens.append(token)
        return 200, json.dumps({"contentToken": token}).encode(), {}

    def _problem_with(self, token: str) -> str:
        if secrets.compare_digest(token.encode(), self.service_token.encode()):
            return ""
        try:
            claims = jwt.decode(token, self._key).claims
        except (JoseError, ValueError):
            return "the signature is wrong"
        if claims.get("exp", 0) <= time.time():
            return "the token is over"
        return "" if claims.get("scope") == SCOPE else "the scope is wrong"

    def _launch(self, query: dict[str, list[str]]) -> tuple[int, bytes, dict[str, str]]:
        if set(query) != {"actor", "activity_id", "content_token"}:
            return self._refuse(400, "the query is wrong")
        try:
            claims = jwt.decode(query["content_token"][0], self._key).claims
        except (JoseError, ValueError):
            return self._refuse(401, "the signature is wrong")
        for name in ("actor", "activity_id"):
            if claims.get(name) != query[name][0]:
                return self._refuse(403, f"the token is for another {name}")
        if claims.get("exp", 0) <= time.time():
            return self._refuse(401, "the token is over")
        return 200, b'{"launched": true}', {}

    def _refuse(self, status: int, reason: str) -> tuple[int, bytes, dict[str, str]]:
        self.refused.append(reason)
        return status, json.dumps({"error": reason}).encode(), {}

    def basic(self) -> str:
        """What the client's credentials look like on the wire."""
        return base64.b64encode(f"{CLIENT_ID}:{self.client_secret}".encode()).decode()


@contextmanager
def partner() -> Iterator[Partner]:
    """The stand-in, listening on this machine."""
    there = Partner()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._handle()

        def do_POST(self) -> None:
            self._handle()

        def _handle(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            status, content, more = there.answer(self.command, self.path, headers, body)
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **more}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield there
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
