"""Long texts: what a person wrote in one of the text formats, as an answer shows it."""

from collections.abc import Callable

from coursewire.text.auto import auto_to_html
from coursewire.text.filters import run_filters
from coursewire.text.formats import AUTO, HTML, MARKDOWN, PLAIN
from coursewire.text.html.cleaning import clean_html
from coursewire.text.markdown.conversion import markdown_to_html
from coursewire.text.plain import plain_to_html
from coursewire.text.settings import PLACEHOLDER, FileArea, TextSettings


def format_text(
    text: str | None, text_format: int, settings: TextSettings, files: FileArea | None
) -> tuple[str, int]:
    """`text` as safe HTML, and the format it has then; raw and empty texts keep theirs.

    `files` is where the files embedded in the text belong to; without it their placeholder stays.
    """
    if not text:
        return "", text_format
    if files is not None and settings.fileurl and PLACEHOLDER in text:
        text = files.with_addresses(text)
    if settings.raw:
        return text, text_format
    return _shown(text, text_format, settings, files.base if files else ""), HTML


def format_intro(
    text: str | None, text_format: int, settings: TextSettings, files: FileArea | None
) -> str:
    """The introduction of an activity as a course page shows it, where raw has no effect.

    It stands in a frame that lets what is too wide be scrolled; nothing is not framed.
    """
    shown = TextSettings(filter=settings.filter, fileurl=settings.fileurl)
    html, _ = format_text(text, text_format, shown, files)
    return f'<div class="no-overflow">{html}</div>' if html else ""


def _shown(text: str, text_format: int, settings: TextSettings, base: str) -> str:
    if text_format == PLAIN:
        return plain_to_html(text)
    if text_format != HTML:
        text = _CONVERSIONS.get(text_format, auto_to_html)(text)
    html = clean_html(text)
    return run_filters(html, base) if settings.filter else html


_CONVERSIONS: dict[int, Callable[[str], str]] = {
    AUTO: auto_to_html,
    MARKDOWN: markdown_to_html,
}
