"""What an error of the database means for who asked: full, broken, busy, away, or not known."""

from enum import StrEnum

from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from coursewire.store.problems import KeptInPart, OutcomeUnknown, UnusableDatabase


class Trouble(StrEnum):
    """Nothing was kept of what ran into one of these, save with `IN_PART`, perhaps `UNKNOWN`."""

    FULL = "the disk of the database is full"
    READ_ONLY = "the database cannot be written"
    BROKEN = "the disk of the database reports errors"
    BUSY = "the database is busy"
    HELD = "others held what was to be changed"
    SLOW = "the database was at work for longer than a call may take"
    AWAY = "the database cannot be reached"
    UNKNOWN = "the connection broke while changes were committed"
    IN_PART = "the database failed after a part of the changes was kept"

    @property
    def is_of_storage(self) -> bool:
        """Tell whether it lasts until somebody does something about the disk."""
        return self in {Trouble.FULL, Trouble.READ_ONLY, Trouble.BROKEN}


# SQLite's primary result codes.
_SQLITE = {
    5: Trouble.HELD,
    6: Trouble.HELD,
    8: Trouble.READ_ONLY,
    9: Trouble.SLOW,
    10: Trouble.BROKEN,
    13: Trouble.FULL,
    14: Trouble.BROKEN,
}
_POSTGRES = {
    "25006": Trouble.READ_ONLY,
    "40001": Trouble.HELD,
    "40P01": Trouble.HELD,
    "53100": Trouble.FULL,
    "53300": Trouble.BUSY,
    "55P03": Trouble.HELD,
    "57014": Trouble.SLOW,
    "57P01": Trouble.AWAY,
    "57P02": Trouble.AWAY,
    "57P03": Trouble.AWAY,
    "58030": Trouble.BROKEN,
}


def of(error: BaseException) -> Trouble | None:
    """Return the trouble that an error stands for; None: it is a mistake of the program."""
    if isinstance(error, OutcomeUnknown):
        return Trouble.UNKNOWN
    if isinstance(error, KeptInPart):
        return Trouble.IN_PART
    if isinstance(error, UnusableDatabase) and error.__cause__ is not None:
        # A new connection could not be set up; what the driver said of it is the cause.
        return of(error.__cause__)
    if isinstance(error, PoolTimeout):
        return Trouble.BUSY
    if isinstance(error, PendingRollbackError):
        # SQLAlchemy says so of every statement after the one that lost the connection.
        return Trouble.AWAY
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return Trouble.AWAY
    cause: object = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _SQLITE.get(code & 0xFF)
    if not hasattr(cause, "sqlstate"):
        return None
    state = getattr(cause, "sqlstate", None)
    if state is None:
        # psycopg could not connect, or lost the connection, and says so without a code.
        lost = {"OperationalError", "InterfaceError"}
        return Trouble.AWAY if type(cause).__name__ in lost else None
    return Trouble.AWAY if state.startswith("08") else _POSTGRES.get(state)
