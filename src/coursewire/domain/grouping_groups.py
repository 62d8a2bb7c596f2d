"""Which groups a grouping gathers."""

from collections.abc import Iterable, Sequence

from coursewire.domain import id_ranges
from coursewire.domain.call import Call
from coursewire.store import courses, groups
from coursewire.store import groupings as store
from coursewire.store.groupings import Pair
from coursewire.store.groups import GroupRecord


class Links:
    """The pairs of some groupings, while one call adds to them or takes from them.

    The courses are locked from the beginning, so two calls cannot both find a pair missing, and
    groupings and groups that are read afterwards stay.
    """

    def __init__(
        self, call: Call, grouping_ids: Iterable[int], group_ids: Iterable[int] = ()
    ) -> None:
        self._call = call
        wanted = set(grouping_ids)
        places = store.course_ids(call.session, wanted)
        courses.lock(call.session, places | groups.course_ids(call.session, set(group_ids)))
        self._pairs = store.pairs(call.session, wanted)
        self._changed: list[Pair] = []

    def has(self, pair: Pair) -> bool:
        """Tell whether the grouping gathers the group."""
        return pair in self._pairs

    def add(self, pair: Pair) -> None:
        """Keep a pair for linking."""
        self._pairs.add(pair)
        self._changed.append(pair)

    def take(self, pair: Pair) -> None:
        """Keep a pair for unlinking."""
        self._pairs.discard(pair)
        self._changed.append(pair)

    def store_added(self) -> None:
        """Put the groups into their groupings and record it."""
        if self._changed:
            store.link_many(self._call.session, self._changed, self._call.now)
            self._record("grouping.assign")

    def store_taken(self) -> None:
        """Take the groups out of their groupings and record it."""
        if self._changed:
            store.unlink_many(self._call.session, self._changed)
            self._record("grouping.unassign")

    def _record(self, action: str) -> None:
        by_grouping: dict[int, list[int]] = {}
        for grouping_id, group_id in self._changed:
            by_grouping.setdefault(grouping_id, []).append(group_id)
        groups = {str(key): id_ranges.written(ids) for key, ids in by_grouping.items()}
        target = f"grouping {id_ranges.written(by_grouping)}"
        self._call.audit.record(action, target, groups=groups)


def assign(call: Call, pairs: Sequence[Pair]) -> None:
    """Put groups into groupings, where they are not yet; who may do that is decided before."""
    with call.transaction():
        links = Links(call, (of for of, _ in pairs), (group_id for _, group_id in pairs))
        for pair in pairs:
            if not links.has(pair):
                links.add(pair)
        links.store_added()


def groups_of(call: Call, grouping_ids: Iterable[int]) -> dict[int, list[GroupRecord]]:
    """Return the groups of each grouping that has any, by id; of other courses as well."""
    return store.groups_of(call.session, set(grouping_ids))
