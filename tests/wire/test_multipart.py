"""Multipart bodies: fields like any form, files kept, damage and excess refused."""

import contextlib

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from coursewire.wire.form import Form
from coursewire.wire.limits import LimitExceeded, Limits, MalformedBody
from coursewire.wire.multipart import File, Multipart, decode_multipart
from tests.support.sizes import size

KIND = "multipart/form-data; boundary=XyZ"


def part(disposition: str, content: bytes = b"", *headers: str) -> bytes:
    lines = [f"Content-Disposition: form-data; {disposition}", *headers, "", ""]
    return b"--XyZ\r\n" + "\r\n".join(lines).encode() + content + b"\r\n"


def body(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--XyZ--\r\n"


def test_fields_follow_the_rules_of_forms() -> None:
    data = body(
        part('name="a.b"', b"1"),
        part('name="u[0][x]"', "é + %41".encode()),
        part('name="u[][x]"', b""),
        part("name=plain", b"line\r\n--XyZ is no boundary\r\n"[:6]),
        part('name="a_b"', b"2"),
    )
    assert decode_multipart(KIND, data) == Multipart(
        Form({"a_b": "2", "u": {0: {"x": "é + %41"}, 1: {"x": ""}}, "plain": "line\r\n"}, 5), ()
    )


def test_a_value_may_look_like_part_of_a_boundary() -> None:
    content = b"\r\n--Xy\r\n--XyQ\r\n-"
    assert decode_multipart(KIND, body(part('name="a"', content))).form.tree == {
        "a": content.decode()
    }


def test_files_are_kept_apart_from_fields() -> None:
    data = body(
        part('name="f"; filename="é; x.txt"', b"\x00\xff", "content-TYPE: text/plain"),
        part('name="a"', b"1"),
        part('name="g[]"; filename=""', b""),
    )
    assert decode_multipart(KIND, data) == Multipart(
        Form({"a": "1"}, 1),
        (File("f", "é; x.txt", "text/plain", b"\x00\xff"), File("g[]", "", "", b"")),
    )


def test_text_around_the_parts_is_ignored() -> None:
    data = b"\r\n" + body(part('name="a"', b"1")) + b"epilogue"
    assert decode_multipart(KIND, data).form.tree == {"a": "1"}


def test_a_body_without_parts_has_no_fields() -> None:
    assert decode_multipart(KIND, b"--XyZ--\r\n").form == Form({}, 0)
    assert decode_multipart(KIND, b"").form == Form({}, 0)


@pytest.mark.parametrize("preamble", [b"\r\n", b"For old readers.\r\n", b"--Xy\r\n--\r\n"])
def test_what_stands_before_the_first_boundary_is_passed_over(preamble: bytes) -> None:
    data = preamble + body(part('name="a"', b"1"))
    assert decode_multipart(KIND, data).form.tree == {"a": "1"}


@pytest.mark.parametrize(
    ("content_type", "data"),
    [
        ("multipart/form-data", body()),
        ("multipart/form-data; boundary=", body()),
        ('multipart/form-data; boundary=""', body()),
        ("multipart/form-data; boundary=" + "x" * 300, body()),
        ("multipart/form-data" + ";" * 100 + "boundary=XyZ", body()),
        (KIND, b"no boundary"),
        (KIND, b"no boundary here\r\n--Xy"),
        (KIND, part('name="a"', b"1")),
        (KIND, part('name="a"', b"1") + b"--XyZ"),
        (KIND, body(part("x=y", b"1"))),
        (KIND, body(b"--XyZ\r\n\r\nno headers\r\n")),
        (KIND, body(b"--XyZ\r\nBad Header: x\r\n\r\n\r\n")),
        (KIND, body(part('name="a"' + ";" * 100))),
        (KIND, body(part('name="a"', b"", *["X: y"] * 50))),
        (KIND, body(part('name="a"', b"", "X: " + "y" * 10_000))),
    ],
)
def test_a_damaged_body_is_refused(content_type: str, data: bytes) -> None:
    with pytest.raises(MalformedBody) as caught:
        decode_multipart(content_type, data)
    assert caught.value.reason
    assert caught.value.errorcode == "malformedbody"


def test_in_1_a_header_has_so_many_parameters_at_most() -> None:
    fits = 'name="a"' + ";" * 63
    assert decode_multipart(KIND, body(part(fits, b"1"))).form.tree == {"a": "1"}
    with pytest.raises(MalformedBody) as caught:
        decode_multipart(KIND, body(part(fits + ";", b"1")))
    assert caught.value.reason == "a header has more than 64 parameters"


LIMITS = [
    (
        "parts",
        Limits(parts=2),
        [part('name="a"'), part('name="b"; filename="x"')],
        part('name="c"'),
    ),
    (
        "fields",
        Limits(fields=1),
        [part('name="a"'), part('name="b"; filename="x"')],
        part('name="c"'),
    ),
    ("name", Limits(name=3), [part('name="abc"')], part('name="abcd"')),
    ("value", Limits(value=3), [part('name="a"', b"xyz")], part('name="a"', b"wxyz")),
    ("nesting", Limits(nesting=1), [part('name="a[b]"')], part('name="a[b][c]"')),
]


@pytest.mark.parametrize(
    ("limits", "parts", "more"), [case[1:] for case in LIMITS], ids=[case[0] for case in LIMITS]
)
def test_in_1_limits_hold_for_parts(limits: Limits, parts: list[bytes], more: bytes) -> None:
    decode_multipart(KIND, b"a preamble\r\n" + body(*parts), limits)
    with pytest.raises(LimitExceeded) as caught:
        decode_multipart(KIND, body(*parts, more), limits)
    # Too many of something is a bad request, too long is too large.
    assert caught.value.status == (413 if 3 in (limits.name, limits.value) else 400)


def test_in_1_lines_like_a_boundary_count_as_parts() -> None:
    content = b"\r\n--XyZ " * 3
    assert decode_multipart(KIND, body(part('name="a"', b"")), Limits(parts=2)).form.fields == 1
    with pytest.raises(LimitExceeded) as caught:
        decode_multipart(KIND, body(part('name="a"', content)), Limits(parts=2))
    assert caught.value.status == 400


def test_in_1_a_file_may_be_longer_than_a_value() -> None:
    data = body(part('name="f"; filename="x"', b"x" * 100))
    assert decode_multipart(KIND, data, Limits(value=10)).files[0].content == b"x" * 100


FRAGMENTS = st.sampled_from(
    [
        b"--XyZ",
        b"--XyZ--",
        b"\r\n",
        b"\r\n",
        b"\r\n--XyZ\r\n",
        b"\r",
        b"\n",
        b"-",
        b"\x00",
        b'Content-Disposition: form-data; name="a[]"',
        b"; filename=x",
        b"\r\n\r\n",
        b"a",
        b"\xff",
        part('name="a[0]"', b"1"),
        part('name="f"; filename="n"', b"2"),
    ]
)


@settings(max_examples=size(20_000, 2_000_000), deadline=None)
@given(st.lists(FRAGMENTS, max_size=12).map(b"".join) | st.binary(max_size=100))
def test_in_5_nothing_but_the_own_errors_is_raised(data: bytes) -> None:
    with contextlib.suppress(LimitExceeded, MalformedBody):
        decode_multipart(KIND, data, Limits(fields=4, parts=5, value=20))


@settings(max_examples=size(300, 20_000), deadline=None)
@given(st.text(max_size=60))
def test_in_5_any_content_type_is_read_or_refused(parameters: str) -> None:
    with contextlib.suppress(MalformedBody):
        decode_multipart(f"multipart/form-data;{parameters}", body(part('name="a"', b"1")))


@settings(max_examples=size(1_000, 50_000), deadline=None)
@given(st.lists(st.binary(max_size=40).filter(lambda it: b"\r\n--XyZ" not in b"\r\n" + it)))
def test_in_5_contents_are_read_as_they_were_sent(contents: list[bytes]) -> None:
    parts = [part(f'name="f"; filename="{n}"', content) for n, content in enumerate(contents)]
    assert [file.content for file in decode_multipart(KIND, body(*parts)).files] == contents
