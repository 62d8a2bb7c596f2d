"""Launches: from a link on this site to the partner, for one person and one activity."""

from collections.abc import Mapping

from coursewire.plugin import (
    Call,
    MissingRecord,
    MoodleError,
    PageAnswer,
    UserRecord,
    Values,
    activities,
    plugin_settings,
    users,
)
from coursewire.plugin.outbound import Outbound, for_call
from coursewire_percipio import entries, partner
from coursewire_percipio.contracts import COMPONENT
from coursewire_percipio.partner import TOKENS, Refused, Tokens
from coursewire_percipio.settings import SETTINGS, addresses

VIEW = "mod/percipio:view"
_UNAUTHORISED = 401
_LONGEST_ID = 18


def page(call: Call, query: Mapping[str, str]) -> PageAnswer:
    """Answer `/mod/percipio/view.php?id=…`: off to the partner."""
    written = query.get("id", "")
    if not (written.isascii() and written.isdigit() and len(written) <= _LONGEST_ID):
        raise MoodleError("missingparam", "A required parameter (id) was missing")
    return PageAnswer(status=303, location=address(call, int(written)))


def address(call: Call, cmid: int, tokens: Tokens = TOKENS) -> str:
    """Return where the caller learns the activity, if they may enter it."""
    _activity, place = activities.enter(call, cmid)
    call.permissions.require(VIEW, place)
    entry = entries.by_activity(call.session, cmid)
    if entry is None:
        raise MissingRecord("Percipio activity", cmid)
    user = users.get(call.session, call.caller.id)
    values = plugin_settings.read(call.session, COMPONENT, SETTINGS)
    with for_call(call, addresses(values)) as outbound:
        return _ask(call, values, outbound, tokens, user, entry.launch)


def _ask(
    call: Call,
    values: Values,
    outbound: Outbound,
    tokens: Tokens,
    user: UserRecord,
    activity_id: str,
) -> str:
    who = partner.actor(call, values, user)
    bearer = tokens.bearer(call, values, outbound)
    try:
        token = partner.content_token(values, outbound, bearer, who, activity_id)
    except Refused as refused:
        if refused.http_status != _UNAUTHORISED:
            raise
        # The partner ended the token early: one new one, then it is the partner's word.
        tokens.forget()
        bearer = tokens.bearer(call, values, outbound)
        token = partner.content_token(values, outbound, bearer, who, activity_id)
    return partner.launch_address(values, who, activity_id, token)
