"""Addresses and address lists: security.md section 6 and its appendix A."""

import json
import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursewire.domain.address_rules import InvalidAddressRule, allowed, checked, compiled, interval
from coursewire.domain.addresses import canonical, network
from tests.domain import address_model
from tests.support.sizes import size

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parent / "address_vectors.jsonl").read_text("utf-8").splitlines()
]

OCTETS = [
    "0",
    "1",
    "5",
    "7",
    "10",
    "127",
    "168",
    "192",
    "255",
    "256",
    "007",
    "",
    " 1",
    "x",
    "\u0667",
]
GROUPS = [
    "",
    "0",
    "1",
    "7",
    "9",
    "a",
    "ffff",
    "db8",
    "2001",
    "c0a8",
    "107",
    "10000",
    "g",
    "1.2.3.4",
]
MARKS = [",", " ", "-", "/", ".", ":", "::", "%eth0", "!", "\n", "ffff:", "24", "32", "128", "33"]


def test_ip_3_all_vectors_are_there() -> None:
    assert len(VECTORS) == 92


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['addr']} in {v['rule']!r}")
def test_ip_2_ip_3_vectors_of_appendix_a(vector: dict[str, str]) -> None:
    wanted = vector["want"] == "allow"
    assert compiled(vector["rule"]).allows(vector["addr"]) is wanted
    assert address_model.matches(vector["addr"], vector["rule"]) is wanted


def random_address(dice: random.Random) -> str:
    kind = dice.random()
    if kind < 0.45:
        return ".".join(dice.choice(OCTETS[:9]) for _ in range(4))
    if kind < 0.5:
        return ".".join(dice.choice(OCTETS) for _ in range(dice.randrange(1, 6)))
    text = ":".join(dice.choice(GROUPS[:11]) for _ in range(dice.randrange(2, 9)))
    if kind < 0.7:
        return "2001:db8::" + dice.choice(GROUPS[:9])
    if kind < 0.85:
        return "::ffff:" + dice.choice(["192.168.1.7", "c0a8:107", "10.0.0.1", "7"])
    return text


def random_entry(dice: random.Random, base: str) -> str:
    kind = dice.random()
    if kind < 0.25:
        return base
    if kind < 0.45:
        return f"{base}/{dice.choice([0, 8, 16, 24, 31, 32, 33, 48, 95, 96, 97, 120, 128, 129])}"
    if kind < 0.65:
        return f"{base}-{dice.choice(OCTETS + GROUPS)}"
    if kind < 0.85:
        cut = dice.choice([".", ":"])
        return base.rsplit(cut, dice.randrange(1, 4))[0] + dice.choice(["", cut])
    place = dice.randrange(len(base) + 1)
    return base[:place] + dice.choice(MARKS) + base[place:]


def test_ip_3_random_pairs_agree_with_whole_number_arithmetic() -> None:
    dice = random.Random(20251017)
    matched = 0
    for _ in range(size(20_000, 2_000_000)):
        address = random_address(dice)
        bases = [dice.choice([address, random_address(dice)]) for _ in range(dice.randrange(1, 4))]
        rules = ",".join(random_entry(dice, base) for base in bases)
        found = compiled(rules).allows(address)
        assert found is address_model.matches(address, rules), (address, rules)
        matched += found
    # The pairs must be worth comparing: neither all alike nor nearly so.
    assert matched > size(1_000, 100_000)


@given(
    st.one_of(st.ip_addresses().map(str), st.text("0123456789abcdef.:%", max_size=20)),
    st.text("0123456789af.:/-, !", max_size=30),
)
def test_ip_3_any_text_agrees_with_whole_number_arithmetic(address: str, rules: str) -> None:
    assert compiled(rules).allows(address) is address_model.matches(address, rules)


