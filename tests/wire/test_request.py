"""Query and body together, control parameters and arguments apart."""

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from coursewire.contracts.errors import CodingError
from coursewire.text.settings import TextSettings
from coursewire.text.types import Known
from coursewire.wire.form import Tree
from coursewire.wire.limits import LimitExceeded, Limits
from coursewire.wire.request import (
    RestRequest,
    asked_format,
    asked_function,
    decode_request,
    read_rest,
)
from tests.support.sizes import size

FORM = "application/x-www-form-urlencoded"
KNOWN = Known(site_url="https://moodle.example.com", langs=frozenset({"en", "de"}))


def read(query: bytes = b"", body: bytes = b"", content_type: str = FORM) -> RestRequest:
    return read_rest(decode_request("POST", query, content_type, body).tree, KNOWN)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "Application/X-WWW-Form-URLencoded",
        "application/x-www-form-urlencoded; charset=UTF-8",
        "application/x-www-form-urlencoded;charset=latin1",
        "application/x-www-form-urlencoded, text/plain",
        "application/x-www-form-urlencoded charset",
    ],
)
def test_a_form_is_recognised_by_its_media_type(content_type: str) -> None:
    assert decode_request("POST", b"", content_type, b"a=1").tree == {"a": "1"}


@pytest.mark.parametrize(
    ("method", "content_type"),
    [
        ("POST", ""),
        ("POST", "text/plain"),
        ("POST", "application/json"),
        ("POST", "application/x-www-form-urlencodedx"),
        ("GET", FORM),
        ("PUT", FORM),
        ("PATCH", FORM),
        ("DELETE", "multipart/form-data; boundary=XyZ"),
        ("OPTIONS", FORM),
        ("HEAD", FORM),
    ],
)
def test_any_other_body_is_ignored(method: str, content_type: str) -> None:
    assert decode_request(method, b"b=2", content_type, b"a=1").tree == {"b": "2"}


def test_a_multipart_body_counts_with_its_files() -> None:
    body = (
        b'--X\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        b'--X\r\nContent-Disposition: form-data; name="f"; filename="n"\r\n\r\n2\r\n--X--\r\n'
    )
    decoded = decode_request("POST", b"a=0&b=3", "multipart/form-data; boundary=X", body)
    assert decoded.tree == {"a": "1", "b": "3"}
    assert [file.content for file in decoded.files] == [b"2"]


@pytest.mark.parametrize(
    ("query", "body", "is_in_query"),
    [
        (b"wstoken=q", b"", True),
        (b"wstoken=q", b"a=1", True),
        (b"wstoken=q", b"wstoken=b", False),
        (b"a=1", b"wstoken=b", False),
        (b"a=1", b"b=1", False),
    ],
)
def test_tok_10_it_is_told_whether_the_token_came_in_the_query(
    query: bytes, body: bytes, is_in_query: bool
) -> None:
    assert decode_request("POST", query, FORM, body).token_in_query is is_in_query


def test_in_1_query_and_body_have_their_sizes() -> None:
    limits = Limits(target=5, body=5)
    assert decode_request("POST", b"a=123", FORM, b"b=123", limits).tree
    for query, body in ((b"a=1234", b""), (b"", b"b=1234")):
        with pytest.raises(LimitExceeded) as caught:
            decode_request("POST", query, FORM, body, limits)
        assert caught.value.status == 413


def test_in_1_fields_of_query_and_body_are_added() -> None:
    limits = Limits(fields=3)
    assert decode_request("POST", b"a&b", FORM, b"c", limits).tree
    with pytest.raises(LimitExceeded) as caught:
        decode_request("POST", b"a&b", FORM, b"c&d", limits)
    assert caught.value.status == 400


def test_in_1_no_query_counts_as_no_field() -> None:
    decoded = decode_request("POST", b"", FORM, b"a=1", Limits(fields=1))
    assert (decoded.tree, decoded.token_in_query) == ({"a": "1"}, False)


