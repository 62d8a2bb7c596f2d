"""Encoding at random and in the large: well-formed, ordered, in chunks, bounded."""

import json
import tracemalloc
import xml.etree.ElementTree as ElementTree
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from msgspec import UNSET, Struct, UnsetType

from coursewire.contracts.errors import AnswerTooLarge
from coursewire.contracts.fields import Float, Int, Raw, RawValue
from coursewire.contracts.function import AnyFunction, Function
from coursewire.wire.chunks import BATCH
from coursewire.wire.encode import bounded, compile_encoder
from coursewire.wire.encode_json import encode_json
from coursewire.wire.limits import Limits
from coursewire.wire.request import Format
from tests.support.sizes import size


class Item(Struct, frozen=True, kw_only=True):
    id: Int
    text: Raw | UnsetType = UNSET


class Part(Struct, frozen=True, kw_only=True):
    name: Raw
    items: list[Item] = []
    weight: Float | UnsetType = UNSET


class Exact(Struct, frozen=True, kw_only=True):
    before: Int
    items: list[Item] | UnsetType | None = UNSET
    after: Raw | UnsetType = UNSET


class Deep(Struct, frozen=True, kw_only=True):
    title: Raw
    parts: list[Part]
    note: Raw | UnsetType = UNSET
    first: Part | UnsetType | None = UNSET


def function(kind: Any) -> AnyFunction:
    return Function(name="f", params=Item, returns=kind, kind="read", summary="")


def pieces(kind: Any, result: object, format_: Format) -> list[bytes]:
    return list(compile_encoder(function(kind), format_)(result))


def items(count: int, text: str = "x/é") -> list[Item]:
    return [Item(id=n, text=text) for n in range(count)]


def as_json(value: Any) -> Any:
    """The answer as any JSON reader sees it."""
    if isinstance(value, Struct):
        members = {name: getattr(value, name) for name in value.__struct_fields__}
        return {name: as_json(it) for name, it in members.items() if it is not UNSET} or []
    return [as_json(it) for it in value] if isinstance(value, list) else value


MANY = BATCH * 2 + 7
LARGE: list[tuple[str, Any, object]] = [
    ("a list", list[Item], items(MANY)),
    ("exactly one batch", list[Item], items(BATCH)),
    ("exactly two batches", list[Item], items(2 * BATCH)),
    ("numbers", list[Int], list(range(MANY))),
    ("floats", list[Float], [n / 4 for n in range(MANY)]),
    ("a list in a structure", Exact, Exact(before=1, items=items(MANY), after="a")),
    ("the last key", Exact, Exact(before=1, items=items(MANY))),
    (
        "lists in structures in lists",
        Deep,
        Deep(
            title="t",
            parts=[
                Part(name="a", items=items(3)),
                Part(name="b", items=items(MANY), weight=2.0),
                Part(name="c"),
            ],
            first=Part(name="d"),
        ),
    ),
    (
        "a large structure in a structure",
        Deep,
        Deep(title="t", parts=[], note="n", first=Part(name="d", items=items(MANY))),
    ),
    (
        "many structures with lists",
        list[Part],
        [Part(name=str(n), items=items(n % 3)) for n in range(MANY)],
    ),
    (
        "one large among many",
        list[Part],
        [Part(name=str(n), items=items(MANY if n == BATCH + 3 else 1)) for n in range(MANY)],
    ),
]


@pytest.mark.parametrize(
    ("kind", "result"), [case[1:] for case in LARGE], ids=[case[0] for case in LARGE]
)
def test_pieces_make_the_same_document_as_the_whole(kind: Any, result: object) -> None:
    data = b"".join(pieces(kind, result, "json"))
    assert json.loads(data) == as_json(result)
    assert data == encode_json(result)
    document = b"".join(pieces(kind, result, "xml"))
    assert read_xml(ElementTree.fromstring(document)[0]) == texts(as_xml(result))  # noqa: S314 - ours


def read_xml(element: ElementTree.Element) -> Any:
    """Read a value element, as clients do."""
    if element.tag == "VALUE":
        return None if element.get("null") == "null" else element.text or ""
    if element.tag == "MULTIPLE":
        return [read_xml(child) for child in element]
    return {key.get("name"): read_xml(key[0]) for key in element}


def as_xml(value: Any) -> Any:
    """The answer with every described key: missing values null, missing lists empty."""
    if isinstance(value, Struct):
        members: dict[str, Any] = {name: getattr(value, name) for name in value.__struct_fields__}
        if "items" in members and members["items"] in (UNSET, None):
            members["items"] = []
        if "first" in members and members["first"] in (UNSET, None):
            members["first"] = {"name": None, "items": [], "weight": None}
        return {name: None if it is UNSET else as_xml(it) for name, it in members.items()}
    return [as_xml(it) for it in value] if isinstance(value, list) else value


def texts(value: Any) -> Any:
    """XML carries texts only."""
    if isinstance(value, dict):
        return {name: texts(it) for name, it in value.items()}
    if isinstance(value, list):
        return [texts(it) for it in value]
    return value if value is None or isinstance(value, str) else f"{value:g}"


