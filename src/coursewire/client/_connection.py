"""What the connections of both shells have in common: certificates, headers, no cookies."""

import logging
import ssl
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from http.cookiejar import CookieJar, DefaultCookiePolicy
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlencode

import httpx

from coursewire import __version__
from coursewire.client._exchange import ANSWER_WITHIN, CONNECT_WITHIN, Request

TIMEOUT = httpx.Timeout(ANSWER_WITHIN, connect=CONNECT_WITHIN)

# What the libraries below log holds headers, and bytes that are no HTTP, as the server wrote them.
_CHATTY = ("httpx", "httpcore.connection", "httpcore.http11")
_is_quiet = ContextVar("coursewire.client.is_quiet", default=False)

_FORM = {"content-type": "application/x-www-form-urlencoded"}


class _Quiet(logging.Filter):
    """Drops what is logged in the course of our requests, and nothing of anybody else's."""

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - whatever it says
        return not _is_quiet.get()


_QUIET = _Quiet()


@contextmanager
def quiet() -> Generator[None]:
    """Keep the libraries below from logging; the client says itself what it did."""
    for name in _CHATTY:
        # Adding the same filter again changes nothing.
        logging.getLogger(name).addFilter(_QUIET)
    before = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(before)


def certificates(ca_file: str | PathLike[str] | None) -> ssl.SSLContext:
    """Return the checks of a server's certificate; the environment has no say in them."""
    if ca_file is None:
        return httpx.create_ssl_context(trust_env=False)
    return ssl.create_default_context(cafile=ca_file)


def client_options() -> dict[str, Any]:
    """Return how a client of HTTPX is made: no redirects, no proxies of the environment, …"""
    return {
        "timeout": TIMEOUT,
        "follow_redirects": False,
        "trust_env": False,
        # A site that sets cookies gets none back: only the token says who calls.
        "cookies": CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        "headers": {
            "accept": "application/json",
            "accept-encoding": "gzip",
            "user-agent": f"coursewire-client/{__version__}",
        },
    }


def form_request(
    client: httpx.Client | httpx.AsyncClient, request: Request, opened: ExitStack
) -> httpx.Request:
    """Build what is sent; the files that it reads from are closed with the stack."""
    key = {"idempotency-key": request.idempotency_key} if request.idempotency_key else {}
    if not request.files:
        content = urlencode(request.form()).encode()
        return client.build_request("POST", request.url, content=content, headers={**_FORM, **key})
    files: dict[str, tuple[str, bytes | BinaryIO]] = {}
    for number, upload in enumerate(request.files):
        content_ = upload.content
        if isinstance(content_, Path):
            files[f"file_{number}"] = (upload.name, opened.enter_context(content_.open("rb")))
        else:
            files[f"file_{number}"] = (upload.name, content_)
    return client.build_request(
        "POST", request.url, data=dict(request.form()), files=files, headers=key
    )
