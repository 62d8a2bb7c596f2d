"""Operational logs: one JSON object a line on standard error, without secrets (AUD-5)."""

import asyncio
import logging
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, TextIO, cast

import msgspec
import structlog

from coursewire.audit.redaction import line_value, line_values
from coursewire.server import traces

_LONGEST_LINE = 16 * 1024
# What a line that is too long keeps of itself, and how many characters of each.
_ALWAYS = ("event", "level", "timestamp")
_SHORT = 1024
_encode = msgspec.json.Encoder().encode


class StandardError:
    """Standard error as it is when something is written, not as it was at the start.

    What it cannot take is lost: a full disk behind it, or a reader that has gone, must neither
    fail a call nor take back an answer that is out (DUR-9).
    """

    def write(self, text: str) -> None:
        """Write a line."""
        with suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Let the line out."""
        with suppress(OSError):
            sys.stderr.flush()


def configure(level: str) -> None:
    """Send structlog's events of this level and above to standard error as JSON lines."""
    _take_over("uvicorn.error")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(traces.written),
            _one_line,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", StandardError())),
        cache_logger_on_first_use=True,
    )


class _Forwarded(logging.Handler):
    """Passes what a library logs on to our own log, in its form."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log one event; its trace, if it has one, comes along.

        A task that is cancelled failed at nothing: the server itself stops, and says so.
        """
        if record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError):
            return
        structlog.get_logger(record.name).error(record.getMessage(), exc_info=record.exc_info)


def _take_over(name: str) -> None:
    """Let a library say errors only: what it warns of, strangers can cause without end."""
    logger = logging.getLogger(name)
    logger.handlers[:] = [_Forwarded()]
    logger.setLevel(logging.ERROR)
    logger.propagate = False


def _one_line(_logger: object, _name: str, event: MutableMapping[str, Any]) -> str:
    line = _encode(line_values(msgspec.to_builtins(event, str_keys=True, enc_hook=str)))
    if len(line) > _LONGEST_LINE:
        kept = {name: str(event[name]) for name in _ALWAYS if name in event}
        short = {name: line_value(value, _SHORT) for name, value in kept.items()}
        line = _encode({**short, "omitted": f"{len(line)} bytes"})
    return line.decode()