def test_settings_that_are_not_sent_keep_their_defaults() -> None:
    usual = TextSettings(raw=False, filter=False, fileurl=True)
    assert read().settings == usual
    assert read(b"moodlewssettinglang=en").settings == usual


def test_controls_are_taken_out() -> None:
    request = read(
        b"wstoken=wrong&moodlewsrestformat=json&moodlewssettingraw=1&groups[0]=1",
        b"wstoken=abc&wsfunction=core_x&moodlewssettingfilter=1&moodlewssettingfileurl=0"
        b"&moodlewssettinglang=de&moodlewssettingtimezone=Europe/Paris&groups[1]=2&5=6",
    )
    assert request == RestRequest(
        token="abc",
        function="core_x",
        format="json",
        settings=TextSettings(raw=True, filter=True, fileurl=False),
        lang="de",
        timezone="Europe/Paris",
        arguments={"groups": {1: "2"}, 0: "6"},
    )


def test_nothing_sent_means_the_defaults() -> None:
    assert read() == RestRequest(
        token=None,
        function="",
        format="xml",
        settings=TextSettings(),
        lang="",
        timezone="",
        arguments={},
    )


def test_unknown_settings_and_other_names_are_arguments() -> None:
    query = b"moodlewssettingfoo=1&lang=en&sesskey=x&_=1&wsusername=a&WSTOKEN=x&x%00y=x"
    assert list(read(query).arguments) == [
        "moodlewssettingfoo", "lang", "sesskey", "_", "wsusername", "WSTOKEN", "x",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "token"),
    [
        (b"", None),
        (b"wstoken=", ""),
        (b"wstoken=+a+", " a "),
        (b"wstoken=a&wstoken=b", "b"),
        (b"wstoken[]=a", None),
        (b"wstoken=a%ff", None),
        (b"wstoken=a%00", "a\0"),
        (b"wstoken=%C3%A9", "é"),
    ],
)
def test_in_6_a_token_is_a_text_or_none(query: bytes, token: str | None) -> None:
    assert read(query).token == token


@pytest.mark.parametrize(
    ("query", "function"),
    [
        (b"", ""),
        (b"wsfunction=", ""),
        (b"wsfunction=0", ""),
        (b"wsfunction=00", "00"),
        (b"wsfunction[]=core_x", ""),
        (b"wsfunction=core_x+", "core_x "),
        (b"wsfunction=core_x%ff", "core_x?"),
    ],
)
def test_in_6_a_function_is_named_or_not(query: bytes, function: str) -> None:
    assert read(query).function == function


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"=json", "json"), (b"=xml", "xml"), (b"=JSON", "xml"), (b"=json+", "xml"), (b"=", "xml"),
        (b"[]=json", "xml"), (b"=rest", "xml"),
    ],
)  # fmt: skip
def test_the_format_is_json_only_if_asked_so(value: bytes, expected: str) -> None:
    assert read(b"moodlewsrestformat" + value).format == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"1", True), (b"true", True), (b"yes", True), (b"ON", True), (b"2", True), (b"x", True),
        (b"+", True), (b"0", False), (b"false", False), (b"No", False), (b"off", False),
        (b"", False),
    ],
)  # fmt: skip
def test_settings_are_read_leniently(value: bytes, expected: bool) -> None:
    names = (b"raw", b"filter", b"fileurl")
    query = b"&".join(b"moodlewssetting" + name + b"=" + value for name in names)
    assert read(query).settings == TextSettings(raw=expected, filter=expected, fileurl=expected)


@pytest.mark.parametrize("name", ["raw", "filter", "fileurl", "lang", "timezone"])
def test_in_6_a_setting_given_as_an_array_is_refused(name: str) -> None:
    with pytest.raises(CodingError) as caught:
        read(f"moodlewsrestformat=json&moodlewssetting{name}[]=1".encode())
    assert name in caught.value.reason