def test_a_large_answer_comes_in_pieces() -> None:
    for format_ in ("json", "xml"):
        found = pieces(Deep, Deep(title="t", parts=[Part(name="a", items=items(20_000))]), format_)
        assert max(map(len, found)) < sum(map(len, found)) / 50


@pytest.mark.parametrize("kind", [list[Item], list[Part]], ids=["exact", "with floats"])
@pytest.mark.parametrize("format_", ["json", "xml"])
def test_memory_grows_by_at_most_twice_the_answer(kind: Any, format_: Format) -> None:
    result: list[Any] = items(10_000, "some text of usual length, with é")
    if kind == list[Part]:
        result = [Part(name="n", items=[it], weight=1.5) for it in result]
    encode = compile_encoder(function(kind), format_)
    tracemalloc.start()
    answer = bounded(encode(result), Limits())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= 2 * sum(map(len, answer))


def test_in_9_an_answer_over_the_limit_is_refused_not_cut() -> None:
    encode = compile_encoder(function(list[Int]), "json")
    assert b"".join(bounded(encode([10, 20]), Limits(answer=7))) == b"[10,20]"
    with pytest.raises(AnswerTooLarge) as caught:
        bounded(encode([10, 200]), Limits(answer=7))
    assert "7 bytes" in caught.value.message


# Beyond 2**53 a whole float is written with digits that a reader may take for another integer.
FLOATS = st.floats(-(2.0**53), 2.0**53)
SENDABLE = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0\ufffe\uffff"))


@settings(max_examples=size(20_000, 2_000_000), deadline=None)
@given(st.text(alphabet=st.characters(codec=None)))
def test_in_10_xml_is_well_formed_whatever_the_text(text: str) -> None:
    data = b"".join(pieces(Raw, text, "xml"))
    value = ElementTree.fromstring(data)[0]  # noqa: S314 - ours
    kept = [letter for letter in text if ord(letter) >= 0x20 or letter in "\t\n\r"]
    kept = [it for it in kept if not "\ud800" <= it <= "\udfff" and it not in "\ufffe\uffff"]
    expected = "".join(kept).replace("\r\n", "\n").replace("\r", "\n")
    assert (value.text or "") == expected


@settings(max_examples=size(2_000, 200_000), deadline=None)
@given(SENDABLE)
def test_json_of_any_text_is_ascii_and_reads_back(text: str) -> None:
    data = b"".join(pieces(Raw, text, "json"))
    assert data.isascii()
    assert data.count(b"/") == data.count(b"\\/") == text.count("/")
    assert json.loads(data) == text


ANSWERS = st.builds(
    Deep,
    title=SENDABLE,
    parts=st.lists(
        st.builds(
            Part,
            name=SENDABLE,
            items=st.lists(
                st.builds(Item, id=st.integers(-(2**62), 2**62), text=SENDABLE), max_size=3
            ),
            weight=st.just(UNSET) | FLOATS,
        ),
        max_size=3,
    ),
    note=st.just(UNSET) | SENDABLE,
)


@settings(max_examples=size(500, 50_000), deadline=None)
@given(ANSWERS)
def test_any_answer_reads_back_in_the_order_of_its_contract(answer: Deep) -> None:
    data = b"".join(pieces(Deep, answer, "json"))
    found = json.loads(data, object_pairs_hook=list)
    assert [key for key, _ in found] == [
        it for it in Deep.__struct_fields__ if getattr(answer, it) is not UNSET
    ]
    assert json.loads(data) == as_json(answer)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | SENDABLE | FLOATS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(SENDABLE, inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=size(1_000, 50_000), deadline=None)
@given(PLAIN)
def test_any_json_value_can_be_encoded(value: Any) -> None:
    data = encode_json(value)
    assert data.isascii()
    assert json.loads(data) == value


def test_a_codec_error_of_another_kind_is_not_hidden() -> None:
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", "coursewire-php-json")


class Mixed(Struct, frozen=True, kw_only=True):
    value: RawValue
    items: list[Item] | UnsetType = UNSET


class Optional(Struct, frozen=True, kw_only=True):
    name: Raw | UnsetType = UNSET
    part: Part | UnsetType | None = UNSET


def test_what_php_writes_otherwise_is_changed_wherever_it_stands() -> None:
    weighed = Part(name="a", weight=100.0)
    result = [Optional(), Optional(name="b"), Optional(part=weighed), Optional(part=None)]
    assert b"".join(pieces(list[Optional], result, "json")) == (
        b'[[],{"name":"b"},{"part":{"name":"a","items":[],"weight":100}},{"part":null}]'
    )
    assert result[2].part is weighed
    mixed = [Mixed(value=kind) for kind in (0.5, 1e25, 7, True, "x")]
    found = json.loads(b"".join(pieces(list[Mixed], mixed, "json")))
    assert [each["value"] for each in found] == [0.5, 1e25, 7, True, "x"]
    assert b"1.0e+25" in b"".join(pieces(list[Mixed], mixed, "json"))
