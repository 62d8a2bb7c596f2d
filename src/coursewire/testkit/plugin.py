"""The pytest plugin: `moodle_site`, a site of its own for every test.

Every test run of an environment with Coursewire loads this file, so it imports pytest alone.
"""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from coursewire.testkit.moodle_site import MoodleSite
    from coursewire.testkit.running import RunningSite

MARKER = "moodle_site"
FILE = "moodle_site_file"
SCOPE = "moodle_site_scope"
SCOPES = ("function", "class", "module", "package", "session")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say how the fixture can be set."""
    parser.addini(FILE, "Site file that fills moodle_site, relative to the root folder.")
    parser.addini(SCOPE, f"How long a state of moodle_site lasts: {', '.join(SCOPES)}.")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    text = f"{MARKER}(file): fill moodle_site with this site file, relative to the test's folder"
    config.addinivalue_line("markers", text)


def _scope(fixture_name: str, config: pytest.Config) -> Any:  # noqa: ANN401, ARG001 - pytest's
    wanted = config.getini(SCOPE) or "function"
    if wanted not in SCOPES:
        msg = f"{SCOPE}: {wanted!r} is none of {', '.join(SCOPES)}"
        raise pytest.UsageError(msg)
    return wanted


@pytest.fixture(scope="session")
def moodle_server() -> "Iterator[RunningSite]":
    """The one server of a test run; tests take `moodle_site`."""
    try:
        from coursewire.testkit.running import RunningSite  # noqa: PLC0415 - see above
    except ModuleNotFoundError as problem:
        from coursewire.text import extras  # noqa: PLC0415 - see above

        pytest.fail(extras.advice(problem, "The fixture moodle_site"), pytrace=False)
    running = RunningSite(secrets.token_urlsafe(24))
    yield running
    running.close()


@pytest.fixture(scope=_scope)
def moodle_site(
    moodle_server: "RunningSite", request: pytest.FixtureRequest
) -> "Iterator[MoodleSite]":
    """A Moodle site in the state of its site file, by default of the demo."""
    from coursewire.testkit.moodle_site import MoodleSite  # noqa: PLC0415 - see above

    site = MoodleSite(moodle_server, moodle_server.state(_file(request)))
    yield site
    site.close()


def _file(request: pytest.FixtureRequest) -> Path | None:
    node: Any = request.node
    marker = node.get_closest_marker(MARKER)
    if marker is not None:
        if len(marker.args) != 1:
            msg = f"{node.nodeid}: @pytest.mark.{MARKER} takes one site file"
            raise pytest.UsageError(msg)
        return Path(node.path.parent, marker.args[0]).resolve()
    named = request.config.getini(FILE)
    return Path(request.config.rootpath, named).resolve() if named else None
