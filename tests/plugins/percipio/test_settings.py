"""Addresses are refused when they are entered, as far as their writing tells; the rest at use."""

import pytest

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import plugin_settings
from coursewire_percipio import PLUGIN


def parsed(name: str, written: str) -> object:
    setting = plugin_settings.find(PLUGIN.name, PLUGIN.settings, name)
    return plugin_settings.parse(setting, written)


@pytest.mark.parametrize("name", ["oauthurl", "percipiourl"])
@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("api.example.com", "must begin with https://"),
        ("http://api.example.com/", "by https only"),
        ("ftp://api.example.com/", "must begin with https://"),
        ("https://user:secret@api.example.com/", "must not hold a user name"),
        ("https://api.example.com:99999/", "no port"),
        ("https:///x", "names no host"),
        ("https://169.254.169.254/", "not public"),
        ("https://10.0.0.1/", "not public"),
        ("https://[fd00::1]/", "not public"),
        ("https://[::ffff:10.0.0.1]/", "must be written as 10.0.0.1"),
        ("https://2130706433/", "odd number"),
        ("https://0177.0.0.1/", "odd number"),
        ("https://api example.com/", "blanks"),
    ],
)
def test_an_address_that_can_never_be_called_is_refused(name: str, written: str, told: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        parsed(name, written)
    assert caught.value.reason == f"the value does not fit {name}"
    assert told in caught.value.remedy


@pytest.mark.parametrize(
    "written",
    ["", "https://api.example.com/v1/", "https://api.example.com:8443", "https://93.184.216.34/",
     # For trials; it is refused at use unless the program says otherwise.
     "http://127.0.0.1:8000/"],
)  # fmt: skip
def test_an_address_that_may_be_called_is_taken(written: str) -> None:
    assert parsed("percipiourl", written) == written


def test_hosts_of_pictures_are_named_alone_or_by_address() -> None:
    for written in ("", "cdn.example.com, img.example.com:8443", "https://cdn.example.com,"):
        assert parsed("imagehosts", written) == written
    with pytest.raises(InvalidParameter) as caught:
        parsed("imagehosts", "cdn.example.com, 10.0.0.1")
    assert "10.0.0.1 is at an address that is not public" in caught.value.remedy
