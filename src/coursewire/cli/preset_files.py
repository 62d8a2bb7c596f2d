"""Presets by name or by file: those of Coursewire, and those that a site has of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from coursewire.cli import preset_reading
from coursewire.cli.common import Failure, load_settings
from coursewire.presets import model
from coursewire.presets.model import Preset
from coursewire.presets.problems import PresetError
from coursewire.sitefile.problems import BadSiteFile

FOLDER = "presets"
"""Where in the data folder a site keeps its own."""

PresetArgument = Annotated[
    str,
    typer.Argument(
        metavar="PRESET",
        help=f"One of {', '.join(model.NAMES)}, one of the site's own, or a file.",
        show_default=False,
    ),
]


def named(written: str, data: str | None = None) -> Preset:
    """Return a preset of Coursewire, one of the site's own, or that of a file."""
    if written in model.NAMES:
        return model.load(written)
    path = Path(written)
    if path.suffix or len(path.parts) > 1:
        return preset_reading.of_file(path)
    folder = _folder(data)
    for ending in preset_reading.ENDINGS:
        own = folder / f"{written}{ending}"
        if own.is_file():
            return _own(own)
    there = ", ".join((*model.NAMES, *(path.stem for path in _files(folder))))
    msg = f"there is no preset {written!r}; there are {there}"
    raise Failure(msg, remedy=f"name a file, or put one of your own into {folder}")


def own(data: str | None) -> Iterator[Preset | Exception]:
    """Return the site's own presets by name; for one that cannot be used, the reason."""
    for path in _files(_folder(data)):
        try:
            yield _own(path)
        except (BadSiteFile, PresetError, OSError) as error:
            yield error


def _own(path: Path) -> Preset:
    preset = preset_reading.of_file(path)
    if preset.name != path.stem:
        msg = f"{path}: the preset in it is called {preset.name!r}"
        raise PresetError(f"{msg}; the file must be named {preset.name}{path.suffix}")
    return preset


def _folder(data: str | None) -> Path:
    return load_settings(data, None).data_folder / FOLDER


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix in preset_reading.ENDINGS)
