"""How much looking for inline marks a text is worth.

For each mark the library searches or copies the text around it, so its work grows with the product
of the two. A text written by a person stays far below the limits; one made to keep a server busy is
shown with its marks as they are.
"""

from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

_MOST_FOR_A_MARK = 10_000_000
_MOST_FOR_A_TEXT = 20_000_000

_MARKS = "*_`<!\\&"
# A bracket makes the library look for its partner, character by character.
_BRACKET_WEIGHT = 10


def is_affordable(text: str, mark: str) -> bool:
    """Whether an extension may look for its `mark`, which is in `text`."""
    return 0 < text.count(mark) * len(text) <= _MOST_FOR_A_MARK


class InlineBudget(Treeprocessor):
    """Keeps the library from texts that would cost too much."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self._left = _MOST_FOR_A_TEXT

    def run(self, root: Element) -> None:
        """Mark what is not to be searched."""
        for element in root.iter():
            element.text = self._affordable(element.text)
            element.tail = self._affordable(element.tail)

    def _affordable(self, text: str | None) -> str | None:
        if not text:
            return text
        self._left -= _cost(text)
        return text if self._left >= 0 else AtomicString(text)


def _cost(text: str) -> int:
    marks = sum(text.count(mark) for mark in _MARKS) + _BRACKET_WEIGHT * text.count("[")
    return marks * len(text)
