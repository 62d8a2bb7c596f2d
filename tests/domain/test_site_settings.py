"""Settings of the site: defaults, changes, and what people write on the command line."""

from pathlib import Path

import pytest

import coursewire
from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import enrolled_courses, known_settings, settings
from coursewire.domain import site as domain_site
from coursewire.domain.known_settings import SETTINGS, Value
from coursewire.domain.site import load
from coursewire.store import settings as rows
from coursewire.store.problems import UnusableDatabase
from coursewire.store.schema import audit
from coursewire.store.schema.courses import courses
from tests.support import making
from tests.support.sites import URL, TestSite

_SOURCES = Path(coursewire.__file__).parent


def test_a_fresh_site_has_web_services_off(site: TestSite) -> None:
    found = site.load()
    assert not found.webservices_enabled
    assert not found.rest_enabled
    assert found.admin_ids == {2}


def test_every_setting_has_a_default_and_a_meaning() -> None:
    for name, setting in SETTINGS.items():
        assert name == setting.name
        assert setting.summary


def test_something_goes_by_every_setting() -> None:
    """What can be set and changes nothing would only look as if it did."""
    listed = Path(known_settings.__file__)
    others = (path for path in _SOURCES.rglob("*.py") if path != listed)
    texts = "\n".join(path.read_text() for path in others)
    assert [name for name in SETTINGS if f'"{name}"' not in texts] == []


@pytest.mark.parametrize(
    ("name", "value", "attribute"),
    [
        ("timezone", "UTC", "timezone"),
        ("userquota", 5, "userquota"),
        ("allowaccountssameemail", True, "allowaccountssameemail"),
        ("showuseridentity", ("email", "idnumber"), "showuseridentity"),
        ("showuseridentity", (), "showuseridentity"),
        ("gradebookroles", (3, 5), "gradebook_roles"),
    ],
)
def test_a_setting_is_kept(site: TestSite, name: str, value: Value, attribute: str) -> None:
    making.setting(site, name, value)
    found = site.load()
    assert found.settings[name] == value
    kept = getattr(found, attribute)
    assert kept == (frozenset(value) if isinstance(kept, frozenset) else value)  # type: ignore[arg-type]  # a tuple then


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "classic"),
        ("mobilecssurl", ""),
        ("mobilecssurl", "https://school.example/mobile.css?v=2"),
        ("sitepolicy", "https://école.example/policy"),
    ],
)
def test_a_text_that_answers_can_hold_is_kept(site: TestSite, name: str, value: str) -> None:
    making.setting(site, name, value)
    assert site.load().settings[name] == value


def test_the_same_value_again_records_nothing(site: TestSite) -> None:
    before = len(site.session.rows(audit.audit_records.select()))
    making.setting(site, "timezone", "UTC")
    making.setting(site, "timezone", "UTC")
    assert len(site.session.rows(audit.audit_records.select())) == before + 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timezone", 5),
        ("userquota", True),
        ("userquota", "many"),
        ("allowaccountssameemail", 1),
        ("showuseridentity", "email"),
        ("webserviceprotocols", ("soap",)),
        ("timezone", "Europe/Nowhere"),
        ("country", "XX"),
        ("lang", "xx"),
        ("theme", "clean"),
        ("theme", ""),
        ("mobilecssurl", "javascript:x"),
        ("mobilecssurl", "https://user:secret@school.example/x.css"),
        ("sitepolicy", "https://school.example/\x00"),
        ("sitepolicy", "https://school.example/\udcff"),
        ("showuseridentity", ("\udcff",)),
        ("showuseridentity", ("email", "shoe")),
        ("hiddenuserfields", ("Email",)),
        ("navsortmycoursessort", "name"),
        ("tokenduration", -1),
        ("minpasswordlength", -8),
        ("maxbytes", -1),
        ("tokenduration", 2**40),
        ("tokenexpiringdays", 999_999_999),
        ("defaulthomepage", 50),
        ("grade_displaytype", 77),
        ("grade_decimalpoints", 99),
        ("enrol_plugins_enabled", ("manual", "magic")),
        ("gradebookroles", (5, 99)),
        ("defaultuserroleid", 99),
    ],
)
def test_a_value_of_another_kind_is_refused(site: TestSite, name: str, value: Value) -> None:
    with pytest.raises(InvalidParameter) as refused:
        settings.put(site.call(), name, value)
    assert name in refused.value.reason
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("name", "value", "listed"),
    [
        ("showuseridentity", ("shoe",), "email, idnumber, institution, department, phone1, phone2"),
        ("hiddenuserfields", ("shoe",), "description, email, city, country, timezone, firstaccess"),
        ("navsortmycoursessort", "shoe", "sortorder, fullname, shortname, idnumber"),
    ],
)
def test_a_word_that_nothing_goes_by_is_refused_with_those_that_are_known(
    site: TestSite, name: str, value: Value, listed: str
) -> None:
    with pytest.raises(InvalidParameter) as refused:
        settings.put(site.call(), name, value)
    assert refused.value.reason == f"'shoe' does not fit {name}"
    assert refused.value.remedy.startswith(f"choose from {listed}")


