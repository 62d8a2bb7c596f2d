"""The client without I/O: builds requests, reads answers, decides what is sent next.

Each piece of work is a generator. It gives out what is to be sent and takes in what came of it; a
shell, sync or async, does nothing but drive it.
"""

import os
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from coursewire.client import _address, _reading
from coursewire.client._address import Site
from coursewire.client._contracts import Plan, plan_of, plan_of_name
from coursewire.client._errors import (
    InvalidParameter,
    InvalidToken,
    SiteUnavailable,
    UnexpectedAnswer,
)
from coursewire.client._exchange import Answer, Failure, Outcome, Request, Send, Steps
from coursewire.client._files import UploadedFile, same_site, uploads
from coursewire.client._parameters import Field, unchecked_fields
from coursewire.client._retries import may_have_run, wait_before_next
from coursewire.client._secrets import Secret
from coursewire.client._sink import Sink, place
from coursewire.contracts.function import Function
from coursewire.wire.unfit import Unfit

P = TypeVar("P", bound=Struct)
R = TypeVar("R")

_KEY_LENGTH = 64


class GivenToken(NamedTuple):
    """A token that a site gave out for a password; `private` is empty where there is none."""

    token: str
    private: str

    def __repr__(self) -> str:
        """Show neither."""
        return "GivenToken([hidden])"


