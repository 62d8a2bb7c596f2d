"""What a user can mend ends in one clear sentence and an exit code, never in a trace."""

import sqlite3
from typing import Any

import typer
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from typer.core import TyperGroup

from coursewire.app import NoSite
from coursewire.cli.common import Failure, console_error
from coursewire.contracts.errors import Refusal
from coursewire.domain.hashing import Busy
from coursewire.presets.problems import PresetError
from coursewire.server.listen import CannotListen
from coursewire.settings import SettingsError
from coursewire.sitefile.problems import BadSiteFile
from coursewire.store.keys import KeyFileError
from coursewire.store.problems import OutcomeUnknown, UnusableDatabase
from coursewire.transfer.problems import BadBackup, RestoreRefused

REFUSED = 1
WRONG_USAGE = 2
UNUSABLE = 3
# PostgreSQL's code for what a role has no right to.
_NO_RIGHT = "42501"
_ASK_THE_OWNER = (
    "let the role that owns the tables do it, with its address in COURSEWIRE_DATABASE: "
    "docs/deploying.md, two roles on PostgreSQL"
)


class Program(TyperGroup):
    """The whole command; its `invoke` stands around every subcommand, and all else before it."""

    def make_context(self, *given: Any, **more: Any) -> Any:  # noqa: ANN401 - as above
        """Read the arguments; the help and the version are written here, perhaps without room."""
        try:
            return super().make_context(*given, **more)
        except OSError as error:
            code = tell(error)
            if code is None:
                raise
            raise typer.Exit(code) from error

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - Typer keeps the types of both to itself
        """Run the command; turn a known error into its sentence."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            code = tell(error)
            if code is None:
                raise
            raise typer.Exit(code) from error


def tell(error: Exception) -> int | None:
    """Say a known error on standard error and return its exit code; None: it is not known."""
    match error:
        case Failure():
            console_error(str(error), error.remedy)
            return error.code
        case SettingsError() | NoSite() | KeyFileError() | UnusableDatabase():
            console_error(str(error))
            return UNUSABLE
        case Refusal():
            console_error(error.reason, error.remedy)
            return REFUSED
        case RestoreRefused():
            console_error(str(error), error.remedy)
            return REFUSED
        case (
            BadBackup() | BadSiteFile() | PresetError() | CannotListen() | OutcomeUnknown() | Busy()
        ):
            console_error(str(error))
            return REFUSED
        case DBAPIError() | PoolTimeout():
            cause = error.orig if isinstance(error, DBAPIError) else error
            remedy = _ASK_THE_OWNER if getattr(cause, "sqlstate", "") == _NO_RIGHT else ""
            console_error(database_refuses(error), remedy)
            return UNUSABLE
        case sqlite3.Error():
            # A file that is copied as a whole, or made one file, is opened without SQLAlchemy.
            console_error(f"the database cannot do this: {first_line(error)}")
            return UNUSABLE
        case UnicodeError():
            # What the system hands over that is not UTF-8 stands in a text as lone surrogates.
            console_error("an argument, or what was read, is not UTF-8")
            return WRONG_USAGE
        case BrokenPipeError():
            return None
        case OSError():
            place = f"{error.filename}: " if error.filename else ""
            console_error(f"{place}{error.strerror or error}")
            return REFUSED
        case _:
            return None


def database_refuses(error: DBAPIError | PoolTimeout) -> str:
    """Say what the database says; the statement and its values may hold personal data (OUT-1)."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return f"the database cannot do this: {first_line(cause)}"


def first_line(error: object) -> str:
    """Return the first line of an error's text."""
    return next(iter(str(error).strip().splitlines()), "no reason given")
