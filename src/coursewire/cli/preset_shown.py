"""`coursewire preset list` and `show`: which presets there are, and what one asks for and why."""

from typing import Annotated

import typer

from coursewire.cli.common import JsonOption
from coursewire.cli.showing import plain, print_facts, print_json, print_table
from coursewire.presets import model

PresetArgument = Annotated[
    str, typer.Argument(help=f"One of {', '.join(model.NAMES)}.", show_default=False)
]


def listed(json: JsonOption = False) -> None:
    """Show the presets that there are."""
    known = model.everything()
    if json:
        print_json(known)
        return
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


def show(name: PresetArgument, json: JsonOption = False) -> None:
    """Show what a preset makes, and why each capability is asked for."""
    preset = model.load(name)
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
    print_table((f"{len(rows)} capabilities", "asked for by", "why"), rows)
    plain("")
    print_table((f"{len(preset.functions)} functions",), [(each,) for each in preset.functions])
    for note in preset.notes:
        plain("")
        plain(note)
