"""The smallest change that mends a failing check or a missing right, and how it is taken back."""

from collections.abc import Mapping

from msgspec import Struct

from coursewire.domain import address_rules, contexts, gate, permissions, protocol_role, users
from coursewire.domain.call import Call
from coursewire.domain.ends import DAY
from coursewire.domain.explain import Answer
from coursewire.domain.foresight import Reason
from coursewire.domain.role_definitions import ALLOW, PROHIBIT
from coursewire.store import access as access_rows
from coursewire.store import roles as role_rows
from coursewire.store import services
from coursewire.store.access import Access
from coursewire.store.roles import RoleRecord
from coursewire.text.counted import counted

EXTENSION = 90 * DAY
_ACCOUNT = "account ready"
# How an account is refused whose password must be changed first.
_FORCED_CHANGE = ("forcepasswordchangenotice", "nopasswordchangeforced")


class Fix(Struct, frozen=True, kw_only=True):
    """One change: what it is called, what it reaches, and what `fixing.apply` needs to make it."""

    kind: str
    values: Mapping[str, str]
    label: str
    reach: str


class Fixer:
    """Finds the fixes for one token, for calls of a function and from an address, if named."""

    def __init__(self, call: Call, handle: str, address: str = "", function: str = "") -> None:
        self._call = call
        self._address = address
        self._function = function
        self._access = access_rows.by_handle(call.session, handle, "")

    def for_check(self, answer: Answer) -> Fix | None:
        """Return the fix for a failing check, where there is one."""
        if answer.state != "fail" or self._access is None:
            return None
        # Other hindrances of an account are for people to mend, or fail a check of their own.
        if answer.name == _ACCOUNT and answer.errorcode not in _FORCED_CHANGE:
            return None
        found = _CHECKS.get(answer.name)
        return None if found is None else found(self, self._access)

    def for_reason(self, reason: Reason, role_id: int | None = None) -> Fix | None:
        """Return the fix for something that a function needs."""
        access = self._access
        if access is None or reason.answer == "yes":
            return None
        if reason.gives_role:
            return self._may_give(access, role_id)
        if not reason.capability or reason.capability not in self._call.site.capabilities:
            return None
        return self._grant(access, reason.capability, reason.context_id)

    def _grant(self, access: Access, capability: str, context_id: int) -> Fix | None:
        """Allow a capability in the account's own role, the one that the fewest others hold."""
        role, holders = self._own_role(access)
        if self._is_in_vain(access, role, capability, context_id):
            return None
        where = "on the whole site"
        if role is None:
            values = {"user": str(access.user_id), "capability": capability}
            label = f"Give {access.username} a role of its own with {capability}"
            return Fix(
                kind="own_role",
                values=values,
                label=label,
                reach=f"gives {capability} {where} to 1 account",
            )
        accounts = counted(holders, "account")
        return Fix(
            kind="grant",
            values={"role": str(role.id), "capability": capability, "permission": str(ALLOW)},
            label=f"Add {capability} to the role {role.name or role.shortname}",
            reach=f"gives {capability} {where} to {accounts}",
        )

    def _is_in_vain(
        self, access: Access, role: RoleRecord | None, capability: str, context_id: int
    ) -> bool:
        """Tell whether allowing it in the whole site changes nothing in a place.

        Nothing lifts what another role prohibits, and what the role says nearer to the place wins.
        """
        session, system = self._call.session, self._call.site.system
        place = contexts.by_id(session, context_id) or system
        held = permissions.of_user(session, access.user_id, self._call.site)
        own = 0 if role is None else role.id
        return any(
            answer.context_id not in (None, system.id)
            if answer.role_id == own
            else answer.permission == PROHIBIT
            for answer in held.explain(capability, place).answers
        )

    def _own_role(self, access: Access) -> tuple[RoleRecord | None, int]:
        """Return the role that the fewest accounts hold in the whole site, no standard one."""
        session, system = self._call.session, self._call.site.system.id
        mine = {role_id for place, role_id in access.held or () if place == system}
        known = {role.id: role for role in role_rows.everything(session)}
        own = [
            role_id
            for role_id in mine
            if known[role_id].shortname not in {known[role_id].archetype, protocol_role.SHORTNAME}
        ]
        counted = {role_id: self._holders(role_id) for role_id in own}
        if not counted:
            return None, 0
        best = min(counted, key=lambda role_id: (counted[role_id], role_id))
        return known[best], counted[best]

    def _holders(self, role_id: int) -> int:
        system = self._call.site.system.id
        held = role_rows.assignments_in(self._call.session, [system], role_ids=[role_id])
        return len({each.user_id for each in held})

    def _may_give(self, access: Access, role_id: int | None) -> Fix | None:
        role, holders = self._own_role(access)
        if role is None or role_id is None:
            return None
        target = next(
            (each for each in role_rows.everything(self._call.session) if each.id == role_id), None
        )
        if target is None:
            return None
        accounts = counted(holders, "account")
        return Fix(
            kind="may_assign",
            values={"role": str(role.id), "target": str(target.id), "on": "1"},
            label=f"Let the role {role.name or role.shortname} give {target.shortname}",
            reach=f"lets {accounts} give the role {target.shortname} where roles are assigned",
        )

    def web_services(self, _access: Access) -> Fix:
        return _switch("web_services", "Turn on web services", "opens the endpoints of the site")

    def rest(self, _access: Access) -> Fix:
        return _switch("rest", "Turn on REST", "lets every valid token call by REST")

    def maintenance(self, _access: Access) -> Fix:
        return Fix(
            kind="maintenance",
            values={"on": "0"},
            label="End maintenance mode",
            reach="opens the site to everybody",
        )

    def token(self, access: Access) -> Fix | None:
        if access.revoked or access.expired_seen or not access.disabled:
            return None
        return Fix(
            kind="disabled",
            values={"token": str(access.id), "on": "0"},
            label="Enable the token",
            reach="lets this token call again",
        )

    def end(self, access: Access) -> Fix | None:
        if access.revoked or access.expired_seen:
            return None
        return Fix(
            kind="end",
            values={"token": str(access.id), "until": str(self._call.now + EXTENSION)},
            label="Extend by 90 days",
            reach="lets this token call for 90 more days",
        )

    def addresses(self, access: Access) -> Fix | None:
        rules = address_rules.added(access.iprestriction, self._address)
        if not (self._address and rules):
            return None
        return Fix(
            kind="addresses",
            values={"token": str(access.id), "rules": rules},
            label=f"Add {self._address}",
            reach=f"lets this token call from {self._address}",
        )

    def listed_addresses(self, access: Access) -> Fix | None:
        rules = address_rules.added(access.listed_ip or "", self._address)
        if not (self._address and rules):
            return None
        return Fix(
            kind="listed_addresses",
            values={**_listed(access), "rules": rules},
            label=f"Add {self._address} to the authorised user",
            reach=f"lets {access.username} use {access.service_name} from {self._address}",
        )

    def service(self, access: Access) -> Fix:
        return Fix(
            kind="service",
            values={"service": str(access.service_id), "on": "1"},
            label=f"Enable {access.service_name}",
            reach="lets all tokens of the service call",
        )

    def in_service(self, access: Access) -> Fix | None:
        """Put the function into the service, if it can be called then."""
        service = services.get(self._call.session, access.service_id)
        if self._function not in self._call.site.functions or service is None or service.component:
            return None
        return Fix(
            kind="function",
            values={"service": str(service.id), "function": self._function, "on": "1"},
            label=f"Add {self._function} to {service.name}",
            reach="lets all tokens of the service call it",
        )

    def authorise(self, access: Access) -> Fix:
        return Fix(
            kind="authorise",
            values={**_listed(access), "on": "1"},
            label=f"Authorise {access.username}",
            reach=f"lets 1 account use {access.service_name}",
        )

    def listed_end(self, access: Access) -> Fix:
        return Fix(
            kind="listed_end",
            values={**_listed(access), "until": str(self._call.now + EXTENSION)},
            label="Extend the authorisation by 90 days",
            reach=f"lets {access.username} use {access.service_name} for 90 more days",
        )

    def suspended(self, access: Access) -> Fix | None:
        if not self._may_change(access):
            return None
        return _account("suspended", access, f"Unsuspend {access.username}", "0")

    def confirmed(self, access: Access) -> Fix | None:
        if not self._may_change(access):
            return None
        return _account("confirmed", access, f"Confirm {access.username}", "1")

    def password(self, access: Access) -> Fix | None:
        if not self._may_change(access):
            return None
        refusal_code = "forcepasswordchange"
        values = {"user": str(access.user_id), "on": "0"}
        label = "Clear the forced password change"
        return Fix(
            kind=refusal_code,
            values=values,
            label=label,
            reach=f"lets {access.username} go on without a new password",
        )

    def _may_change(self, access: Access) -> bool:
        account = users.of_ids(self._call.session, [access.user_id]).get(access.user_id)
        return account is not None and users.may_change(self._call, account)

    def protocol(self, access: Access) -> Fix | None:
        return self._grant(access, gate.REST_CAPABILITY, access.context_id)

    def required(self, access: Access) -> Fix | None:
        return self._grant(access, access.requiredcapability, access.context_id)


def _switch(kind: str, label: str, reach: str) -> Fix:
    return Fix(kind=kind, values={"on": "1"}, label=label, reach=reach)


def _listed(access: Access) -> dict[str, str]:
    return {"service": str(access.service_id), "user": str(access.user_id)}


def _account(kind: str, access: Access, label: str, on: str) -> Fix:
    values = {"user": str(access.user_id), "on": on}
    return Fix(kind=kind, values=values, label=label, reach="lets all tokens of this account call")


_CHECKS = {
    "web services on": Fixer.web_services,
    "REST on": Fixer.rest,
    "token known": Fixer.token,
    gate.EXPIRED: Fixer.end,
    gate.ADDRESS: Fixer.addresses,
    "no maintenance": Fixer.maintenance,
    "user not suspended": Fixer.suspended,
    "user confirmed": Fixer.confirmed,
    "protocol capability": Fixer.protocol,
    "service enabled": Fixer.service,
    gate.IN_SERVICE: Fixer.in_service,
    "required capability": Fixer.required,
    "user authorised": Fixer.authorise,
    "authorisation in date": Fixer.listed_end,
    "authorised address": Fixer.listed_addresses,
    _ACCOUNT: Fixer.password,
}
