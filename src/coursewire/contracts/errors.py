r"""Every exception name and error code that the protocol knows, and the refusals raised by rules.

    Refusal                    carries exception name, errorcode, message, reason and remedy
    ├── MoodleError            core\exception\moodle_exception, with any code
    │   └── UnfitDocument      the same, with HTTP status 422
    ├── TooManyRequests        the same, with HTTP status 429 and how long to wait
    ├── AnswerTooLarge         the same, and names the limit
    ├── InvalidParameter       …\invalid_parameter_exception / invalidparameter
    ├── InvalidResponse        …\invalid_response_exception / invalidresponse
    ├── NoPermission           …\required_capability_exception / nopermissions
    ├── RequireLogin           …\require_login_exception / requireloginerror
    ├── CodingError            …\coding_exception / codingerror
    ├── MissingRecord          dml_missing_record_exception / invalidrecordunknown
    ├── DatabaseWrite          dml_write_exception / dmlwriteexception
    ├── AccessDenied           webservice_access_exception / accessexception
    └── RestrictedContext      core_external\restricted_context_exception / …contextexception

`message` goes to the caller; `reason` is what exactly was wrong, for the log, the doctor and the
console; `remedy` tells an administrator the smallest change that mends it. Neither reason nor
remedy is ever sent.
"""

NAMESPACE = "core\\exception\\"

# An answer has so many rows at most (IN-9).
MOST_ROWS = 100_000
# A request has so many bytes at most, where the settings say nothing else (IN-1).
LARGEST_BODY = 8 * 1024 * 1024


class Refusal(Exception):
    """A call was refused; becomes an error document at the edge."""

    exception = NAMESPACE + "moodle_exception"
    errorcode: str | None = None
    # The HTTP status of the answer: Moodle tells nearly every error with 200.
    status: int = 200

    def __init__(
        self, message: str, *, errorcode: str | None = None, reason: str = "", remedy: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.errorcode = errorcode if errorcode is not None else type(self).errorcode
        self.reason = reason or message
        self.remedy = remedy


class MoodleError(Refusal):
    """The general refusal: its code says what it means."""

    def __init__(self, errorcode: str, message: str, *, reason: str = "", remedy: str = "") -> None:
        super().__init__(message, errorcode=errorcode, reason=reason, remedy=remedy)


class UnfitDocument(MoodleError):
    """A document inside a parameter does not fit; the message names the key that is wrong."""

    status = 422

    def __init__(self, message: str, *, errorcode: str = "errorinvalidparam") -> None:
        super().__init__(errorcode, message)


class TooManyRequests(Refusal):
    """A token, or a network that tries tokens, asks more often than it may (AUTH-10)."""

    errorcode = "toomanyrequests"
    status = 429

    def __init__(self, wait: int, *, reason: str, remedy: str = "") -> None:
        super().__init__(f"Too many requests; try again in {wait} s", reason=reason, remedy=remedy)
        self.wait = wait


class AnswerTooLarge(Refusal):
    """The answer would be larger than the server gives; it is refused, never cut (IN-9)."""

    errorcode = "answertoolarge"

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(
            f"The answer would have more than {limit} {what}; ask for less at once",
            reason=f"the answer exceeds the limit of {limit} {what}",
            remedy="ask for fewer by narrower criteria, by ids, or a page at a time",
        )
        self.what = what
        self.limit = limit


class InvalidParameter(Refusal):
    """A parameter does not fit; what exactly is only in the reason, as in Moodle."""

    exception = NAMESPACE + "invalid_parameter_exception"
    errorcode = "invalidparameter"

    def __init__(self, reason: str, *, remedy: str = "") -> None:
        super().__init__("Invalid parameter value detected", reason=reason, remedy=remedy)


class InvalidResponse(Refusal):
    """The answer does not fit its contract, for instance because of an odd stored value."""

    exception = NAMESPACE + "invalid_response_exception"
    errorcode = "invalidresponse"

    def __init__(self, reason: str) -> None:
        super().__init__("The answer does not fit its description", reason=reason)


class NoPermission(Refusal):
    """The caller lacks a capability in the place where the function acts."""

    exception = NAMESPACE + "required_capability_exception"
    errorcode = "nopermissions"

    def __init__(self, capability: str, where: str) -> None:
        super().__init__(
            f"You do not have the permission for this ({capability})",
            reason=f"the caller lacks {capability} in {where}",
            remedy=f"allow {capability} in a role that the user holds in {where} or above it",
        )
        self.capability = capability
        self.where = where


class RequireLogin(Refusal):
    """The course or activity cannot be entered by the caller."""

    exception = NAMESPACE + "require_login_exception"
    errorcode = "requireloginerror"

    def __init__(self, reason: str, *, remedy: str = "") -> None:
        super().__init__("Course or activity not accessible", reason=reason, remedy=remedy)


class CodingError(Refusal):
    """A call that Moodle treats as a mistake of the program that made it."""

    exception = NAMESPACE + "coding_exception"
    errorcode = "codingerror"

    def __init__(self, reason: str) -> None:
        super().__init__("The call is not possible in this form", reason=reason)


class MissingRecord(Refusal):
    """Something named by id does not exist."""

    exception = "dml_missing_record_exception"
    errorcode = "invalidrecordunknown"

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(
            "No such record", reason=f"there is no {kind} {key!r}", remedy=f"check the {kind}"
        )


class DatabaseWrite(Refusal):
    """The store could not take a value: too long, or taken by another row."""

    exception = "dml_write_exception"
    errorcode = "dmlwriteexception"

    def __init__(self, reason: str) -> None:
        super().__init__("The value could not be stored", reason=reason)


class AccessDenied(Refusal):
    """One of the gate's checks failed."""

    exception = "webservice_access_exception"
    errorcode = "accessexception"

    def __init__(self, reason: str, *, remedy: str = "") -> None:
        super().__init__("Access to the function is not allowed", reason=reason, remedy=remedy)


class RestrictedContext(Refusal):
    """The place lies outside the context that the token is confined to."""

    exception = "core_external\\restricted_context_exception"
    errorcode = "restrictedcontextexception"

    def __init__(self, reason: str) -> None:
        super().__init__("The token may not be used in this place", reason=reason)
