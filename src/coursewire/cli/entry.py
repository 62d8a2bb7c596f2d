"""The way into the command; it loads nothing, since a server process of several loads it again."""

import gc
import sys
from types import ModuleType

INTERRUPTED = 130
# As a command that does not exist: to `doctor`, 1 says something of a token.
WRONG_USAGE = 2


def main() -> None:
    """Run the command."""
    # What is loaded lasts as long as the process; looking through it while it grows, again and
    # again, took a quarter of the time of a short command.
    gc.disable()
    try:
        command = _command()
        gc.freeze()
        gc.enable()
        command.main()
    except KeyboardInterrupt:
        # Once a command runs, Typer ends it like this; before, the interpreter would tell a trace.
        raise SystemExit(INTERRUPTED) from None


def _command() -> ModuleType:
    try:
        from coursewire.cli import main as command  # noqa: PLC0415 - see above
    except ModuleNotFoundError as problem:
        from coursewire.text import extras  # noqa: PLC0415 - see above

        print(extras.advice(problem, "The command coursewire"), file=sys.stderr)
        raise SystemExit(WRONG_USAGE) from None
    return command
