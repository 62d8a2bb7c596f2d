"""Who may hold a token for a service: the rules of Moodle's page for making tokens."""

from coursewire.contracts.errors import MissingRecord, MoodleError, Refusal
from coursewire.domain import gate, reach
from coursewire.domain import users as domain_users
from coursewire.domain.call import Call
from coursewire.domain.permissions import of_user
from coursewire.store import services, users
from coursewire.store.services import ServiceRecord
from coursewire.store.users import UserRecord


def require_exist(call: Call, user_id: int, service_id: int) -> tuple[UserRecord, ServiceRecord]:
    """Return the user and the service, or raise MissingRecord."""
    user = users.get(call.session, user_id)
    if user is None:
        raise MissingRecord("user", user_id)
    service = services.get(call.session, service_id)
    if service is None:
        raise MissingRecord("service", service_id)
    return user, service


def require_entitled(call: Call, user_id: int, service_id: int) -> None:
    """Refuse a token for somebody who could never use it with the service."""
    user, service = require_exist(call, user_id, service_id)
    refusal = _state(call, user) or _entitlement(call, user, service)
    if refusal is not None:
        raise refusal


def require_within_reach(call: Call, user_id: int) -> None:
    """Refuse the value of a token by which the caller could do more than they may (AUTHZ-8).

    Whoever is shown it acts as its holder from then on.
    """
    if call.caller.is_admin or user_id == call.caller.id:
        return
    if user_id in call.site.admin_ids:
        raise _out_of_reach("Only an administrator of the site gets tokens of one")
    user = users.get(call.session, user_id)
    if user is None:
        raise MissingRecord("user", user_id)
    if domain_users.is_out_of_reach(call, user):
        raise _out_of_reach("Only an owner of the console gets tokens of who may use it")
    theirs = of_user(call.session, user_id, call.site)
    more = reach.beyond(call, theirs)
    if more is not None:
        what = f"{more.capability} in {more.place.where}"
        raise _out_of_reach(f"The account {user.username} may do more than you: {what}")


def _out_of_reach(message: str) -> MoodleError:
    remedy = "take another account, or ask somebody who may do as much as this one"
    return MoodleError("nopermissions", message, remedy=remedy)


def is_within_reach(call: Call, user_id: int) -> bool:
    """Tell whether a token lets the caller do nothing that they may not do themselves."""
    try:
        require_within_reach(call, user_id)
    except Refusal:
        return False
    return True


def warnings(call: Call, user_id: int, service_id: int) -> tuple[str, ...]:
    """Return what the maker of a token should know: it can do too much, or nothing at present."""
    user, service = require_exist(call, user_id, service_id)
    found: list[str] = []
    if user_id in call.site.admin_ids:
        found.append(
            f"{user.username} is an administrator of the site: the token may do everything that "
            "its service holds, everywhere"
        )
    if not service.enabled:
        found.append(f"service {service.name!r} is disabled")
    if not services.functions(call.session, service_id):
        found.append(f"service {service.name!r} has no functions: the token can call nothing")
    if not of_user(call.session, user_id, call.site).may(gate.REST_CAPABILITY, call.site.system):
        found.append(f"its user lacks {gate.REST_CAPABILITY} in the whole site")
    return tuple(found)


def _state(call: Call, user: UserRecord) -> Refusal | None:
    name = user.username
    if user.deleted:
        return _refusal("userdeleted", f"{name} is deleted", "choose another user")
    if user.id == call.site.guest_id:
        return _refusal("noguest", "the guest holds no tokens", "choose another user")
    if not user.confirmed:
        return _refusal("usernotconfirmed", f"{name} is not confirmed", "confirm the account")
    if user.suspended:
        return _refusal("suspended", f"{name} is suspended", "lift the suspension")
    if user.auth == gate.NO_LOGIN:
        return _refusal("wsaccessusernologin", f"{name} may not log in", "choose another user")
    return None


def _entitlement(call: Call, user: UserRecord, service: ServiceRecord) -> Refusal | None:
    if service.restrictedusers:
        listed = services.authorised_user(call.session, service.id, user.id)
        if listed is None:
            return _refusal(
                "usernotallowed",
                f"service {service.name!r} is for authorised users only, and {user.username} "
                "is not listed",
                f"add {user.username} to the authorised users of the service",
            )
    wanted = service.requiredcapability
    if wanted and not of_user(call.session, user.id, call.site).may(wanted, call.site.system):
        return _refusal(
            "nocapabilitytousethisservice",
            f"service {service.name!r} asks for {wanted}, which {user.username} lacks in the "
            "whole site",
            f"allow {wanted} in a role that {user.username} holds there",
        )
    return None


def _refusal(code: str, reason: str, remedy: str) -> MoodleError:
    return MoodleError(code, "The user cannot hold a token for this", reason=reason, remedy=remedy)
