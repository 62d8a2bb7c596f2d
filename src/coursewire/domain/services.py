"""Services: what they are called, what they hold, and who may delete or change them."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy.exc import IntegrityError

from coursewire.contracts.errors import InvalidParameter, MissingRecord, Refusal
from coursewire.domain import token_ends
from coursewire.domain.call import Call
from coursewire.store import services as store
from coursewire.store.services import ServiceRecord

LONGEST_NAME = 200
LONGEST_SHORTNAME = 255
# What `login/token.php` leaves of a short name; others could never be reached there.
_SHORTNAME_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
# A built-in service belongs to its component: these are the component's to say.
_COMPONENTS_OWN = ("name", "requiredcapability")


class NewService(Struct, frozen=True, kw_only=True):
    """A service to be made: off, and for authorised users only, unless said otherwise."""

    name: str
    shortname: str = ""
    enabled: bool = False
    restrictedusers: bool = True
    requiredcapability: str = ""
    downloadfiles: bool = False
    uploadfiles: bool = False
    forbid_query_tokens: bool = False
    forbid_get_writes: bool = False
    # The component of a built-in service.
    component: str = ""


class Changes(Struct, frozen=True, kw_only=True):
    """What of a service is to be changed; its short name is not, as clients know it."""

    name: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    restrictedusers: bool | UnsetType = UNSET
    requiredcapability: str | UnsetType = UNSET
    downloadfiles: bool | UnsetType = UNSET
    uploadfiles: bool | UnsetType = UNSET
    forbid_query_tokens: bool | UnsetType = UNSET
    forbid_get_writes: bool | UnsetType = UNSET


def create(call: Call, new: NewService) -> ServiceRecord:
    """Make a service without functions."""
    with call.transaction():
        values: dict[str, Any] = {name: getattr(new, name) for name in new.__struct_fields__}
        values = {name: int(v) if isinstance(v, bool) else v for name, v in values.items()}
        _check(call, values)
        _check_shortname(call, new.shortname)
        try:
            values |= {"timecreated": call.now, "timemodified": call.now}
            service_id = store.add(call.session, values)
        except IntegrityError as problem:
            raise _taken("name or short name", f"{new.name!r}, {new.shortname!r}") from problem
        call.audit.record("service.create", f"service {service_id}", name=new.name)
        return require(call, service_id)


def faults(call: Call, new: NewService) -> dict[str, Refusal]:
    """Return by field what stands against making a service, all of it in one pass."""
    checks: tuple[tuple[str, Callable[[], None]], ...] = (
        ("name", lambda: _check_name(call, new.name)),
        ("shortname", lambda: _check_shortname(call, new.shortname)),
        (
            "requiredcapability",
            lambda: _check(call, {"requiredcapability": new.requiredcapability}),
        ),
    )
    return _refusals(checks)


def faults_of_change(call: Call, service_id: int, changes: Changes) -> dict[str, Refusal]:
    """Return by field what stands against changing a service, all of it in one pass."""
    service = require(call, service_id)
    checked: dict[str, Callable[[Any], None]] = {
        "name": lambda name: _check_name(call, name),
        "requiredcapability": lambda wanted: _check(call, {"requiredcapability": wanted}),
    }
    wanted = {field: getattr(changes, field) for field in checked}
    return _refusals(
        (field, partial(checked[field], value))
        for field, value in wanted.items()
        if value is not UNSET and value != getattr(service, field)
    )


def _refusals(checks: Iterable[tuple[str, Callable[[], None]]]) -> dict[str, Refusal]:
    found: dict[str, Refusal] = {}
    for field, check in checks:
        try:
            check()
        except Refusal as refusal:
            found[field] = refusal
    return found


def edit(call: Call, service_id: int, changes: Changes) -> ServiceRecord:
    """Change a service."""
    with call.transaction():
        service = require(call, service_id)
        wanted = {name: getattr(changes, name) for name in changes.__struct_fields__}
        values = {
            name: int(value) if isinstance(value, bool) else value
            for name, value in wanted.items()
            if value is not UNSET and value != getattr(service, name)
        }
        if not values:
            return service
        for name in _COMPONENTS_OWN:
            if service.component and name in values:
                raise _built_in(service, f"its {name} is the component's to say")
        _check(call, values)
        try:
            store.change(call.session, service_id, {**values, "timemodified": call.now})
        except IntegrityError as problem:
            raise _taken("name", repr(values.get("name"))) from problem
        before = {name: getattr(service, name) for name in values}
        call.audit.record("service.edit", f"service {service_id}", before=before, after=values)
        return require(call, service_id)


def delete(call: Call, service_id: int) -> None:
    """Delete a service with its functions, authorised users and tokens."""
    with call.transaction():
        service = require(call, service_id)
        if service.component:
            raise _built_in(service, "it cannot be deleted, but it can be disabled")
        token_ends.revoke_of_service(call, service_id)
        store.remove(call.session, service_id)
        call.audit.record("service.delete", f"service {service_id}", name=service.name)


def add_functions(
    call: Call, service_id: int, names: Iterable[str], is_known: Callable[[str], bool]
) -> list[str]:
    """Put functions into a service and return those that were not in it; refuse unknown ones."""
    with call.transaction():
        service = _require_alone(call, service_id)
        present = set(store.functions(call.session, service_id))
        added = [name for name in dict.fromkeys(names) if name not in present]
        for name in added:
            if not is_known(name):
                reason = f"there is no function {name!r}"
                remedy = "compare the name with `coursewire functions`"
                raise InvalidParameter(reason, remedy=remedy)
        if added:
            _require_own_list(service)
            store.add_functions(call.session, service_id, added)
            call.audit.record("service.add_functions", f"service {service_id}", functions=added)
        return added


def remove_functions(call: Call, service_id: int, names: Iterable[str]) -> list[str]:
    """Take functions out of a service and return those that were in it."""
    with call.transaction():
        service = _require_alone(call, service_id)
        present = set(store.functions(call.session, service_id))
        removed = [name for name in dict.fromkeys(names) if name in present]
        if removed:
            _require_own_list(service)
            store.remove_functions(call.session, service_id, removed)
            target = f"service {service_id}"
            call.audit.record("service.remove_functions", target, functions=removed)
        return removed


def set_builtin_functions(call: Call, service_id: int, names: Iterable[str]) -> None:
    """Give a built-in service the functions that its component says; part of every start."""
    with call.transaction():
        service = _require_alone(call, service_id)
        wanted, present = list(dict.fromkeys(names)), store.functions(call.session, service_id)
        added = [name for name in wanted if name not in set(present)]
        removed = [name for name in present if name not in set(wanted)]
        store.add_functions(call.session, service_id, added)
        store.remove_functions(call.session, service_id, removed)
        if added or removed:
            target, by = f"service {service_id}", service.component
            call.audit.record("service.set_functions", target, by=by, added=added, removed=removed)


def require(call: Call, service_id: int) -> ServiceRecord:
    """Return a service, or raise MissingRecord."""
    service = store.get(call.session, service_id)
    if service is None:
        raise MissingRecord("service", service_id)
    return service


def named(call: Call, name: str) -> ServiceRecord:
    """Return the service of a short name or a name, or raise MissingRecord."""
    service = store.by_shortname(call.session, name) or store.by_name(call.session, name)
    if service is None:
        raise MissingRecord("service", name)
    return service


def _require_alone(call: Call, service_id: int) -> ServiceRecord:
    """Return a service whose list nobody else changes until the transaction ends."""
    store.lock(call.session, service_id)
    return require(call, service_id)


def _check(call: Call, values: dict[str, Any]) -> None:
    """Check the name and the required capability, where they are among the values."""
    if "name" in values:
        _check_name(call, values["name"])
    wanted = values.get("requiredcapability", "")
    if wanted and wanted not in call.site.capabilities:
        reason = f"there is no capability {wanted!r}"
        raise InvalidParameter(reason, remedy="write it as component/area:name, or leave it empty")


def _check_name(call: Call, name: str) -> None:
    if not name.strip() or len(name) > LONGEST_NAME:
        reason = f"a service's name has 1 to {LONGEST_NAME} characters, not {len(name.strip())}"
        raise InvalidParameter(reason, remedy="choose another name")
    if store.by_name(call.session, name) is not None:
        raise _taken("name", repr(name))


def _check_shortname(call: Call, shortname: str) -> None:
    if len(shortname) > LONGEST_SHORTNAME or not set(shortname) <= _SHORTNAME_LETTERS:
        reason = f"the short name {shortname[:40]!r} cannot be asked for at log-in"
        remedy = f"use up to {LONGEST_SHORTNAME} letters, digits, _ and -"
        raise InvalidParameter(reason, remedy=remedy)
    if store.by_shortname(call.session, shortname) is not None:
        raise _taken("short name", repr(shortname))


def _require_own_list(service: ServiceRecord) -> None:
    if service.component:
        raise _built_in(service, "its functions are the component's to say")


def _built_in(service: ServiceRecord, problem: str) -> InvalidParameter:
    reason = f"service {service.name!r} is built in ({service.component}): {problem}"
    return InvalidParameter(reason, remedy="make a service of your own for this")


def _taken(what: str, value: str) -> InvalidParameter:
    reason = f"a service has this {what} already: {value}"
    return InvalidParameter(reason, remedy="choose another, or change the service that has it")
