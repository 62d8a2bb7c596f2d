"""TOK-5, TOK-8: tokens are shown once, named by handles, and explained by the gate's own checks."""

import re
import time
from datetime import UTC, datetime

import pytest

from coursewire.cli.token_issue import issue
from coursewire.domain import tokens
from tests.cli.conftest import Command
from tests.support import making
from tests.support.sites import TestSite
from tests.support.web import Web

DAY = 86_400
SITE_INFO = "core_webservice_get_site_info"


@pytest.fixture
def ready(placed: Command, site: TestSite) -> Command:
    """A user `bot` who may use the service `health` of one function."""
    user = making.user_with(site, "bot", "webservice/rest:use")
    making.service(site, "health", SITE_INFO, users=[user])
    making.setting(site, "enablewebservices", value=True)
    making.setting(site, "webserviceprotocols", value=("rest",))
    return placed


def _issued(command: Command, *options: str) -> dict[str, object]:
    found: dict[str, object] = command(
        "token", "issue", "--user", "bot", "--service", "health", "--json", *options
    ).json
    return found


def test_a_token_ends_in_90_days_unless_said_otherwise(ready: Command) -> None:
    before = int(time.time())
    assert 0 <= int(str(_issued(ready)["validuntil"])) - before - 90 * DAY < 60
    end = _issued(ready, "--valid-until", "2099-12-31")["validuntil"]
    assert end == int(datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
    never = _issued(ready, "--valid-until", "never")
    assert never["validuntil"] == 0
    assert "it has no end date" in str(never["warnings"])


def test_a_token_that_no_door_is_open_for_is_told_so(ready: Command, site: TestSite) -> None:
    asked = ("token", "issue", "--user", "bot", "--service", "health")
    assert "web services are off" not in ready(*asked).err
    making.setting(site, "webserviceprotocols", value=())
    assert "web services are off" in ready(*asked).err


def test_the_value_is_shown_once_and_by_no_other_command(ready: Command) -> None:
    shown = ready("token", "issue", "--user", "bot", "--service", "health").out
    (value,) = set(re.findall(r"\b[0-9a-f]{32}\b", shown))
    assert f"-d wstoken={value} -d wsfunction={SITE_INFO} -d moodlewsrestformat=json" in shown
    handle = ready("token", "list", "--json").json[0]["handle"]
    later = [
        ready("token", "list", "--all"),
        ready("token", "list", "--json"),
        ready("token", "check", handle),
        ready("user", "show", "bot", "--json"),
        ready("service", "show", "health", "--json"),
        ready("token", "rotate", handle),
        ready("token", "revoke", handle),
    ]
    for done in later:
        assert value not in done.out + done.err
    assert value[-4:] in later[0].out


def test_the_line_that_tries_a_token_needs_no_parameters(ready: Command, web: Web) -> None:
    user = making.user_with(web.site, "caller", "webservice/rest:use")
    names = ("core_course_create_courses", "core_group_get_groups", "core_course_get_courses")
    making.service(web.site, "courses", *names, users=[user])
    made = ready("token", "issue", "--user", "caller", "--service", "courses", "--json").json
    assert "wsfunction=core_course_get_courses " in made["curl"]
    assert isinstance(web.call("core_course_get_courses", made["token"]).json, list)


def test_no_option_takes_a_secret() -> None:
    assert not {"token", "value", "secret", "password"} & set(issue.__annotations__)


def test_a_list_marks_what_wants_care(ready: Command) -> None:
    _issued(ready, "--valid-until", "never", "--name", "old\x1b[31mname")
    ready("service", "authorise", "health", "admin")
    told = ready("token", "issue", "--user", "admin", "--service", "health").err
    assert "warning: admin is an administrator of the site" in told
    bot, admin = ready("token", "list", "--json").json
    assert (bot["cares"], admin["cares"]) == (["no end date"], ["of an administrator"])
    assert bot["state"] == "live"
    shown = ready("token", "list").out
    assert "live, no end date" in shown
    assert "\x1b" not in shown
    assert r"old\u001b[31mname" in shown
    of_admin = ready("token", "list", "--user", "admin", "--service", "health", "--json").json
    assert [token["user"] for token in of_admin] == ["admin"]


def test_a_disabled_token_is_listed_as_one(ready: Command, site: TestSite) -> None:
    handle = str(_issued(ready)["handle"])
    call = site.call()
    tokens.disable(call, tokens.of_handle(call, handle).id)
    (listed,) = ready("token", "list", "--json").json
    assert listed["state"] == "disabled"
    assert "disabled" in ready("token", "list").out


def test_rotation_gives_a_successor_and_an_end(ready: Command) -> None:
    first = _issued(ready, "--valid-until", "2099-12-31")
    handle = str(first["handle"])
    done = ready("token", "rotate", handle, "--overlap", "10m", "--json")
    assert done.json["token"] != first["token"]
    old = next(one for one in ready("token", "list", "--json").json if one["handle"] == handle)
    now = time.time()
    assert now < old["validuntil"] <= now + 600
    ready("token", "rotate", done.json["handle"], "--overlap", "0")
    states = {one["handle"]: one["state"] for one in ready("token", "list", "--all", "--json").json}
    assert states[done.json["handle"]] == "revoked"


def test_a_revoked_token_is_revoked(ready: Command) -> None:
    handle = str(_issued(ready)["handle"])
    ready("token", "revoke", handle, "--reason", "lost laptop")
    assert ready("token", "list", "--json").json == []
    checked = ready("token", "check", handle, code=1)
    assert "lost laptop" in checked.out
    assert "was revoked before" in ready("token", "revoke", handle).out


def test_check_shows_every_check_and_passes(ready: Command) -> None:
    handle = str(_issued(ready, "--ip", "10.0.0.0/8")["handle"])
    done = ready("token", "check", handle, "--function", SITE_INFO, "--from", "10.1.2.3", "--json")
    assert done.json["ok"] is True
    assert {check["state"] for check in done.json["checks"]} == {"pass"}
    assert len(done.json["checks"]) == 22


def test_check_answers_unknown_for_what_was_not_said(ready: Command) -> None:
    handle = str(_issued(ready, "--ip", "10.0.0.0/8")["handle"])
    states = {
        check["name"]: check["state"]
        for check in ready("token", "check", handle, "--json").json["checks"]
    }
    assert states["token address"] == "unknown"
    assert states["function in service"] == "unknown"
    assert states["user authorised"] == "pass"


@pytest.mark.parametrize(
    ("prepare", "options", "failed"),
    [
        (("webservices", "off"), (), "web services on"),
        (("protocol", "rest", "off"), (), "REST on"),
        (("user", "suspend", "bot"), (), "user not suspended"),
        (("service", "edit", "health", "--disabled"), (), "service enabled"),
        (("service", "deauthorise", "health", "bot"), (), "user authorised"),
        (("service", "functions", "remove", "health", SITE_INFO), (), "function in service"),
        (
            ("service", "authorise", "health", "bot", "--ip", "192.0.2.0/24"),
            ("--from", "10.1.2.3"),
            "authorised address",
        ),
        (
            ("role", "grant", "bot", "webservice/rest:use", "--permission", "prohibit"),
            (),
            "protocol capability",
        ),
    ],
)
def test_check_names_what_stands_in_the_way(
    ready: Command,
    prepare: tuple[str, ...],
    options: tuple[str, ...],
    failed: str,
) -> None:
    handle = str(_issued(ready)["handle"])
    ready(*prepare)
    arguments = ("token", "check", handle, "--function", SITE_INFO, *options)
    answers = ready(*arguments, "--json", code=1).json
    assert answers["ok"] is False
    refused = {check["name"]: check for check in answers["checks"] if check["state"] == "fail"}
    assert set(refused) == {failed}
    assert refused[failed]["fact"]
    assert refused[failed]["remedy"]
    shown = ready(*arguments, code=1).out
    assert f"A call is refused at: {failed}" in shown
    assert f"fix: {refused[failed]['remedy']}" in shown


def test_check_names_the_role_that_prohibits(ready: Command) -> None:
    handle = str(_issued(ready)["handle"])
    ready("role", "grant", "user", "webservice/rest:use", "--permission", "prohibit")
    answers = ready("token", "check", handle, "--json", code=1).json["checks"]
    (found,) = [check for check in answers if check["state"] == "fail"]
    assert found["fact"].endswith("prohibited by the role user")
    assert found["remedy"].startswith("take the prohibition out of the role user")


def test_a_token_of_a_service_without_functions_is_said_to_call_nothing(ready: Command) -> None:
    ready("service", "functions", "remove", "health", SITE_INFO)
    made = _issued(ready)
    assert "service 'health' has no functions: the token can call nothing" in str(made["warnings"])
    told = ready("token", "check", str(made["handle"]), code=1).out
    assert "A call is refused at: function in service (accessexception)" in told
    assert "add the functions that the token is for" in " ".join(told.split())


def test_check_takes_the_value_from_the_environment_or_standard_input(
    ready: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = str(_issued(ready)["token"])
    assert "Nothing stands in the way" in ready("token", "check", stdin=f"{value}\n").out
    monkeypatch.setenv("COURSEWIRE_TOKEN", value)
    assert "Nothing stands in the way" in ready("token", "check").out
    monkeypatch.setenv("COURSEWIRE_TOKEN", "0" * 32)
    assert "no token has this value" in ready("token", "check", code=1).out


def test_a_value_is_no_argument(ready: Command) -> None:
    value = str(_issued(ready)["token"])
    told = ready.refused("token", "check", value, code=2)
    assert value not in told
    assert "COURSEWIRE_TOKEN" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("issue", "--user", "bot"), "needs --user and --service"),
        (("issue", "--user", "nobody", "--service", "health"), "no user 'nobody'"),
        (("issue", "--user", "bot", "--service", "healt"), "did you mean 'health'"),
        (("issue", "--user", "guest", "--service", "health"), "the guest holds no tokens"),
        (("check", "--from", "10.0.0"), "'10.0.0' is not an address"),
        (("check", "abcdefghjkmn"), "no token with the handle"),
        (("rotate", "abcdefghjkmn"), "there is no token 'abcdefghjkmn'"),
        (("check",), "no token was given"),
    ],
)
def test_a_refusal_says_what_was_wrong(
    ready: Command, arguments: tuple[str, ...], told: str
) -> None:
    done = ready("token", *arguments, code=None)
    assert done.code in (1, 2)
    assert told in done.err


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--valid-until", "2001-01-01", "2001-01-01 23:59 UTC has passed"),
        ("--valid-until", "31.12.2099", "is not an end date"),
        ("--valid-until", "2099-02-31", "is not an end date"),
        ("--ip", "not-an-ip", "'not-an-ip'"),
    ],
)
def test_limits_that_cannot_hold_are_refused(
    ready: Command, option: str, value: str, told: str
) -> None:
    done = ready("token", "issue", "--user", "bot", "--service", "health", option, value, code=None)
    assert done.code in (1, 2)
    assert told in done.err
    assert ready("token", "list", "--json").json == []


