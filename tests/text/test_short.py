"""Short texts: names without markup, escaped."""

import pytest

from coursewire.text.settings import TextSettings
from coursewire.text.short import format_string

SHOWN = [
    ("plain name", "Algebra I", "Algebra I"),
    ("tags go", "An <b>old</b> <i class='x'>name</i>", "An old name"),
    ("an ampersand is escaped", "Arts & Letters", "Arts &amp; Letters"),
    ("a reference stays", "Arts &amp; &#8211; &hellip;", "Arts &amp; &#8211; &hellip;"),
    ("what is too long for a reference is none", "&thisisnone;", "&amp;thisisnone;"),
    ("angle brackets that are no tags", "1 < 2 > 0", "1 &lt; 2 &gt; 0"),
    ("quotes stay", '"O\'Neil"', '"O\'Neil"'),
    ("multi-language texts lose their tags", '<span lang="en" class="multilang">a</span>b', "ab"),
    ("content filters do not run on names", ":-) http://example.com/", ":-) http://example.com/"),
    ("nothing", "", ""),
]


@pytest.mark.parametrize(("name", "stored", "shown"), SHOWN)
def test_a_name_is_shown_without_markup(name: str, stored: str, shown: str) -> None:
    assert format_string(stored, TextSettings()) == shown, name
    assert format_string(stored, TextSettings(filter=True)) == shown, name


def test_a_raw_name_is_as_stored() -> None:
    assert format_string("<b>a</b> & b", TextSettings(raw=True)) == "<b>a</b> & b"
