"""The guides lead somewhere, and name only commands, options and settings that there are."""

import html
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from typer.main import get_command

from bench import reads_cases, scale_cases
from coursewire import settings
from coursewire.cli.main import COMMANDS, program
from coursewire.domain.known_settings import SETTINGS
from coursewire.functions import catalogue

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
GUIDES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]
REFERENCE = DOCS / "reference"
PAGES = [
    *GUIDES,
    *sorted(DOCS.glob("adr/*.md")),
    *sorted(ROOT.glob("examples/*/README.md")),
    *sorted(ROOT.glob("plugins/*/README.md")),
]
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
ANCHOR = re.compile(r"\]\(([^)#\s]*)#([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CODE = re.compile(r"```[a-z]*\n(.*?)```|`(coursewire [^`]+)`", re.DOTALL)
# Typer keeps the types of what it made to itself.
Parsed: TypeAlias = Any


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_to_files(page: Path) -> None:
    targets = [link for link in LINK.findall(page.read_text("utf-8")) if "://" not in link]
    assert [link for link in targets if not (page.parent / link).exists()] == []


def anchors(page: Path) -> set[str]:
    """What a link to a heading of a page may end with."""
    headings = HEADING.findall(page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_to_headings(page: Path) -> None:
    links = [link for link in ANCHOR.findall(page.read_text("utf-8")) if "://" not in link[0]]
    lost = [
        (file, anchor)
        for file, anchor in links
        if anchor not in anchors(page.parent / file if file else page)
    ]
    assert lost == []


def calls(guide: Path) -> Iterator[list[str]]:
    """The `coursewire …` lines of a guide, as words."""
    for block, inline in CODE.findall(guide.read_text("utf-8")):
        for line in (block or inline).splitlines():
            for part in line.partition(" #")[0].split("&&"):
                _, found, rest = part.partition("coursewire ")
                if found and not part.strip().startswith(("#", "$", "pip", "from ")):
                    yield shlex.split(rest.split(">")[0])


@pytest.mark.parametrize("guide", GUIDES, ids=named)
def test_commands_in_guides_exist_with_their_options(guide: Path) -> None:
    for words in calls(guide):
        command: Parsed = get_command(program())
        options = [word for word in words if word.startswith("--")]
        for word in words:
            if word in getattr(command, "commands", {}):
                command = command.commands[word]
        assert command.params, words
        known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
        assert set(options) <= known | {"--help"}, words


def test_the_index_leads_to_every_guide() -> None:
    index = set(LINK.findall((DOCS / "README.md").read_text("utf-8")))
    guides = {path.name for path in DOCS.glob("*.md")} - {"README.md"}
    assert guides <= index


def test_every_command_is_documented() -> None:
    page = (REFERENCE / "commands.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"\n## coursewire {name}" not in page] == []


def test_every_setting_is_documented() -> None:
    assert set(settings.MEANINGS) == set(settings.FIELDS)
    page = (REFERENCE / "settings.md").read_text("utf-8")
    names = [*settings.FIELDS, *SETTINGS]
    assert [name for name in names if f"\n| `{name}` |" not in page] == []


def test_every_function_is_documented() -> None:
    pages = "".join(path.read_text("utf-8") for path in REFERENCE.glob("*.md"))
    names = [bound.contract.name for bound in catalogue.built_in().all()]
    assert [name for name in names if name not in pages] == []


def test_the_growth_of_every_function_that_is_measured_is_told() -> None:
    page = (DOCS / "scale.md").read_text("utf-8")
    assert [name for name in scale_cases.CASES if f"\n| `{name}` |" not in page] == []


def test_the_cost_of_every_long_read_that_is_measured_is_told() -> None:
    page = (DOCS / "performance.md").read_text("utf-8")
    names = [name for name in reads_cases.CASES if not name.startswith("mod_")]
    assert [name for name in names if f"\n| `{name}` |" not in page] == []


def test_the_picture_fetches_nothing() -> None:
    picture = (DOCS / "pictures" / "up.svg").read_text("utf-8")
    assert "url(" not in picture.replace("url(#", "")
    assert "@font-face" not in picture
    assert "<script" not in picture


def test_the_picture_shows_all_that_up_prints() -> None:
    picture = html.unescape((DOCS / "pictures" / "up.svg").read_text("utf-8"))
    source = (ROOT / "src/coursewire/cli/up_welcome.py").read_text("utf-8")
    headings = re.findall(r'out\.print\("\\n([^"]+):\\n"\)', source)
    remarks = re.findall(r'_line\("([^"]+)"\)', source)
    assert {"Try it in another terminal", "Next"} < set(headings)
    # The demonstration has no tokens of its own.
    shown = {*headings, *remarks} - {"Tokens of the site file, shown this once"}
    missing = [text for text in shown if text not in picture.replace("\xa0", " ")]
    assert missing == [], "run: python -m scripts.picture"
