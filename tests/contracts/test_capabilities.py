"""The capabilities that are known, and those that standard roles are allowed."""

import pytest

from coursewire.contracts import capabilities, registry


def test_every_capability_that_a_function_declares_is_known() -> None:
    declared = {name for entry in registry.entries().values() for name in entry.capabilities}
    assert declared
    assert declared - set(capabilities.known()) == set()


def test_an_invented_capability_is_unknown() -> None:
    assert not capabilities.is_known("moodle/course:managegroup")
    assert capabilities.is_known("moodle/course:managegroups")


def test_rows_are_in_order_and_name_only_archetypes() -> None:
    rows = capabilities.known()
    assert list(rows) == sorted(rows)
    for row in rows.values():
        assert set(row.roles) <= set(capabilities.ARCHETYPES), row.name
        assert row.level in {10, 30, 40, 50, 70, 80}, row.name
        assert 0 <= row.risks < 64, row.name


@pytest.mark.parametrize(
    ("name", "kind", "level", "risks", "roles"),
    [
        ("moodle/course:managegroups", "write", 50, 4, ("manager", "editingteacher")),
        ("moodle/course:isincompletionreports", "read", 50, 0, ("student",)),
        ("moodle/user:viewprofilepictures", "read", 10, 0, ("guest", "user")),
        ("moodle/webservice:createtoken", "write", 10, 62, ("manager",)),
        ("moodle/role:assign", "write", 50, 28, ("manager", "editingteacher")),
        ("webservice/rest:use", "read", 50, 0, ()),
        ("moodle/user:editmessageprofile", "write", 30, 16, ("manager",)),
        ("moodle/user:editprofile", "write", 30, 24, ("manager",)),
    ],
)
def test_defaults_are_those_of_a_fresh_site(
    name: str, kind: str, level: int, risks: int, roles: tuple[str, ...]
) -> None:
    row = capabilities.known()[name]
    assert (row.type, row.level, row.risks, row.roles) == (kind, level, risks, roles)


def test_risks_of_site_config_are_their_sum() -> None:
    risks = capabilities.known()["moodle/site:config"].risks
    assert risks == (
        capabilities.RISK_CONFIG
        | capabilities.RISK_XSS
        | capabilities.RISK_PERSONAL
        | capabilities.RISK_SPAM
        | capabilities.RISK_DATA_LOSS
    )


def test_nobody_may_use_the_protocol_by_default() -> None:
    allowed = [name for kind in capabilities.ARCHETYPES for name in capabilities.allowed_to(kind)]
    assert "webservice/rest:use" not in allowed


def test_students_may_open_an_assignment_and_every_user_a_page() -> None:
    assert "mod/assign:view" in capabilities.allowed_to("student")
    assert "mod/assign:view" not in capabilities.allowed_to("user")
    assert "mod/page:view" in capabilities.allowed_to("user")


def test_a_component_is_read_from_the_name() -> None:
    assert capabilities.known()["moodle/course:view"].component == "moodle"
    assert capabilities.known()["mod/assign:view"].component == "mod_assign"


def test_an_unknown_archetype_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'pupil' is no archetype"):
        capabilities.allowed_to("pupil")
