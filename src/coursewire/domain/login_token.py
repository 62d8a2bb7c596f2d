"""`login/token.php`: a token for a user name, a password and a service (protocol.md 6.5)."""

import re
from collections.abc import Mapping

from msgspec import Struct

from coursewire.contracts.errors import MoodleError
from coursewire.domain import address_rules, gate, login, login_tokens
from coursewire.domain.call import Call
from coursewire.domain.known_preferences import FORCE_PASSWORD_CHANGE
from coursewire.domain.login import Attempt
from coursewire.domain.password_hashes import Verified
from coursewire.domain.script_fields import text as field
from coursewire.store import preferences
from coursewire.store import services as store
from coursewire.store.services import ServiceRecord
from coursewire.store.users import UserRecord

_NOT_IN_SHORTNAME = re.compile(r"[^A-Za-z0-9_-]")
# At the beginning of a text, as PHP reads numbers; the rest does not count.
_NUMBER_BUT_0 = re.compile(r"\s*[+-]?0*[1-9]")


class Request(Struct, frozen=True):
    """What was asked for."""

    username: str
    password: str
    service: str

    def __repr__(self) -> str:
        """Show no password."""
        return f"Request(service={self.service!r})"


class Given(Struct, frozen=True):
    """The answer: a token; `privatetoken` stays null, as nothing here needs one (TOK-13)."""

    token: str
    privatetoken: str | None = None

    def __repr__(self) -> str:
        """Show no token."""
        return "Given(…)"


class SiteCheck(Struct, frozen=True):
    """The answer to an application that only asks whether this is a Moodle site."""

    appsitecheck: str = "ok"


def read(call: Call, fields: Mapping[str, object]) -> Request | SiteCheck:
    """Return what the decoded fields ask for, or refuse them in Moodle's order."""
    if not call.site.webservices_enabled:
        raise MoodleError(
            "enablewsdescription",
            "Web services are not enabled on this site",
            remedy="switch them on with `coursewire webservices on`",
        )
    if "appsitecheck" in fields and _NUMBER_BUT_0.match(field(fields, "appsitecheck")):
        return SiteCheck()
    username, password = field(fields, "username"), field(fields, "password")
    return Request(username, password, _NOT_IN_SHORTNAME.sub("", field(fields, "service")))


def begin(call: Call, request: Request, address: str) -> Attempt:
    """Begin the log-in; the caller has `attempt.stored` checked, outside any transaction."""
    return login.begin(call, request.username, address)


def finish(
    call: Call, request: Request, attempt: Attempt, verified: Verified, address: str
) -> Given:
    """Finish the log-in and give out the account's token for the service."""
    user = login.finish(call, attempt, verified)
    acting = login.acting_as(call, user)
    _require_open(acting, user)
    service = _service(acting, request.service)
    _require_entitled(acting, service, address)
    given = Given(login_tokens.give(acting, user, service, address))
    login.note_entry(acting, user)
    return given


def _require_open(call: Call, user: UserRecord) -> None:
    """Refuse accounts that may log in but not work."""
    site = call.site
    if site.maintenance and not call.permissions.may(gate.MAINTENANCE_CAPABILITY, site.system):
        text = "The site is undergoing maintenance and is not available at present"
        raise MoodleError("sitemaintenance", text, remedy="end maintenance mode")
    if call.caller.is_guest:
        text = "The guest account cannot have a token"
        raise MoodleError("noguest", text, remedy="log in with another account")
    if not user.confirmed:
        text = "The account is not confirmed"
        raise MoodleError("usernotconfirmed", text, remedy="confirm the account")
    # Moodle gives the token out nevertheless; a password known to others must not last (D18).
    if preferences.value(call.session, user.id, FORCE_PASSWORD_CHANGE) not in (None, "", "0"):
        text = "The password must be changed first"
        raise MoodleError(
            "forcepasswordchangenotice", text, remedy="set a new password for the user"
        )


def _service(call: Call, shortname: str) -> ServiceRecord:
    service = store.by_shortname(call.session, shortname)
    if service is None or not service.enabled:
        state = "disabled" if service else "not known"
        raise MoodleError(
            "servicenotavailable",
            "The service is not available",
            reason=f"service {shortname!r} is {state}",
            remedy="enable the service, or compare its short name",
        )
    return service


def _require_entitled(call: Call, service: ServiceRecord, address: str) -> None:
    """Refuse users whom the service does not let in, the right way round (D3)."""
    wanted, username = service.requiredcapability, call.caller.username
    if wanted and not call.permissions.may(wanted, call.site.system):
        raise MoodleError(
            "missingrequiredcapability",
            "The service asks for a capability that the user lacks",
            reason=f"{username} lacks {wanted} in the whole site",
            remedy=f"allow {wanted} in a role that {username} holds there",
        )
    if not service.restrictedusers:
        return
    listed = store.authorised_user(call.session, service.id, call.caller.id)
    if listed is None:
        raise MoodleError(
            "usernotallowed",
            "The user is not among the authorised users of the service",
            remedy=f"add {username} to the authorised users of the service",
        )
    if listed.validuntil and call.now > listed.validuntil:
        raise MoodleError(
            "invalidtimedtoken",
            "The user's authorisation for the service has ended",
            reason=f"{username} was authorised until {listed.validuntil}",
            remedy="set a later date for the authorised user",
        )
    if not address_rules.allowed(listed.iprestriction, address):
        raise MoodleError(
            "invalidiptoken",
            "The user may not use the service from this address",
            reason=f"{address or 'an unknown address'} is not on the list {listed.iprestriction!r}",
            remedy="add the address to the list of the authorised user",
        )
