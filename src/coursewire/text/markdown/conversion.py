"""Markdown to HTML: the Markdown library, with its blocks read and laid out as PHP Markdown Extra.

The library leaves HTML in the text as it is: what comes out here is still to be cleaned.
"""

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.abbr import AbbrExtension
from markdown.extensions.attr_list import AttrListExtension
from markdown.extensions.def_list import DefListExtension
from markdown.extensions.fenced_code import FencedCodeExtension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.tables import TableExtension

from coursewire.text.markdown.budget import InlineBudget, is_affordable
from coursewire.text.markdown.headings import HeadingProcessor, HeadingsApart
from coursewire.text.markdown.layout import lay_out
from coursewire.text.markdown.lists import ListProcessor
from coursewire.text.markdown.raw_html import BLOCK_ELEMENTS, RawHtml
from coursewire.text.plain import plain_to_html

# Beyond it a text is shown as plain text: the library's work grows faster than the text.
LONGEST = 100_000


# The arrow from a footnote back to its place, asked not to be shown as an emoji.
_BACK = "&#8617;&#xFE0E;"


def markdown_to_html(text: str) -> str:
    """`text` rendered; one too long for that is shown as it was typed."""
    if len(text) > LONGEST:
        return plain_to_html(text)
    return _converter(text).convert(text) + "\n"


def _converter(text: str) -> Markdown:
    """A converter for one text, with the extensions that it needs."""
    converter = Markdown(extensions=[*_extensions(text), _AsPhpMarkdown()])
    converter.serializer = lay_out
    return converter


def _extensions(text: str) -> list[Extension]:
    """The extensions whose marks are in `text`, unless there are so many that they cannot be meant.

    Some of them look through the whole text for every mark.
    """
    marked: list[tuple[str, Extension]] = [
        ("```", FencedCodeExtension(lang_prefix="")),
        ("~~~", FencedCodeExtension(lang_prefix="")),
        ("{", AttrListExtension()),
        ("|", TableExtension(use_align_attribute=True)),
        ("\n:", DefListExtension()),
        ("[^", FootnoteExtension(BACKLINK_TEXT=_BACK, BACKLINK_TITLE="")),
        ("*[", AbbrExtension()),
    ]
    return [extension for mark, extension in marked if is_affordable(text, mark)]


class _AsPhpMarkdown(Extension):
    """Replaces what the library does otherwise than PHP Markdown Extra."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        """Put our parts in place of the library's."""
        md.block_level_elements = sorted(BLOCK_ELEMENTS)
        md.preprocessors.register(RawHtml(md), "html_block", 20)
        blocks = md.parser.blockprocessors
        blocks.register(HeadingsApart(md.parser), "headings", 95)
        blocks.register(HeadingProcessor(md.parser), "hashheader", 70)
        for replaced in ("indent", "olist", "setextheader", "ulist"):
            blocks.deregister(replaced)
        blocks.register(ListProcessor(md.parser), "list", 40)
        md.treeprocessors.register(InlineBudget(md), "budget", 45)
        md.treeprocessors.deregister("prettify")
