"""Load a site of any size: `python -m bench.load --data FOLDER --users N --courses N …`.

The site is made if there is none in the folder; with `--database` it lies on PostgreSQL. All
people share one ready password hash, of a password that nobody knows unless `--password` gives it.
"""

import argparse
import secrets
import sys
import time
from pathlib import Path

from bench import loading
from bench.loading import Sizes
from coursewire import app
from coursewire import settings as program_settings
from coursewire.domain.hashing import STANDARD


def main(arguments: list[str]) -> int:
    """Load, and say how long each part took."""
    given = _options(arguments)
    sizes = Sizes(users=given.users, courses=given.courses, enrolments=given.enrolments)
    settings = program_settings.load({"data": given.data, "database": given.database})
    begin = time.monotonic()
    if not app.exists(settings):
        app.create_site(settings)
        if given.database:
            # So that `coursewire serve` finds it.
            config = settings.data_folder / program_settings.FILE_NAME
            config.write_text(f'database = "{given.database}"\n')

    def report(what: str) -> None:
        print(f"{what} after {time.monotonic() - begin:.0f} s", flush=True)

    with app.open_site(settings) as opened, opened.database.session() as session:
        call = app.administrator_call(opened, session)
        hashed = STANDARD.hash(given.password or secrets.token_urlsafe(24))
        loading.load(call, sizes, hashed, report)
        # What PostgreSQL does by itself within minutes: count, and mark what all can see.
        if session.engine_name == "postgresql":
            session.connection.exec_driver_sql("SET statement_timeout = 0")
            session.connection.exec_driver_sql("VACUUM ANALYZE")
        report("statistics")
    return 0


def site(data: Path, users: int, courses: int, enrolments: int) -> Path:
    """Load a site on SQLite; return its folder."""
    sizes = {"users": users, "courses": courses, "enrolments": enrolments}
    main(["--data", str(data), *(f"--{name}={size}" for name, size in sizes.items())])
    return data


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--data", default="coursewire-data", help="folder of the site")
    parser.add_argument("--database", help="address of a PostgreSQL database")
    parser.add_argument("--password", help="password of all people")
    for name, size in (("users", 1_000_000), ("courses", 50_000), ("enrolments", 5_000_000)):
        parser.add_argument(f"--{name}", type=int, default=size, help=f"how many {name}")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
