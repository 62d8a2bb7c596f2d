"""Pictures of every page of the console, wide and narrow, to be looked at: `… FOLDER [dark]`.

Number 1 is shown where a path takes an id; pages with other parts stand in EXAMPLES, and one that
does not makes this fail.
"""

import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from coursewire.console.listing import ACTIONS
from tests.support.chromium import NARROW, WIDE, Scheme, chromium
from tests.support.console_server import Served, console_server
from tests.support.running import curl

COURSE = "/console/courses/2"
# A path of the demo site for each pattern; None: nothing is to be seen there.
EXAMPLES: dict[str, str | None] = {
    "/console/stay": None,
    "/console/courses/categories/{id:int}": "/console/courses/categories/2",
    "/console/courses/categories/{id:int}/delete": "/console/courses/categories/2/delete",
    "/console/courses/{id:int}": f"{COURSE}",
    "/console/courses/{id:int}/unenrol": f"{COURSE}/unenrol?user=7",
    "/console/courses/{id:int}/groups": f"{COURSE}/groups",
    "/console/courses/{id:int}/groups/{group:int}": f"{COURSE}/groups/1?find=e",
    "/console/courses/{id:int}/groups/{group:int}/edit": f"{COURSE}/groups/1/edit",
    "/console/courses/{id:int}/groups/{group:int}/delete": f"{COURSE}/groups/1/delete",
    "/console/courses/{id:int}/groupings": f"{COURSE}/groupings",
    "/console/courses/{id:int}/groupings/{grouping:int}": f"{COURSE}/groupings/1",
    "/console/courses/{id:int}/groupings/{grouping:int}/edit": f"{COURSE}/groupings/1/edit",
    "/console/courses/{id:int}/groupings/{grouping:int}/delete": f"{COURSE}/groupings/1/delete",
    "/console/courses/{id:int}/grades": f"{COURSE}/grades",
    "/console/courses/{id:int}/activities": f"{COURSE}/activities",
    "/console/courses/{id:int}/edit": f"{COURSE}/edit",
    "/console/courses/{id:int}/delete": f"{COURSE}/delete",
    "/console/users/{id:int}": "/console/users/2",
    "/console/users/{id:int}/delete": "/console/users/2/delete",
    "/console/tokens/new/people": None,
    "/console/tokens/new/functions": None,
    "/console/choices/{kind}": None,
    "/console/functions/{name}": "/console/functions/core_group_create_groups",
    "/console/functions/{name}/try": "/console/functions/core_group_create_groups/try",
    "/console/plugins/{name}": "/console/plugins/mod_percipio",
    # Walked with the plugin enabled, in tests/plugins.
    "/console/plugins/{name}/pages/{page}": None,
}
OPEN = ("/console/sign-in", "/console/start?link=0")


def paths() -> Iterator[str]:
    for action in ACTIONS:
        if action.method != "GET":
            continue
        if action.path in EXAMPLES:
            example = EXAMPLES[action.path]
            if example:
                yield example
            continue
        path = action.path.replace("{id:int}", "1")
        if "{" in path:
            msg = f"scripts/screenshots.py: EXAMPLES lacks {action.path}"
            raise LookupError(msg)
        yield path


def call(served: Served) -> None:
    """Make some calls, so that pages about calls have something to show; the last is refused."""
    for line in served.running.curls:
        curl(line)
    place = f"{served.url}/webservice/rest/server.php -d moodlewsrestformat=json"
    curl(f"curl {place} -d wstoken={served.running.token} -d wsfunction=core_user_get_users")
    # What was called is written a second later.
    time.sleep(2)


def shoot(page: Page, served: Served, path: str, folder: Path) -> None:
    page.goto(served.url + path)
    # What is fetched after the page is part of it: the summary of a token to be issued.
    page.wait_for_load_state("networkidle")
    name = re.sub(r"\W+", "-", path.removeprefix("/console")).strip("-") or "home"
    for viewport in (WIDE, NARROW):
        page.set_viewport_size(viewport)
        page.screenshot(path=folder / f"{name}-{viewport['width']}.png", full_page=True)
    print(f"{path} ({page.title()})")


def main() -> int:
    if len(sys.argv) < 2:
        print("usage: python -m scripts.screenshots FOLDER [dark]", file=sys.stderr)
        return 2
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    scheme: Scheme = "dark" if "dark" in sys.argv[2:] else "light"
    with (
        tempfile.TemporaryDirectory() as place,
        console_server(Path(place)) as served,
        chromium() as browser,
    ):
        call(served)
        page = browser.new_context(color_scheme=scheme, reduced_motion="reduce").new_page()
        for path in OPEN:
            shoot(page, served, path, folder)
        shoot(page, served, served.link().removeprefix(served.url), folder)
        served.enter(page)
        for path in dict.fromkeys(paths()):
            shoot(page, served, path, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
