"""Floats as PHP writes them, in JSON and as text."""

import json

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import example, given, settings

from coursewire.wire.floats import json_float, json_value, text_float
from tests.support.sizes import size

CASES = [
    (0.0, "0", "0"),
    (-0.0, "-0", "-0"),
    (50.0, "50", "50"),
    (-1.5, "-1.5", "-1.5"),
    (66.66667, "66.66667", "66.66667"),
    (0.1 + 0.2, "0.30000000000000004", "0.3"),
    (100 / 3, "33.333333333333336", "33.333333333333"),
    (0.0001, "0.0001", "0.0001"),
    (0.00001, "1.0e-5", "1.0E-5"),
    (1.5e-7, "1.5e-7", "1.5E-7"),
    (1e14, "100000000000000", "1.0E+14"),
    (1e16, "10000000000000000", "1.0E+16"),
    (1e17, "1.0e+17", "1.0E+17"),
    (1e25, "1.0e+25", "1.0E+25"),
    (123456789012345678.0, "1.2345678901234568e+17", "1.2345678901235E+17"),
    (99999999999999.96, "99999999999999.95", "1.0E+14"),
    (5e-324, "5.0e-324", "4.9406564584125E-324"),
    (1.7976931348623157e308, "1.7976931348623157e+308", "1.7976931348623E+308"),
]


@pytest.mark.parametrize(("number", "in_json", "as_text"), CASES)
def test_a_float_is_written_as_php_writes_it(number: float, in_json: str, as_text: str) -> None:
    assert (json_float(number), text_float(number)) == (in_json, as_text)


def test_infinity_has_a_name_in_text() -> None:
    assert [text_float(float(name)) for name in ("inf", "-inf", "nan")] == ["INF", "-INF", "NAN"]


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_in_json_reads_back_the_same(number: float) -> None:
    written = json_float(number)
    assert float(json.loads(written)) == number
    assert float(text_float(number)) == pytest.approx(number, rel=1e-13, abs=0) or number == 0


_EACH = (
    st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(-1e16, 1e16)
    | st.integers(-(10**18), 10**18).map(float)
    | st.tuples(st.integers(-(10**7), 10**7), st.integers(0, 9)).map(lambda it: it[0] / 10 ** it[1])
)


@settings(deadline=None, max_examples=size(1_000, 200_000))
@given(_EACH)
@example(-0.0)
@example(0.001)
@example(1e15)
def test_what_stands_for_a_float_is_written_as_php_writes_it(number: float) -> None:
    assert msgspec.json.encode(json_value(number)).decode() == json_float(number)
