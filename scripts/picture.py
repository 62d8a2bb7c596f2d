"""Draw the README's picture from what `coursewire up` and `token check` really print."""

import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "pictures" / "up.svg"
READY = "Ctrl-C stops it."
WIDTH = 100


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        printed = _printed(Path(folder))
    console = Console(record=True, width=WIDTH, file=Path(os.devnull).open("w"))  # noqa: SIM115
    for command, text in printed:
        console.print(Text.from_markup(f"[bold green]$[/] [bold]{command}[/]"))
        console.print(Text.from_ansi(text))
    drawn = console.export_svg(title="coursewire")
    # The picture must not fetch fonts from anywhere.
    TARGET.write_text(re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL), "utf-8")
    return 0


def _printed(folder: Path) -> list[tuple[str, str]]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    colours = {"FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "PATH": path}
    environ = {**os.environ, **colours}
    log = folder / "up.log"
    with log.open("wb") as output:
        up = subprocess.Popen(
            ["coursewire", "up"], cwd=folder, env=environ, stdout=output, stderr=output
        )
        try:
            while READY not in log.read_text() and up.poll() is None:
                time.sleep(0.1)
            text = log.read_text()
            plain = Text.from_ansi(text).plain
            (check,) = [line.strip() for line in plain.splitlines() if " token check " in line]
            checked = subprocess.check_output(
                shlex.split(check), cwd=folder, env=environ, text=True
            )
        finally:
            up.send_signal(signal.SIGINT)
            up.wait(30)
    return [("coursewire up", text), (check, checked)]


if __name__ == "__main__":
    sys.exit(main())
