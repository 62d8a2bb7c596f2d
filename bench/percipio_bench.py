"""The Percipio partner's reports of progress: what one document costs the server over HTTP."""

import json
import random
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from bench import driving, serving, sites
from bench.driving import Driver
from bench.measuring import Figure, show
from coursewire import app
from coursewire.domain import tokens
from coursewire.domain.site import ADMIN_ID
from coursewire.domain.tokens import NewToken
from coursewire.plugin import lifecycle
from coursewire.settings import Settings
from coursewire.store import services
from coursewire_percipio import PLUGIN
from coursewire_percipio.asset_import import asset_import
from coursewire_percipio.contracts import Document

# The goal of 150 documents a second: so many milliseconds of one core each.
MOST = 1000 / 150


class Sizes(Struct, frozen=True, kw_only=True):
    """How many of each."""

    assets: int = 500
    users: int = 200
    documents: int = 10_000


class Place(Struct, frozen=True, kw_only=True):
    """The site that is measured."""

    token: str
    users: range


def main() -> int:
    """Measure at full size."""
    return show(measure(Sizes()))


def measure(sizes: Sizes) -> list[Figure]:
    """Return what a document costs, in milliseconds of the server's CPU."""
    with sites.folder() as folder:
        place = _site(folder / "site", sizes)
        requests = _requests(place, sizes)
        with serving.coursewire(folder / "site") as served:
            before = served.cpu()
            with closing(Driver(served.port, 4)) as driver:
                driver.run(requests)
            taken = served.cpu() - before
    name = f"{len(requests):,} progress documents in random order, each"
    return [Figure(name=name, value=taken / len(requests) * 1000, unit="ms CPU", most=MOST)]


def _site(data: Path, sizes: Sizes) -> Place:
    with sites.made(data) as (_opened, call):
        lifecycle.enable(call, PLUGIN)
        people = sites.people(call.session, sizes.users)
    with app.open_site(Settings(data=str(data))) as opened, opened.database.session() as session:
        call = app.administrator_call(opened, session)
        for number in range(sizes.assets):
            asset_import(call, Document(data=json.dumps(_asset(number))))
        service = services.by_shortname(session, "Percipio-API")
        if service is None:
            raise LookupError("Percipio-API")
        made = tokens.issue(call, NewToken(user_id=ADMIN_ID, service_id=service.id))
    return Place(token=made.token, users=people)


def _asset(number: int) -> dict[str, object]:
    return {
        "fullname": f"Asset {number}",
        "shortname": f"asset-{number}",
        "summary": "What there is to learn.",
        "xapiActivityId": f"https://xapi.example.com/asset/{number}",
        "link": f"https://partner.example.com/asset/{number}",
        "category": f"Category {number % 10}",
        "courseformatoptions": [{"name": "activitytype", "value": "percipio"}],
    }


def _requests(place: Place, sizes: Sizes) -> list[bytes]:
    seeded = random.Random(6)
    return [
        driving.form(place.token, "percipio_progress_tracking", data=json.dumps(document))
        for document in (
            {
                "username": str(seeded.choice(place.users)),
                "courseshortname": f"asset-{seeded.randrange(sizes.assets)}",
                "completionstate": seeded.choice([0, 1]),
                "completionmessage": "completed",
                "finalgrade": seeded.randrange(101),
                "passingscore": 80,
                "lastscore": 70,
                "percentcomplete": "90",
                "totalduration": "PT4M51S",
                "timemodified": 1_700_000_000_000 + seeded.randrange(10**9),
            }
            for _ in range(sizes.documents)
        )
    ]
