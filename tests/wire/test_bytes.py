"""Bytes, key order and headers of answers and errors, in both formats: protocol 1.3, 3.1 and 5."""

from typing import Any

import pytest
from msgspec import UNSET, Struct, UnsetType

from coursewire.contracts.errors import (
    AccessDenied,
    CodingError,
    DatabaseWrite,
    InvalidParameter,
    InvalidResponse,
    MissingRecord,
    MoodleError,
    NoPermission,
    Refusal,
    RequireLogin,
    RestrictedContext,
)
from coursewire.contracts.fields import Bool, Float, Int, Raw, Text
from coursewire.contracts.function import Function
from coursewire.wire.encode import compile_encoder
from coursewire.wire.faults import Incident, ajax_fault, fault_document
from coursewire.wire.headers import AJAX_HEADERS, REST_HEADERS, Headers, ajax_headers
from coursewire.wire.limits import LimitExceeded
from coursewire.wire.request import Format

XML = '<?xml version="1.0" encoding="UTF-8" ?>\n'


class Nothing(Struct, frozen=True, kw_only=True):
    """A structure without keys, or parameters of a function that takes none."""


class Maybe(Struct, frozen=True, kw_only=True):
    """All keys may be missing."""

    item: Raw | UnsetType = UNSET
    ids: list[Int] | UnsetType = UNSET


class Row(Struct, frozen=True, kw_only=True):
    """One of everything, in an order that is not the alphabet's."""

    zebra: Int
    name: Text | None
    part: Bool = False
    note: Raw | UnsetType = UNSET
    inner: Maybe | UnsetType = UNSET
    ids: list[Int] | UnsetType = UNSET


class Odd(Struct, frozen=True, kw_only=True, rename={"class_": "class<"}):
    """A key that is no Python name."""

    class_: Int


def encoded(kind: Any, result: object, format_: Format) -> bytes:
    function = Function(name="f", params=Nothing, returns=kind, kind="read", summary="")
    return b"".join(compile_encoder(function, format_)(result))


def response(inner: str) -> str:
    return f"{XML}<RESPONSE>\n{inner}</RESPONSE>\n"


ROW_XML = (
    '<SINGLE>\n<KEY name="zebra"><VALUE>7</VALUE>\n</KEY>\n'
    '<KEY name="name"><VALUE null="null"/>\n</KEY>\n'
    '<KEY name="part"><VALUE>1</VALUE>\n</KEY>\n'
    '<KEY name="note"><VALUE null="null"/>\n</KEY>\n'
    '<KEY name="inner"><SINGLE>\n<KEY name="item"><VALUE null="null"/>\n</KEY>\n'
    '<KEY name="ids"><MULTIPLE>\n</MULTIPLE>\n</KEY>\n</SINGLE>\n</KEY>\n'
    '<KEY name="ids"><MULTIPLE>\n</MULTIPLE>\n</KEY>\n</SINGLE>\n'
)
MAYBE_XML = (
    '<SINGLE>\n<KEY name="item"><VALUE null="null"/>\n</KEY>\n'
    '<KEY name="ids"><MULTIPLE>\n</MULTIPLE>\n</KEY>\n</SINGLE>\n'
)
BRACES_XML = MAYBE_XML.replace('<VALUE null="null"/>', "<VALUE>{}</VALUE>")
FULL_XML = (
    '<SINGLE>\n<KEY name="zebra"><VALUE>7</VALUE>\n</KEY>\n'
    '<KEY name="name"><VALUE>n</VALUE>\n</KEY>\n'
    '<KEY name="part"><VALUE>0</VALUE>\n</KEY>\n'
    '<KEY name="note"><VALUE></VALUE>\n</KEY>\n'
    '<KEY name="inner"><SINGLE>\n<KEY name="item"><VALUE>i</VALUE>\n</KEY>\n'
    '<KEY name="ids"><MULTIPLE>\n<VALUE>1</VALUE>\n</MULTIPLE>\n</KEY>\n</SINGLE>\n</KEY>\n'
    '<KEY name="ids"><MULTIPLE>\n<VALUE>2</VALUE>\n<VALUE>3</VALUE>\n</MULTIPLE>\n</KEY>\n'
    "</SINGLE>\n"
)
FULL = Row(zebra=7, name="n", note="", inner=Maybe(item="i", ids=[1]), ids=[2, 3])
FULL_JSON = (
    '{"zebra":7,"name":"n","part":false,"note":"","inner":{"item":"i","ids":[1]},"ids":[2,3]}'
)

