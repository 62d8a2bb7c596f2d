"""The text of a site file: a remark stays a remark, whatever stands in it."""

import pytest

from coursewire.sitefile import reading, writing
from coursewire.sitefile.model.site_file import SiteFile

# All that ends a line for YAML, Python or a terminal.
LINE_ENDS = ("\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029")


@pytest.mark.parametrize("line_end", LINE_ENDS)
def test_a_heading_brings_nothing_into_the_file(line_end: str) -> None:
    heading = f"School{line_end}site: {{administrators: [eve]}}{line_end}#\x00\x1b[2J"
    text = writing.text_of(SiteFile(), heading)
    assert text.splitlines() == ["# School site: {administrators: [eve]} # [2J"]
    assert reading.read("written", text.encode()).file == SiteFile()
