"""Small changes of a source text, each of which its tests should notice."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    # Not the other way round: most are unions of types.
    ast.BitAnd: ast.BitOr,
}


class Mutant(NamedTuple):
    """A changed source, and in words what was changed: `12: a < b -> a <= b`."""

    what: str
    source: str
    line: int


# Stands behind what only makes something quicker: the longer way comes to the same.
_QUICKER = "# pragma: no mutate"
# Of classes and caches: nothing that a test could notice.
_UNNOTICED = frozenset({"maxsize", "frozen", "gc"})


def of(source: str) -> list[Mutant]:
    """Return every mutant of a module, in the order of its lines."""
    found: list[Mutant] = []
    lines = ["", *source.splitlines()]
    nodes = list(ast.walk(ast.parse(source)))
    idle = {id(node) for each in nodes for node in _without_effect(each)}
    for number, node in enumerate(nodes):
        other = None if id(node) in idle else _other(node)
        line: int = getattr(node, "lineno", 0)
        if other is not None and not lines[line].endswith(_QUICKER):
            what = f"{line}: {_short(node)} -> {_short(other)}"
            found.append(Mutant(what, _with_other(source, number), line))
    return sorted(found, key=lambda mutant: mutant.line)


def _without_effect(node: ast.AST) -> Iterator[ast.AST]:
    """Give what no test can notice: annotations, how much a cache keeps, what classes promise."""
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.AST) and (
            name in ("annotation", "returns")
            or (isinstance(node, ast.keyword) and node.arg in _UNNOTICED)
        ):
            yield from ast.walk(value)


def _other(node: ast.AST) -> ast.AST | None:
    """Return what stands in the place of a node in a mutant, if there is something."""
    match node:
        case ast.Compare(left, [operator, *rest], others) if type(operator) in _COMPARISONS:
            return ast.Compare(left, [_COMPARISONS[type(operator)](), *rest], others)
        case ast.BoolOp(junction, values):
            return ast.BoolOp(ast.Or() if isinstance(junction, ast.And) else ast.And(), values)
        case ast.UnaryOp(ast.Not(), operand):
            return operand
        case ast.BinOp(left, sign, right) if type(sign) in _OPERATORS:
            return ast.BinOp(left, _OPERATORS[type(sign)](), right)
        case ast.Constant(bool(value)):
            return ast.Constant(not value)
        case ast.Constant(int(value)):
            return ast.Constant(value + 1)
        case ast.Expr(ast.Call()):
            return ast.Pass()
        # None is as good as False to whoever asks; False itself becomes True.
        case ast.Return(ast.expr() as value) if ast.unparse(value) not in ("None", "False"):
            return ast.Return(ast.Constant(None))
        case ast.If(ast.Name() | ast.Call() | ast.Attribute() as test, body, otherwise):
            return ast.If(ast.UnaryOp(ast.Not(), test), body, otherwise)
        case _:
            return None


def _with_other(source: str, number: int) -> str:
    """Return the module with the other in the place of one node, by its number in the walk."""
    tree = ast.parse(source)
    place = _Place(number, list(ast.walk(tree)))
    return ast.unparse(ast.fix_missing_locations(place.visit(tree)))


class _Place(ast.NodeTransformer):
    """Finds one node and puts its other there."""

    def __init__(self, number: int, nodes: list[ast.AST]) -> None:
        self._node = nodes[number]

    def visit(self, node: ast.AST) -> ast.AST:
        """Return the other for the node itself, any other node as it is."""
        if node is self._node:
            return _other(node) or node
        return self.generic_visit(node)


def _short(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(node)).partition("\n")[0]
