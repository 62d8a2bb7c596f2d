"""What a command line asks to be called: a function, its parameters, or a file of rows for it."""

from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct

from coursewire.cli import call_rows
from coursewire.cli.call_parameters import Fields
from coursewire.cli.call_shown import Format
from coursewire.cli.common import Failure
from coursewire.contracts.registry import entries


class Rows(NamedTuple):
    """Rows, and the parameter they go into."""

    key: str
    items: list[Any]


class Asked(Struct, frozen=True, kw_only=True):
    """One use of the command."""

    function: str
    fields: Fields
    rows_file: Path | None
    into: str | None
    size: int
    form: Format
    checked: bool

    def __post_init__(self) -> None:
        """Refuse options that contradict each other."""
        if self.rows_file is None:
            if self.into is not None:
                msg = "--into is about the rows of --rows"
                raise Failure(msg, 2)
            return
        if self.fields:
            msg = "a batch has its parameters in the rows"
            raise Failure(msg, 2, remedy="give --rows or parameters, not both")
        if not self.checked:
            msg = "rows are always checked, so that one at fault is named"
            raise Failure(msg, 2, remedy="leave out --unchecked")
        if self.form is Format.XML:
            msg = "the answers of a batch are no single document"
            raise Failure(msg, 2, remedy="--format json, table or csv")

    def rows(self) -> Rows:
        """Read the rows."""
        entry = entries().get(self.function)
        if entry is None or self.rows_file is None:
            msg = f"Moodle has no function {self.function}"
            raise Failure(msg, 2)
        key, item = call_rows.rows_node(self.function, self.into, entry.parameter_tree())
        return Rows(key, call_rows.read(self.rows_file, item))
