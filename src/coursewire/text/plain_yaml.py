"""YAML read into plain values; what no value can be made of is told with its line."""

from collections.abc import Iterator
from typing import Any, cast

import yaml
from yaml.events import CollectionEndEvent, CollectionStartEvent
from yaml.nodes import Node

DEEPEST = 20


class Loader(yaml.CSafeLoader):
    """Makes plain values only, and says where one stands that cannot be, as a 13th month."""

    def construct_object(self, node: Node, deep: bool = False) -> Any:  # noqa: ANN401 - as in PyYAML
        """Return the value of a node."""
        try:
            return cast("Any", super()).construct_object(node, deep=deep)
        except ValueError as error:
            raise yaml.MarkedYAMLError(
                problem=str(error).splitlines()[0], problem_mark=node.start_mark
            ) from error
        except (LookupError, AttributeError) as error:
            # PyYAML takes for granted that what is tagged has the form of its tag.
            problem = f"{node.value!r} does not fit its tag {node.tag!r}; leave the tag out"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark) from error


def check_depth(content: bytes) -> None:
    """Refuse deep nesting by looking at the events: making nodes would exhaust the C stack."""
    depth = 0
    for event in cast("Iterator[object]", yaml.parse(content, Loader=yaml.CSafeLoader)):
        if isinstance(event, CollectionStartEvent):
            depth += 1
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise yaml.MarkedYAMLError(
                problem="nested too deeply", problem_mark=cast("Any", event).start_mark
            )


def told(error: yaml.YAMLError, content: bytes) -> tuple[int | None, str]:
    """Return the line of what is no valid YAML, where it is known, and a sentence."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return None, f"no valid YAML: {str(error).splitlines()[0]}"
    mark = error.problem_mark or error.context_mark
    # What is missing at the end of the file is found after its last line.
    line = min(mark.line + 1, len(content.splitlines())) if mark else None
    return line, f"no valid YAML: {error.problem or error.context}"
