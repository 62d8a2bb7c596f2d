"""`coursewire preset guide`: a preset put to work on a real Moodle; its role as a file."""

from pathlib import Path
from typing import Annotated

import typer

from coursewire.cli import preset_files
from coursewire.cli.common import DataOption, Failure, JsonOption
from coursewire.cli.preset_files import PresetArgument
from coursewire.cli.showing import err, plain, print_json
from coursewire.cli.whole_files import ForceOption
from coursewire.doctor.outside import address
from coursewire.presets import guide as presets
from coursewire.presets import role_file
from coursewire.presets.guide import Step
from coursewire.presets.model import Preset
from coursewire.text.counted import counted


def guide(
    name: PresetArgument,
    url: Annotated[str, typer.Option(help="The Moodle, for links to its own pages.")],
    user: Annotated[
        str, typer.Option(help="User name of the account.", show_default="svc-PRESET")
    ] = "",
    role_to: Annotated[
        Path | None,
        typer.Option(
            "--role-file", metavar="FILE", help="Write the role, as XML for Moodle to take in."
        ),
    ] = None,
    force: ForceOption = False,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Print the steps for a site that runs Moodle, each with a link to its page.

    Nothing is sent to the site.
    """
    preset = preset_files.named(name, data)
    try:
        root = address.site_root(url)
    except address.BadAddress as error:
        raise Failure(str(error), 2) from error
    if role_to is not None:
        _write(role_to, role_file.written(preset), force=force)
    found = presets.steps(preset, root, user or f"svc-{preset.name}", str(role_to or ""))
    if json:
        print_json(found)
    else:
        _print(preset, name, root, found)


def _write(path: Path, content: bytes, *, force: bool) -> None:
    try:
        with path.open("wb" if force else "xb") as file:
            file.write(content)
    except FileExistsError as error:
        msg = f"{path} exists already"
        raise Failure(msg, remedy="choose another name, or say --force") from error
    err.print(f"Wrote the role to {path}.", markup=False)


def _print(preset: Preset, name: str, root: str, found: list[Step]) -> None:
    plain(
        f"{preset.title} on {root}: {counted(len(found), 'step')} for an administrator of the site."
    )
    for number, step in enumerate(found, 1):
        plain("")
        plain(f"{number}. {step.title}")
        plain(f"   {step.link}")
        for line in step.todo:
            plain(f"   - {line}")
        if step.paste:
            plain("")
        for line in step.paste:
            plain(f"     {line}")
    plain("")
    plain(f"Then try the token: coursewire doctor --url {root} --preset {name}")
    for note in preset.notes:
        plain(f"Note: {note}")
