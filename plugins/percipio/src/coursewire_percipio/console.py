"""The plugin's pages in the console: the connection and its test, and the attempts."""

from collections.abc import Mapping

from coursewire.plugin import (
    Call,
    ConsoleContent,
    InvalidParameter,
    look_ups,
    plugin_settings,
    token_holders,
)
from coursewire_percipio import attempts, connection, report
from coursewire_percipio.attempts import Wanted
from coursewire_percipio.contracts import COMPONENT, SERVICE
from coursewire_percipio.settings import OAUTH, SETTINGS

FILTERS = ("course", "user", "state", "from", "to")
_BOTH = ("percipiourl", "organizationid")
_OAUTH = ("clientid", "clientsecret", "oauthurl")


def show_connection(
    call: Call, _filters: Mapping[str, str], _limit: int, _offset: int
) -> ConsoleContent:
    """Show what is still to be entered, and who acts for the partner with too much power."""
    values = plugin_settings.read(call.session, COMPONENT, SETTINGS)
    by_oauth = values.text("authenticationmethod") == OAUTH
    wanted = (*_BOTH, *(_OAUTH if by_oauth else ("bearertoken",)))
    rows = tuple((name, "set" if values.is_set(name) else "missing") for name in wanted)
    return ConsoleContent(
        sentence="What the partner hands back stands in the settings of this plugin.",
        warnings=warnings(call),
        headings=("setting", "state"),
        rows=rows,
        total=len(rows),
    )


def examine_connection(call: Call) -> ConsoleContent:
    """Test the connection and show each step."""
    steps = connection.examine(call)
    return ConsoleContent(
        sentence="The connection works." if all(one.ok for one in steps) else "It does not work.",
        warnings=warnings(call),
        headings=("step", "worked", "status", "milliseconds"),
        rows=tuple(
            (one.name, "yes" if one.ok else "no", one.status, one.milliseconds) for one in steps
        ),
        total=len(steps),
    )


def warnings(call: Call) -> tuple[str, ...]:
    """Return what should be mended: a token of the service that acts as a site administrator."""
    return tuple(
        f"A token of {SERVICE} acts as the site administrator {name!r} and can do anything;"
        " the preset percipio makes an account that can do no more than it must."
        for name in token_holders.administrators(call, SERVICE)
    )


def may_see_attempts(call: Call) -> bool:
    """Tell whether somebody may see those of the whole site, with which the page begins."""
    return call.permissions.may(report.VIEW, call.site.system)


def show_attempts(
    call: Call, filters: Mapping[str, str], limit: int, offset: int
) -> ConsoleContent:
    """Show attempts, newest first."""
    wanted = _wanted(call, filters)
    rows = tuple(report.rows(call, wanted, limit, offset))
    total = attempts.count(call.session, wanted)
    return ConsoleContent(headings=report.HEADINGS, rows=rows, total=total)


def attempts_csv(call: Call, filters: Mapping[str, str]) -> str:
    """Return the filtered attempts as a file."""
    return report.csv(call, _wanted(call, filters))


def _wanted(call: Call, filters: Mapping[str, str]) -> Wanted:
    """Read the filters: short name of a course, user name, word of a state, days."""
    course_id = user_id = state = None
    given = {name: value.strip() for name, value in filters.items() if value.strip()}
    if "course" in given:
        course = look_ups.course(call.session, given["course"])
        course_id = course.id if course else 0
    if "user" in given:
        found = look_ups.user_named(call.session, given["user"])
        user_id = found.id if found else 0
    if "state" in given:
        if given["state"] not in report.STATES:
            raise InvalidParameter("there is no such state", remedy=", ".join(report.STATES))
        state = report.STATES.index(given["state"])
    return Wanted(
        course_id=course_id,
        user_id=user_id,
        state=state,
        modified_from=report.day(given.get("from")),
        modified_to=report.day(given.get("to"), after=1),
    )