# What it is about, the contract's type, the answer, its JSON, and what stands inside RESPONSE.
ANSWERS: list[tuple[str, Any, object, str, str]] = [
    ("no description", None, "anything", "null", ""),
    ("an integer", Int, -5, "-5", "<VALUE>-5</VALUE>\n"),
    ("true", Bool, True, "true", "<VALUE>1</VALUE>\n"),
    ("false", Bool, False, "false", "<VALUE>0</VALUE>\n"),
    ("null", Raw, None, "null", '<VALUE null="null"/>\n'),
    ("an empty text", Raw, "", '""', "<VALUE></VALUE>\n"),
    ("digits in a text", Raw, "050", '"050"', "<VALUE>050</VALUE>\n"),
    ("a whole float", Float, 50.0, "50", "<VALUE>50</VALUE>\n"),
    ("an integer as a float", Float, 50, "50", "<VALUE>50</VALUE>\n"),
    ("a fraction", Float, 66.66667, "66.66667", "<VALUE>66.66667</VALUE>\n"),
    ("a large float", Float, 1e25, "1.0e+25", "<VALUE>1.0E+25</VALUE>\n"),
    (
        "floats in a list",
        list[Float],
        [1.0, -0.5],
        "[1,-0.5]",
        "<MULTIPLE>\n<VALUE>1</VALUE>\n<VALUE>-0.5</VALUE>\n</MULTIPLE>\n",
    ),
    ("a slash", Raw, "a/b\\", r'"a\/b\\"', "<VALUE>a/b\\</VALUE>\n"),
    ("quotes", Raw, "\"'", '"\\"\'"', "<VALUE>&quot;'</VALUE>\n"),
    ("markup", Raw, "<a>&amp;", '"<a>&amp;"', "<VALUE>&lt;a&gt;&amp;amp;</VALUE>\n"),
    ("line ends and tab", Raw, "\r\n\t", r'"\r\n\t"', "<VALUE>\r\n\t</VALUE>\n"),
    (
        "control characters",
        Raw,
        "\x01\b\f\x1f\x7f",
        '"\\u0001\\b\\f\\u001f\x7f"',
        "<VALUE>\x7f</VALUE>\n",
    ),
    ("letters beyond ASCII", Raw, "éß€", r'"\u00e9\u00df\u20ac"', "<VALUE>éß€</VALUE>\n"),
    ("letters beyond the first plane", Raw, "x🎉", r'"x\ud83c\udf89"', "<VALUE>x🎉</VALUE>\n"),
    ("line separators", Raw, "\u2028", r'"\u2028"', "<VALUE>\u2028</VALUE>\n"),
    ("an empty list", list[Int], [], "[]", "<MULTIPLE>\n</MULTIPLE>\n"),
    (
        "a list",
        list[Int],
        [1, 2],
        "[1,2]",
        "<MULTIPLE>\n<VALUE>1</VALUE>\n<VALUE>2</VALUE>\n</MULTIPLE>\n",
    ),
    ("a structure without keys", Nothing, Nothing(), "[]", "<SINGLE>\n</SINGLE>\n"),
    ("a structure whose keys are missing", Maybe, Maybe(), "[]", MAYBE_XML),
    (
        "missing keys",
        Row,
        Row(zebra=7, name=None, part=True),
        '{"zebra":7,"name":null,"part":true}',
        ROW_XML,
    ),
    ("a full structure", Row, FULL, FULL_JSON, FULL_XML),
    (
        "braces in a text",
        list[Maybe],
        [Maybe(item="{}"), Maybe()],
        '[{"item":"{}"},[]]',
        f"<MULTIPLE>\n{BRACES_XML}{MAYBE_XML}</MULTIPLE>\n",
    ),
    (
        "structures in a list",
        list[Row],
        [FULL, FULL],
        f"[{FULL_JSON},{FULL_JSON}]",
        f"<MULTIPLE>\n{FULL_XML}{FULL_XML}</MULTIPLE>\n",
    ),
    ("no list", list[Int] | None, None, "null", "<MULTIPLE>\n</MULTIPLE>\n"),
    ("no structure", Nothing | None, None, "null", "<SINGLE>\n</SINGLE>\n"),
    (
        "an odd key",
        Odd,
        Odd(class_=1),
        '{"class<":1}',
        '<SINGLE>\n<KEY name="class&lt;"><VALUE>1</VALUE>\n</KEY>\n</SINGLE>\n',
    ),
]


