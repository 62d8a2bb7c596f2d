"""Making a fix, and the change that takes it back; each goes through the rules of its noun."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import (
    authorised_users,
    protocol_role,
    reach,
    role_assignments,
    role_care,
    roles,
    services,
    settings,
    switches,
    tokens,
    user_care,
    users,
)
from coursewire.domain import site as domain_site
from coursewire.domain.authorised_users import Limits
from coursewire.domain.call import Call
from coursewire.domain.contexts import SYSTEM
from coursewire.domain.fixes import Fix
from coursewire.domain.gate import REST_CAPABILITY
from coursewire.domain.role_definitions import ALLOW, INHERIT
from coursewire.domain.roles import NewRole
from coursewire.store import roles as role_rows
from coursewire.store import services as service_rows
from coursewire.store import token_looks

Values = Mapping[str, str]
_OWN = "account_{}"


class Applied(Struct, frozen=True, kw_only=True):
    """What was done, and the change that takes it back."""

    text: str
    undo: Fix | None = None


def apply(call: Call, kind: str, values: Values) -> Applied:
    """Make the change of a kind; unknown kinds and values are refused."""
    make = _KINDS.get(kind)
    if make is None:
        raise InvalidParameter(f"there is no fix {kind[:40]!r}", remedy="load the page again")
    with call.transaction():
        applied = make(call, values)
        call.audit.record("fix.apply", f"fix {kind}", values=dict(values))
        token_looks.forget(call.session)
        return applied


def _number(values: Values, name: str) -> int:
    written = values.get(name, "")
    if not (written.isascii() and written.removeprefix("-").isdecimal() and len(written) < 19):
        raise InvalidParameter(f"{name} is no number", remedy="load the page again")
    return int(written)


def _on(values: Values) -> bool:
    return values.get("on") == "1"


def _undo(kind: str, values: Values, label: str) -> Fix:
    return Fix(kind=kind, values=values, label=f"Undo: {label}", reach="takes the change back")


def _web_services(call: Call, values: Values) -> Applied:
    on = _on(values)
    switches.set_web_services(call, on=on)
    return _switched("web_services", "Web services", on)


def _rest(call: Call, values: Values) -> Applied:
    on = _on(values)
    switches.set_rest(call, on=on)
    return _switched("rest", "REST", on)


def _maintenance(call: Call, values: Values) -> Applied:
    on = _on(values)
    settings.put(call, "maintenance_enabled", on)
    return _switched("maintenance", "Maintenance mode", on)


def _switched(kind: str, name: str, on: bool) -> Applied:
    back = "off" if on else "on"
    undo = _undo(kind, {"on": "0" if on else "1"}, f"turn {name} {back}")
    return Applied(text=f"{name}: {'on' if on else 'off'}.", undo=undo)


def _disabled(call: Call, values: Values) -> Applied:
    token = tokens.disable(call, _number(values, "token"), disabled=_on(values))
    word = "disabled" if token.disabled else "enabled"
    back = {"token": str(token.id), "on": "0" if token.disabled else "1"}
    other = "enable" if token.disabled else "disable"
    return Applied(text=f"The token is {word}.", undo=_undo("disabled", back, f"{other} it"))


def _end(call: Call, values: Values) -> Applied:
    token = tokens.require(call, _number(values, "token"))
    tokens.extend(call, token.id, _number(values, "until"))
    back = {"token": str(token.id), "until": str(token.validuntil)}
    return Applied(text="The end date is set.", undo=_undo("end", back, "set the old end date"))


def _addresses(call: Call, values: Values) -> Applied:
    token = tokens.require(call, _number(values, "token"))
    tokens.edit(call, token.id, tokens.Changes(iprestriction=values.get("rules", "")))
    back = {"token": str(token.id), "rules": token.iprestriction}
    undo = _undo("addresses", back, "set the old address list")
    return Applied(text="The address list is changed.", undo=undo)


def _service(call: Call, values: Values) -> Applied:
    service_id, on = _number(values, "service"), _on(values)
    service = services.edit(call, service_id, services.Changes(enabled=on))
    back = {"service": str(service_id), "on": "0" if on else "1"}
    word = "enabled" if on else "disabled"
    undo = _undo("service", back, f"{'disable' if on else 'enable'} {service.name}")
    return Applied(text=f"{service.name} is {word}.", undo=undo)


def _function(call: Call, values: Values) -> Applied:
    service_id, name = _number(values, "service"), values.get("function", "")
    service = services.require(call, service_id)
    back = {**values, "on": "0" if _on(values) else "1"}
    if _on(values):
        services.add_functions(call, service_id, [name], call.site.functions.__contains__)
        text, label = f"{name} is in {service.name}.", "take it out"
    else:
        services.remove_functions(call, service_id, [name])
        text, label = f"{name} is out of {service.name}.", "add it"
    return Applied(text=text, undo=_undo("function", back, label))


def _authorise(call: Call, values: Values) -> Applied:
    service_id, user_id = _number(values, "service"), _number(values, "user")
    back = {**values, "on": "0" if _on(values) else "1"}
    if _on(values):
        authorised_users.authorise(call, service_id, user_id)
        return Applied(
            text="The user is authorised.", undo=_undo("authorise", back, "take the user off")
        )
    authorised_users.deauthorise(call, service_id, user_id)
    return Applied(text="The user is off the list.", undo=_undo("authorise", back, "authorise"))


def _listed_end(call: Call, values: Values) -> Applied:
    until = _number(values, "until")
    return _limited(call, values, "listed_end", "until", Limits(validuntil=until))


def _listed_addresses(call: Call, values: Values) -> Applied:
    rules = values.get("rules", "")
    return _limited(call, values, "listed_addresses", "rules", Limits(iprestriction=rules))


def _limited(call: Call, values: Values, kind: str, name: str, limits: Limits) -> Applied:
    service_id, user_id = _number(values, "service"), _number(values, "user")
    before = service_rows.authorised_user(call.session, service_id, user_id)
    authorised_users.change(call, service_id, user_id, limits)
    old = "" if before is None else before.iprestriction
    if name == "until":
        old = str(0 if before is None else before.validuntil)
    undo = _undo(kind, {**values, name: old}, "set the old limit of the authorised user")
    return Applied(text="The limit of the authorised user is changed.", undo=undo)


def _suspended(call: Call, values: Values) -> Applied:
    user_id, on = _number(values, "user"), _on(values)
    user_care.suspend(call, user_id, suspended=on)
    back = {"user": str(user_id), "on": "0" if on else "1"}
    word = "suspended" if on else "not suspended any more"
    undo = _undo("suspended", back, "unsuspend" if on else "suspend")
    return Applied(text=f"The account is {word}.", undo=undo)


def _confirmed(call: Call, values: Values) -> Applied:
    user_id, on = _number(values, "user"), _on(values)
    call.permissions.require(user_care.UPDATE, call.site.system)
    users.confirm(call, user_id, confirmed=on)
    back = {"user": str(user_id), "on": "0" if on else "1"}
    return Applied(
        text="The account is confirmed." if on else "The account is not confirmed.",
        undo=_undo("confirmed", back, "set it back"),
    )


def _password(call: Call, values: Values) -> Applied:
    user_id, on = _number(values, "user"), _on(values)
    user_care.force_password_change(call, user_id, on=on)
    back = {"user": str(user_id), "on": "0" if on else "1"}
    text = "The password must be changed." if on else "The password need not be changed."
    return Applied(text=text, undo=_undo("forcepasswordchange", back, "set it back"))


def _grant(call: Call, values: Values) -> Applied:
    role_id, capability = _number(values, "role"), values.get("capability", "")
    permission = _number(values, "permission")
    roles.changing(call, role_id)
    role, system = roles.get(call.session, role_id), call.site.system
    before = next(
        (
            row.permission
            for row in role_rows.permissions(call.session)
            if (row.role_id, row.context_id, row.capability) == (role_id, system.id, capability)
        ),
        INHERIT,
    )
    role_care.set_permissions(call, role_id, {capability: permission})
    word = "allows" if permission == ALLOW else "no longer allows"
    back = {**values, "permission": str(before)}
    return Applied(
        text=f"The role {role.shortname} {word} {capability}.",
        undo=_undo("grant", back, f"take {capability} back" if permission else "give it again"),
    )


def _own_role(call: Call, values: Values) -> Applied:
    """Let one account have a capability that none of its roles could get without reaching more."""
    user_id, capability = _number(values, "user"), values.get("capability", "")
    users.hold(call.session, [user_id])
    users.require_there(call.session, user_id)
    role_id = protocol_role.ensure(call) if capability == REST_CAPABILITY else _made(call, user_id)
    if capability != REST_CAPABILITY:
        roles.grant(call, role_id, {capability: ALLOW}, call.site.system)
    role_assignments.assign(call, role_id, user_id, call.site.system)
    back = {"user": str(user_id), "role": str(role_id)}
    return Applied(
        text=f"The account has {capability}.", undo=_undo("take_role", back, "take the role back")
    )


def _made(call: Call, user_id: int) -> int:
    shortname = _OWN.format(user_id)
    found = roles.find(call.session, shortname)
    if found is not None:
        return found.id
    user = users.get(call.session, user_id)
    new = NewRole(shortname=shortname, name=f"Account {user.username}", levels=[SYSTEM])
    role_id = roles.create(call, new)
    call.site = domain_site.refreshed(call.session, call.site)
    return role_id


def _is_own(call: Call, role_id: int, user_id: int) -> bool:
    """Tell whether a role is one of those that fixes make: nobody may give these by a rule."""
    own = (_OWN.format(user_id), protocol_role.SHORTNAME)
    return roles.get(call.session, role_id).shortname in own


def _take_role(call: Call, values: Values) -> Applied:
    role_id, user_id = _number(values, "role"), _number(values, "user")
    if _is_own(call, role_id, user_id):
        users.require_changeable(call, users.get(call.session, user_id))
        role_assignments.unassign(call, role_id, user_id, call.site.system)
    else:
        user_care.take_role(call, role_id, user_id, call.site.system)
    undo = _undo("give_role", values, "give the role again")
    return Applied(text="The role is taken back.", undo=undo)


def _give_role(call: Call, values: Values) -> Applied:
    role_id, user_id = _number(values, "role"), _number(values, "user")
    if _is_own(call, role_id, user_id):
        reach.require_role_within(call, role_id, call.site.system)
        users.hold(call.session, [user_id])
        users.require_there(call.session, user_id)
        role_assignments.assign(call, role_id, user_id, call.site.system)
    else:
        user_care.give_role(call, role_id, user_id, call.site.system)
    undo = _undo("take_role", values, "take the role back")
    return Applied(text="The role is given.", undo=undo)


def _may_assign(call: Call, values: Values) -> Applied:
    role_id, target, on = _number(values, "role"), _number(values, "target"), _on(values)
    roles.changing(call, role_id)
    there = {row[1] for row in role_rows.may_assign(call.session) if row[0] == role_id}
    wanted = there | {target} if on else there - {target}
    if on:
        reach.require_role_within(call, target, call.site.system)
    roles.set_may_assign(call, role_id, sorted(wanted))
    back = {**values, "on": "0" if on else "1"}
    return Applied(
        text="The roles that may be given are changed.",
        undo=_undo("may_assign", back, "set them back"),
    )


_KINDS: Mapping[str, Callable[[Call, Values], Applied]] = {
    "web_services": _web_services,
    "rest": _rest,
    "maintenance": _maintenance,
    "disabled": _disabled,
    "end": _end,
    "addresses": _addresses,
    "service": _service,
    "function": _function,
    "authorise": _authorise,
    "listed_end": _listed_end,
    "listed_addresses": _listed_addresses,
    "suspended": _suspended,
    "confirmed": _confirmed,
    "forcepasswordchange": _password,
    "grant": _grant,
    "own_role": _own_role,
    "take_role": _take_role,
    "give_role": _give_role,
    "may_assign": _may_assign,
}
