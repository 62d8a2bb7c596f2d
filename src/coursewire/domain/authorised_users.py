"""Authorised users: who may use a service for listed users, from where and until when."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy.exc import IntegrityError

from coursewire.contracts.errors import InvalidParameter, MissingRecord
from coursewire.domain import address_rules, services
from coursewire.domain.call import Call
from coursewire.store import services as store
from coursewire.store import users
from coursewire.store.services import AuthorisedUser


class Limits(Struct, frozen=True, kw_only=True):
    """From where and until when; no list is everywhere, 0 is without end."""

    iprestriction: str | UnsetType = UNSET
    validuntil: int | UnsetType = UNSET


NO_LIMITS = Limits()


def authorise(
    call: Call, service_id: int, user_id: int, limits: Limits = NO_LIMITS
) -> AuthorisedUser:
    """Put a user on a service's list."""
    with call.transaction():
        service = services.require(call, service_id)
        users.hold(call.session, [user_id])
        user = users.get(call.session, user_id)
        if user is None or user.deleted:
            raise MissingRecord("user", user_id)
        row = {
            "service_id": service_id,
            "user_id": user_id,
            "timecreated": call.now,
            **_values(limits),
        }
        if store.authorised_user(call.session, service_id, user_id) is not None:
            raise _listed(user.username, service.name)
        try:
            store.authorise(call.session, row)
        except IntegrityError as problem:
            raise _listed(user.username, service.name) from problem
        target = f"service {service_id}"
        call.audit.record("service.authorise", target, user=user_id, **_shown(limits))
        return _require(call, service_id, user_id)


def change(call: Call, service_id: int, user_id: int, limits: Limits) -> AuthorisedUser:
    """Change from where and until when a listed user may use a service."""
    with call.transaction():
        before = _require(call, service_id, user_id)
        values = {k: v for k, v in _values(limits).items() if v != getattr(before, k)}
        if values:
            store.change_authorisation(call.session, service_id, user_id, values)
            old = {name: getattr(before, name) for name in values}
            target = f"service {service_id}"
            call.audit.record(
                "service.change_authorisation", target, user=user_id, before=old, after=values
            )
        return _require(call, service_id, user_id)


def deauthorise(call: Call, service_id: int, user_id: int) -> None:
    """Take a user off a service's list; tokens stay, and are refused from now on."""
    with call.transaction():
        _require(call, service_id, user_id)
        store.deauthorise(call.session, service_id, user_id)
        call.audit.record("service.deauthorise", f"service {service_id}", user=user_id)


def _require(call: Call, service_id: int, user_id: int) -> AuthorisedUser:
    found = store.authorised_user(call.session, service_id, user_id)
    if found is None:
        raise MissingRecord("authorised user", user_id)
    return found


def _values(limits: Limits) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if limits.iprestriction is not UNSET:
        values["iprestriction"] = address_rules.checked(limits.iprestriction)
    if limits.validuntil is not UNSET:
        values["validuntil"] = limits.validuntil
    return values


def _shown(limits: Limits) -> dict[str, Any]:
    return {name: value for name, value in _values(limits).items() if value}


def _listed(username: str, service: str) -> InvalidParameter:
    reason = f"{username} is an authorised user of {service!r} already"
    return InvalidParameter(reason, remedy="change the entry that is there")