def test_fields_of_a_sites_own_may_identify_people(site: TestSite) -> None:
    own = ("username", "profile_field_team")
    settings.put(site.call(), "showuseridentity", own)
    assert site.load().showuseridentity == own
    for name, value in (
        ("showuseridentity", ("profile_field_",)),
        ("hiddenuserfields", ("profile_field_team",)),
    ):
        with pytest.raises(InvalidParameter):
            settings.put(site.call(), name, value)


def test_a_site_that_holds_words_of_earlier_versions_still_opens(site: TestSite) -> None:
    with site.session.transaction():
        settings.store(site.session, "hiddenuserfields", ("icq", "city"))
        settings.store(site.session, "navsortmycoursessort", "name")
    found = site.load()
    assert found.hiddenuserfields == ("icq", "city")
    course, ann = making.course(site, "ALG"), making.user(site, "ann")
    making.enrol(site, ann, course)
    assert [each.id for each in enrolled_courses.of_user(site.session, ann, found)] == [course]


def test_every_word_of_the_order_of_courses_is_one_to_sort_by() -> None:
    assert set(SETTINGS["navsortmycoursessort"].choices) == enrolled_courses.ORDERS.keys()


def test_an_unknown_name_comes_with_the_nearest() -> None:
    with pytest.raises(InvalidParameter) as refused:
        settings.find("timezon")
    assert refused.value.remedy == "did you mean 'timezone'?"
    with pytest.raises(InvalidParameter) as refused:
        settings.find("qqqqqq")
    assert "list them" in refused.value.remedy


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("timezone", "UTC", "UTC"),
        ("userquota", "12", 12),
        ("passwordpolicy", "off", False),
        ("passwordpolicy", "Yes", True),
        ("showuseridentity", "email, idnumber", ("email", "idnumber")),
        ("showuseridentity", "", ()),
        ("gradebookroles", "3,5", (3, 5)),
    ],
)
def test_what_people_write_is_understood(name: str, written: str, value: Value) -> None:
    assert settings.parse(name, written) == value


@pytest.mark.parametrize(
    ("name", "written"),
    [("userquota", "much"), ("passwordpolicy", "maybe"), ("gradebookroles", "student")],
)
def test_what_cannot_be_understood_is_refused(name: str, written: str) -> None:
    with pytest.raises(InvalidParameter) as refused:
        settings.parse(name, written)
    assert written in refused.value.reason


def test_the_site_is_named_by_its_course(site: TestSite) -> None:
    site.session.execute(courses.update().where(courses.c.id == 1).values(fullname="Other"))
    found = load(site.session, URL + "/", compatibility="4.5", implemented={"f": "moodle"})
    assert (found.fullname, found.url) == ("Other", URL)
    assert found.version.startswith("2024")
    assert found.functions == {"f": "moodle"}


def test_rows_of_no_known_setting_are_left_out(site: TestSite) -> None:
    rows.put(site.session, "from_a_newer_version", '"x"')
    assert "from_a_newer_version" not in site.load().settings
    rows.remove(site.session, "from_a_newer_version")


def test_a_database_without_a_site_says_so(site: TestSite) -> None:
    site.session.execute(courses.delete())
    with pytest.raises(UnusableDatabase, match="holds no site"):
        site.load()


def test_a_call_can_see_what_it_has_changed(site: TestSite) -> None:
    before = site.load()
    site.session.execute(courses.update().where(courses.c.id == 1).values(shortname="new"))
    making.setting(site, "timezone", "UTC")
    after = domain_site.refreshed(site.session, before)
    assert (after.shortname, after.timezone, after.url) == ("new", "UTC", before.url)
    assert before.timezone == "Europe/London"
