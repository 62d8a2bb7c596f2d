"""Lists that come in parts: each part is checked and written before the next one is made.

Nothing is sent before the last part was checked. So of a long list only its bytes are in memory,
and one part of it.
"""

from collections.abc import Iterable, Iterator

from coursewire.contracts.errors import AnswerTooLarge
from coursewire.text.types import Known
from coursewire.wire.limits import Limits
from coursewire.wire.plan import Plan
from coursewire.wire.request import Format


def written(
    plan: Plan, format_: Format, parts: Iterable[list[object]], known: Known, limits: Limits
) -> Iterator[bytes]:
    """Check and write the parts of one answer."""
    encode = plan.json_parts if format_ == "json" else plan.xml_parts
    return encode(_checked(plan, parts, known, limits))


def _checked(
    plan: Plan, parts: Iterable[list[object]], known: Known, limits: Limits
) -> Iterator[list[object]]:
    rows = 0
    for part in parts:
        rows += len(part)
        if rows > limits.rows:
            raise AnswerTooLarge("rows", limits.rows)
        plan.returns(part, known)
        yield part
