"""Where a form was sent from, as browsers tell it that say nothing else."""

import pytest

from coursewire.console import csrf


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://school.example/moodle", "https://school.example"),
        ("https://School.example:443", "https://school.example"),
        ("http://school.example:80/", "http://school.example"),
        ("http://school.example:443", "http://school.example:443"),
        ("https://school.example:8443", "https://school.example:8443"),
        ("http://[::1]:80", "http://[::1]"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_web_3_the_port_that_browsers_leave_out_is_no_other_origin(address: str, said: str) -> None:
    ours = csrf.origin(address)
    assert ours == said
    assert csrf.comes_from_here({"origin": said}, ours)
    assert not csrf.comes_from_here({"origin": f"{said}1"}, ours)
    assert not csrf.comes_from_here({"origin": "null"}, ours)
    assert not csrf.comes_from_here({}, ours)
