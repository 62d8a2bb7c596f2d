"""When a course begins and ends where nobody says."""

from datetime import UTC, datetime, tzinfo

from coursewire.domain import time_zones
from coursewire.domain.call import Call
from coursewire.store import users

YEAR = 365 * 86_400
# What a user record says who lives by the clock of the server.
_SERVER_TIME = "99"


def zone_of(call: Call) -> tzinfo:
    """Return the time zone that the caller lives in; accounts may name one that does not exist."""
    user = users.get(call.session, call.caller.id)
    name = _SERVER_TIME if user is None else user.timezone
    own = None if name == _SERVER_TIME else time_zones.named(name)
    return own or time_zones.named(call.site.timezone) or UTC


def today(call: Call) -> int:
    """Return when this day began where the caller lives."""
    now = datetime.fromtimestamp(call.now, zone_of(call))  # noqa: TID251 - the clock
    return int(now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp())
