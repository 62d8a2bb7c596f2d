"""The scalar types that are HTML.

What judges them is loaded with the first such value: the base installation, contracts and client,
is without nh3.
"""


def clean(text: str) -> bool:
    """A text that cleaning leaves as it is."""
    from coursewire.text.html.cleaning import is_clean  # noqa: PLC0415 - see above

    return is_clean(text)


def cleanhtml(text: str) -> bool:
    """As `clean`, without outer white space."""
    from coursewire.text.html.cleaning import is_clean_html  # noqa: PLC0415 - see above

    return is_clean_html(text)