@pytest.mark.parametrize(
    ("kind", "result", "in_json", "in_xml"),
    [it[1:] for it in ANSWERS],
    ids=[it[0] for it in ANSWERS],
)
def test_an_answer_has_the_bytes_of_the_protocol(
    kind: Any,
    result: object,
    in_json: str,
    in_xml: str,
) -> None:
    assert encoded(kind, result, "json") == in_json.encode()
    assert encoded(kind, result, "xml") == response(in_xml).encode()


CORE = r"core\\exception"
# The refusal, its exception and errorcode in JSON, and the message as JSON and as XML.
FAULTS: list[tuple[Refusal, str, str | None]] = [
    (MoodleError("invalidtoken", "m"), r"core\exception\moodle_exception", "invalidtoken"),
    (InvalidParameter("r"), r"core\exception\invalid_parameter_exception", "invalidparameter"),
    (InvalidResponse("r"), r"core\exception\invalid_response_exception", "invalidresponse"),
    (NoPermission("a/b:c", "x"), r"core\exception\required_capability_exception", "nopermissions"),
    (RequireLogin("r"), r"core\exception\require_login_exception", "requireloginerror"),
    (CodingError("r"), r"core\exception\coding_exception", "codingerror"),
    (MissingRecord("user", 5), "dml_missing_record_exception", "invalidrecordunknown"),
    (DatabaseWrite("r"), "dml_write_exception", "dmlwriteexception"),
    (AccessDenied("r"), "webservice_access_exception", "accessexception"),
    (
        RestrictedContext("r"),
        r"core_external\restricted_context_exception",
        "restrictedcontextexception",
    ),
    (Refusal("m"), r"core\exception\moodle_exception", None),
    (Incident("7f-3"), r"core\exception\moodle_exception", "internalerror"),
    (LimitExceeded(400, "fields", 5), r"core\exception\moodle_exception", "limitexceeded"),
]


@pytest.mark.parametrize(
    ("refusal", "exception", "errorcode"),
    FAULTS,
    ids=[str(it[2]) + str(n) for n, it in enumerate(FAULTS)],
)
def test_a_refusal_has_the_bytes_of_the_protocol(
    refusal: Refusal, exception: str, errorcode: str | None
) -> None:
    message = refusal.message.replace("/", r"\/")
    code = f'"errorcode":"{errorcode}",' if errorcode else ""
    doubled = exception.replace("\\", "\\\\")
    assert fault_document(refusal, "json") == (
        f'{{"exception":"{doubled}",{code}"message":"{message}"}}'.encode()
    )
    code = f"<ERRORCODE>{errorcode}</ERRORCODE>\n" if errorcode else ""
    assert (
        fault_document(refusal, "xml")
        == (
            f'{XML}<EXCEPTION class="{exception}">\n{code}'
            f"<MESSAGE>{refusal.message}</MESSAGE>\n</EXCEPTION>\n"
        ).encode()
    )


