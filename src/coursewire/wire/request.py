"""What a request to the REST endpoint asks for, taken out of its query and body."""

import re
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from coursewire.contracts.errors import CodingError
from coursewire.text.settings import TextSettings
from coursewire.text.types import Known, accepts
from coursewire.wire.form import Form, Tree, decode_form, merge
from coursewire.wire.limits import DEFAULT_LIMITS, LimitExceeded, Limits
from coursewire.wire.multipart import File, decode_multipart

Format = Literal["json", "xml"]

_URLENCODED = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_MEDIA_TYPE_END = re.compile("[;, ]")
# What is left of a part's headers, and its value, from a place in the first line on.
_PART_VALUE = re.compile(rb"[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n([^\r\n]*)")

_SETTINGS = (
    "moodlewssettingraw",
    "moodlewssettingfilter",
    "moodlewssettingfileurl",
    "moodlewssettinglang",
    "moodlewssettingtimezone",
)
_SETTINGS_SET = frozenset(_SETTINGS)
_CONTROLS = frozenset(("wstoken", "wsfunction", "moodlewsrestformat", *_SETTINGS))
# The settings of a request that names none.
USUAL = TextSettings(raw=False, filter=False, fileurl=True)
_FALSE = frozenset(("", "0", "false", "no", "off"))

# Never changed: `merge` makes a new tree.
_EMPTY = Form({}, 0)

_is_lang = accepts("lang")
_is_timezone = accepts("timezone")


class Decoded(Struct, frozen=True):
    """The fields of query and body, merged, and the files of the body.

    `token_in_query` tells that the token that counts came in the query (TOK-10).
    """

    tree: Tree
    files: tuple[File, ...] = ()
    token_in_query: bool = False


class RestRequest(Struct, frozen=True, kw_only=True):
    """The control parameters of a call and its arguments.

    A token of None is one that cannot be any: missing, an array, or not UTF-8 (D7). `function` is
    empty where none is named. `lang` and `timezone` are empty where none is wished for, or none
    that the site could grant.
    """

    token: str | None
    function: str
    format: Format
    settings: TextSettings
    lang: str
    timezone: str
    arguments: Tree


def is_form(content_type: str) -> bool:
    """Tell whether a body of this type has form fields, written as in a query."""
    return _media_type(content_type) == _URLENCODED


def decode_request(
    method: str,
    query: bytes,
    content_type: str,
    body: bytes,
    limits: Limits = DEFAULT_LIMITS,
    *,
    credential: str = "wstoken",
) -> Decoded:
    """Read the fields of a request; a body counts with POST and the two form types only.

    `credential` names the field of the token: that of the REST endpoint unless said otherwise.
    """
    if len(query) > limits.target:
        raise LimitExceeded(413, "bytes in the query", limits.target)
    if len(body) > limits.body:
        raise LimitExceeded(413, "bytes in the body", limits.body)
    asked = decode_form(query, limits) if query else _EMPTY
    posted = _EMPTY
    files: tuple[File, ...] = ()
    if method == "POST" and is_form(content_type):
        posted = decode_form(body, limits, fields_before=asked.fields)
    elif method == "POST" and _media_type(content_type) == _MULTIPART:
        multipart = decode_multipart(content_type, body, limits, fields_before=asked.fields)
        posted, files = multipart.form, multipart.files
    in_query = credential in asked.tree and credential not in posted.tree
    return Decoded(merge(asked.tree, posted.tree), files, in_query)


# Clients send few content types, the same ones all the time; that of an upload has its boundary.
@lru_cache(maxsize=64)
def _media_type(content_type: str) -> str:
    return _MEDIA_TYPE_END.split(content_type, maxsplit=1)[0].lower()


def asked_format(query: bytes, body: bytes = b"") -> Format:
    """Tell the format for an error document about a request that cannot be decoded."""
    return "json" if _asked(b"moodlewsrestformat=", query, body) == b"json" else "xml"


def asked_function(query: bytes, body: bytes) -> str:
    """Tell the function that a request names plainly, before it is decoded; '' where it does not.

    A name in an unusual form is not found: for that the request must be decoded.
    """
    return str(_asked(b"wsfunction=", query, body), "ascii", "replace")


def _asked(name: bytes, query: bytes, body: bytes) -> bytes:
    found = _last_part(name[:-1], body) if body.startswith(b"--") else _last(name, body)
    return found if found is not None else _last(name, query) or b""


def _last_part(name: bytes, data: bytes) -> bytes | None:
    """Return what stands in the last part of a name of a multipart body."""
    at = data.rfind(b'name="%b"' % name)
    found = None if at < 0 else _PART_VALUE.match(data, at)
    return None if found is None else found[1]


def _last(name: bytes, data: bytes) -> bytes | None:
    """Return what stands behind the last field of a name, as it was sent."""
    at = data.rfind(name)
    while at > 0 and data[at - 1 : at] != b"&":
        at = data.rfind(name, 0, at)
    return None if at < 0 else data[at + len(name) :].partition(b"&")[0]


def read_rest(tree: Tree, known: Known) -> RestRequest:
    """Tell control parameters and arguments apart.

    A setting given as an array is refused; Moodle has not looked at the format by then, so that
    refusal is written in XML whatever was asked for.
    """
    settings, lang, timezone = USUAL, "", ""
    if not _SETTINGS_SET.isdisjoint(tree):
        settings, lang, timezone = _wishes(tree, known)
    return RestRequest(
        token=_token(tree.get("wstoken")),
        function=_function(tree.get("wsfunction")),
        format="json" if tree.get("moodlewsrestformat") == "json" else "xml",
        settings=settings,
        lang=lang,
        timezone=timezone,
        arguments={key: value for key, value in tree.items() if key not in _CONTROLS},
    )


def _wishes(tree: Tree, known: Known) -> tuple[TextSettings, str, str]:
    """Return the settings of a call, and the language and time zone it wishes for."""
    raw, filtered, fileurl, lang, timezone = (_setting(tree, name) for name in _SETTINGS)
    settings = TextSettings(
        raw=_is_true(raw, default=False),
        filter=_is_true(filtered, default=False),
        fileurl=_is_true(fileurl, default=True),
    )
    return (
        settings,
        lang if lang and _is_lang(lang, known) else "",
        timezone if timezone and _is_timezone(timezone, known) else "",
    )


def _setting(tree: Tree, name: str) -> str | None:
    value = tree.get(name)
    if isinstance(value, dict):
        msg = f"{name} is an array"
        raise CodingError(msg)
    return value


def _is_true(value: str | None, *, default: bool) -> bool:
    return default if value is None else value.lower() not in _FALSE


def _token(value: Tree | str | None) -> str | None:
    return value if isinstance(value, str) and (value.isascii() or _is_utf8(value)) else None


def _function(value: Tree | str | None) -> str:
    if not isinstance(value, str) or value == "0":
        return ""
    # Nearly every name, told by one look.
    if value.isidentifier():
        return value
    # What was no UTF-8 is no function's name, but it is named in the log. Neither is what holds a
    # NUL, which PostgreSQL takes in no text, not even in one that it only compares.
    named = (
        value if value.isascii() or _is_utf8(value) else value.encode("utf-8", "replace").decode()
    )
    return named.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _is_utf8(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
