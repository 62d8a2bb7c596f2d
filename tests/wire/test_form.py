"""Form decoding: the rules of PHP, one by one, then at random against the slow decoder."""

import contextlib
import gc

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from coursewire.wire.form import Tree, decode_form, merge
from coursewire.wire.limits import LimitExceeded, Limits
from tests.support.sizes import size
from tests.wire.slow_form import slow_decode

RULES: list[tuple[str, bytes, Tree]] = [
    ("only ampersands separate", b"a=1;b=2&c=3", {"a": "1;b=2", "c": "3"}),
    ("empty pairs are none", b"&&a=1&&", {"a": "1"}),
    ("plus is a space", b"a=x+y", {"a": "x y"}),
    ("so is its escape", b"a=x%20y", {"a": "x y"}),
    ("an escaped plus is a plus", b"a=x%2By", {"a": "x+y"}),
    ("escapes of either case", b"a=%c3%A9", {"a": "é"}),
    (
        "what is no escape stays",
        b"a=%&b=%4&c=%zz&d=100%25",
        {"a": "%", "b": "%4", "c": "%zz", "d": "100%"},
    ),
    ("no equals sign, no value", b"a&b=", {"a": "", "b": ""}),
    ("further equals signs belong to the value", b"a=b=c", {"a": "b=c"}),
    ("a nameless field is none", b"=1&[a]=2&+=3", {}),
    ("spaces before a name", b"+%20a=1", {"a": "1"}),
    (
        "dots and spaces in a name",
        b"a.b=1&c+d=2&e.[f.g]=3",
        {"a_b": "1", "c_d": "2", "e_": {"f.g": "3"}},
    ),
    ("an unclosed bracket", b"e[f=1", {"e_f": "1"}),
    ("two unclosed brackets", b"e[f[g=1", {"e_f_g": "1"}),
    ("dots and spaces behind an unclosed bracket", b"e[f.g+h=1", {"e_f_g_h": "1"}),
    ("dots and spaces behind a stray closing bracket", b"e]f.g=1", {"e]f_g": "1"}),
    ("an unclosed bracket after a closed one", b"e[f][g=1", {"e": {"f": "1"}}),
    ("a bracket inside brackets", b"e[f[g]=1", {"e": {"f[g": "1"}}),
    ("a stray closing bracket", b"e]f=1", {"e]f": "1"}),
    ("text after a bracket", b"g[h]i=1&g[j]k[l]=2", {"g": {"h": "1", "j": "2"}}),
    ("nesting", b"u[0][c][1][t]=x", {"u": {0: {"c": {1: {"t": "x"}}}}}),
    ("appending", b"a[]=x&a[]=y", {"a": {0: "x", 1: "y"}}),
    ("appending after the largest", b"a[7]=x&a[3]=y&a[]=z", {"a": {7: "x", 3: "y", 8: "z"}}),
    (
        "appending after an index above",
        b"a[]=x&a[]=y&a[7]=z&a[3]=v&a[]=w",
        {"a": {0: "x", 1: "y", 7: "z", 3: "v", 8: "w"}},
    ),
    ("appending after the next index", b"a[]=x&a[1]=y&a[]=z", {"a": {0: "x", 1: "y", 2: "z"}}),
    ("appending after a text key", b"a[k]=x&a[]=y", {"a": {"k": "x", 0: "y"}}),
    ("appending after a negative key", b"a[-5]=x&a[]=y", {"a": {-5: "x", -4: "y"}}),
    ("appending maps", b"a[][x]=1&a[][y]=2", {"a": {0: {"x": "1"}, 1: {"y": "2"}}}),
    (
        "canonical integers only",
        b"a[0]=1&a[01]=2&a[%2B1]=3&a[-3]=4&a[-0]=5",
        {"a": {0: "1", "01": "2", "+1": "3", -3: "4", "-0": "5"}},
    ),
    (
        "spaces in brackets belong to the key",
        b"a[+0]=1&a[0+]=2&a[+x]=3",
        {"a": {" 0": "1", "0 ": "2", " x": "3"}},
    ),
    (
        "one blank in brackets is nothing",
        b"a[+]=1&a[%09]=2&a[%0D]=3&a[++]=4&a[%1F]=5",
        {"a": {0: "1", 1: "2", 2: "3", "  ": "4", "\x1f": "5"}},
    ),
    ("integer names", b"5=6&-1=7&05=8", {5: "6", -1: "7", "05": "8"}),
    ("the last value wins", b"a[0]=1&b=x&a[0]=2&b=y", {"a": {0: "2"}, "b": "y"}),
    ("a winner keeps its place", b"a=1&b=2&a=3", {"a": "3", "b": "2"}),
    ("a map replaces a scalar", b"a=1&a[]=2", {"a": {0: "2"}}),
    ("a scalar replaces a map", b"a[]=1&a=2", {"a": "2"}),
    ("escaped brackets", b"a%5B0%5D=1", {"a": {0: "1"}}),
    ("a name ends with NUL", b"a%00b=x%00y&%00c=1&d[e%00]=2", {"a": "x\0y", "d_e": "2"}),
    (
        "what is no UTF-8 is kept as such",
        b"a=%ff&%fe=1&b[%c3]=2",
        {"a": "\udcff", "\udcfe": "1", "b": {"\udcc3": "2"}},
    ),
]


