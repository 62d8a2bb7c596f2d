"""The way into the command; it loads nothing, since a server process of several loads it again."""


def main() -> None:
    """Run the command."""
    from coursewire.cli import main as command  # noqa: PLC0415 - see above

    command.main()
