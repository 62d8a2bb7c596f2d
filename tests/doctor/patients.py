"""Users with a token whose calls are to fail, and every way in which Coursewire can make them."""

from collections.abc import Callable
from typing import NamedTuple

from coursewire.domain import authorised_users, services, tokens, user_deletion
from coursewire.domain.authorised_users import Limits
from coursewire.domain.services import Changes
from coursewire.domain.tokens import NewToken
from coursewire.store import users
from tests.support import making
from tests.support.sites import TestSite

SITE_INFO = "core_webservice_get_site_info"
READ = "core_group_get_groups"
WRITE = "core_group_create_groups"


class Circumstances(NamedTuple):
    """What is different about a service without being a fault."""

    downloads: bool
    reads: bool


EVERY_CIRCUMSTANCE = [Circumstances(d, r) for d in (False, True) for r in (False, True)]


class Patient:
    """A service account with one restricted service, and a token that works."""

    def __init__(self, site: TestSite, name: str, circumstances: Circumstances) -> None:
        self.site = site
        self.name = name
        self.circumstances = circumstances
        self.user_id = making.user_with(site, name, "webservice/rest:use")
        functions = [SITE_INFO, WRITE, *([READ] if circumstances.reads else [])]
        self.service_id = making.service(site, name, *functions, users=[self.user_id])
        services.edit(site.call(), self.service_id, Changes(downloadfiles=circumstances.downloads))
        self.value, self.token_id = self.issue()

    def issue(self, **limits: object) -> tuple[str, int]:
        new = NewToken(user_id=self.user_id, service_id=self.service_id, **limits)  # type: ignore[arg-type]
        issued = tokens.issue(self.site.call(), new)
        return issued.token, issued.id


class Illness(NamedTuple):
    """A state of the protocol's table: its check, its cause, and how a patient gets it.

    `expected` gives the set that the doctor should name, where it is more than the cause.
    """

    row: str
    name: str
    cause: str
    infect: Callable[[Patient], None]
    expected: Callable[[Circumstances], tuple[str, ...]] | None = None


def _user(**values: object) -> Callable[[Patient], None]:
    def change(patient: Patient) -> None:
        with patient.site.session.transaction():
            users.change(patient.site.session, patient.user_id, values)

    return change


def _service(**values: object) -> Callable[[Patient], None]:
    def change(patient: Patient) -> None:
        services.edit(patient.site.call(), patient.service_id, Changes(**values))  # type: ignore[arg-type]

    return change


def _authorised(**values: object) -> Callable[[Patient], None]:
    def change(patient: Patient) -> None:
        limits = Limits(**values)  # type: ignore[arg-type]
        authorised_users.change(patient.site.call(), patient.service_id, patient.user_id, limits)

    return change


def _unknown(patient: Patient) -> None:
    patient.value = "0" * 32


def _wrong_case(patient: Patient) -> None:
    patient.value = patient.value.swapcase()


def _revoked(patient: Patient) -> None:
    tokens.revoke(patient.site.call(), patient.token_id)


def _deleted_for_real(patient: Patient) -> None:
    call = patient.site.call()
    with call.transaction():
        user_deletion.delete(call, patient.user_id)


def _expired(patient: Patient) -> None:
    patient.value, _ = patient.issue(validuntil=patient.site.now + 10)
    patient.site.clock.pass_seconds(11)


def _elsewhere(patient: Patient) -> None:
    patient.value, _ = patient.issue(iprestriction="10.1.2.3")


def _no_protocol(patient: Patient) -> None:
    making.override(patient.site, patient.name, "webservice/rest:use", 0)


def _no_site_info(patient: Patient) -> None:
    services.remove_functions(patient.site.call(), patient.service_id, [SITE_INFO])


def _not_listed(patient: Patient) -> None:
    authorised_users.deauthorise(patient.site.call(), patient.service_id, patient.user_id)


NO_SUCH_TOKEN = ("token-unknown", "token-ended", "token-of-a-session")
OF_THE_SERVICE = (
    "service-disabled", "not-in-service", "required-capability", "not-authorised",
    "authorisation-date", "authorised-address",
)  # fmt: skip


def _protocol_set(circumstances: Circumstances) -> tuple[str, ...]:
    return ("rest-capability",) if circumstances.downloads else ("token-address", "rest-capability")


def _site_info_set(circumstances: Circumstances) -> tuple[str, ...]:
    if circumstances.reads:
        return ("not-in-service",)
    return ("not-in-service", "authorisation-date") if circumstances.downloads else OF_THE_SERVICE


# In the order of the checks.
ILLNESSES = [
    Illness("5", "unknown token", "token-unknown", _unknown, lambda _: NO_SUCH_TOKEN),
    Illness("5", "token in wrong case", "token-unknown", _wrong_case, lambda _: NO_SUCH_TOKEN),
    Illness("5", "revoked token", "token-ended", _revoked, lambda _: NO_SUCH_TOKEN),
    Illness("5", "deleted user", "token-ended", _deleted_for_real, lambda _: NO_SUCH_TOKEN),
    Illness("6", "expired token", "token-expired", _expired,
            lambda _: ("token-expired", "session-gone")),
    Illness("8", "token elsewhere", "token-address", _elsewhere,
            lambda _: ("token-address", "rest-capability")),
    Illness("10", "state deleted", "user-deleted", _user(deleted=1)),
    Illness("11", "unconfirmed", "user-unconfirmed", _user(confirmed=0)),
    Illness("12", "suspended", "user-suspended", _user(suspended=1)),
    Illness("14", "nologin", "user-nologin", _user(auth="nologin")),
    Illness("15", "no protocol", "rest-capability", _no_protocol, _protocol_set),
    Illness("19", "service disabled", "service-disabled", _service(enabled=False),
            lambda _: OF_THE_SERVICE),
    Illness("19", "no site info", "not-in-service", _no_site_info, _site_info_set),
    Illness("19", "required capability", "required-capability",
            _service(requiredcapability="moodle/user:create"), lambda _: OF_THE_SERVICE),
    Illness("19", "not listed", "not-authorised", _not_listed, lambda _: OF_THE_SERVICE),
    Illness("19", "authorisation ended", "authorisation-date", _authorised(validuntil=1),
            lambda _: OF_THE_SERVICE),
    Illness("19", "authorised elsewhere", "authorised-address",
            _authorised(iprestriction="10.1.2.3"), lambda _: OF_THE_SERVICE),
]  # fmt: skip