@pytest.mark.parametrize(("data", "tree"), [rule[1:] for rule in RULES], ids=[r[0] for r in RULES])
def test_a_form_is_read_as_php_reads_it(data: bytes, tree: Tree) -> None:
    decoded = decode_form(data).tree
    assert decoded == tree
    assert list(decoded) == list(tree)
    assert slow_decode(data) == tree


def test_the_order_of_appearance_is_kept() -> None:
    tree = decode_form(b"g[7]=a&g[x]=b&g[-3]=c&g[]=d").tree
    assert tree["g"] == {7: "a", "x": "b", -3: "c", 8: "d"}
    assert list(tree["g"]) == [7, "x", -3, 8]


@pytest.mark.parametrize("is_enabled", [True, False])
def test_a_form_of_very_many_maps_leaves_the_collector_as_it_was(is_enabled: bool) -> None:
    was_enabled = gc.isenabled()
    gc.enable() if is_enabled else gc.disable()
    try:
        data = b"&".join(b"a[%d]%%5Bb%%5D[]=%d" % (n % 4_000, n) for n in range(8_000))
        tree = decode_form(data).tree
        assert tree["a"] == {n: {"b": {0: str(n), 1: str(n + 4_000)}} for n in range(4_000)}
        assert gc.isenabled() == is_enabled
    finally:
        gc.enable() if was_enabled else gc.disable()


def test_in_4_an_index_is_a_label() -> None:
    tree = decode_form(b"u[4294967295][x]=1&u[9223372036854775807]=2&u[9223372036854775808]=3").tree
    assert tree == {"u": {4294967295: {"x": "1"}, 2**63 - 1: "2", "9223372036854775808": "3"}}


def test_in_4_the_smallest_index_is_the_smallest_number_of_a_database() -> None:
    tree = decode_form(b"u[-9223372036854775808]=1&u[-9223372036854775809]=2").tree
    assert tree == {"u": {-(2**63): "1", "-9223372036854775809": "2"}}


def test_a_field_that_may_be_too_long_is_unquoted_like_a_short_one() -> None:
    limits = Limits(name=16, value=1_000)
    assert decode_form(b"a+b=" + b"x+" * 300, limits).tree == {"a_b": "x " * 300}
    assert decode_form(b"a%20b=" + b"%78%20" * 150, limits).tree == {"a_b": "x " * 150}


def test_in_4_no_long_number_is_converted() -> None:
    digits = "9" * 500
    assert decode_form(f"u[{digits}]=1".encode()).tree == {"u": {digits: "1"}}


FRAGMENTS = [
    b"a",
    b"b",
    b"a",
    b"0",
    b"1",
    b"-1",
    b"01",
    b"7",
    b"[",
    b"]",
    b"[]",
    b"[0]",
    b"[a]",
    b"[ 1 ]",
    b"[ ]",
    b"%09",
    b"=",
    b"=",
    b"&",
    b"&",
    b"&",
    b"%",
    b"%5B",
    b"%5d",
    b"%00",
    b"%ff",
    b"%C3%A9",
    b"+",
    b" ",
    b".",
    b";",
    b"\xc3",
    b"\xa9",
    b"\x00",
    b"99999999999999999999",
    b"9223372036854775807",
]
NOISE = st.lists(st.sampled_from(FRAGMENTS), max_size=60).map(b"".join)
# Fields as most calls have them, and what makes them unusual now and then.
USUAL = st.lists(
    st.sampled_from(
        [
            b"a=",
            b"b_2=x",
            b"a=1.5",
            b"wstoken=0aF",
            b"c=/w?x=1",
            b"a=\0",
            b"d",
            b"=x",
            b"2=x",
            b"a[]=1",
        ]
    ),
    max_size=12,
).map(b"&".join)


