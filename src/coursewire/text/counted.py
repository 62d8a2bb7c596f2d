"""A number with its noun, for messages."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: `1 function`, `2 functions`."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
