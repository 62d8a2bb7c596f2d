"""Rules of the security specification that can be read off the source (SUP-4, TOK-1, TOK-3).

Ruff's `S` rules find the common cases; these are the ones that must never be switched off by a
comment, and those that ruff does not know.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = (ROOT / "src", ROOT / "plugins")

BANNED_CALLS = {
    "eval": "runs text as code",
    "exec": "runs text as code",
    "compile": "makes code from text",
    "__import__": "imports by a computed name",
    "os.system": "starts a shell",
    "os.popen": "starts a shell",
    "subprocess.getoutput": "starts a shell",
    "subprocess.getstatusoutput": "starts a shell",
    "asyncio.create_subprocess_shell": "starts a shell",
    "yaml.load": "builds any object; use yaml.safe_load or a safe loader's class",
    "yaml.unsafe_load": "builds any object; use yaml.safe_load",
    "yaml.full_load": "builds more than data; use yaml.safe_load",
    "uuid.uuid1": "can be guessed (TOK-1); use secrets",
    "ssl._create_unverified_context": "switches certificate checks off",
}
BANNED_MODULES = {
    "pickle": "runs code while reading",
    "marshal": "runs code while reading",
    "shelve": "is a pickle",
    "dill": "is a pickle",
    "random": "can be guessed (TOK-1); use secrets",
    "crypt": "is obsolete",
}
BANNED_NAMES = {"CERT_NONE": "switches certificate checks off"}
SECRET = re.compile(
    r"^(?:\w*_)?(?:token|secret|password|passwd|digest|privatetoken|signature|hmac)$"
)
# Calls that take a statement; the text of a statement is never put together from pieces.
STATEMENTS = {"execute", "executescript", "executemany", "exec_driver_sql"}

PIECED = (
    "an SQL statement put together from pieces; use bound parameters (current_setting(:name) for"
    " SHOW, set_config(:name, …) for SET) or, where none are possible, a constant text"
)


def dotted(node: ast.expr) -> str:
    """`a.b.c` for an expression made of names only, else the empty text."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


class Rules(ast.NodeVisitor):
    """Walks one module and collects (line, sentence)."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []
        self.origin: dict[str, str] = {}

    def report(self, node: ast.stmt | ast.expr | ast.ExceptHandler, sentence: str) -> None:
        self.found.append((node.lineno, sentence))

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.module(node, alias.name)
            if alias.asname:
                self.origin[alias.asname] = alias.name

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self.module(node, node.module or "")
        for alias in node.names:
            self.origin[alias.asname or alias.name] = f"{node.module}.{alias.name}"
            if alias.name in BANNED_NAMES:
                self.report(node, f"{alias.name} {BANNED_NAMES[alias.name]}")

    def module(self, node: ast.stmt, name: str) -> None:
        reason = BANNED_MODULES.get(name.partition(".")[0])
        if reason:
            self.report(node, f"module {name} {reason}")

    def visit_Call(self, node: ast.Call) -> None:
        name = dotted(node.func)
        head, dot, rest = name.partition(".")
        full = self.origin.get(head, head) + dot + rest
        if full in BANNED_CALLS:
            self.report(node, f"{full}() {BANNED_CALLS[full]}")
        for keyword in node.keywords:
            value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
            if keyword.arg == "shell" and value is not False:
                self.report(node, "shell=… starts a shell")
            if keyword.arg == "verify" and value is False:
                self.report(node, "verify=False switches certificate checks off")
        takes_statement = full == "sqlalchemy.text" or full.rpartition(".")[2] in STATEMENTS
        if takes_statement and node.args and is_pieced(node.args[0]):
            self.report(node, PIECED)
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr in BANNED_NAMES:
            self.report(node, f"{node.attr} {BANNED_NAMES[node.attr]}")
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        sides = [node.left, *node.comparators]
        compared = any(isinstance(operator, ast.Eq | ast.NotEq) for operator in node.ops)
        if compared and any(map(secret, sides)) and not any(map(harmless, sides)):
            self.report(node, "== on a secret leaks time; use hmac.compare_digest (TOK-3)")
        self.generic_visit(node)

    def visit_Assert(self, node: ast.Assert) -> None:
        self.report(node, "assert vanishes under -O; raise an error")
        self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.type is None:
            self.report(node, "bare except also catches the request to stop")
        self.generic_visit(node)


def is_pieced(node: ast.expr) -> bool:
    """Text made at run time: an f-string with fields, `+`, `%`, `.format`, `.join`."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return has_text(node)
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    return called and node.func.attr in {"format", "join", "replace"}  # type: ignore[attr-defined]


def has_text(node: ast.BinOp) -> bool:
    return any(
        isinstance(part, ast.JoinedStr)
        or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        for part in ast.walk(node)
    )


def secret(node: ast.expr) -> bool:
    name = dotted(node).rpartition(".")[2]
    return bool(SECRET.match(name))


def harmless(node: ast.expr) -> bool:
    """A constant (empty or a word of the format), or a column, whose == makes a condition."""
    return isinstance(node, ast.Constant) or ".c." in f".{dotted(node)}"


def findings(source: str) -> list[tuple[int, str]]:
    rules = Rules()
    rules.visit(ast.parse(source))
    return sorted(rules.found)


def problems(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.py")):
        for line, sentence in findings(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(folder.parent)}:{line}: {sentence}"


def main() -> int:
    found = [problem for folder in SOURCES for problem in problems(folder)]
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
