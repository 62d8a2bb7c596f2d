"""A picture of lines over sizes, as SVG written by hand: one line a function, sizes by powers."""

import math
from collections.abc import Mapping, Sequence

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 760, 420, 60, 50, 40, 290
# Told apart by people who see colours differently, on white and on black.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#777777", "#8c564b")


def lines(title: str, sizes: Sequence[int], values: Mapping[str, Sequence[float]]) -> str:
    """Return a picture of values in milliseconds at each of the sizes."""
    highest = max(max(each) for each in values.values()) * 1.1
    low, high = math.log10(min(sizes)), math.log10(max(sizes))

    def across(size: int) -> float:
        part = (math.log10(size) - low) / (high - low) if high > low else 0.5
        return _LEFT + part * (_WIDTH - _LEFT - _RIGHT)

    def up(value: float) -> float:
        return _HEIGHT - _BOTTOM - value / highest * (_HEIGHT - _BOTTOM - _TOP)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
        f' font-family="sans-serif" font-size="12" role="img"><title>{title}</title>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="22" font-size="14">{title}</text>',
    ]
    for step in range(5):
        value = highest * step / 4
        parts.append(
            f'<path d="M{_LEFT} {up(value):.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>'
            f'<text x="{_LEFT - 6}" y="{up(value) + 4:.1f}" text-anchor="end">{value:.0f}</text>'
        )
    parts += [
        f'<text x="{across(size):.1f}" y="{_HEIGHT - 28}" text-anchor="middle">{size:,}</text>'
        for size in sizes
    ]
    for number, (name, line) in enumerate(values.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        points = " ".join(f"{across(s):.1f},{up(v):.1f}" for s, v in zip(sizes, line, strict=True))
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
            f'<text x="{_WIDTH - _RIGHT + 12}" y="{_TOP + 12 + number * 20}" fill="{colour}">'
            f"{name}</text>"
        )
    return "\n".join([*parts, "</svg>\n"])
