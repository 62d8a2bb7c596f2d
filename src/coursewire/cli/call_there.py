"""Calls over HTTP with a token, by the client; failures with what helps to mend them."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from coursewire.cli.call_parameters import SETTING, Fields, tree_of
from coursewire.cli.common import Failure
from coursewire.cli.connecting import Target
from coursewire.client import InvalidParameter, MoodleError
from coursewire.client._sync import Moodle


@contextmanager
def calling(target: Target) -> Generator[Moodle]:
    """Give a client of a site; what it raises ends the command in a sentence."""
    try:
        with Moodle(target.url, target.token, ca_file=target.ca_file) as moodle:
            yield moodle
    except MoodleError as error:
        raise failure(error) from error
    except LookupError as error:
        remedy = "a plugin's function: --unchecked sends it as it is"
        raise Failure(str(error.args[0]).partition(";")[0], 2, remedy=remedy) from error


def ask(moodle: Moodle, function: str, fields: Fields, *, checked: bool) -> Any:  # noqa: ANN401 - JSON
    """Call a function; its parameters are checked before anything is sent, if they are to be."""
    if not checked:
        return moodle.call_unchecked(function, dict(fields))
    params, settings = divided(fields)
    if settings:
        moodle.preview(function, tree_of(params))
        return moodle.call_unchecked(function, dict(fields))
    return moodle.call_by_name(function, tree_of(params))


def preview(
    moodle: Moodle, function: str, fields: Fields, *, checked: bool
) -> list[tuple[str, str]]:
    """Return what `ask` would send."""
    if not checked:
        return moodle.preview(function, dict(fields), checked=False)
    params, settings = divided(fields)
    return [*moodle.preview(function, tree_of(params)), *settings]


def divided(fields: Fields) -> tuple[Fields, Fields]:
    """Return parameters, and settings of the answer."""
    settings = [pair for pair in fields if pair[0].startswith(SETTING)]
    return [pair for pair in fields if pair not in settings], settings


def failure(error: MoodleError) -> Failure:
    """Return what a client raised as a sentence; a call that was not sent is wrong usage."""
    told = str(error)
    if error.exception and not error.errorcode:
        told += f" ({error.exception})"
    if error.check:
        told += f"; Coursewire-Refusal: {error.check}"
    if error.request_id:
        told += f"; Coursewire-Request: {error.request_id}"
    if error.debuginfo:
        told += f"; {error.debuginfo}"
    was_sent = not (isinstance(error, InvalidParameter) and not error.exception)
    remedy = "" if was_sent else "--unchecked sends parameters that are not Moodle 5.1's"
    return Failure(told, 1 if was_sent else 2, remedy=remedy)