@given(st.ip_addresses())
def test_ip_3_every_address_is_on_the_list_that_names_it(address: object) -> None:
    text = str(address)
    on_list = compiled(text).allows(text)
    assert on_list is (canonical(text) != ".".join("0000"))
    assert canonical(canonical(text) or "") == canonical(text)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("::ffff:192.168.1.7", "192.168.1.7"),
        ("::FFFF:C0A8:0107", "192.168.1.7"),
        ("2001:DB8:0:0::7", "2001:db8::7"),
        ("127.0.0.1", "127.0.0.1"),
        ("fe80::1%eth0", None),
        ("192.168.001.7", None),
        ("0x7f000001", None),
        ("2130706433", None),
        ("0177.0.0.1", None),
        ("127.1", None),
        ("192.168.1.7:80", None),
        ("[::1]", None),
        ("[::1]:80", None),
        ("localhost", None),
        ("", None),
        (" 127.0.0.1", None),
        ("\u0661\u0662\u0667.0.0.1", None),
        ("1" * 4000, None),
    ],
)
def test_ip_2_canonical_form(text: str, form: str | None) -> None:
    assert canonical(text) == form


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("10.0.0.1, garbage", "garbage"),
        ("192.168.001.007", "192.168.001.007"),
        ("10.0.0.1\n10.0.0.2", "10.0.0.1\n10.0.0.2"),
        ("10.0.0.1 10.0.0.2", "10.0.0.1 10.0.0.2"),
        ("10.0.0.0/8,10.0.0.0/33", "10.0.0.0/33"),
        ("192.168.1.5-192.168.1.10", "192.168.1.5-192.168.1.10"),
        ("192.168.1.10-5", "192.168.1.10-5"),
        ("::ffff:192.168.1.5-10", "::ffff:192.168.1.5-10"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        (" ", " "),
        (",,", ",,"),
    ],
)
def test_ip_4_saving_a_bad_list_names_the_entry(text: str, entry: str) -> None:
    with pytest.raises(InvalidAddressRule) as refused:
        checked(text)
    assert refused.value.entry == entry
    assert repr(entry) in refused.value.reason
    assert "separated by commas" in refused.value.remedy


def test_ip_4_lists_that_may_be_saved() -> None:
    for text in ("", "192.168.1.7", "10.0.0.0/8, 192.168.7.", "2001:db8::1-9,", "192.168.1.5 - 10"):
        assert checked(text) == text


def test_ip_4_an_invalid_entry_matches_nothing_and_an_empty_list_lets_all_in() -> None:
    assert allowed("garbage,10.0.0.1", "10.0.0.1")
    assert not allowed("garbage", "10.0.0.1")
    assert not allowed(" ", "10.0.0.1")
    assert not allowed(",", "10.0.0.1")
    assert allowed("", "10.0.0.1")
    assert allowed("", "")
    assert not compiled("garbage")
    assert compiled("10.0.0.1")


def test_ip_5_an_unknown_address_is_on_no_list() -> None:
    assert not allowed("0.0.0.0/0,::/0", "")


def test_ip_7_lists_are_bounded_and_compiled_once() -> None:
    longest = "10.0.0.1," * 28
    assert checked(longest[:255]) == longest[:255]
    with pytest.raises(InvalidAddressRule, match="Invalid parameter") as refused:
        checked(longest + "10.0.0.1")
    assert "255" in refused.value.reason
    assert compiled("10.0.0.0/8") is compiled("10.0.0.0/8")
    limit = compiled.cache_info().maxsize
    assert limit is not None
    for low in range(limit + 100):
        compiled(f"10.{low // 256}.{low % 256}.1")
    assert compiled.cache_info().currsize == limit


@pytest.mark.parametrize("address", ["192.168.99.77", "2001:db8::ffff", "::ffff:192.168.99.77"])
def test_ip_7_a_match_takes_at_most_20_microseconds(address: str) -> None:
    rules = ",".join(f"192.168.{part}.5-10" for part in range(14))
    allowed(rules, address)
    best = min(_microseconds(rules, address) for _ in range(5))
    assert best <= 20


def _microseconds(rules: str, address: str) -> float:
    start = time.perf_counter()
    for _ in range(1_000):
        allowed(rules, address)
    return (time.perf_counter() - start) * 1_000


def test_overlapping_entries_become_one_interval() -> None:
    rules = compiled("10.0.0.5-20,10.0.0.1-7,10.0.0.0/30,10.0.0.21")
    assert [rules.allows(f"10.0.0.{last}") for last in (0, 4, 20, 21, 22)] == [
        True,
        True,
        True,
        True,
        False,
    ]
    assert interval("2001:") == interval("2001::/16")


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.168.1.7", "192.168.1.0/24"),
        ("::ffff:192.168.1.7", "192.168.1.0/24"),
        ("2001:db8:0:12ff::7", "2001:db8:0:1200::/56"),
        ("", "unknown"),
    ],
)
def test_auth_4_networks_that_failures_count_by(address: str, counted_as: str) -> None:
    assert network(address) == counted_as


def test_the_longest_way_to_write_an_address_is_read() -> None:
    longest = "0000:0000:0000:0000:0000:ffff:255.255.255.255"
    assert canonical(longest) == canonical("255.255.255.255") is not None
    assert canonical(f"0{longest}") is None
