"""YAML read safely into plain values, with the line on which each of them stands."""

from typing import Any, cast

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from coursewire.sitefile.problems import BadSiteFile, Path, Problem, one_line
from coursewire.text import plain_yaml

LARGEST = 64 * 1024 * 1024
_MERGE = "tag:yaml.org,2002:merge"


class Document:
    """A site file as text: its values, and their lines."""

    def __init__(self, name: str, content: bytes) -> None:
        """Read the text; raise BadSiteFile when it is no YAML of the plain kind."""
        self.name = name
        self._root: Node | None = None
        if len(content) > LARGEST:
            raise self.refusal(Problem((), f"larger than {LARGEST // 1024 // 1024} MiB"))
        try:
            self._root, self.value = _read(content)
        except UnicodeDecodeError as error:
            sentence = f"not written in UTF-8 (byte {error.start})"
            raise self.refusal(Problem((), sentence)) from error
        except yaml.YAMLError as error:
            line, sentence = plain_yaml.told(error, content)
            raise BadSiteFile([one_line(name, line, Problem((), sentence))]) from error

    def line(self, path: Path) -> int | None:
        """Return the line of a value, or of the nearest thing around it."""
        node = self._root
        found: int | None = None
        for step in (None, *path):
            line, node = _step(node, step)
            found = line or found
        return found

    def describe(self, problem: Problem) -> str:
        """Return a problem with file, line and field."""
        return one_line(self.name, self.line(problem.path), problem)

    def refusal(self, *problems: Problem) -> BadSiteFile:
        """Return the exception that tells of problems."""
        return BadSiteFile(self.describe(problem) for problem in problems)


def _read(content: bytes) -> tuple[Node | None, Any]:
    content.decode()
    plain_yaml.check_depth(content)
    # The safe loader on libyaml makes plain values only.
    loader = plain_yaml.Loader(content)
    try:
        root = loader.get_single_node()
        if root is None:
            return None, None
        _check(root, set())
        return root, cast("Any", loader).construct_document(root)
    finally:
        loader.dispose()


def _check(node: Node, seen: set[int]) -> None:
    """Refuse what is valid YAML but would hide something from the reader of the file."""
    if id(node) in seen:
        raise yaml.MarkedYAMLError(
            problem="aliases are not supported; write the value out", problem_mark=node.start_mark
        )
    seen.add(id(node))
    if isinstance(node, ScalarNode):
        _check_scalar(node)
    elif isinstance(node, SequenceNode):
        for item in node.value:
            _check(item, seen)
    elif isinstance(node, MappingNode):
        _check_keys(node)
        for key, item in node.value:
            _check(key, seen)
            _check(item, seen)


def _check_keys(node: MappingNode) -> None:
    keys: set[str] = set()
    for key, _ in node.value:
        problem = ""
        if not isinstance(key, ScalarNode):
            problem = "a key must be a simple text"
        elif key.tag == _MERGE:
            problem = "merge keys are not supported; write the values out"
        elif key.value in keys:
            problem = f"the key {key.value!r} stands here twice"
        else:
            keys.add(key.value)
        if problem:
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)


def _check_scalar(node: ScalarNode) -> None:
    if "\0" in node.value:
        raise yaml.MarkedYAMLError(
            problem="a text must not hold the character NUL", problem_mark=node.start_mark
        )


def _step(node: Node | None, step: str | int | None) -> tuple[int | None, Node | None]:
    """Return the line of a step and what stands there; the first step is the root itself."""
    if node is None:
        return None, None
    if step is None:
        return node.start_mark.line + 1, node
    if isinstance(step, int):
        if isinstance(node, SequenceNode) and step < len(node.value):
            found: Node = node.value[step]
            return found.start_mark.line + 1, found
        return None, None
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == step:
                return key.start_mark.line + 1, value
    return None, None
