"""The address at which a site was last served, so that other commands print lines that work."""

import contextlib
import os
from pathlib import Path

import msgspec
from rich.markup import escape

from coursewire import settings as settings_file
from coursewire.cli.showing import err
from coursewire.settings import Settings
from coursewire.store import ownership

FILE = "served-address"


def remember(settings: Settings) -> None:
    """Write down where a site is served now; a folder that may not be written stays as it is."""
    path = settings.data_folder / FILE
    draft = path.with_name(f"{FILE}.{os.getpid()}")
    with contextlib.suppress(OSError):
        draft.unlink(missing_ok=True)
        with os.fdopen(ownership.create(draft), "w", encoding="utf-8") as file:
            file.write(settings.site_url + "\n")
        draft.replace(path)


def announce(settings: Settings) -> None:
    """Say that requests are taken, and where; one that could not begin is none to remember."""
    remember(settings)
    err.print(announcement(settings))


def announcement(settings: Settings) -> str:
    """Return what is said once requests are taken; the brackets of an address are no markup."""
    processes = f" with {settings.workers} processes" if settings.workers > 1 else ""
    return f"Coursewire serves {escape(settings.site_url)}{processes}"


def known(settings: Settings) -> Settings:
    """Return the settings with the address at which clients reach the site, as far as one knows.

    What somebody set wins. Host and port do not: a server may have been given others.
    """
    if settings.public_url:
        return settings
    address = _read(settings.data_folder / FILE)
    if not settings_file.is_address(address):
        return settings
    return msgspec.structs.replace(settings, public_url=address)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
