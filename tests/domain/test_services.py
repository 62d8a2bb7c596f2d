"""Services and their authorised users (protocol.md section 7)."""

from typing import Any

import pytest

from coursewire.contracts.errors import InvalidParameter, MissingRecord
from coursewire.domain import authorised_users, services, tokens, user_deletion
from coursewire.domain.address_rules import InvalidAddressRule
from coursewire.domain.authorised_users import Limits
from coursewire.domain.services import Changes, NewService
from coursewire.domain.tokens import NewToken
from coursewire.store import audit
from coursewire.store import services as rows
from tests.domain.gatehouse import FUNCTION, OTHER, knock
from tests.support import making
from tests.support.making import Field
from tests.support.refusals import refused, unchanged
from tests.support.sites import TestSite


def known(name: str) -> bool:
    return name in {FUNCTION, OTHER}


def actions(site: TestSite) -> list[str]:
    found = [row.action for row in audit.records(site.session)]
    return [action for action in reversed(found) if action.startswith("service.")]


def create(site: TestSite, name: str = "Health check", **values: Field) -> int:
    return services.create(site.call(), NewService(name=name, **values)).id


def test_a_new_service_is_off_and_for_authorised_users(site: TestSite) -> None:
    service = services.create(site.call(), NewService(name="Health check", shortname="health"))
    assert (service.enabled, service.restrictedusers, service.downloadfiles) == (0, 1, 0)
    assert service.timecreated == service.timemodified == site.now
    assert services.require(site.call(), service.id) == service
    assert services.named(site.call(), "health") == service
    assert services.named(site.call(), "Health check") == service
    assert actions(site) == ["service.create"]
    with refused(MissingRecord):
        services.named(site.call(), "")
    with refused(MissingRecord):
        services.require(site.call(), 99)


@pytest.mark.parametrize(
    "values",
    [
        {"name": ""},
        {"name": "  "},
        {"name": "x" * 201},
        {"name": "Health check"},
        {"name": "New", "shortname": "health"},
        {"name": "New", "shortname": "not reachable"},
        {"name": "New", "shortname": "x" * 256},
        {"name": "New", "requiredcapability": "moodle/nothing:atall"},
    ],
)
def test_services_that_cannot_be_are_refused(site: TestSite, values: dict[str, Any]) -> None:
    create(site, shortname="health")
    with refused(InvalidParameter) as caught, unchanged(site.session):
        services.create(site.call(), NewService(**values))
    assert caught.value.remedy


def test_several_services_may_have_no_short_name(site: TestSite) -> None:
    assert create(site, "One") != create(site, "Two")


