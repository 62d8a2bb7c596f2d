"""Check the lock files against a snapshot of known vulnerabilities, without network (SUP-2).

    python -m scripts.advisories --snapshot PATH

PATH is a folder or zip of OSV records for PyPI, as the OSV project publishes them. Exit 0: nothing
known. 1: a finding without an exception, an exception that ended, or something that could not be
looked up. Without a snapshot nothing is checked, which --required takes for a failure.
"""

import argparse
import io
import json
import os
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from scripts.locks import LOCKS, PIN, pins

VARIABLE = "COURSEWIRE_ADVISORIES"
EXCEPTIONS = LOCKS / "advisory-exceptions.toml"
# A snapshot is to be renewed after so long, and an exception ends after so long at most.
FRESH = timedelta(days=14)
# Locked packages of which advisories have been known for years: a snapshot that has none of one of
# them is a part of one, or of another ecosystem, and says nothing about the others either.
KNOWN = frozenset({"cryptography", "jinja2", "pyyaml"})
LONGEST_EXCEPTION = timedelta(days=30)
# Days within which a finding is to be mended.
FIX_WITHIN = {"CRITICAL": 2, "HIGH": 7}
OTHERS_WITHIN = 30


class Unreadable(Exception):
    """The snapshot cannot be used; the text says why."""


class Finding(NamedTuple):
    """A pinned version that an advisory names."""

    lock: str
    package: str
    version: Version
    advisory: str
    severity: str
    summary: str


class Allowance(NamedTuple):
    """Why a finding may stay for a while."""

    advisory: str
    reason: str
    until: date


def records(snapshot: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a snapshot."""
    try:
        if snapshot.is_dir():
            for path in sorted(snapshot.rglob("*.json")):
                yield json.loads(path.read_bytes())
        else:
            with zipfile.ZipFile(io.BytesIO(snapshot.read_bytes())) as archive:
                for name in sorted(archive.namelist()):
                    if name.endswith(".json"):
                        yield json.loads(archive.read(name))
    except (OSError, zipfile.BadZipFile, ValueError) as problem:
        msg = f"the snapshot {snapshot} cannot be read: {problem}"
        raise Unreadable(msg) from problem


def affected_by(record: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return what a record says of packages of PyPI, by their names."""
    found: dict[str, list[dict[str, Any]]] = {}
    for affected in record.get("affected", []):
        package = affected.get("package", {})
        if package.get("ecosystem") == "PyPI":
            found.setdefault(canonicalize_name(package["name"]), []).append(affected)
    return found


def _affects(affected: dict[str, Any], version: Version) -> bool:
    listed = {Version(one) for one in affected.get("versions", []) if _is_version(one)}
    if version in listed:
        return True
    ranges = [one for one in affected.get("ranges", []) if one.get("type") == "ECOSYSTEM"]
    return any(_is_within(one.get("events", []), version) for one in ranges)


def _is_version(written: str) -> bool:
    try:
        Version(written)
    except InvalidVersion:
        return False
    return True


def _is_within(events: list[dict[str, str]], version: Version) -> bool:
    inside = False
    for at, kind in sorted(map(_moment, events)):
        if kind == "introduced" and version >= at:
            inside = True
        elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            inside = False
    return inside


def _moment(event: dict[str, str]) -> tuple[Version, str]:
    kind, written = next(iter(event.items()))
    return Version("0.dev0") if written == "0" else Version(written), kind


def looked_up(locks: dict[str, str]) -> dict[str, dict[str, Version]]:
    """Return the pins of the locks; whatever else they hold could not be looked up."""
    for name, text in locks.items():
        for line in text.splitlines():
            if line[:1].strip() and not line.startswith("#") and not PIN.match(line):
                msg = f"{name}.lock: {line!r} pins no version, so nothing can be looked up"
                raise Unreadable(msg)
    return {name: pins(text) for name, text in locks.items()}


def findings(snapshot: Path, locks: dict[str, str]) -> tuple[list[Finding], datetime]:
    """Return what a snapshot says of the locks, and how new its newest record is."""
    pinned = looked_up(locks)
    newest, found, seen = datetime.min.replace(tzinfo=UTC), list[Finding](), set[str]()
    for record in records(snapshot):
        affected = affected_by(record)
        seen.update(affected)
        newest = max(newest, _time(record.get("modified", "")))
        if record.get("withdrawn"):
            continue
        for lock, packages in pinned.items():
            found += [
                Finding(lock, package, version, str(record["id"]), *_about(record))
                for package, version in packages.items()
                if any(_affects(one, version) for one in affected.get(package, ()))
            ]
    missing = sorted((KNOWN & set().union(*pinned.values())) - seen)
    if not seen or missing:
        what = "holds no records of PyPI" if not seen else f"knows nothing of {missing[0]}"
        msg = f"the snapshot {snapshot} {what}, so it is not whole and nothing was looked up"
        raise Unreadable(msg)
    return found, newest


def _about(record: dict[str, Any]) -> tuple[str, str]:
    severity = str(record.get("database_specific", {}).get("severity", "")).upper()
    return severity, str(record.get("summary", ""))


def _time(written: str) -> datetime:
    # OSV writes up to nine digits of a second.
    shortened = re.sub(r"(\.\d{6})\d+", r"\1", written)
    return datetime.fromisoformat(shortened) if shortened else datetime.min.replace(tzinfo=UTC)


def exceptions(path: Path, today: date) -> tuple[dict[str, Allowance], list[str]]:
    """Return the exceptions that hold today, and what is wrong with the others."""
    if not path.exists():
        return {}, []
    listed = tomllib.loads(path.read_text("utf-8")).get("exception", [])
    good: dict[str, Allowance] = {}
    wrong: list[str] = []
    for one in listed:
        found = Allowance(one["advisory"], one.get("reason", ""), one["until"])
        if not found.reason:
            wrong.append(f"the exception for {found.advisory} gives no reason")
        elif found.until < today:
            wrong.append(f"the exception for {found.advisory} ended on {found.until}")
        elif found.until - today > LONGEST_EXCEPTION:
            wrong.append(f"the exception for {found.advisory} is longer than 30 days")
        else:
            good[found.advisory] = found
    return good, wrong


def main() -> int:
    """Check and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--snapshot", type=Path, default=os.environ.get(VARIABLE))
    parser.add_argument("--exceptions", type=Path, default=EXCEPTIONS)
    parser.add_argument("--locks", type=Path, default=LOCKS)
    parser.add_argument("--required", action="store_true")
    given = parser.parse_args()
    if not given.snapshot:
        print(f"Advisories: not checked; name a snapshot in {VARIABLE}.")
        return 1 if given.required else 0
    locks = {path.stem: path.read_text("utf-8") for path in sorted(given.locks.glob("*.lock"))}
    now = datetime.now(UTC)
    allowed, wrong = exceptions(given.exceptions, now.date())
    try:
        found, newest = findings(Path(given.snapshot), locks)
    except (Unreadable, KeyError, InvalidVersion) as problem:
        print(f"Advisories: {problem}", file=sys.stderr)
        return 1
    if now - newest > FRESH:
        print(f"warning: the snapshot's newest record is of {newest.date()}; get a newer one")
    for one in found:
        if one.advisory not in allowed:
            within = FIX_WITHIN.get(one.severity, OTHERS_WITHIN)
            wrong.append(
                f"{one.lock}.lock: {one.package} {one.version}: {one.advisory} "
                f"({one.severity.lower() or 'severity unknown'}, mend within {within} days) "
                f"{one.summary}"
            )
    for line in wrong:
        print(line, file=sys.stderr)
    if not wrong:
        print(f"Advisories: nothing known of {len(locks)} lock files, as of {newest.date()}.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
