"""Write what editors and type checkers need of the client, from the contracts.

`_functions.pyi` holds a method for every published function, from functions.json. The typing test
holds a typed call of every contract in Python, so that both checkers see each of them.
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from keyword import iskeyword
from pathlib import Path

from coursewire.contracts import registry
from coursewire.contracts.tree import List, Node, Object

ROOT = Path(__file__).resolve().parent.parent
STUB = ROOT / "src" / "coursewire" / "client" / "_functions.pyi"
CALLS = ROOT / "tests" / "typing" / "client_calls.py"
CONTRACTS = ROOT / "src" / "coursewire" / "contracts"
HOW = "Written by `python -m scripts.client_stubs`; do not edit."

_TYPES = {"int": "int", "bool": "bool", "float": "float", "raw": "_Raw"}


class Stub:
    """Gathers the classes and the methods of the stub."""

    def __init__(self) -> None:
        self.classes: list[str] = []
        self.methods: list[str] = []
        self.awaited: list[str] = []

    def add(self, entry: registry.Entry) -> None:
        """Add a published function."""
        tree = entry.parameter_tree()
        keys = tree.keys if isinstance(tree, Object) else {}
        title = "_" + "".join(part.capitalize() for part in entry.name.split("_"))
        written = [self.parameter(key, node, title) for key, node in keys.items()]
        # Those with a default may stand anywhere behind the star; the order is the contract's.
        parameters = ", ".join(["self", *(["*", *written] if written else [])])
        returned = answer(entry.return_tree())
        self.methods.append(f"    def {entry.name}({parameters}) -> {returned}: ...")
        self.awaited.append(f"    async def {entry.name}({parameters}) -> {returned}: ...")

    def parameter(self, key: str, node: Node, title: str) -> str:
        name = f"{key}_" if iskeyword(key) else key
        default = "" if node.required == "required" else " = ..."
        return f"{name}: {self.type_of(node, title + key.capitalize())}{default}"

    def type_of(self, node: Node, title: str) -> str:
        if isinstance(node, List):
            return f"Sequence[{self.type_of(node.items, title)}]"
        if isinstance(node, Object):
            return self.structure(node, title)
        return _TYPES.get(node.type, "str")

    def structure(self, node: Object, title: str) -> str:
        members: list[str] = []
        for key, child in node.keys.items():
            kind = self.type_of(child, title + "".join(p.capitalize() for p in key.split("_")))
            members.append(
                f'"{key}": {kind if child.required == "required" else f"NotRequired[{kind}]"}'
            )
        self.classes.append(f'{title} = TypedDict("{title}", {{{", ".join(members)}}})')
        return title

    def text(self) -> str:
        return "\n".join(
            [
                f'"""Moodle\'s published functions as methods. {HOW}"""',
                "",
                "from collections.abc import Sequence",
                "from typing import Any, NotRequired, TypedDict",
                "",
                "_Raw = str | float",
                "",
                *self.classes,
                "",
                "class Functions:",
                *self.methods,
                "",
                "class AsyncFunctions:",
                *self.awaited,
                "",
            ]
        )


def answer(node: Node | None) -> str:
    """Return the type of an answer; structures are plain dictionaries."""
    if node is None:
        return "None"
    if isinstance(node, List):
        return f"list[{answer(node.items)}]"
    if isinstance(node, Object):
        return "dict[str, Any]"
    plain = {"int": "int", "bool": "bool", "float": "float", "raw": "Any"}.get(node.type, "str")
    return plain if plain == "Any" or not node.allow_null else f"{plain} | None"


def stub() -> str:
    """Return the text of the stub."""
    gathered = Stub()
    for entry in registry.entries().values():
        gathered.add(entry)
    return gathered.text()


def calls() -> str:
    """Return the text of the typing test."""
    modules: set[str] = set()
    checks: list[str] = []
    for path in sorted(CONTRACTS.rglob("*.py")):
        module = Module(path)
        for name, params, returns in module.functions():
            takes, gives = module.qualified(params), module.qualified(returns)
            modules |= module.used
            number = len(checks) // 4 + 1
            checks += [
                "",
                "",
                f"def call_{number}(moodle: Moodle, params: {takes}) -> None:",
                f"    assert_type(moodle.call({module.name}.{name}, params), {gives})",
            ]
    head = [
        f'"""A typed call of every contract. {HOW}"""',
        "",
        "from typing import assert_type",
        "",
    ]
    imports = [*(f"import {module}" for module in sorted(modules)), "from coursewire import Moodle"]
    return "\n".join([*head, *imports, *checks, ""])


class Module:
    """A module of contracts, read as text: annotations as they are written."""

    def __init__(self, path: Path) -> None:
        self.name = ".".join(path.relative_to(CONTRACTS.parent.parent).with_suffix("").parts)
        self.used = {self.name}
        self._body = ast.parse(path.read_text("utf-8")).body
        self._origins = {it.name: self.name for it in self._body if isinstance(it, ast.ClassDef)}
        for node in self._body:
            if isinstance(node, ast.ImportFrom):
                self._origins |= {it.name: node.module or "" for it in node.names}

    def functions(self) -> Iterator[tuple[str, ast.expr, ast.expr]]:
        """Find `name: Function[Params, Returns] = …`."""
        for node in self._body:
            kind = node.annotation if isinstance(node, ast.AnnAssign) else None
            if not (isinstance(kind, ast.Subscript) and ast.unparse(kind.value) == "Function"):
                continue
            if isinstance(node, ast.AnnAssign) and isinstance(kind.slice, ast.Tuple):
                params, returns = kind.slice.elts
                yield ast.unparse(node.target), params, returns

    def qualified(self, kind: ast.expr) -> str:
        """Return a type as another module writes it, every name by the module it comes from."""
        names = {it.id for it in ast.walk(kind) if isinstance(it, ast.Name)} & self._origins.keys()
        self.used |= {self._origins[name] for name in names}
        text = ast.unparse(kind)
        for name in names:
            text = re.sub(rf"\b{name}\b", f"{self._origins[name]}.{name}", text)
        return text


def written() -> Mapping[Path, str]:
    """Return the content of both files."""
    return {STUB: stub(), CALLS: calls()}


def outdated() -> list[Path]:
    """Return the files that are missing or different."""
    return [
        path
        for path, text in written().items()
        if not path.exists() or path.read_text("utf-8") != text
    ]


def main(arguments: list[str]) -> int:
    stale = outdated()
    if arguments == ["--check"]:
        for path in stale:
            name = path.relative_to(ROOT)
            print(f"{name} is not current; run `python -m scripts.client_stubs`", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.write_text(written()[path], "utf-8")
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
