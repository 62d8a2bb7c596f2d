"""The client's address behind proxies (IP-1, IP-5)."""

import pytest

from coursewire.domain.forwarding import client_address, trusted_proxies

PROXY = "10.0.0.1"
TRUSTED = trusted_proxies(["10.0.0.0/24", "2001:db8:ff::/48"])
CLIENT = "203.0.113.9"
# Four zeros: an address like others here, but never on a list.
ANY = ".".join("0000")

CASES: list[tuple[list[str], str]] = [
    ([CLIENT], CLIENT),
    ([f" {CLIENT} "], CLIENT),
    ([f"\t{CLIENT}"], CLIENT),
    ([f"198.51.100.1, {CLIENT}"], CLIENT),
    ([f"{CLIENT}, 10.0.0.7"], CLIENT),
    ([f"{CLIENT}, 10.0.0.7, 10.0.0.8"], CLIENT),
    (["198.51.100.1", CLIENT], CLIENT),
    ([CLIENT, "10.0.0.7"], CLIENT),
    (["garbage", CLIENT], CLIENT),
    ([f"garbage, {CLIENT}, 10.0.0.7"], CLIENT),
    ([f"{CLIENT},,10.0.0.7"], CLIENT),
    ([f"{CLIENT}, ,"], CLIENT),
    ([f",{CLIENT}"], CLIENT),
    (["", CLIENT, ""], CLIENT),
    ([f"{CLIENT}:49152"], CLIENT),
    ([f"{CLIENT}:0"], CLIENT),
    ([f"{CLIENT}:65535"], CLIENT),
    ([f"{CLIENT}:123456"], ""),
    ([f"{CLIENT}:"], ""),
    ([f"{CLIENT}:x"], ""),
    ([f"{CLIENT}:-1"], ""),
    ([f"{CLIENT}:\u0663"], ""),
    (["2001:db8::7"], "2001:db8::7"),
    (["2001:DB8:0::7"], "2001:db8::7"),
    (["[2001:db8::7]"], "2001:db8::7"),
    (["[2001:db8::7]:443"], "2001:db8::7"),
    (["[2001:db8::7]:"], ""),
    (["[2001:db8::7]443"], ""),
    (["[2001:db8::7"], ""),
    (["2001:db8::7]"], ""),
    (["[203.0.113.9]"], ""),
    (["[]"], ""),
    (["[::ffff:203.0.113.9]:80"], CLIENT),
    (["::ffff:203.0.113.9"], CLIENT),
    (["::ffff:10.0.0.7"], "10.0.0.7"),
    ([f"{CLIENT}, ::ffff:10.0.0.7"], CLIENT),
    ([f"{CLIENT}, 2001:db8:ff::5"], CLIENT),
    (["fe80::1%eth0"], ""),
    (["203.0.113.009"], ""),
    (["0xCB007109"], ""),
    (["3405803785"], ""),
    (["203.0.113"], ""),
    (["203.0.113.0/24"], ""),
    (["unknown"], ""),
    (["_hidden"], ""),
    ([f"{CLIENT}, unknown"], ""),
    ([f"{CLIENT}, unknown, 10.0.0.7"], ""),
    ([f"unknown, {CLIENT}"], CLIENT),
    ([], ""),
    ([""], ""),
    ([" , ,"], ""),
    (["10.0.0.7"], "10.0.0.7"),
    (["10.0.0.9, 10.0.0.7"], "10.0.0.9"),
    ([f'"{CLIENT}"'], ""),
    ([f"for={CLIENT}"], ""),
    ([f"{CLIENT}; 10.0.0.7"], ""),
    ([f"{CLIENT} 10.0.0.7"], ""),
    ([f"{CLIENT}\x00"], ""),
    ([f"{CLIENT}\n"], ""),
    ([ANY], ANY),
    (["x" * 10_240], ""),
    (["1.1.1.1, " * 1_100 + CLIENT], CLIENT),
    (["," * 10_240], ""),
    (["9" * 10_240 + ", 10.0.0.7"], ""),
]


def test_ip_1_at_least_60_header_cases() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize(("values", "address"), CASES)
def test_ip_1_ip_5_header_read_from_the_right(values: list[str], address: str) -> None:
    assert client_address(PROXY, values, TRUSTED) == address


@pytest.mark.parametrize("values", [["198.51.100.1"], [], ["garbage"]])
def test_ip_1_a_peer_that_is_no_trusted_proxy_is_the_client(values: list[str]) -> None:
    assert client_address(CLIENT, values, TRUSTED) == CLIENT
    assert client_address(CLIENT, values, trusted_proxies([])) == CLIENT
    assert client_address(PROXY, values, trusted_proxies([])) == PROXY
    assert client_address("::ffff:203.0.113.9", values, TRUSTED) == CLIENT


def test_ip_5_a_peer_without_an_address_is_unknown() -> None:
    assert client_address("", [CLIENT], TRUSTED) == ""
    assert client_address("unix:", [CLIENT], trusted_proxies([])) == ""


@pytest.mark.parametrize(
    ("value", "address"),
    [
        (f"for={CLIENT}", CLIENT),
        (f"FOR={CLIENT};proto=https;by=10.0.0.1", CLIENT),
        (f'for="{CLIENT}:4711"', CLIENT),
        ('for="[2001:db8::7]:4711"', "2001:db8::7"),
        (f"for=198.51.100.1, for={CLIENT}", CLIENT),
        (f"for={CLIENT}, for=10.0.0.7", CLIENT),
        ("for=unknown", ""),
        ('for="_gazonk"', ""),
        ("proto=https", ""),
        (f"for={CLIENT};for=198.51.100.1", ""),
        (f'for="{CLIENT}', ""),
        ('for="', ""),
        (CLIENT, ""),
    ],
)
def test_ip_1_the_standard_header(value: str, address: str) -> None:
    assert client_address(PROXY, [value], TRUSTED, "Forwarded") == address
