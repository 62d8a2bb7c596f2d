"""`coursewire preset list` and `show`: which presets there are, and what one asks for and why."""

import typer

from coursewire.cli import preset_files
from coursewire.cli.common import DataOption, JsonOption, console_error
from coursewire.cli.preset_files import PresetArgument
from coursewire.cli.showing import plain, print_facts, print_json, print_table
from coursewire.presets import model
from coursewire.presets.model import Preset
from coursewire.text.counted import counted


def listed(data: DataOption = None, json: JsonOption = False) -> None:
    """Show the presets that there are, the site's own after those of Coursewire."""
    own = list(preset_files.own(data))
    known = [*model.everything(), *(each for each in own if isinstance(each, Preset))]
    unusable = [each for each in own if isinstance(each, Exception)]
    if json:
        print_json(known)
    else:
        _print(known)
    for error in unusable:
        console_error(str(error))
    if unusable:
        raise typer.Exit(1)


def _print(known: list[Preset]) -> None:
    rows = [
        (
            preset.name,
            str(preset.version),
            str(len(preset.functions)),
            str(len(preset.capabilities)),
            preset.plugin,
            preset.summary,
        )
        for preset in known
    ]
    print_table(("preset", "version", "functions", "capabilities", "plugin", "for"), rows)


def show(name: PresetArgument, data: DataOption = None, json: JsonOption = False) -> None:
    """Show what a preset makes, and why each capability is asked for."""
    preset = preset_files.named(name, data)
    if json:
        print_json(preset)
        return
    print_facts(
        {
            "preset": f"{preset.name}, version {preset.version}",
            "for": preset.summary,
            "from": preset.source,
            "service": f"{preset.service.name} ({preset.service.shortname}), "
            + ("authorised users only" if preset.service.restricted else "all users"),
            "role": f"{preset.role.name} ({preset.role.shortname})",
            "may give": ", ".join(preset.may_assign),
            "plugin": preset.plugin,
            "addresses": preset.address_hint,
        }
    )
    plain("")
    rows = [
        (each.name, "guide" if each.origin == "guide" else "needed in practice", each.reason)
        for each in preset.capabilities
    ]
    print_table((counted(len(rows), "capability", "capabilities"), "asked for by", "why"), rows)
    plain("")
    print_table(
        (counted(len(preset.functions), "function"),), [(each,) for each in preset.functions]
    )
    for note in preset.notes:
        plain("")
        plain(note)
