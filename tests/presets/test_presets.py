"""Presets as data: what they name exists, and says why it is asked for."""

import pytest

from coursewire.contracts import capabilities
from coursewire.contracts.registry import entries
from coursewire.presets import model
from coursewire.presets.problems import PresetError
from coursewire.sitefile import reading

# Those that any site can have; the others belong to a plugin.
CORE = [preset for preset in model.everything() if not preset.plugin]


@pytest.mark.parametrize("preset", model.everything(), ids=lambda preset: preset.name)
def test_a_preset_is_called_as_its_file(preset: model.Preset) -> None:
    assert model.load(preset.name) == preset
    assert len(set(preset.functions)) == len(preset.functions)
    names = [each.name for each in preset.capabilities]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("preset", CORE, ids=lambda preset: preset.name)
def test_its_functions_and_capabilities_exist(preset: model.Preset) -> None:
    assert set(preset.functions) <= entries().keys()
    for each in preset.capabilities:
        assert capabilities.is_known(each.name)
        assert set(each.functions) <= set(preset.functions)


@pytest.mark.parametrize("preset", CORE, ids=lambda preset: preset.name)
def test_what_no_guide_names_has_a_reason(preset: model.Preset) -> None:
    for each in preset.capabilities:
        assert bool(each.reason) == (each.origin == "needed")


def test_the_guides_are_followed() -> None:
    guided = {
        preset.name: (
            len(preset.functions),
            sum(each.origin == "guide" for each in preset.capabilities),
        )
        for preset in model.everything()
    }
    assert guided["health-check"] == (1, 0)
    assert guided["cyclr"] == (23, 10)
    assert guided["cyclr-2026"] == (23, 11)
    assert guided["percipio"] == (3, 16)


def test_the_read_only_preset_writes_nothing() -> None:
    kinds = {entries()[name].type for name in model.load("read-only").functions}
    assert kinds == {"read"}


def test_capabilities_can_be_left_out() -> None:
    preset = model.load("cyclr")
    less = preset.without(frozenset({"moodle/role:assign"}))
    assert len(less.capabilities) == len(preset.capabilities) - 1


def test_an_unknown_preset_is_named() -> None:
    with pytest.raises(PresetError, match="there is no preset 'moodle'; there are health-check"):
        model.load("moodle")


def test_the_demo_site_holds_two_presets() -> None:
    demo = reading.read("demo.yaml", model.text_of("demo.yaml")).file
    for name in ("health-check", "cyclr"):
        preset = model.load(name)
        role = next(each for each in demo.roles if each.shortname == preset.role.shortname)
        assert set(role.capabilities) == {each.name for each in preset.capabilities}
        assert role.name == preset.role.name
        assert role.may_assign == preset.may_assign
        service = next(each for each in demo.services if each.shortname == preset.service.shortname)
        assert service.functions == preset.functions
        assert service.authorised_users_only == preset.service.restricted
        assert service.name == preset.service.name
        assert len(service.authorised_users) == 1