@pytest.mark.parametrize(
    ("lang", "timezone", "expected"),
    [
        (b"xx", b"14", ("", "")),
        (b"", b"", ("", "")),
        (b"EN", b"Etc/GMT+5", ("", "")),
        (b"en", b"99", ("en", "99")),
        (b"%ff", b"%00", ("", "")),
    ],
)
def test_language_and_zone_that_cannot_be_are_ignored(
    lang: bytes, timezone: bytes, expected: tuple[str, str]
) -> None:
    request = read(b"moodlewssettinglang=" + lang + b"&moodlewssettingtimezone=" + timezone)
    assert (request.lang, request.timezone) == expected


def parts(**fields: bytes) -> bytes:
    """A multipart body as Java's clients write it, each part with all that it may say of itself."""
    head = b'--b\r\nContent-Disposition: form-data; name="%b"\r\nContent-Type: text/plain\r\n\r\n'
    sent = [head % name.encode() + value + b"\r\n" for name, value in fields.items()]
    return b"".join(sent) + b"--b--\r\n"


@pytest.mark.parametrize(
    ("query", "body", "expected"),
    [
        (b"", b"", "xml"),
        (b"moodlewsrestformat=json", b"", "json"),
        (b"x=1&moodlewsrestformat=json&y", b"a=1", "json"),
        (b"moodlewsrestformat=json", b"moodlewsrestformat=xml", "xml"),
        (b"moodlewsrestformat=json&moodlewsrestformat=xml", b"", "xml"),
        (b"", b"a=" + b"x" * 1000 + b"&moodlewsrestformat=json", "json"),
        (b"xmoodlewsrestformat=json", b"", "xml"),
        (b"", parts(moodlewsrestformat=b"json"), "json"),
        (b"moodlewsrestformat=json", parts(moodlewsrestformat=b"xml"), "xml"),
        (b"moodlewsrestformat=json", parts(a=b"b"), "json"),
        (b"", parts(xmoodlewsrestformat=b"json"), "xml"),
        (b"", parts(moodlewsrestformat=b"xml") + parts(moodlewsrestformat=b"json"), "json"),
        (b"", parts(moodlewsrestformat=b"json", a=b"x" * 1000)[:200], "json"),
        (b"", parts(moodlewsrestformat=b"json")[:60], "xml"),
    ],
)
def test_in_1_the_asked_format_is_known_without_decoding(
    query: bytes, body: bytes, expected: str
) -> None:
    assert asked_format(query, body) == expected


@pytest.mark.parametrize(
    ("query", "body", "expected"),
    [
        (b"", b"", ""),
        (b"wsfunction=core_a", b"x=1", "core_a"),
        (b"wsfunction=core_a", b"x=1&wsfunction=core_b&y=2", "core_b"),
        (b"", b"wsfunction=core_a&wsfunction=core_b", "core_b"),
        (b"", b"awsfunction=core_a&b=wsfunction=core_b", ""),
        (b"", b"wsfunction=core_a&b=wsfunction=core_b", "core_a"),
        (b"wsfunction=core_a", b"wsfunction=", ""),
        (b"wsfunction=%ff\xff", b"", "%ff\N{REPLACEMENT CHARACTER}"),
        (b"", parts(wsfunction=b"core_a", x=b"1"), "core_a"),
    ],
)
def test_net_4_the_function_is_known_without_decoding(
    query: bytes, body: bytes, expected: str
) -> None:
    assert asked_function(query, body) == expected


NAMES = [
    "wstoken",
    "wsfunction",
    "moodlewsrestformat",
    "moodlewssettingraw",
    "a",
    "moodlewssettinglang",
]
TREES: st.SearchStrategy[Tree] = st.dictionaries(
    st.sampled_from(NAMES) | st.integers(),
    st.text(alphabet=st.characters(codec=None), max_size=5)
    | st.sampled_from(["0", "json", "\udcff", "\0", "en"])
    | st.just({0: "x"}),
)


@settings(max_examples=size(1_000, 50_000), deadline=None)
@given(TREES)
def test_in_6_any_tree_gives_a_request_or_one_refusal(tree: Tree) -> None:
    try:
        request = read_rest(tree, KNOWN)
    except CodingError:
        assert any(isinstance(tree.get(name), dict) for name in NAMES)
    else:
        (request.token or "").encode()
        request.function.encode()
