"""The traces of errors in the log."""

from sqlalchemy.exc import IntegrityError

from coursewire.audit.redaction import LONGEST
from coursewire.server import traces

TOKEN = "0123456789abcdef" * 2


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    try:
        raise error from cause
    except BaseException as found:  # noqa: BLE001 - whatever it is
        return found


def written(error: BaseException) -> str:
    return traces.written((type(error), error, error.__traceback__))


def test_the_first_error_comes_first_and_each_has_its_place() -> None:
    trace = written(raised(ValueError("second"), raised(KeyError("first"))))
    assert trace.index("KeyError: 'first'") < trace.index("Then came") < trace.index("ValueError")
    assert trace.count("in raised") == 2
    assert trace.endswith("ValueError: second")


def test_aud_6_of_an_error_of_the_database_the_first_line_is_kept() -> None:
    error = IntegrityError("INSERT INTO users VALUES (?)", ("canary",), ValueError("not unique"))
    trace = written(raised(error))
    assert trace.endswith("sqlalchemy.exc.IntegrityError: (builtins.ValueError) not unique")


def test_aud_6_a_token_in_an_error_is_masked() -> None:
    trace = written(raised(RuntimeError(f"no room for {TOKEN}")))
    assert trace.endswith("RuntimeError: no room for ***")


def test_a_long_trace_keeps_its_end() -> None:
    trace = written(raised(ValueError("the end"), raised(ValueError("\n" * LONGEST))))
    assert len(trace) == LONGEST
    assert trace.startswith("…")
    assert trace.endswith("ValueError: the end")


def test_an_error_that_came_of_itself_is_told_once() -> None:
    error = ValueError("once")
    error.__context__ = other = ValueError("other")
    other.__context__ = error
    assert written(error).count("once") == 1
