"""What each scalar type admits and refuses: the table of the protocol, and time at 1 MiB."""

import time

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from coursewire.text.types import Known, accepts, is_accepted_everywhere
from coursewire.text.types.numbers import decimal, integer

KNOWN = Known(
    site_url="https://moodle.example.com",
    langs=frozenset({"en", "de_comm"}),
    auths=frozenset({"manual", "email"}),
    themes=frozenset({"boost"}),
    capabilities=frozenset({"moodle/site:config"}),
)

# Never a text of any kind.
BROKEN = ["\0", "a\0b", "\udcff", "\ud800", "\ufffe", "\uffff"]

CASES: list[tuple[str, list[str], list[str]]] = [
    (
        "int",
        ["0", "5", "-5", "9223372036854775807", "-9223372036854775807"],
        [
            "",
            "007",
            "+5",
            "-0",
            "5.0",
            "1e3",
            "0x1A",
            " 5",
            "5 ",
            "5\n",
            "true",
            "9223372036854775808",
            "-9223372036854775808",
            "1_0",
            "\u0665",
            "--5",
            "9" * 1000,
            "-",
        ],
    ),
    (
        "float",
        ["5", "-5", "5.", ".5", "-.5", "+1.5", "1e3", "1E-3", "1.10", "1e400", "0"],
        [
            "",
            "1,5",
            " 1",
            "1 ",
            "1\n",
            ".",
            "-",
            "+",
            "e3",
            "0x1A",
            "INF",
            "NAN",
            "nan",
            "1_000",
            "\u0665",
            "1" * 65,
        ],
    ),
    ("bool", ["0", "1"], ["", "true", "false", "yes", "no", "on", "2", "-1", " 1", "01"]),
    ("raw", ["", "a", "<b>\n", " é 🎉 ", "\x01\x7f", "\ufffd", "\ufdd0"], []),
    ("raw_trimmed", ["", "a b", "<b>", "\u00a0a"], [" a", "a ", "\ta", "a\n", "a\r", "\va"]),
    (
        "text",
        [
            "",
            "a < b",
            "1 <\n2",
            "a > b",
            "&",
            "&amp;",
            "a\nb",
            " a ",
            "é",
            '<lang lang="en">x</lang>',
            '<span lang="en" class="multilang">a</span> <span class="multilang" lang="de">b</span>',
        ],
        [
            "<b>",
            "a <b",
            "<3 love",
            "<!-- x -->",
            "a<",
            '<lang lang="en">x',
            '<span class="multilang">x</span>',
            "<?php",
        ],
    ),
    ("notags", ["", "a < b", "a > b", "&lt;"], ["<b>", "a<b", '<lang lang="en">x</lang>']),
    ("alpha", ["", "aZ"], ["a1", "a b", "é", "a\n", "-"]),
    ("alphaext", ["", "a-Z_"], ["a1", "a b", "."]),
    ("alphanum", ["", "a1Z"], ["a_1", "a b", "é", "\u0665"]),
    ("alphanumext", ["", "a1_-Z"], ["a.b", "a b", "a\n"]),
    ("sequence", ["", "1,2,,3"], ["1, 2", "a", "-1"]),
    ("username", ["", "a.b_c@d-1"], ["A", "a b", "a+b", "é", "a\n"]),
    (
        "email",
        [
            "",
            "a@b.c",
            "a+b@example.com",
            "A.B@EXAMPLE.com",
            "a@[127.0.0.1]",
            "o'x@b-c.d.e",
            "a@3.b--c.d1",
            "a@" + "b" * 63 + ".c",
        ],
        [
            "a",
            "a@b.1",
            "a@b.1c",
            "a@b.c-",
            "a@" + "b" * 64 + ".c",
            "a@b." + "c" * 64,
            "a@b",
            "@b.c",
            "a@",
            '"a b"@c.d',
            "é@b.c",
            "a@é.c",
            "a b@c.d",
            "a@b_c.d",
            ".a@b.c",
            "a..b@c.d",
            "a@-b.c",
            "a@[256.0.0.1]",
            "a@b.c\n",
            "a" * 65 + "@b.c",
            "a@" + "b." * 130 + "c",
        ],
    ),
    (
        "url",
        [
            "",
            "http://a.b",
            "https://a.b:8080/c/d.php?e=f&g[]=h#i",
            "ftp://a.b/",
            "HTTP://A.B",
            "example.com",
            "www",
            "/local/path",
            "http://localhost/",
            "http://1.2.3.4/",
            "http://[::1]:8080/x",
            "http://[2001:db8::1.2.3.4]/",
            "/a//b",
            "a/b?c",
            "/%C3%A9",
        ],
        [
            "http://user:pw@a.b/",
            "user@a.b",
            "http://[x]/",
            "http://[::1/",
            "http://[::1]x/",
            "javascript:alert(1)",
            "mailto:a@b.c",
            "data:text/html,x",
            "//host/x",
            "http:///x",
            "http://a.b:99999/",
            "http://a.b:/",
            "a b",
            "http://a.b/ c",
            "é",
            "/é",
            "/%zz",
            '/"',
            "/<b>",
            "/a\n",
            "\\\\host",
            "gopher://a.b/",
            "http://a_b/",
        ],
    ),
    (
        "localurl",
        [
            "",
            "https://moodle.example.com",
            "https://moodle.example.com/a?b#c",
            "https://moodle.example.com?x",
            "/a/b",
            "a/b.php?c=d",
        ],
        [
            "https://moodle.example.com.evil.example/",
            "http://moodle.example.com/",
            "http://other.example/",
            "//host/x",
            "javascript:x",
        ],
    ),
    ("lang", ["", "en", "de_comm"], ["EN", "fr", "en ", "e"]),
    (
        "timezone",
        [
            "",
            "99",
            "0",
            "-13",
            "13",
            "13.0",
            "5.5",
            "-5.0",
            "Europe/London",
            "Foo/Bar",
            "UTC",
            "America/Port-au-Prince",
            "America/Argentina/Buenos_Aires",
        ],
        ["14", "-14", "13.5", "5.50", "5.3", "100", "Etc/GMT+5", "Europe/", "5h", " 5", "é"],
    ),
    ("capability", ["", "moodle/site:config"], ["moodle/site:none", "moodle/site:Config"]),
    ("auth", ["", "manual", "email"], ["Manual", "ldap"]),
    ("theme", ["", "boost"], ["Boost", "classic"]),
    (
        "component",
        ["", "moodle", "core_user", "mod_forum", "tool_a_b", "ab"],
        [
            "a",
            "A",
            "core__user",
            "mod_a_b",
            "core_",
            "_core",
            "1a",
            "core_1",
            "core-user",
            "a" * 50 + "!",
        ],
    ),
    ("plugin", ["", "ab", "a_b", "a1"], ["a", "A", "a-b", "ab_", "_ab", "1a", "é"]),
    ("area", ["", "grade_item", "a1"], ["a", "a_", "A", "a b"]),
    ("permission", ["0", "1", "-1", "-1000"], ["", "2", "-2", "1000", "01"]),
    ("safedir", ["", "a-b_C1"], ["a.b", "a/b", "a b"]),
    ("safepath", ["", "a/b-C_1/"], ["a.b", "a b"]),
    (
        "file",
        ["", "a.txt", "a b (1).txt", "é", "..."],
        [
            ".",
            "..",
            "a/b",
            "a\\b",
            "a:b",
            "a<b",
            "a>b",
            'a"b',
            "a'b",
            "a`b",
            "a|b",
            "a&b",
            "a\n",
            "a\x7f",
        ],
    ),
    (
        "path",
        ["", "/", "/a/", "/a/b.txt", "a/b", "./a", "/é/"],
        ["..", "../a", "a/../b", "/a/./b", "a//b", "//", "a\\b", "a:b", "/a\n/"],
    ),
    (
        "host",
        ["", "a", "a.b", "A-1.b", "1.2.3.4"],
        ["a_b", "::1", "1.2.3", "256.1.1.1", "-a", "a..b", "a.b:1", "a" * 300],
    ),
    (
        "tag",
        ["", "a b", "é", "a" * 255],
        ["a  b", " a", "a ", "a\tb", "a\nb", "<a", "a>", "`", "a" * 256],
    ),
    (
        "taglist",
        ["", "a", "a,b c", "a" * 255 + ",b"],
        ["a" * 256 + ",b", "a,b" + "c" * 255, "a,", ",a", "a, b", "a,,b"],
    ),
    ("base64", ["", "YQ==", "YWI=", "YWJj", "YWJj\r\nYWJj"], ["YQ", "YQ=", "Y Q=", "=", "é"]),
    (
        "pem",
        ["", "-----BEGIN CERTIFICATE-----\nYWJj\nYQ==\n-----END CERTIFICATE-----\n"],
        [
            "x",
            "\n\n\n",
            "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----\né\n-----END CERTIFICATE-----",
        ],
    ),
    (
        "clean",
        ["", " a\n", "<p>a <b>b</b></p>", "a &amp; b"],
        ["<script>x</script>", "<p>", "a & b", '<a onclick="x()">y</a>'],
    ),
    ("cleanhtml", ["", "<p>a</p>"], [" <p>a</p>", "<p>a</p>\n", "<script>x</script>"]),
    ("stringid", ["", "a", "a.b:c/d_e-1"], ["1a", "a b", "a<", "é"]),
    ("localisedfloat", ["", "1.5", "-3"], ["1,5", "x"]),
]
EXTENDED = Known(site_url="https://moodle.example.com", extended_usernames=True)


@pytest.mark.parametrize(("name", "good", "bad"), CASES, ids=[case[0] for case in CASES])
def test_a_type_admits_exactly_what_it_says(name: str, good: list[str], bad: list[str]) -> None:
    admits = accepts(name)
    assert [text for text in good if not admits(text, KNOWN)] == []
    assert [text for text in [*bad, *BROKEN] if admits(text, KNOWN)] == []


def test_a_site_may_allow_more_letters_in_user_names() -> None:
    admits = accepts("username")
    assert [text for text in ["é+x", "a b", "ß", ""] if not admits(text, EXTENDED)] == []
    assert [text for text in ["É", " a", "a\n", *BROKEN] if admits(text, EXTENDED)] == []


def test_an_unknown_type_is_an_error() -> None:
    with pytest.raises(KeyError):
        accepts("integer")
    assert is_accepted_everywhere("integer") is None


def test_types_that_need_the_site_have_no_test_without_it() -> None:
    here = [name for name, _, _ in CASES if is_accepted_everywhere(name) is None]
    assert sorted(here) == ["auth", "capability", "lang", "localurl", "theme", "username"]


@pytest.mark.parametrize("name", [case[0] for case in CASES])
@settings(deadline=None)
@given(text=st.text(alphabet=st.characters(codec=None)))
def test_in_7_what_a_type_admits_is_utf_8(name: str, text: str) -> None:
    if accepts(name)(text, KNOWN):
        text.encode()


def test_in_4_long_numbers_are_not_even_converted() -> None:
    assert integer("9" * 19) is None
    assert integer("-" + "9" * 10_000) is None
    assert decimal("0." + "1" * 62) is not None
    assert decimal("0." + "1" * 63) is None


MEBIBYTE = 1024 * 1024
SHAPES = [
    "a",
    "9",
    "_",
    "-",
    ".",
    "a.",
    "a-",
    "/",
    "./",
    "a/",
    "=",
    "<",
    "< ",
    "\n",
    ",",
    "%",
    "%41",
    "é",
    '<lang lang="en">x</lang>',
    "http://",
    "@",
    "a@",
    "0,",
]


@pytest.mark.parametrize("name", [case[0] for case in CASES])
def test_in_3_no_text_of_1_mib_takes_a_type_long(name: str) -> None:
    admits = accepts(name)
    # Cleaning HTML is another matter, with tests of its own.
    length = MEBIBYTE // 32 if name.startswith("clean") else MEBIBYTE
    for shape in SHAPES:
        for end in ("", "!", "\0"):
            text = shape * (length // len(shape.encode())) + end
            start = time.process_time()
            admits(text, KNOWN)
            assert time.process_time() - start <= 0.5, (shape, end)