def test_old_clients_get_names_without_namespace() -> None:
    for refusal, exception, _ in FAULTS:
        bare = exception.split("\\")[-1]
        assert fault_document(refusal, "json", bare_names=True).startswith(
            f'{{"exception":"{bare}"'.encode()
        )
        assert f'class="{bare}"'.encode() in fault_document(refusal, "xml", bare_names=True)


def test_debugging_information_comes_last() -> None:
    refusal = MoodleError("x", "m")
    assert fault_document(refusal, "json", debuginfo="d/i").endswith(
        rb'"message":"m","debuginfo":"d\/i"}'
    )
    assert fault_document(refusal, "xml", debuginfo="d<i").endswith(
        b"<MESSAGE>m</MESSAGE>\n<DEBUGINFO>d&lt;i</DEBUGINFO>\n</EXCEPTION>\n"
    )


def test_a_message_is_escaped_and_cleaned() -> None:
    refusal = MoodleError("c<d", 'a/b <é> & "\x01\udcff\n')
    assert fault_document(refusal, "json") == (
        rb'{"exception":"core\\exception\\moodle_exception","errorcode":"c<d",'
        rb'"message":"a\/b <\u00e9> & \"\u0001?\n"}'
    )
    assert fault_document(refusal, "xml").endswith(
        "<ERRORCODE>c&lt;d</ERRORCODE>\n<MESSAGE>a/b &lt;é&gt; &amp; &quot;\n</MESSAGE>\n"
        "</EXCEPTION>\n".encode()
    )


def test_reason_and_remedy_are_never_sent() -> None:
    refusal = AccessDenied("s3cret reason", remedy="s3cret remedy")
    for document in (
        fault_document(refusal, "json"),
        fault_document(refusal, "xml"),
        ajax_fault(refusal),
    ):
        assert b"s3cret" not in document


@pytest.mark.parametrize("errorcode", ["missingparam", None])
def test_the_scripts_beside_rest_have_another_error_shape(errorcode: str | None) -> None:
    code = f'"{errorcode}"' if errorcode else "null"
    assert (
        ajax_fault(Refusal("a/b", errorcode=errorcode))
        == (
            rf'{{"error":"a\/b","errorcode":{code},"stacktrace":null,"debuginfo":null,'
            r'"reproductionlink":null}'
        ).encode()
    )


COMMON = {
    "expires": "Thu, 01 Jan 1970 00:00:00 GMT",
    "pragma": "no-cache",
    "accept-ranges": "none",
    "access-control-allow-origin": "*",
}
# D15 and OUT-2: what is sent beyond the reference.
OURS = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
REFERENCE_CACHE = "private, must-revalidate, pre-check=0, post-check=0, max-age=0"
JSON_HEADERS = {"content-type": "application/json"}
XML_HEADERS = {
    "content-type": "application/xml; charset=utf-8",
    "content-disposition": 'inline; filename="response.xml"',
}


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        (REST_HEADERS["json"], JSON_HEADERS),
        (REST_HEADERS["xml"], XML_HEADERS),
        (AJAX_HEADERS, {"content-type": "application/json; charset=utf-8"}),
        (ajax_headers(with_files=True), {"content-type": "text/plain; charset=utf-8"}),
    ],
    ids=["json", "xml", "ajax", "ajax with files"],
)
def test_out_2_headers_are_the_references_and_three_of_ours(
    headers: Headers, own: dict[str, str]
) -> None:
    assert {name.decode(): value.decode() for name, value in headers} == {
        **own, **COMMON, **OURS, "cache-control": f"{REFERENCE_CACHE}, no-store",
    }  # fmt: skip
    assert all(name == name.lower() for name, _ in headers)


def test_the_table_has_its_size() -> None:
    assert 2 * (len(ANSWERS) + len(FAULTS)) >= 80