@settings(max_examples=size(20_000, 2_000_000), deadline=None)
@given(NOISE | USUAL | st.binary(max_size=200))
def test_in_5_the_decoder_equals_the_slow_reference(data: bytes) -> None:
    fast, slow = decode_form(data).tree, slow_decode(data)
    assert fast == slow
    assert repr(fast) == repr(slow)  # the order too


NARROW = Limits(fields=5, nesting=2, name=12, value=6)


@settings(max_examples=size(2_000, 200_000), deadline=None)
@given(NOISE | USUAL | st.binary(max_size=200))
def test_in_5_nothing_but_the_own_error_is_raised(data: bytes) -> None:
    with contextlib.suppress(LimitExceeded):
        decode_form(data, NARROW)


LIMITS = [
    ("fields", 400, Limits(fields=3), b"a=1&b=2&&c=3&", b"a=1&b=2&c=3&d"),
    ("many separators", 400, Limits(fields=3), b"&&&&&&a&b&c&&&&", b"&&&&&&a&b&c&&&&d"),
    ("nesting", 400, Limits(nesting=2), b"a[b][c]=1", b"a[b][c][]=1"),
    ("name", 413, Limits(name=4), b"abcd=1&%61bcd=2", b"abcde=1"),
    ("escaped name", 413, Limits(name=4), b"%61%62%63%64=1", b"%61%62%63%64e=1"),
    ("long escaped name", 413, Limits(name=4), b"%61%62%63%64=1", b"%61%62%63%64%65%65=1"),
    ("value", 413, Limits(value=4), b"a=1234&b=%31234", b"a=12345"),
    ("escaped value", 413, Limits(value=4), b"a=%31%32%33%34", b"a=%31%32%33%345"),
    ("long escaped value", 413, Limits(value=4), b"a=%31%32%33%34", b"a=%31%32%33%34%35%35"),
]


@pytest.mark.parametrize(
    ("status", "limits", "at", "over"), [case[1:] for case in LIMITS], ids=[c[0] for c in LIMITS]
)
def test_in_1_over_a_limit_the_whole_is_refused(
    status: int, limits: Limits, at: bytes, over: bytes
) -> None:
    assert decode_form(at, limits).tree
    with pytest.raises(LimitExceeded) as caught:
        decode_form(over, limits)
    assert caught.value.status == status
    assert str(caught.value.limit) in caught.value.message
    assert caught.value.what in caught.value.reason


def test_in_1_the_limits_are_those_of_the_specification() -> None:
    limits = Limits()
    assert (limits.body, limits.value, limits.target) == (8 * 2**20, 2**20, 65_536)
    assert (limits.fields, limits.nesting, limits.name) == (20_000, 32, 512)
    assert (limits.parts, limits.items, limits.rows) == (1_000, 5_000, 100_000)


def test_in_1_fields_of_query_and_body_count_together() -> None:
    form = decode_form(b"a&b", Limits(fields=4), fields_before=2)
    assert form.fields == 2
    with pytest.raises(LimitExceeded):
        decode_form(b"a&b", Limits(fields=4), fields_before=3)


def test_the_body_replaces_whole_top_level_keys() -> None:
    merged = merge({"g": {0: "1"}, "a": "x"}, {"g": {1: "2"}, "b": "y"})
    assert merged == {"g": {1: "2"}, "a": "x", "b": "y"}
    assert list(merged) == ["g", "a", "b"]


def test_integer_keys_of_query_and_body_are_renumbered() -> None:
    assert merge({5: "6", "a": "x"}, {5: "7"}) == {0: "6", "a": "x", 1: "7"}


def test_in_1_plain_fields_count_with_those_of_the_query() -> None:
    assert decode_form(b"a=1&b=2").fields == 2
    limits = Limits(fields=3)
    assert decode_form(b"a=1&b=2", limits, fields_before=1).fields == 2
    with pytest.raises(LimitExceeded, match="fields"):
        decode_form(b"a=1&b=2", limits, fields_before=2)
