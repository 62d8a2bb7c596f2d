"""Rows for a batch, out of CSV, YAML or JSON files, in the shape that a function's list wants."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import msgspec

from coursewire.cli.call_parameters import tree_of
from coursewire.cli.common import Failure
from coursewire.contracts.tree import List, Node, Object
from coursewire.sitefile.document import Document
from coursewire.text.counted import counted

LARGEST = 64 * 1024 * 1024


def read(path: Path, items: Node) -> list[Any]:
    """Return the rows of a file; `items` is what the function takes as one row."""
    content = _content(path)
    match path.suffix.lower():
        case ".csv":
            rows = list(_from_csv(path, content, items))
        case ".yaml" | ".yml":
            rows = _list(Document(path.name, content).value, path)
        case ".json":
            rows = _list(_json(path, content), path)
        case _:
            msg = f"{path} is no file of rows"
            raise Failure(msg, 2, remedy="its name ends in .csv, .yaml, .yml or .json")
    if not rows:
        msg = f"{path} holds no rows"
        raise Failure(msg, 2, remedy="in CSV the first line holds headings, and rows come below")
    return rows


def rows_node(name: str, into: str | None, tree: Node) -> tuple[str, Node]:
    """Return the parameter of a function that takes rows, and what one row is."""
    lists: dict[str, Node] = {}
    if isinstance(tree, Object):
        for key, node in tree.keys.items():
            if isinstance(node, List):
                lists[key] = node.items
    if into is None and len(lists) == 1:
        return next(iter(lists.items()))
    if into is not None and into in lists:
        return into, lists[into]
    if not lists:
        msg = f"{name} has no parameter that takes rows"
        raise Failure(msg, 2, remedy="call it without --rows")
    said = "is not one that takes rows" if into else "is not said"
    msg = f"the parameter that the rows go into {said}"
    raise Failure(msg, 2, remedy=f"--into {' or '.join(sorted(lists))}")


def _content(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        msg = f"{path} is larger than {LARGEST // 1024 // 1024} MiB"
        raise Failure(msg, 2, remedy="divide it into several files")
    return path.read_bytes()


def _from_csv(path: Path, content: bytes, items: Node) -> Iterator[Any]:
    """Give the rows under the headings; headings may have brackets, as in `a[0][b]`."""
    no_lines: list[str] = []
    try:
        text = content.decode("utf-8-sig")
        lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        headings = [heading.strip() for heading in next(lines, no_lines)]
        _require_headings(path, headings)
        for cells in lines:
            if not any(cells):
                continue
            if len(cells) != len(headings):
                msg = f"{path}, line {lines.line_num}: {counted(len(cells), 'cell')} under "
                raise Failure(msg + counted(len(headings), "heading"), 2)
            yield _row(dict(zip(headings, cells, strict=True)), items)
    except UnicodeDecodeError as error:
        msg = f"{path} is not written in UTF-8 (byte {error.start})"
        raise Failure(msg, 2) from error
    except csv.Error as error:
        msg = f"{path} is no valid CSV: {error}"
        raise Failure(msg, 2) from error


def _require_headings(path: Path, headings: list[str]) -> None:
    if not all(headings) or len(set(headings)) != len(headings):
        msg = f"{path}: a heading is empty or there twice"
        raise Failure(msg, 2, remedy="the first line names the fields, each once")


def _row(cells: dict[str, str], items: Node) -> Any:  # noqa: ANN401 - a text or a mapping
    """Return a row; an empty cell is left out, unless the function demands the field."""
    if not isinstance(items, Object):
        return next(iter(cells.values()))
    needed = {key for key, node in items.keys.items() if node.required == "required"}
    return tree_of([(name, text) for name, text in cells.items() if text or name in needed])


def _json(path: Path, content: bytes) -> object:
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        msg = f"{path} is no valid JSON: {error}"
        raise Failure(msg, 2) from error


def _list(value: object, path: Path) -> list[Any]:
    if not isinstance(value, list):
        msg = f"{path} is not a list of rows"
        raise Failure(msg, 2, remedy='write a list, in JSON [{"id": 1}, {"id": 2}]')
    return list(cast("Sequence[Any]", value))
