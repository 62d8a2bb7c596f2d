"""What can be wrong with a database itself, said to the person who runs the program."""


class UnusableDatabase(Exception):
    """The database cannot be used as it is; the text says why and what to do."""


class OutcomeUnknown(Exception):
    """The connection broke during COMMIT: the changes may be kept or not (DUR-10)."""
