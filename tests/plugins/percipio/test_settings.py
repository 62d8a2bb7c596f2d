"""Addresses are refused when they are entered, as far as their writing tells; the rest at use."""

import pytest

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import plugin_settings
from coursewire_percipio import PLUGIN, settings


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


UUID = "4927d207-6e74-4C25-af48-761daa3f6c2c"


@pytest.mark.parametrize("written", ["", UUID, f" {UUID} "])
def test_a_uuid_names_the_organisation(written: str) -> None:
    assert parsed("organizationid", written) == written


@pytest.mark.parametrize(
    "written", ["org", UUID[:-1], f"{UUID}0", UUID.replace("-", ""), f"{{{UUID}}}", f"../{UUID}"]
)
def test_what_is_no_uuid_names_no_organisation(written: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        parsed("organizationid", written)
    assert caught.value.reason == "the value does not fit organizationid"
    assert "UUID" in caught.value.remedy


@pytest.mark.parametrize(("stored", "part"), [(f" {UUID}", UUID), ("../a?b", "..%2Fa%3Fb")])
def test_an_organisation_of_before_leads_to_no_other_address(stored: str, part: str) -> None:
    values = plugin_settings.Values(PLUGIN.name, {"organizationid": stored}, {})
    assert settings.organisation(values) == part
