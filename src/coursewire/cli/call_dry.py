"""What a call would send: its form, field by field and as a body, the token hidden."""

from typing import Any
from urllib.parse import urlencode

from coursewire.cli import call_batch, call_there
from coursewire.cli.call_asked import Asked
from coursewire.cli.common import Failure
from coursewire.cli.connecting import Target
from coursewire.cli.showing import err, plain, print_facts
from coursewire.client import Moodle
from coursewire.client._address import REST
from coursewire.text.counted import counted


def show(asked: Asked, root: str) -> None:
    """Print the form of a call, or of the first call of a batch; nothing is sent."""
    with call_there.calling(Target(url=root, token="none is sent")) as moodle:  # noqa: S106 - none
        if asked.rows_file is None:
            form = call_there.preview(moodle, asked.function, asked.fields, checked=asked.checked)
        else:
            form = _first_of_batch(asked, moodle)
    plain(f"POST {root}{REST}")
    plain("Content-Type: application/x-www-form-urlencoded")
    plain("")
    print_facts(dict(form))
    plain("")
    plain(urlencode(form, safe="[]"))


def _first_of_batch(asked: Asked, moodle: Moodle) -> list[tuple[str, str]]:
    key, rows = asked.rows()
    wrong = call_batch.unfit(moodle, asked.function, key, rows)
    for number, error in wrong.items():
        err.print(f"row {number}: {error}", markup=False)
    fitting: list[Any] = [row for number, row in enumerate(rows, 1) if number not in wrong]
    if not fitting:
        msg = "no row fits"
        raise Failure(msg)
    calls = -(-len(fitting) // asked.size)
    left_out = f", {counted(len(wrong), 'row')} left out" if wrong else ""
    err.print(
        f"{counted(len(fitting), 'row')} in {counted(calls, 'call')}{left_out}; the first call:",
        markup=False,
    )
    return moodle.preview(asked.function, {key: fitting[: asked.size]})
