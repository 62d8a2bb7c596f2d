"""Changes of groups: each item of a call in turn, on what the items before it left."""

import re
from collections.abc import Sequence

from msgspec import structs
from sqlalchemy.exc import IntegrityError

from coursewire.contracts.core_group.groups import GroupChange
from coursewire.contracts.errors import InvalidParameter
from coursewire.contracts.fields import UNSET
from coursewire.domain import custom_fields, descriptions, groups, id_ranges
from coursewire.domain import group_labels as labels
from coursewire.domain import text_limits as limits
from coursewire.domain.call import Call
from coursewire.domain.group_labels import Labels
from coursewire.domain.group_visibility import PARTICIPATING, require_visibility
from coursewire.domain.groups import KIND
from coursewire.domain.text_limits import trimmed
from coursewire.store import courses, group_members
from coursewire.store import groups as store
from coursewire.store.groups import GroupRecord

# The visibility is sent as text; Moodle takes any way of writing a whole number.
_NUMBER = re.compile(
    r"[ \t\n\r\v\f]*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[ \t\n\r\v\f]*", re.ASCII
)
_LONGEST_NUMBER = 64


class Changes:
    """The changes of one call; the courses of its groups are locked from the beginning."""

    def __init__(self, call: Call, changes: Sequence[GroupChange]) -> None:
        self._call = call
        session = call.session
        ids = {change.id for change in changes}
        courses.lock(session, store.course_ids(session, ids))
        self._groups = store.of_ids(session, ids)
        self._with_members = group_members.with_members(session, self._groups)
        wanted = [
            (
                self._groups[change.id].course_id,
                change.name,
                labels.idnumber_of(change.idnumber),
            )
            for change in changes
            if change.id in self._groups
        ]
        self._labels = Labels(session, KIND, store.having, wanted)
        for group in self._groups.values():
            self._labels.hold(group)
        self._states: list[GroupRecord] = []
        self._changes: list[GroupChange] = []

    def check(self, change: GroupChange) -> GroupRecord:
        """Make the checks that Moodle makes before it asks for rights; return the group."""
        labels.require_name(KIND, change.name)
        group = self._groups.get(change.id)
        if group is None:
            reason = f"there is no group {change.id}"
            raise InvalidParameter(reason)
        if change.name != group.name:
            self._labels.require_free_name(group.id, group.course_id, change.name)
        self._check_kind(group, change)
        return group

    def add(self, change: GroupChange) -> None:
        """Check the rest of a change and keep it for storing."""
        group = self._groups[change.id]
        if change.description is not UNSET and change.description:
            descriptions.check_format(change.descriptionformat)
        # Without a description any number is stored: reading it back fails once there is a text.
        limits.require_small("descriptionformat", change.descriptionformat)
        changed = self._changed(group, change)
        self._labels.require_free_idnumber(group.id, group.course_id, changed.idnumber)
        groups.require_fit(changed.name, changed.idnumber, changed.enrolmentkey)
        self._labels.release(group)
        self._labels.hold(changed)
        self._groups[group.id] = changed
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
        call.audit.record("group.update", f"group {ids}", names=names)

    def _check_kind(self, group: GroupRecord, change: GroupChange) -> None:
        """Visibility and participation stay as they are once somebody is in the group."""
        settled = group.id in self._with_members
        if change.visibility is not UNSET:
            visibility = _number(change.visibility)
            require_visibility(visibility)
            if settled and visibility != group.visibility:
                reason = f"the visibility of group {group.id} cannot change: it has members"
                raise InvalidParameter(reason)
        participation = change.participation
        if settled and participation is not UNSET and participation != bool(group.participation):
            reason = f"the participation of group {group.id} cannot change: it has members"
            raise InvalidParameter(reason)

    def _changed(self, group: GroupRecord, change: GroupChange) -> GroupRecord:
        visibility, participation = group.visibility, bool(group.participation)
        if change.visibility is not UNSET:
            visibility = _number(change.visibility)
        if change.participation is not UNSET:
            participation = change.participation
        key, description = change.enrolmentkey, change.description
        return structs.replace(
            group,
            name=trimmed(change.name),
            idnumber=group.idnumber if change.idnumber is UNSET else trimmed(change.idnumber),
            description=group.description if description is UNSET else description,
            descriptionformat=change.descriptionformat,
            enrolmentkey=group.enrolmentkey if key is UNSET else key,
            visibility=visibility,
            participation=int(participation and visibility in PARTICIPATING),
            timemodified=self._call.now,
        )


def _number(sent: str) -> int:
    """Return the whole number that a text stands for.

    Moodle fails on any other text without an error code; we refuse it as a bad parameter.
    """
    if len(sent) <= _LONGEST_NUMBER and _NUMBER.fullmatch(sent):
        number = float(sent)
        if number.is_integer():
            return int(number)
    reason = f"visibility {sent[:_LONGEST_NUMBER]!r} is not a whole number"
    raise InvalidParameter(reason)
