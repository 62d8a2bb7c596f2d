"""The JSON schema of site files, for completion and checks in editors."""

import json
from typing import Any

import msgspec

from coursewire.sitefile.model.site_file import SiteFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """Return the schema; what only the program can check, such as references, is not in it."""
    (root,), definitions = msgspec.json.schema_components([SiteFile])
    return {
        "$schema": DIALECT,
        "title": "Coursewire site file",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def text() -> str:
    """Return the schema as it is published in docs/reference."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"
