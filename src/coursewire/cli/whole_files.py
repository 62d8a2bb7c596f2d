"""Files that a command writes: never over others unasked, and whole or not at all."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from coursewire.cli.common import Failure
from coursewire.store.syncing import sync_folder

ForceOption = Annotated[bool, typer.Option("--force", help="Write over an existing file.")]


def require_free(paths: Iterable[Path], *, force: bool) -> None:
    """Refuse to write over files; pipes and devices, such as /dev/stdout, are always written to."""
    paths = list(paths)
    folder = next((path for path in paths if path.is_dir()), None)
    if folder is not None:
        msg = f"{folder} is a folder"
        raise Failure(msg, remedy="give the name of a file")
    taken = None if force else next((path for path in paths if path.is_file()), None)
    if taken is not None:
        msg = f"{taken} exists already"
        raise Failure(msg, remedy="choose another name, or say --force")


def write(path: Path, text: str) -> None:
    """Write a file for its owner only; killed at any moment, the old one or the new is there."""
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
        else:
            # Where the path is a link, what it leads to is replaced and not the link.
            _put(path.resolve(), text)
    except OSError as error:
        msg = f"{path}: cannot be written: {error.strerror}"
        raise Failure(msg) from error


def _put(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".coursewire-")
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(handle)
        draft.replace(path)
        sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)
