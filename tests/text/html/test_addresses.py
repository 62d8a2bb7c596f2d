"""Addresses: which pass, and how they are spelt."""

import pytest

from coursewire.text.html.addresses import link_address, shown_address

SPELLINGS = [
    ("https://example.com/a?b=1&c=2#d", "https://example.com/a?b=1&c=2#d"),
    ("HTTPS://Example.com/", "https://Example.com/"),
    (" /a b\tc\n", "/a%20b%20c"),
    ("/é?ü#ö", "/%C3%A9?%C3%BC#%C3%B6"),
    ("/%7euser/%2f%e9", "/~user/%2F%E9"),
    ("/100%", "/100%25"),
    ("/%zz%4", "/%25zz%254"),
    ("http://example.com:80/", "http://example.com/"),
    ("http://example.com:8080/", "http://example.com:8080/"),
    ("https://example.com:80/", "https://example.com:80/"),
    ("http://a:b@example.com/", "http://a:b@example.com/"),
    ("http://127.0.0.1/", "http://127.0.0.1/"),
    ("http://[::1]:8080/a", "http://[::1]:8080/a"),
    ("//example.com/a", "//example.com/a"),
    ("mailto:a@b.example", "mailto:a@b.example"),
    ("ftp://example.com/a", "ftp://example.com/a"),
    ("#place", "#place"),
    ("?a", "?a"),
    ("", ""),
    ("a/b:c", "a/b:c"),
    ("a b:c", "a%20b%3Ac"),
    ('/a"onclick=x', "/a"),
    ("/a<b>", "/a"),
    ("@@PLUGINFILE@@/a.png", "@@PLUGINFILE@@/a.png"),
]

REFUSED = [
    "javascript:alert(1)",
    "JaVaScRiPt:x",
    "vbscript:x",
    "data:text/html,x",
    "file:///etc/passwd",
    "tel:1",
    "blob:https://e.example/1",
    "http:",
    "http://",
    "http:///a",
    "https:a",
    "http://a_b/",
    "http://-a/",
    "http://a b/",
    "http://é.example/",
    "http://[x]/",
    "http://a:port/",
]


@pytest.mark.parametrize(("written", "shown"), SPELLINGS)
def test_an_address_is_spelt_in_one_way(written: str, shown: str) -> None:
    assert link_address(written) == shown
    assert link_address(shown) == shown


@pytest.mark.parametrize("written", REFUSED)
def test_an_address_is_refused(written: str) -> None:
    assert link_address(written) is None
    assert shown_address(written) is None


def test_mail_is_no_picture() -> None:
    assert shown_address("mailto:a@b.example") is None
    assert shown_address("https://example.com/a.png") == "https://example.com/a.png"
