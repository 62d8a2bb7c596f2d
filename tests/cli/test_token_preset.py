"""`token issue --preset`: everything that an integration needs in one command."""

from tests.cli.conftest import Command


def test_a_preset_makes_all_of_it(placed: Command) -> None:
    issue = ("token", "issue", "--preset", "health-check", "--new-user", "probe")
    done = placed(*issue)
    assert "Made: user probe" in done.err
    assert "web services are off" in done.err
    assert "wsfunction=core_webservice_get_site_info" in done.out
    listed = placed("token", "list", "--json").json
    assert [(row["user"], row["service"]) for row in listed] == [("probe", "Health check")]


def test_an_existing_user_may_hold_the_token(placed: Command) -> None:
    placed("webservices", "on")
    placed("protocol", "rest", "on")
    placed("token", "issue", "--preset", "cyclr", "--new-user", "conn")
    again = placed(
        "token", "issue", "--preset", "cyclr", "--user", "conn", "--valid-until", "never", "--json"
    )
    assert again.json["service"] == "Cyclr"
    assert again.json["validuntil"] == 0
    assert "Made:" not in again.err
    assert "web services are off" not in again.err


def test_what_does_not_fit_is_told(placed: Command) -> None:
    issue = ("token", "issue", "--preset")
    assert "there is no preset 'moodle'" in placed.refused(*issue, "moodle", "--new-user", "x")
    for holders in ((), ("--user", "admin", "--new-user", "x")):
        assert "--new-user NAME" in placed.refused(*issue, "cyclr", *holders, code=2)
    assert "install the plugin" in placed.refused(*issue, "percipio", "--new-user", "x")
    brings = placed.refused(*issue, "cyclr", "--new-user", "x", "--service", "S", code=2)
    assert "brings its own service" in brings
    there = {user["username"] for user in placed("user", "list", "--json").json}
    assert there == {"guest", "admin"}