def test_an_end_that_has_passed_is_refused_for_an_old_token_too(ready: Command) -> None:
    handle = str(_issued(ready, "--valid-until", "2099-12-31")["handle"])
    past = ("token", "edit", handle, "--name", "other", "--valid-until", "2001-01-01")
    assert "2001-01-01 23:59 UTC has passed" in ready.refused(*past)
    (listed,) = ready("token", "list", "--json").json
    assert listed["state"] == "live"
    assert listed["name"] != "other"
    ready("token", "edit", handle, "--valid-until", "never")
    assert ready("token", "list", "--json").json[0]["validuntil"] == 0


def test_auth_10_a_rate_is_given_and_changed(ready: Command) -> None:
    _issued(ready, "--rate", "120", "--burst", "10")
    (shown,) = ready("token", "list", "--json").json
    assert (shown["rate"], shown["burst"]) == (120, 10)
    handle = shown["handle"]
    done = ready("token", "edit", handle, "--rate", "30", "--name", "slower", "--ip", "192.0.2.7")
    assert "slower, from 192.0.2.7" in done.out
    assert "rate 30 calls a minute, 10 at once" in " ".join(done.out.split())
    ready("token", "edit", handle, "--rate", "0")
    (shown,) = ready("token", "list", "--json").json
    assert (shown["rate"], shown["burst"], shown["name"]) == (0, 0, "slower")
    for wrong in (["--rate=-1"], ["--burst", "5"], ["--rate", "1000001"], []):
        assert ready("token", "edit", handle, *wrong, code=None).code != 0
