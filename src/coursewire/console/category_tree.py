"""The categories to choose from; where there are too many for a list, a number is typed."""

from msgspec import Struct

from coursewire.console.visit import Visit
from coursewire.domain import category_care
from coursewire.store import categories, category_list
from coursewire.store.categories import CategoryRecord
from coursewire.store.session import Session

MOST = 300


class Tree(Struct, frozen=True):
    """The first categories in their order, and how many there are in all."""

    rows: list[CategoryRecord]
    total: int

    @property
    def is_whole(self) -> bool:
        """Tell whether these are all."""
        return self.total <= len(self.rows)


def tree(session: Session, most: int = MOST) -> Tree:
    """Return the first categories."""
    return Tree(category_list.page(session, "", most), category_list.count(session))


def managed_of(visit: Visit, rows: list[CategoryRecord]) -> list[CategoryRecord]:
    """Return those of the categories that the person may change, and put others into."""
    ids = category_care.managed(visit.call, [row.id for row in rows])
    return [row for row in rows if row.id in ids]


def names_above(session: Session, rows: list[CategoryRecord]) -> dict[int, str]:
    """Return the path of names that leads to each category: `Science / Biology`."""
    ids = {int(part) for row in rows for part in row.path.split("/")[1:]}
    known = categories.of_ids(session, ids)
    return {
        row.id: " / ".join(
            known[int(part)].name for part in row.path.split("/")[1:] if int(part) in known
        )
        for row in rows
    }
