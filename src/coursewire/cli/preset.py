"""`coursewire preset`: what known integrations need, put to work or explained for a Moodle."""

import typer

from coursewire.cli import preset_apply, preset_guide, preset_shown

commands = typer.Typer(help="Put known integrations to work.", no_args_is_help=True)
commands.command("list")(preset_shown.listed)
commands.command("show")(preset_shown.show)
commands.command("apply")(preset_apply.apply)
commands.command("guide")(preset_guide.guide)


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(commands, name="preset")
