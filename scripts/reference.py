"""Write docs/reference: from contracts, settings and commands, and what a site file may hold."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from coursewire import __version__
from coursewire.functions.catalogue import built_in
from coursewire.reference.openapi import document
from coursewire.reference.pages import pages
from coursewire.sitefile.schema import text as site_file_schema
from scripts import commands_page, requirements_page, settings_page

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
SITE_FILES = "site-file.schema.json"
SERVER = "http://127.0.0.1:8080"


def written() -> Mapping[str, str]:
    """Return the content of every file of the folder by name."""
    functions = [bound.contract for bound in built_in().all()]
    openapi = document(functions, server=SERVER, version=__version__)
    text = json.dumps(openapi, ensure_ascii=False, indent=1) + "\n"
    return {
        **pages(functions),
        "openapi.json": text,
        "commands.md": commands_page.page(),
        "settings.md": settings_page.page(),
        "requirements.md": requirements_page.page(),
        SITE_FILES: site_file_schema(),
    }


def outdated(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Return the names of files that are missing, different, or not to be there."""
    found = {path.name: path.read_text("utf-8") for path in folder.glob("*") if path.is_file()}
    return sorted(name for name in found.keys() | files if found.get(name) != files.get(name))


def main(arguments: list[str]) -> int:
    files = written()
    stale = outdated(FOLDER, files)
    if arguments == ["--check"]:
        for name in stale:
            print(f"docs/reference/{name} is not current; run `make reference`", file=sys.stderr)
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in stale:
        if name in files:
            (FOLDER / name).write_text(files[name], "utf-8")
        else:
            (FOLDER / name).unlink()
        print(f"docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
