"""The published schema admits what the program reads, and not what it refuses by its form."""

from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from coursewire.presets import model
from coursewire.sitefile import schema
from tests.sitefile.test_plan import SCHOOL
from tests.sitefile.test_reading import BROKEN

ROOT = Path(__file__).resolve().parents[2]
KIT = ROOT / "tests" / "conformance"

FILES = {
    "site.yaml": (KIT / "site.yaml").read_bytes(),
    "site-2.yaml": (KIT / "site-2.yaml").read_bytes(),
    "demo.yaml": model.text_of("demo.yaml"),
    "a school": SCHOOL.encode(),
}
# Refused before any schema: no YAML, or YAML that hides something.
NO_YAML = {
    "yaml",
    "latin 1",
    "nesting",
    "object",
    "alias",
    "merge key",
    "same key",
    "nul",
    "date",
    "no value of its tag",
    "no time",
    "a tagged nothing",
    "key",
}
# Only the program sees that these are wrong.
UNSEEN = {
    "files of a page",
    "grades without a maximum",
    "no number",
    "no place",
    "override",
    "twice",
    "two passwords",
    "two places",
    "unknown hash",
}


def test_the_published_schema_is_current() -> None:
    published = ROOT / "docs" / "reference" / "site-file.schema.json"
    assert published.read_text("utf-8") == schema.text(), "run `make reference`"


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema.schema())


@pytest.mark.parametrize("name", list(FILES))
def test_site_files_fit_the_schema(name: str) -> None:
    validator = Draft202012Validator(schema.schema())
    assert list(validator.iter_errors(yaml.safe_load(FILES[name]))) == []


@pytest.mark.parametrize("name", sorted(BROKEN.keys() - UNSEEN - NO_YAML))
def test_what_is_refused_by_its_form_does_not_fit(name: str) -> None:
    validator = Draft202012Validator(schema.schema())
    assert list(validator.iter_errors(yaml.safe_load(BROKEN[name][0])))
