"""What can go wrong with a call, by what it means to the caller.

    MoodleError             a refusal without a class of its own; `errorcode` says which
    ├── InvalidToken        the site does not know the token
    ├── AccessDenied        token or user may not call this function, or not log in
    ├── InvalidParameter    a parameter does not fit: refused by the site, or before sending
    ├── NotFound            what was named by an id, or a file, is not there
    ├── NoPermission        the user may call the function, but not do that in that place
    ├── SiteUnavailable     no answer, or a closed site; later it may work
    └── UnexpectedAnswer    what answers is no web service of Moodle, or not one of this contract

None of them ever holds a token, a password, or what an answer contained.
"""

from collections.abc import Mapping
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})


class MoodleError(Exception):
    """A call failed.

    `exception`, `errorcode` and `debuginfo` are the site's, empty where it said nothing of the
    kind; `function` is what was called; `sent` are the fields of the request: numbers and codes as
    they were sent, of any other text only the length; `advice` says what to do about it.
    `request_id` and, from a site in development, `check` are what Coursewire says beside its
    answer: where its log has the call, and which check refused it. Moodle leaves them empty.
    """

    def __init__(
        self,
        message: str,
        *,
        exception: str = "",
        errorcode: str = "",
        debuginfo: str = "",
        function: str = "",
        sent: Mapping[str, str] = NOTHING,
        advice: str = "",
        request_id: str = "",
        check: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.exception = exception
        self.errorcode = errorcode
        self.debuginfo = debuginfo
        self.function = function
        self.sent = dict(sent)
        self.advice = advice
        self.request_id = request_id
        self.check = check

    def __str__(self) -> str:
        """Say which function failed, why, with which code, and what to do."""
        where = f"{self.function}: " if self.function else ""
        code = f" ({self.errorcode})" if self.errorcode else ""
        advice = f"; {self.advice}" if self.advice else ""
        return f"{where}{self.message}{code}{advice}"


class InvalidToken(MoodleError):
    """The site does not know the token: mistyped, deleted, or of another site."""


class AccessDenied(MoodleError):
    """The token, its service or the state of its user does not allow the call."""


class InvalidParameter(MoodleError):
    """A parameter does not fit its contract or a rule of the function."""


class NotFound(MoodleError):
    """Something that was named does not exist."""


class NoPermission(MoodleError):
    """A capability is missing in the place where the function acts."""


class SiteUnavailable(MoodleError):
    """There is no answer from the site, or it is closed.

    `retry_after`: in how many seconds the site wants to be asked again, where it said so.
    `may_have_run`: the call was sent, so it may have been carried out though no answer came.
    """

    retry_after: float | None = None
    may_have_run: bool = False


class UnexpectedAnswer(MoodleError):
    """The answer is none of a Moodle web service, or does not fit the contract.

    `may_have_run`: the call may have been carried out all the same.
    """

    may_have_run: bool = True
