"""Build what a release publishes, twice: wheels and sdists, bill of materials, checksums (SUP-3).

    python -m scripts.release FOLDER

Both builds must be equal to the last bit; the time in them is that of the last commit.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import uuid
from datetime import UTC, datetime
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.utils import canonicalize_name

from coursewire import __version__
from scripts.locks import LOCKS, PIN

ROOT = Path(__file__).resolve().parent.parent
# The product, and the plugins that its extras install.
PACKAGES = (ROOT, ROOT / "plugins" / "percipio")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
BILL = "coursewire.cdx.json"
CHECKSUMS = "SHA256SUMS"
EPOCH = "SOURCE_DATE_EPOCH"


class Differs(Exception):
    """Two builds of one source are not equal."""


def moment() -> int:
    """Return the time of the last commit, or what the environment says."""
    given = os.environ.get(EPOCH)
    if given:
        return int(given)
    command = ["git", "log", "-1", "--format=%ct"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return int(done.stdout)


def build(folder: Path, seconds: int) -> dict[str, str]:
    """Build wheels and sdists without network; return the checksums by name."""
    for source in PACKAGES:
        subprocess.run(
            [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(source)],
            env={**os.environ, EPOCH: str(seconds)},
            stdout=subprocess.DEVNULL,
            check=True,
        )
    return {path.name: checksum(path) for path in sorted(folder.iterdir())}


def checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def bill(lock: str, seconds: int) -> str:
    """Return the CycloneDX bill of materials of a lock file; the same lock gives the same bill."""
    product = Component(
        type=ComponentType.APPLICATION,
        name="coursewire",
        version=__version__,
        purl=PackageURL("pypi", None, "coursewire", __version__),
        bom_ref="coursewire",
    )
    made = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"coursewire-{checksum_of(lock)}"))
    made.metadata.component = product
    made.metadata.timestamp = datetime.fromtimestamp(seconds, UTC)  # noqa: TID251 - of a commit
    parts = [_component(entry) for entry in re.split(r"\n(?=[A-Za-z0-9])", lock.strip())]
    made.components.update(parts)
    made.register_dependency(product, parts)
    return JsonV1Dot6(made).output_as_string(indent=2) + "\n"


def checksum_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _component(entry: str) -> Component:
    pinned = PIN.match(entry)
    if pinned is None:
        msg = f"not a pinned requirement: {entry.splitlines()[0]}"
        raise ValueError(msg)
    name, version = canonicalize_name(pinned["name"]), pinned["version"]
    address = PackageURL("pypi", None, name, version)
    return Component(
        type=ComponentType.LIBRARY,
        name=name,
        version=version,
        purl=address,
        bom_ref=str(address),
        hashes=[
            HashType(alg=HashAlgorithm.SHA_256, content=found) for found in HASH.findall(entry)
        ],
    )


def release(folder: Path) -> dict[str, str]:
    """Make everything in an empty folder; return the checksums by name."""
    seconds = moment()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as second:
        made, again = build(folder, seconds), build(Path(second), seconds)
    if made != again:
        different = sorted(name for name in made | again if made.get(name) != again.get(name))
        msg = f"two builds differ in {', '.join(different)}"
        raise Differs(msg)
    written = bill((LOCKS / "server.lock").read_text("utf-8"), seconds)
    (folder / BILL).write_text(written, "utf-8")
    sums = {path.name: checksum(path) for path in sorted(folder.iterdir())}
    lines = "".join(f"{digest}  {name}\n" for name, digest in sums.items())
    (folder / CHECKSUMS).write_text(lines, "ascii")
    return sums


def main() -> int:
    """Build into the folder that was named."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "dist")
    if folder.exists() and any(folder.iterdir()):
        print(f"{folder} is not empty: a release is built into an empty folder.", file=sys.stderr)
        return 2
    try:
        sums = release(folder)
    except Differs as problem:
        print(problem, file=sys.stderr)
        return 1
    for name, digest in sums.items():
        print(f"{digest}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
