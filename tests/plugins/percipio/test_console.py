"""What the plugin's pages show in the console, and the report as a file."""

import csv
import io

import pytest
from msgspec.structs import replace

from coursewire.contracts.errors import InvalidParameter, NoPermission
from coursewire.plugin import Call
from coursewire_percipio import PLUGIN, console
from tests.plugins.percipio import documents
from tests.plugins.percipio.partner_calls import PartnerCalls
from tests.support import making
from tests.support.percipio_partner import ORGANISATION
from tests.support.plugins import tell


@pytest.fixture
def call(partner: PartnerCalls) -> Call:
    """A call by the administrator, in a process that knows the plugin; two attempts."""
    partner.imports(documents.asset())
    for name, text in (("one", "PT1M"), ("two", "PT2M")):
        user = making.user(partner.site, name, firstname='=cmd|"x"')
        done = partner.reports(
            documents.progress(
                username=str(user), totalduration=text, completionstate=int(name == "one")
            )
        )
        assert done.json["code"] == 200
    found = partner.site.call()
    more = {each.name: each for each in PLUGIN.capabilities}
    found.site = replace(found.site, capabilities={**found.site.capabilities, **more})
    return found


@pytest.mark.parametrize(
    ("filters", "users"),
    [
        ({}, {"one", "two"}),
        ({"user": "one"}, {"one"}),
        ({"user": "nobody"}, set()),
        ({"state": "complete"}, {"one"}),
        ({"course": documents.PERCIPIOID}, {"one", "two"}),
        ({"course": "another"}, set()),
        ({"from": "2019-09-06", "to": "2019-09-06"}, {"one", "two"}),
        ({"from": "2019-09-07"}, set()),
        ({"to": "2019-09-05"}, set()),
    ],
)
def test_attempts_are_filtered(call: Call, filters: dict[str, str], users: set[str]) -> None:
    content = console.show_attempts(call, filters, 50, 0)
    assert {row[2] for row in content.rows} == users
    assert content.total == len(users)


@pytest.mark.parametrize("filters", [{"state": "odd"}, {"from": "yesterday"}])
def test_a_filter_that_is_none_is_refused(call: Call, filters: dict[str, str]) -> None:
    with pytest.raises(InvalidParameter):
        console.show_attempts(call, filters, 50, 0)


def test_pages_of_attempts(call: Call) -> None:
    first = console.show_attempts(call, {}, 1, 0).rows
    second = console.show_attempts(call, {}, 1, 1).rows
    assert {first[0][2], second[0][2]} == {"one", "two"}


def test_an_attempt_at_a_time_that_no_calendar_has_is_shown(
    call: Call, partner: PartnerCalls
) -> None:
    user = making.user(partner.site, "late")
    late = documents.progress(username=str(user), timecompleted=10**15)
    assert partner.reports(late).json["code"] == 200
    (row,) = console.show_attempts(call, {"user": "late"}, 1, 0).rows
    assert "beyond the year 9999" in row


def test_out_4_a_formula_in_a_name_is_marked_in_the_file(call: Call) -> None:
    text = console.attempts_csv(call, {"user": "one"})
    heading, row = csv.reader(io.StringIO(text))
    assert heading[:4] == ["course", "user", "username", "state"]
    assert row[1].startswith("'=cmd")
    assert row[4:9] == ["90.0", "80.0", "70.0", "90.0", "PT1M"]


def test_who_may_not_see_reports_sees_none(call: Call, partner: PartnerCalls) -> None:
    other = partner.site.call(making.user(partner.site, "curious"))
    other.site = call.site
    with pytest.raises(NoPermission):
        console.show_attempts(other, {}, 50, 0)


def test_missing_settings_and_an_administrators_token_are_told(
    call: Call, partner: PartnerCalls
) -> None:
    tell(partner.site, PLUGIN, organizationid=ORGANISATION)
    content = console.show_connection(call, {}, 50, 0)
    assert content.rows == (
        ("percipiourl", "missing"),
        ("organizationid", "set"),
        ("bearertoken", "missing"),
    )
    (warning,) = content.warnings
    assert "'admin'" in warning


def test_the_button_tests_the_connection(call: Call) -> None:
    content = console.examine_connection(call)
    assert content.sentence == "It does not work."
    assert content.rows[0][:2] == ("bearer token", "no")
