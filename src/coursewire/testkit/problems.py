"""What can go wrong when a test steers a site."""


class KitError(Exception):
    """A wish that cannot be granted; the text says why, `remedy` what to do."""

    def __init__(self, code: str, message: str, *, remedy: str = "", status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.remedy = remedy
        self.status = status
