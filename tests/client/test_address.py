"""The addresses that a client takes, and those of files."""

import pytest

from coursewire import Moodle
from coursewire.client._address import Site, chosen, site_of
from coursewire.client._files import same_site

WRITTEN = {
    "moodle.example.org": "https://moodle.example.org",
    " moodle.example.org/ ": "https://moodle.example.org",
    "Moodle.Example.org/lms/": "https://moodle.example.org/lms",
    "https://moodle.example.org": "https://moodle.example.org",
    "https://moodle.example.org:8443//": "https://moodle.example.org:8443",
    "https://moodle.example.org/lms/webservice/rest/server.php": "https://moodle.example.org/lms",
    "https://moodle.example.org/login/token.php": "https://moodle.example.org",
    "localhost:8080": "http://localhost:8080",
    "127.0.0.1": "http://127.0.0.1",
    "http://[::1]:8080/": "http://[::1]:8080",
    "https://Straße.example.org/": "https://straße.example.org",
    "xn--mller-kva.example.org": "https://xn--mller-kva.example.org",
    "moodle_1.example.org.": "https://moodle_1.example.org.",
}


@pytest.mark.parametrize("written", WRITTEN)
def test_an_address_may_be_written_in_many_ways(written: str) -> None:
    assert site_of(written).root == WRITTEN[written]


REFUSED = {
    "http://moodle.example.org": "clear text; use https://moodle.example.org",
    "ftp://moodle.example.org": "is not the address of a site",
    "http://[::1": "is not the address of a site",
    "": "is not the address of a site",
    "https://": "is not the address of a site",
    "https://a b.example/": "is not the address of a site",
    "https://moodle.example.org:99999": "is not the address of a site",
    "https://moodle..example.org": "is not the address of a site",
    f"https://{'m' * 64}.example.org": "is not the address of a site",
    "https://moodle\N{ONE DOT LEADER}example.org": "is not the address of a site",
    "xn--a.example.org": "is not the address of a site",
    "https://ann:Sesame@moodle.example.org": "no user, password",
    "ann:Sesame@moodle.example.org": "no user, password",
    "https://moodle.example.org/?wstoken=Sesame": "no user, password, query",
    "http://127.0.0.1.example.org": "clear text",
}


@pytest.mark.parametrize("written", REFUSED)
def test_an_address_that_is_none_or_not_safe_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"address|clear") as raised:
        site_of(written)
    assert REFUSED[written] in str(raised.value)
    assert "Sesame" not in str(raised.value)


def test_the_environment_names_site_and_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOODLE_URL", "moodle.example.org")
    monkeypatch.setenv("MOODLE_TOKEN", "t0ken")
    with Moodle() as moodle:
        assert moodle.url == "https://moodle.example.org"
        assert repr(moodle) == "Moodle('https://moodle.example.org')"
        assert "t0ken" not in repr(vars(moodle))


def test_the_token_of_the_environment_is_for_its_site_only() -> None:
    environ = {"MOODLE_URL": "https://moodle.example.org/", "MOODLE_TOKEN": "t0ken"}
    assert chosen("moodle.example.org", None, environ)[1] == "t0ken"
    assert chosen("other.example.org", None, environ)[1] == ""
    assert chosen("other.example.org", "mine", environ)[1] == "mine"
    assert chosen("other.example.org", None, {"MOODLE_TOKEN": "t0ken"})[1] == "t0ken"


def test_without_any_address_it_says_where_to_put_one() -> None:
    with pytest.raises(ValueError, match="MOODLE_URL"):
        chosen(None, None, {})


SITE = Site("https://moodle.example.org/lms")
FILES = {
    "https://moodle.example.org/lms/webservice/pluginfile.php/9/a/b/x.txt?forcedownload=1": (
        "https://moodle.example.org/lms/webservice/pluginfile.php/9/a/b/x.txt?forcedownload=1"
    ),
    "https://moodle.example.org:443/lms/pluginfile.php/9/a/b/x.txt?token=old": (
        "https://moodle.example.org/lms/webservice/pluginfile.php/9/a/b/x.txt"
    ),
    "https://moodle.example.org/lms/draftfile.php/9/user/draft/1/x": (
        "https://moodle.example.org/lms/webservice/draftfile.php/9/user/draft/1/x"
    ),
}


@pytest.mark.parametrize("given", FILES)
def test_a_file_is_fetched_where_a_token_counts(given: str) -> None:
    assert same_site(SITE, given) == FILES[given]


@pytest.mark.parametrize(
    "given",
    [
        "https://evil.example/lms/pluginfile.php/9/x",
        "http://moodle.example.org/lms/pluginfile.php/9/x",
        "https://moodle.example.org:8443/lms/pluginfile.php/9/x",
        "https://moodle.example.org@evil.example/lms/pluginfile.php/9/x",
        "https://moodle.example.org/other/pluginfile.php/9/x",
        "https://moodle.example.org/lms/theme/image.php/x",
        "https://moodle.example.org/lms/webservice/pluginfile.php/../../../other/x",
    ],
)
def test_the_token_goes_to_no_other_place(given: str) -> None:
    with pytest.raises(ValueError, match=r"not on|not the address"):
        same_site(SITE, given)
