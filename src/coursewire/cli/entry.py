"""The way into the command; it loads nothing, since a server process of several loads it again."""

import gc

INTERRUPTED = 130


def main() -> None:
    """Run the command."""
    # What is loaded lasts as long as the process; looking through it while it grows, again and
    # again, took a quarter of the time of a short command.
    gc.disable()
    try:
        from coursewire.cli import main as command  # noqa: PLC0415 - see above

        gc.freeze()
        gc.enable()
        command.main()
    except KeyboardInterrupt:
        # Once a command runs, Typer ends it like this; before, the interpreter would tell a trace.
        raise SystemExit(INTERRUPTED) from None
