"""Five hundred texts that would be statements if one of them ever became part of one."""

from collections.abc import Iterator
from itertools import islice, product

# Stands in every text, so that a statement with a text in it is found by it.
MARK = "cwinject"
COUNT = 500
_OPENINGS = (
    "", "'", '"', "`", "\\'", "''", "'')", '")', "%'", "$$", "$x$", "1", "1)", "0x27", "E'\\047",
    "\u2019", "\uff07", "/*", "--\n", ";", "%s", ":x", "?", "%(x)s", "{x}", "\\", "]",
)  # fmt: skip
_MIDDLES = (
    "; DROP TABLE canary; --",
    " OR 1=1 --",
    " OR '{0}'='{0}",
    " UNION SELECT id, word FROM canary --",
    "; UPDATE canary SET word = '{0}'; --",
    "; DELETE FROM canary WHERE '{0}' = '{0}",
    " AND (SELECT count(*) FROM canary) > 0 --",
    "|| (SELECT word FROM canary) ||",
    "; ATTACH DATABASE '{0}' AS x; --",
    "; SELECT pg_sleep(10); --",
    "; COPY canary TO PROGRAM '{0}'; --",
    " COLLATE {0} ESCAPE '{0}",
    " LIMIT 1 OFFSET 0 /*",
    "%' OR word LIKE '%",
    "\n;VACUUM;\n",
    ") RETURNING (SELECT word FROM canary) --",
    " :{0} ?1 $1 %({0})s {{}}",
    "'||'{0}'||'",
    "*/ ; DROP TABLE users; /*",
)


def texts() -> list[str]:
    """All of them, each with a number of its own."""
    return list(islice(_texts(), COUNT))


def _texts() -> Iterator[str]:
    pairs = product(_MIDDLES, _OPENINGS)
    for number, (middle, opening) in enumerate(pairs):
        yield f"{opening}{middle.format(MARK)}{MARK}{number}"
