"""Changes of groupings: each item of a call in turn, on what the items before it left."""

from collections.abc import Sequence

from msgspec import structs
from sqlalchemy.exc import IntegrityError

from coursewire.contracts.core_group.groupings import GroupingChange
from coursewire.contracts.errors import InvalidParameter
from coursewire.contracts.fields import UNSET
from coursewire.domain import custom_fields, descriptions, groupings, id_ranges
from coursewire.domain import group_labels as labels
from coursewire.domain.call import Call
from coursewire.domain.group_labels import Labels
from coursewire.domain.groupings import KIND
from coursewire.domain.text_limits import trimmed
from coursewire.store import courses
from coursewire.store import groupings as store
from coursewire.store.groupings import GroupingRecord


class Changes:
    """The changes of one call; the courses of its groupings are locked from the beginning."""

    def __init__(self, call: Call, changes: Sequence[GroupingChange]) -> None:
        self._call = call
        session = call.session
        ids = {change.id for change in changes}
        courses.lock(session, store.course_ids(session, ids))
        self._groupings = store.of_ids(session, ids)
        wanted = [
            (
                self._groupings[change.id].course_id,
                change.name,
                labels.idnumber_of(change.idnumber),
            )
            for change in changes
            if change.id in self._groupings
        ]
        self._labels = Labels(session, KIND, store.having, wanted)
        for grouping in self._groupings.values():
            self._labels.hold(grouping)
        self._states: list[GroupingRecord] = []
        self._changes: list[GroupingChange] = []

    def check(self, change: GroupingChange) -> GroupingRecord:
        """Make the checks that Moodle makes before it asks for rights; return the grouping."""
        labels.require_name(KIND, change.name)
        grouping = self._groupings.get(change.id)
        if grouping is None:
            reason = f"there is no grouping {change.id}"
            raise InvalidParameter(reason)
        if change.name != grouping.name:
            self._labels.require_free_name(grouping.id, grouping.course_id, change.name)
        return grouping

    def add(self, change: GroupingChange) -> None:
        """Check the rest of a change and keep it for storing."""
        grouping = self._groupings[change.id]
        descriptions.check_format(change.descriptionformat)
        changed = structs.replace(
            grouping,
            name=trimmed(change.name),
            idnumber=grouping.idnumber if change.idnumber is UNSET else trimmed(change.idnumber),
            description=change.description,
            descriptionformat=change.descriptionformat,
            timemodified=self._call.now,
        )
        self._labels.require_free_idnumber(grouping.id, grouping.course_id, changed.idnumber)
        groupings.require_fit(changed.name, changed.idnumber)
        self._labels.release(grouping)
        self._labels.hold(changed)
        self._groupings[grouping.id] = changed
        self._states.append(changed)
        self._changes.append(change)

    def store(self) -> None:
        """Write what was added, item by item as it came, and record it."""
        if not self._states:
            return
        call = self._call
        try:
            store.change_many(call.session, self._states)
        except IntegrityError as problem:
            # Only a writer that does not take the lock can come in between.
            raise labels.idnumber_taken("another writer was faster") from problem
        sent = ((change.id, change.customfields) for change in self._changes)
        custom_fields.save(call.session, KIND, sent)
        ids = id_ranges.written(state.id for state in self._states)
        names = {str(state.id): state.name for state in self._states}
        call.audit.record("grouping.update", f"grouping {ids}", names=names)