@pytest.mark.parametrize("column", ["name", "shortname"])
def test_dur_5_the_database_itself_keeps_names_apart(
    site: TestSite, column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(site, shortname="health")
    create(site, "Other")

    def blind(*_: object) -> None:
        """A look-up that happened before the other writer committed."""

    monkeypatch.setattr(rows, f"by_{column}", blind)
    new = {
        "name": NewService(name="Health check"),
        "shortname": NewService(name="N", shortname="health"),
    }
    with refused(InvalidParameter), unchanged(site.session):
        services.create(site.call(), new[column])
    if column == "name":
        with refused(InvalidParameter), unchanged(site.session):
            services.edit(site.call(), 2, Changes(name="Health check"))


def test_changes_are_recorded_with_what_was_before(site: TestSite) -> None:
    service_id = create(site)
    site.clock.pass_seconds(10)
    changes = Changes(
        name="Health", enabled=True, requiredcapability="moodle/user:create", downloadfiles=True
    )
    edited = services.edit(site.call(), service_id, changes)
    assert (edited.name, edited.enabled, edited.downloadfiles) == ("Health", 1, 1)
    assert (edited.timecreated, edited.timemodified) == (site.now - 10, site.now)
    with unchanged(site.session):
        assert services.edit(site.call(), service_id, changes) == edited
    with refused(InvalidParameter), unchanged(site.session):
        services.edit(site.call(), service_id, Changes(requiredcapability="x/y:z"))
    [record] = audit.records(site.session, action="service.edit")
    assert '"Health check"' in record.details
    assert '"Health"' in record.details


def test_functions_come_and_go_in_order(site: TestSite) -> None:
    service_id = create(site)
    call = site.call()
    assert services.add_functions(call, service_id, [OTHER, FUNCTION, OTHER], known) == [
        OTHER,
        FUNCTION,
    ]
    assert rows.functions(site.session, service_id) == [OTHER, FUNCTION]
    with unchanged(site.session):
        assert services.add_functions(call, service_id, [FUNCTION], known) == []
    with refused(InvalidParameter) as caught, unchanged(site.session):
        services.add_functions(call, service_id, [FUNCTION, "core_no_such"], known)
    assert "core_no_such" in caught.value.reason
    assert services.remove_functions(call, service_id, [OTHER, "absent"]) == [OTHER]
    with unchanged(site.session):
        assert services.remove_functions(call, service_id, [OTHER]) == []
    assert rows.functions(site.session, service_id) == [FUNCTION]
    assert actions(site) == ["service.create", "service.add_functions", "service.remove_functions"]


def test_a_built_in_service_is_the_components(site: TestSite) -> None:
    service_id = create(site, component="moodle", requiredcapability="moodle/user:create")
    services.set_builtin_functions(site.call(), service_id, [FUNCTION, OTHER])
    services.set_builtin_functions(site.call(), service_id, [OTHER])
    assert rows.functions(site.session, service_id) == [OTHER]
    with unchanged(site.session):
        services.set_builtin_functions(site.call(), service_id, [OTHER])
    for refusal in (
        lambda: services.edit(site.call(), service_id, Changes(name="Mine")),
        lambda: services.edit(site.call(), service_id, Changes(requiredcapability="")),
        lambda: services.add_functions(site.call(), service_id, [FUNCTION], known),
        lambda: services.remove_functions(site.call(), service_id, [OTHER]),
        lambda: services.delete(site.call(), service_id),
    ):
        with refused(InvalidParameter) as caught, unchanged(site.session):
            refusal()
        assert "built in" in caught.value.reason
    edited = services.edit(site.call(), service_id, Changes(enabled=True, restrictedusers=False))
    assert (edited.enabled, edited.restrictedusers) == (1, 0)


def test_deleting_a_service_ends_its_tokens(site: TestSite) -> None:
    user_id = making.user(site, "ann")
    service_id = making.service(site, "health", FUNCTION, users=[user_id])
    tokens.place(site.call(), NewToken(user_id=user_id, service_id=service_id), "ab" * 16)
    services.delete(site.call(), service_id)
    assert knock(site, "ab" * 16) == "invalidtoken"
    assert rows.everything(site.session) == []
    assert audit.records(site.session, action="token.revoke")
    with refused(MissingRecord):
        services.delete(site.call(), service_id)


def test_authorised_users_have_limits_of_their_own(site: TestSite) -> None:
    user_id = making.user(site, "ann")
    service_id = create(site)
    call = site.call()
    limits = Limits(iprestriction="10.0.0.0/8", validuntil=site.now + 5)
    listed = authorised_users.authorise(call, service_id, user_id, limits)
    assert (listed.username, listed.iprestriction) == ("ann", "10.0.0.0/8")
    assert (listed.validuntil, listed.timecreated) == (site.now + 5, site.now)
    assert rows.authorised_users(site.session, service_id) == [listed]
    with refused(InvalidParameter), unchanged(site.session):
        authorised_users.authorise(site.call(), service_id, user_id)
    changed = authorised_users.change(call, service_id, user_id, Limits(validuntil=0))
    assert (changed.iprestriction, changed.validuntil) == ("10.0.0.0/8", 0)
    with unchanged(site.session):
        authorised_users.change(call, service_id, user_id, Limits(validuntil=0))
    with pytest.raises(InvalidAddressRule), unchanged(site.session):
        authorised_users.change(call, service_id, user_id, Limits(iprestriction="x"))
    authorised_users.deauthorise(call, service_id, user_id)
    assert rows.authorised_users(site.session, service_id) == []
    assert actions(site)[1:] == [
        "service.authorise",
        "service.change_authorisation",
        "service.deauthorise",
    ]


def test_only_what_exists_can_be_authorised(site: TestSite) -> None:
    user_id, gone = making.user(site, "ann"), making.user(site, "bob")
    user_deletion.delete(site.call(), gone)
    service_id = create(site)
    for of_service, of_user in ((99, user_id), (service_id, 99), (service_id, gone)):
        with refused(MissingRecord), unchanged(site.session):
            authorised_users.authorise(site.call(), of_service, of_user)
    with refused(MissingRecord), unchanged(site.session):
        authorised_users.deauthorise(site.call(), service_id, user_id)
    with refused(MissingRecord), unchanged(site.session):
        authorised_users.change(site.call(), service_id, user_id, Limits())


def test_dur_5_the_database_itself_keeps_a_user_once(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_id = making.user(site, "ann")
    service_id = making.service(site, "health", users=[user_id])

    def blind(*_: object) -> None:
        """A look-up that happened before the other writer committed."""

    monkeypatch.setattr(rows, "authorised_user", blind)
    with refused(InvalidParameter), unchanged(site.session):
        authorised_users.authorise(site.call(), service_id, user_id)
