"""Enabling, disabling and removing plugins on a site."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from coursewire.contracts.capabilities import KnownCapability
from coursewire.contracts.errors import InvalidParameter, MissingRecord
from coursewire.domain import services
from coursewire.domain.services import Changes, NewService
from coursewire.plugin import BuiltinService, Migration, Plugin, lifecycle
from coursewire.plugin.declaration import BadPlugin, check
from coursewire.store import plugins as store
from coursewire.store import roles
from coursewire.store import services as service_rows
from tests.plugin import examples
from tests.support.plugins import PluginWeb, plugged, tell
from tests.support.sites import TestSite


def test_an_enabled_plugin_answers_in_its_service(site: TestSite) -> None:
    with plugged(site, examples.PLUGIN) as web:
        token = web.service_token("example")
        assert web.call("local_example_count", token).json == {"count": 0}
        assert web.call("local_example_add", token, word="one").json == {"count": 1}
        assert web.call("local_example_count", token).json == {"count": 1}


def test_a_disabled_plugin_refuses_at_once(site: TestSite) -> None:
    with plugged(site, examples.PLUGIN) as web:
        token = web.service_token("example")
        assert web.call("local_example_count", token).json == {"count": 0}
        lifecycle.disable(site.call(), "local_example")
        refused = web.call("local_example_count", token)
        assert refused.error == ("webservice_access_exception", "accessexception")
        lifecycle.enable(site.call(), examples.PLUGIN)
        assert web.call("local_example_count", token).json == {"count": 0}


def test_a_site_that_starts_with_a_disabled_plugin_lacks_its_functions(site: TestSite) -> None:
    lifecycle.enable(site.call(), examples.PLUGIN)
    lifecycle.disable(site.call(), "local_example")
    web = PluginWeb(site, examples.PLUGIN)
    assert web.catalogue.get("local_example_count") is None
    assert web.plugins.active == ()
    web.close()


def test_enabling_twice_changes_nothing(site: TestSite) -> None:
    lifecycle.enable(site.call(), examples.PLUGIN)
    lifecycle.enable(site.call(), examples.PLUGIN)
    (service,) = [s for s in service_rows.everything(site.session) if s.component]
    assert service.shortname == "example"
    assert store.everything(site.session)["local_example"].steps == 1


def test_a_newer_version_takes_only_the_new_steps(site: TestSite) -> None:
    lifecycle.enable(site.call(), examples.PLUGIN)
    newer = examples.newer()
    assert "prepared for 1" in (examples.found_error(site, newer))
    lifecycle.enable(site.call(), newer)
    row = store.everything(site.session)["local_example"]
    assert (row.version, row.steps) == ("2", 2)
    assert store.row_count(site.session, "local_example_more") == 0


def test_a_failing_step_leaves_the_site_as_it_was(site: TestSite) -> None:
    def fail(_session: object) -> None:
        raise RuntimeError("no")

    broken = Plugin(
        name="local_example",
        title="Example",
        version="1",
        tables=examples.PLUGIN.tables,
        migrations=(*examples.PLUGIN.migrations, Migration("fails", fail)),
    )
    with pytest.raises(RuntimeError):
        lifecycle.enable(site.call(), broken)
    assert store.everything(site.session) == {}
    lifecycle.enable(site.call(), examples.PLUGIN)


def test_capabilities_are_allowed_to_roles_of_their_kinds_once(site: TestSite) -> None:
    lifecycle.enable(site.call(), examples.PLUGIN)
    allowed = {row.role_id for row in roles.permissions(site.session) if _is_mine(row)}
    assert allowed == {1, 3}
    system = site.load().system.id
    roles.set_permissions(site.session, 3, system, {"local/example:view": 0})
    lifecycle.enable(site.call(), examples.PLUGIN)
    allowed = {row.role_id for row in roles.permissions(site.session) if _is_mine(row)}
    assert allowed == {1}


def test_a_built_in_service_can_be_restricted_and_opened_but_not_edited(site: TestSite) -> None:
    lifecycle.enable(site.call(), examples.PLUGIN)
    service = service_rows.by_shortname(site.session, "example")
    assert service is not None
    changed = services.edit(site.call(), service.id, Changes(enabled=False, restrictedusers=True))
    assert (changed.enabled, changed.restrictedusers) == (0, 1)
    services.edit(site.call(), service.id, Changes(enabled=True, restrictedusers=False))
    with _refused("component's to say"):
        services.edit(site.call(), service.id, Changes(name="Mine"))
    with _refused("component's to say"):
        services.add_functions(site.call(), service.id, ["core_webservice_get_site_info"], _yes)
    with _refused("cannot be deleted"):
        services.delete(site.call(), service.id)


def test_a_service_that_somebody_made_is_not_taken_over(site: TestSite) -> None:
    services.create(site.call(), NewService(name="Mine", shortname="example"))
    with _refused("made it by hand"):
        lifecycle.enable(site.call(), examples.PLUGIN)
    assert store.everything(site.session) == {}


def test_uninstalling_says_what_is_lost_and_removes_all_of_it(site: TestSite) -> None:
    with plugged(site, examples.PLUGIN) as web:
        token = web.service_token("example")
        web.call("local_example_add", token, word="one")
    tell(site, examples.PLUGIN, secret="canary")
    lost = lifecycle.losses(site.call(), "local_example")
    assert lost == [
        "table local_example_words: 1 row",
        "service Example with 1 token",
        "settings: secret",
        "what roles say of 1 capability",
    ]
    lifecycle.uninstall(site.call(), "local_example")
    assert store.everything(site.session) == {}
    assert store.settings_of(site.session, "local_example") == {}
    assert service_rows.by_shortname(site.session, "example") is None
    assert not [row for row in roles.permissions(site.session) if _is_mine(row)]
    assert store.row_count(site.session, "local_example_words") == 0
    lifecycle.enable(site.call(), examples.PLUGIN)


def test_functions_leave_the_services_that_others_made(site: TestSite) -> None:
    with plugged(site, examples.PLUGIN) as web:
        mine = services.create(site.call(), NewService(name="Mine"))
        names = ["local_example_count", "core_webservice_get_site_info"]
        services.add_functions(site.call(), mine.id, names, web.catalogue.is_known)
    lifecycle.uninstall(site.call(), "local_example")
    assert service_rows.functions(site.session, mine.id) == ["core_webservice_get_site_info"]


def test_a_plugin_that_the_site_does_not_know_cannot_be_disabled(site: TestSite) -> None:
    with pytest.raises(MissingRecord):
        lifecycle.disable(site.call(), "local_unknown")


def test_scheduled_work_runs_when_it_is_due_and_while_enabled(site: TestSite) -> None:
    examples.TICKS.clear()
    with plugged(site, examples.PLUGIN) as web:
        web.keep_up()
        web.keep_up()
        assert len(examples.TICKS) == 1
        site.clock.pass_seconds(61)
        web.keep_up()
        assert len(examples.TICKS) == 2
        lifecycle.disable(site.call(), "local_example")
        site.clock.pass_seconds(61)
        web.keep_up()
        assert len(examples.TICKS) == 2


@pytest.mark.parametrize(
    ("plugin", "problem"),
    [
        (Plugin(name="Example", title="", version="1"), "is no component"),
        (
            Plugin(name="local_other", title="", version="1", tables=examples.PLUGIN.tables),
            "does not begin with",
        ),
        (
            Plugin(name="local_example", title="", version="1", tables=examples.PLUGIN.tables),
            "no migration",
        ),
        (
            Plugin(
                name="local_other",
                title="",
                version="1",
                capabilities=(KnownCapability("moodle/x:y", "read", 10, 0, ()),),
            ),
            "belongs to moodle",
        ),
        (
            Plugin(
                name="local_other",
                title="",
                version="1",
                services=(BuiltinService(name="X", shortname="x", functions=("y",)),),
            ),
            "does not bring",
        ),
        (examples.with_default_secret(), "secrets have none"),
        (examples.undeclared(), "declares no rights"),
    ],
)
def test_a_plugin_that_cannot_be_taken_is_told_why(plugin: Plugin, problem: str) -> None:
    with pytest.raises(BadPlugin, match=problem):
        check(plugin)


def test_the_example_can_be_taken() -> None:
    check(examples.PLUGIN)


def test_tokens_of_a_removed_service_end(site: TestSite) -> None:
    with plugged(site, examples.PLUGIN) as web:
        token = web.service_token("example")
        lifecycle.uninstall(site.call(), "local_example")
        assert web.call("local_example_count", token).error[1] == "invalidtoken"


@contextmanager
def _refused(reason: str) -> Iterator[None]:
    with pytest.raises(InvalidParameter) as refused:
        yield
    assert reason in refused.value.reason


def _is_mine(row: object) -> bool:
    return getattr(row, "capability", "") == "local/example:view"


def _yes(_name: str) -> bool:
    return True