class Protocol:
    """Everything that a client of one site knows, save how to send."""

    def __init__(
        self, site: Site, token: str, *, retries: int, now: Callable[[], float] = time.time
    ) -> None:
        if retries < 0:
            msg = f"retries is {retries}; 0 is the least"
            raise ValueError(msg)
        self.site = site
        self._token = Secret(token)
        self._retries = retries
        self._now = now

    # Work, step by step

    def call(self, function: Function[P, R], params: P, key: str) -> Steps[R]:
        """Call a function by its contract."""
        plan = plan_of(function)
        request = self._call(plan, params, key)
        document = yield from self._result(request)
        return cast("R", plan.decode(request, document))

    def call_by_name(self, name: str, params: Mapping[str, object], key: str) -> Steps[Any]:
        """Call a published function by its name; the answer is plain Python values."""
        request = self._call(plan_of_name(name), params, key)
        document = yield from self._result(request)
        return _reading.any_json(request, document)

    def call_unchecked(self, name: str, params: Mapping[str, object], key: str) -> Steps[Any]:
        """Call any function, with nothing known of it."""
        request = self._request(name, self._fields(name, unchecked_fields, params), key)
        document = yield from self._result(request)
        return _reading.any_json(request, document)

    def preview(
        self, name: str, params: Mapping[str, object], *, checked: bool
    ) -> list[tuple[str, str]]:
        """Return the fields that a call would send, the token hidden; nothing is sent."""
        if checked:
            request = self._call(plan_of_name(name), params, "")
        else:
            request = self._request(name, self._fields(name, unchecked_fields, params), "")
        return request.preview()

    def call_rows(self, plan: Plan, rows: list[object]) -> Steps[Any]:
        """Call a function of a batch with some of its rows."""
        request = self._call(plan, {plan.rows_key: rows}, "")
        document = yield from self._result(request)
        return plan.decode(request, document)

    def fields_of_row(self, plan: Plan, row: object) -> int:
        """Return how many fields a row takes, or raise InvalidParameter; nothing is sent."""
        return len(self._call(plan, {plan.rows_key: [row]}, "").fields)

    def get_token(self, username: str, password: str, service: str) -> Steps[GivenToken]:
        """Have the site give out a token for a password."""
        request = Request(
            url=self.site.script(_address.LOGIN),
            function="login/token.php",
            control=(
                ("username", username),
                ("password", Secret(password)),
                ("service", service),
            ),
            is_repeatable=True,
        )
        document = yield from self._result(request, scripts=True)
        given = _reading.decoded(request, document, _Given)
        return GivenToken(given.token, given.privatetoken or "")

    def upload(
        self, files: Mapping[str, bytes | Path] | tuple[Path, ...], itemid: int, filepath: str
    ) -> Steps[list[UploadedFile]]:
        """Put files into the draft area of the token's user."""
        request = Request(
            url=self.site.script(_address.UPLOAD),
            function="webservice/upload.php",
            control=(("token", self._required_token()),),
            fields=(
                Field("itemid", str(itemid), is_plain=True),
                Field("filepath", filepath, is_plain=False),
            ),
            files=uploads(files),
        )
        document = yield from self._result(request, scripts=True)
        found: list[UploadedFile] = _reading.decoded(request, document, list[UploadedFile])
        return found

    def download(self, url: str, into: str | os.PathLike[str], largest: int) -> Steps[Path]:
        """Fetch a file of the site into a place of this machine."""
        url = same_site(self.site, urljoin(self.site.root + "/", url))
        sink = Sink(place(into, url))
        request = Request(
            url=url,
            function=urlsplit(url).path.removeprefix(urlsplit(self.site.root).path).lstrip("/"),
            control=(("token", self._required_token()),),
            is_repeatable=True,
            largest=largest,
        )
        try:
            answer = yield from self._exchange(request, sink)
            if not answer.is_file:
                _reading.result(request, answer, scripts=True, now=self._now())
                raise request.error(UnexpectedAnswer, "the answer is not a file")
        finally:
            sink.discard()
        return sink.path

    # Their parts

    def _result(self, request: Request, *, scripts: bool = False) -> Steps[bytes]:
        earlier: list[Outcome] = []
        try:
            answer = yield from self._exchange(request, earlier=earlier)
            return _reading.result(request, answer, scripts=scripts, now=self._now())
        except (SiteUnavailable, UnexpectedAnswer) as error:
            # The last sending alone does not tell: one before it may have been carried out.
            error.may_have_run |= any(may_have_run(it, self._now) for it in earlier)
            raise

    def _exchange(
        self, request: Request, sink: Sink | None = None, *, earlier: list[Outcome] | None = None
    ) -> Steps[Answer]:
        """Send a request until there is an answer to stay with, or no sense in going on.

        What came of sendings before the last one is added to `earlier`.
        """
        outcome = yield Send(request=request, sink=sink)
        for attempt in range(self._retries):
            wait = wait_before_next(request, outcome, attempt, self._now)
            if wait is None:
                break
            if earlier is not None:
                earlier.append(outcome)
            outcome = yield Send(request=request, after=wait, sink=sink)
        if isinstance(outcome, Failure):
            raise request.failed(outcome)
        return outcome

    def _call(self, plan: Plan, params: object, key: str) -> Request:
        fields = self._fields(plan.name, plan.fields, params)
        return self._request(plan.name, fields, key, is_repeatable=plan.is_repeatable)

    def _request(
        self, name: str, fields: list[Field], key: str, *, is_repeatable: bool = False
    ) -> Request:
        if key and not (len(key) <= _KEY_LENGTH and key.isascii() and key.isprintable()):
            msg = "an idempotency key has up to 64 visible ASCII characters"
            raise ValueError(msg)
        return Request(
            url=self._rest,
            function=name,
            control=(
                ("wstoken", self._required_token()),
                ("wsfunction", name),
                ("moodlewsrestformat", "json"),
            ),
            fields=tuple(fields),
            idempotency_key=key,
            is_repeatable=is_repeatable or bool(key),
        )

    def _fields(
        self, name: str, write: Callable[[Any], list[Field]], params: object
    ) -> list[Field]:
        try:
            return write(params)
        except Unfit as unfit:
            reason = unfit.reason()
        raise InvalidParameter(f"not sent: {reason}", function=name)

    def _required_token(self) -> Secret:
        if not self._token.reveal():
            msg = "there is no token"
            advice = f"give one, set {_address.TOKEN_VARIABLE}, or get one with get_token"
            raise InvalidToken(msg, advice=advice)
        return self._token

    @cached_property
    def _rest(self) -> str:
        return self.site.script(_address.REST)


class _Given(Struct):
    token: str
    privatetoken: str | None = None
