"""Reads answers: which are results, which are refusals, and which are nothing of the kind."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

import msgspec
from msgspec import Struct

from coursewire.client._address import root_of
from coursewire.client._errors import (
    AccessDenied,
    InvalidParameter,
    InvalidToken,
    MoodleError,
    NoPermission,
    NotFound,
    SiteUnavailable,
    UnexpectedAnswer,
)
from coursewire.client._exchange import Answer, Request
from coursewire.client._retries import retry_after
from coursewire.contracts.tree import List, Node, Object

_KINDS: Mapping[type[MoodleError], tuple[str, ...]] = MappingProxyType(
    {
        InvalidToken: ("invalidtoken",),
        AccessDenied: (
            "accessexception", "cannotcreatetoken", "enablewsdescription",
            "forcepasswordchangenotice", "guestsarenotallowed", "invalidiptoken", "invalidlogin",
            "invalidtimedtoken", "missingrequiredcapability", "noguest", "nopasswordchangeforced",
            "passwordisexpired", "restoredaccountresetpassword", "servicenotavailable",
            "sitepolicynotagreed", "suspended", "userdeleted", "usernotallowed",
            "usernotconfirmed", "usernotfullysetup", "wsaccessuserdeleted", "wsaccessuserexpired",
            "wsaccessusernologin", "wsaccessusersuspended", "wsaccessuserunconfirmed",
            "webservice_access_exception",
        ),
        InvalidParameter: (
            "invalidparameter", "missingparam", "formatnotsupported", "limitexceeded",
            "malformedbody", "invalid_parameter_exception",
        ),
        NotFound: (
            "invalidrecord", "invalidrecordunknown", "invalidcourseid", "invalidcoursemodule",
            "invaliduser", "filenotfound", "unknowncategory", "unknowcategory",
            "dml_missing_record_exception",
        ),
        NoPermission: (
            "nopermissions", "requireloginerror", "restrictedcontextexception",
            "required_capability_exception", "require_login_exception",
            "restricted_context_exception",
        ),
        SiteUnavailable: ("sitemaintenance", "upgraderunning", "serverbusy", "toomanyrequests"),
    }
)  # fmt: skip
_BY_CODE = {code: kind for kind, codes in _KINDS.items() for code in codes}

# The last is for a document nested more deeply than Python goes.
NO_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_FORBIDDEN, _NOT_FOUND, _TOO_LARGE, _TOO_MANY, _SERVER_ERROR = 403, 404, 413, 429, 500
# Moodle answers with none of these by a page: a proxy or a firewall kept the request from it.
_KEPT_FROM_MOODLE = (401, _FORBIDDEN, 405, 407, _TOO_LARGE)
_EMPTY = b"[]"
_JSON = "application/json"
# The scripts for files and tokens write JSON as plain text when a form with files came.
_JSON_TYPES = (_JSON, "text/plain")
# What PHP prints of its own accord, before the answer, on sites that show it, and the mark of its
# encoding with which an editor may have begun a file of a plugin.
_PRINTED = re.compile(
    rb"\s*(?:\xef\xbb\xbf"
    rb"|(?:<br />\s*)?(?:<b>)?(?:PHP )?(?:Warning|Notice|Deprecated|Strict Standards)(?:</b>)?:"
    rb".{0,20000}? on line (?:<b>)?[0-9]+(?:</b>)?(?:<br />)?)\s*",
    re.DOTALL,
)
_MARKUP = re.compile(rb"\s*<", re.DOTALL)


class _Fault(Struct):
    """The error documents of both shapes, and nothing of any other object."""

    exception: Any = None
    error: Any = None
    errorcode: Any = None
    message: Any = None
    debuginfo: Any = None
    stacktrace: Any = msgspec.UNSET


def result(request: Request, answer: Answer, *, scripts: bool = False, now: float = 0.0) -> bytes:
    """Return the JSON of a result; raises what the answer says instead.

    `scripts`: the answer is of a script beside the REST endpoint, whose errors have another shape.
    """
    body = answer.body
    if _is_redirect(answer):
        raise _redirected(request, answer)
    if answer.status == _FORBIDDEN and not body.strip():
        raise request.error(
            SiteUnavailable,
            "the site answers no web services (403 without a body)",
            advice="let its administrator enable web services and the REST protocol",
        )
    document = document_of(body)
    fault = _fault(document)
    if fault is not None and _is_error(fault, scripts=scripts):
        raise _refusal(request, fault, answer, now)
    if answer.status == _TOO_MANY or answer.status >= _SERVER_ERROR:
        raise _unavailable(request, answer, now)
    if answer.status in _KEPT_FROM_MOODLE:
        raise _kept_from_moodle(request, answer)
    _require_json(request, answer, document, scripts=scripts)
    return document


def decoded(
    request: Request,
    document: bytes,
    type_: Any,  # noqa: ANN401 - any type of an answer
    tree: Callable[[], Node | None] = lambda: None,
) -> Any:  # noqa: ANN401 - of that type
    """Return a result as a type; numbers that an older site writes as texts are numbers.

    `tree` gives the contract of the answer, for the objects of which PHP has made lists.
    """
    try:
        return msgspec.json.decode(document, type=type_, strict=False)
    except NO_JSON as error:
        # Its words name types and the place, never the value.
        said = str(error) if isinstance(error, msgspec.ValidationError) else "it is not JSON"
    if _EMPTY in document and (node := tree()) is not None:
        with suppress(*NO_JSON):
            found = with_objects(msgspec.json.decode(document), node)
            return msgspec.convert(found, type_, strict=False)
    raise request.error(
        UnexpectedAnswer,
        f"the answer does not fit the contract: {said}",
        advice="of a site of another version, read it with call_by_name",
    )


def with_objects(value: object, node: Node) -> object:
    """Return an answer with `{}` where PHP wrote an object none of whose keys is there as `[]`."""
    if isinstance(node, List) and isinstance(value, list):
        return [with_objects(item, node.items) for item in cast("list[object]", value)]
    if not isinstance(node, Object):
        return value
    if value == [] and not any(child.required == "required" for child in node.keys.values()):
        return {}
    if not isinstance(value, dict):
        return value
    return {
        key: with_objects(member, node.keys[key]) if key in node.keys else member
        for key, member in cast("dict[str, object]", value).items()
    }


def any_json(request: Request, document: bytes) -> Any:  # noqa: ANN401 - any JSON
    """Return a result as plain Python values."""
    try:
        return msgspec.json.decode(document)
    except NO_JSON:
        pass
    raise request.error(UnexpectedAnswer, "the answer is not JSON")


def _is_redirect(answer: Answer) -> bool:
    return 300 <= answer.status < 400


def _redirected(request: Request, answer: Answer) -> MoodleError:
    target = urljoin(request.url, answer.headers.get("location", ""))
    root = root_of(target)
    if not answer.headers.get("location") or root == root_of(request.url):
        return request.error(
            UnexpectedAnswer, f"the site redirects (status {answer.status}) instead of answering"
        )
    return request.error(
        UnexpectedAnswer,
        f"the site redirects to {root}; a redirect is not followed, since it would carry the token",
        advice=f"if that is the site, give {root} as its address",
    )


def document_of(body: bytes) -> bytes:
    """Return an answer without what the site printed before it."""
    start = 0
    while (found := _PRINTED.match(body, start)) is not None:
        start = found.end()
    return body[start:].strip()


def _fault(document: bytes) -> _Fault | None:
    if not document.startswith(b"{"):
        return None
    try:
        return msgspec.json.decode(document, type=_Fault)
    except NO_JSON:
        return None


def _is_error(fault: _Fault, *, scripts: bool) -> bool:
    if isinstance(fault.exception, str):
        return True
    # A result may well have a key of the name `error`; that of the scripts comes with its trace.
    is_ajax = isinstance(fault.error, str) and fault.stacktrace is not msgspec.UNSET
    return is_ajax or (scripts and isinstance(fault.error, str))


def _refusal(request: Request, fault: _Fault, answer: Answer, now: float) -> MoodleError:
    exception, code = _text(fault.exception), _text(fault.errorcode)
    kind = _BY_CODE.get(code) or _BY_CODE.get(exception.rpartition("\\")[2]) or MoodleError
    error = request.error(
        kind,
        _text(fault.message) or _text(fault.error) or "the site refused without a word",
        exception=exception,
        errorcode=code,
        debuginfo=_text(fault.debuginfo),
        request_id=answer.headers.get("coursewire-request", ""),
        check=answer.headers.get("coursewire-refusal", ""),
    )
    if isinstance(error, SiteUnavailable):
        error.retry_after = retry_after(answer, lambda: now)
    return error


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _unavailable(request: Request, answer: Answer, now: float) -> MoodleError:
    wanted = retry_after(answer, lambda: now)
    when = "" if wanted is None else f", and asks to wait {wanted:.0f} s"
    error = SiteUnavailable(
        f"the site answers with status {answer.status}{when}",
        function=request.function,
        sent=request.shown(),
    )
    error.retry_after = wanted
    error.may_have_run = wanted is None and answer.status >= _SERVER_ERROR
    return error


def _kept_from_moodle(request: Request, answer: Answer) -> MoodleError:
    said = f"something before Moodle refuses the request (status {answer.status})"
    advice = f"let the path {urlsplit(request.url).path} through the proxy or firewall"
    if answer.status == _TOO_LARGE:
        said = f"the request is longer than the site takes (status {answer.status})"
        advice = "send fewer rows or files at once, or let its web server take longer ones"
    error = UnexpectedAnswer(said, function=request.function, sent=request.shown(), advice=advice)
    error.may_have_run = False
    return error


def _require_json(request: Request, answer: Answer, document: bytes, *, scripts: bool) -> None:
    if answer.status == _NOT_FOUND:
        raise request.error(
            UnexpectedAnswer,
            "there is no web service of Moodle at this address (status 404)",
            advice=f"is {root_of(request.url)} the root of the site?",
        )
    if _MARKUP.match(document):
        raise request.error(
            UnexpectedAnswer,
            f"the answer is a page, not JSON (status {answer.status})",
            advice=f"is {root_of(request.url)} the root of the site, and not a proxy's log-in?",
        )
    if not document:
        raise request.error(
            UnexpectedAnswer,
            f"the answer is empty (status {answer.status})",
            advice="look into the error log of the site",
        )
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    # What is printed first, if only an empty line, can keep the site from saying what follows.
    is_first = answer.body.startswith(document)
    if kind not in (_JSON_TYPES if scripts else (_JSON,)) and is_first:
        raise request.error(UnexpectedAnswer, "the answer is not marked as JSON")
    if not 200 <= answer.status < 300:
        raise request.error(UnexpectedAnswer, f"the answer has status {answer.status}")
