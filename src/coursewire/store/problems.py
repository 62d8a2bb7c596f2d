"""What can be wrong with a database itself, said to the person who runs the program."""


class UnusableDatabase(Exception):
    """The database cannot be used as it is; the text says why and what to do."""


class OutcomeUnknown(Exception):
    """The connection broke during COMMIT, or the call was left there: kept or not (DUR-10)."""


class KeptInPart(Exception):
    """The database failed after some transactions of a call were kept; the cause says how."""


class NeedsWriter(Exception):
    """A session that only reads was asked for a transaction: the work belongs to a worker."""


class CallStopped(Exception):
    """The server stops before the call is over: what it has not committed is undone (NET-6)."""
