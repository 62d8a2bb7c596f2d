"""Why a backup is not used, said to the person who runs the program."""


class BadBackup(Exception):
    """A backup is damaged or cannot be made; the text says what is wrong."""


class RestoreRefused(Exception):
    """A backup is not restored here; the text says why, `remedy` what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy
