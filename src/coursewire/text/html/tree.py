"""A tree of elements from tags and text, every element where it may stand."""

from collections.abc import Iterable

from msgspec import Struct

from coursewire.text.html.attributes import AttributeCleaner
from coursewire.text.html.elements import ELEMENTS, LISTS, ROOT, Element
from coursewire.text.html.tokens import StartTag, Token

# Elements inside each other beyond which tags are dropped, their content kept. It also keeps the
# work linear: whatever looks at all open elements looks at few.
DEEPEST = 100

# A paragraph ends these for good; other formatting goes on inside it.
_ENDED_BY_PARAGRAPH = frozenset({"b", "big", "s", "small", "strike", "tt", "u"})
# The end tag of an element does not reach over an open one that weighs more.
_WEIGHTS = {"div": 150, "td": 160, "th": 160, "tr": 170, "table": 190} | dict.fromkeys(
    ("tbody", "tfoot", "thead"), 180
)
_LIGHT = 100


class Node(Struct):
    """An element in the tree; `holds` are the elements that it may hold where it stands."""

    name: str
    rule: Element
    holds: frozenset[str]
    attributes: dict[str, str]
    children: list["Node | str"]
    # It continues a formatting that a block interrupted.
    continued: bool = False


def build_tree(tokens: Iterable[Token]) -> Node:
    """The root over all of `tokens`; unknown elements are left out, their content is not."""
    builder = _Builder()
    for token in tokens:
        if isinstance(token, str):
            builder.add_text(token)
        elif isinstance(token, StartTag):
            builder.start(token)
        else:
            builder.end(token.name)
    return builder.root


class _Builder:
    def __init__(self) -> None:
        self.root = Node("", ROOT, ROOT.holds, {}, [])
        self._open = [self.root]
        self._attributes = AttributeCleaner()

    def add_text(self, text: str) -> None:
        self._open[-1].children.append(text)

    def start(self, tag: StartTag) -> None:
        if tag.name not in ELEMENTS or len(self._open) > DEEPEST:
            return
        attributes = self._attributes.clean(tag.name, tag.attributes)
        if attributes is None:
            return
        interrupted = self._make_room(tag.name)
        self._push(tag.name, attributes)
        if tag.closed or ELEMENTS[tag.name].empty:
            self._open.pop()
        self._continue(interrupted)

    def end(self, name: str) -> None:
        position = self._open_position(name)
        if position is None:
            return
        skipped = [node for node in self._open[position + 1 :] if node.continued]
        del self._open[position:]
        self._continue(skipped)

    def _open_position(self, name: str) -> int | None:
        """Where the open element stands that an end tag `name` ends, if it reaches one."""
        weight = _WEIGHTS.get(name, _LIGHT)
        for position in range(len(self._open) - 1, 0, -1):
            if self._open[position].name == name:
                return position
            if _WEIGHTS.get(self._open[position].name, _LIGHT) > weight:
                return None
        return None

    def _make_room(self, name: str) -> list[Node]:
        """Close what must not hold a `name`; the formatting that goes on inside it, outer first."""
        interrupted: list[Node] = []
        while self._must_close(name):
            closed = self._open.pop()
            if closed.rule.formatting and not _is_ended(closed, name):
                interrupted.insert(0, closed)
        if name in LISTS and self._open[-1].name in LISTS:
            self._push("li", {})
        return interrupted

    def _must_close(self, name: str) -> bool:
        """Whether the innermost element stands in the way of a `name` that fits further out."""
        parent = self._open[-1]
        if name == "a" == parent.name:
            return True
        if name in parent.holds or (name in LISTS and parent.name in LISTS):
            return False
        return any(name in outer.holds for outer in self._open)

    def _push(self, name: str, attributes: dict[str, str], *, continued: bool = False) -> None:
        rule = ELEMENTS[name]
        parent = self._open[-1]
        holds = parent.holds if rule.as_around else rule.holds
        node = Node(name, rule, holds, attributes, [], continued)
        parent.children.append(node)
        self._open.append(node)

    def _continue(self, interrupted: list[Node]) -> None:
        for node in interrupted:
            if node.name in self._open[-1].holds:
                self._push(node.name, dict(node.attributes), continued=True)


def _is_ended(node: Node, name: str) -> bool:
    return name == "p" and node.name in _ENDED_BY_PARAGRAPH
