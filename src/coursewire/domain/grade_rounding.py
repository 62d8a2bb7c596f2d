"""Rounding of grades as people do it: by the digits that a number shows, halves away from zero."""

from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

# So many digits of a number are sure: what follows them comes from reckoning in powers of two.
_SURE = Context(prec=15, rounding=ROUND_HALF_UP)


# Reports show few different numbers: bounds of items above all.
@lru_cache(maxsize=4_096)
def nearest(value: float, decimals: int) -> Decimal:
    """Return a number with that many decimals; one that is rounded to zero has no sign.

    The sure digits are looked at first: 11.423 of 20 are 57.115 per cent and so 57.12, although the
    nearest number that a computer has is a little less.
    """
    sure = _SURE.create_decimal(repr(float(value)))
    rounded = sure.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return rounded or abs(rounded)
