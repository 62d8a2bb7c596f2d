"""Enrolments, groups and groupings."""

from coursewire.contracts.core_group.groupings import GroupingChange, NewGrouping
from coursewire.contracts.core_group.groups import GroupChange, NewGroup
from coursewire.domain import (
    enrolment_instances,
    enrolments,
    group_changes,
    group_members,
    grouping_changes,
    grouping_groups,
    groupings,
    groups,
)
from coursewire.domain.group_members import Memberships
from coursewire.domain.grouping_groups import Links
from coursewire.sitefile.applying.work import Applier, Differences, Work, items, values
from coursewire.sitefile.model.participation import Enrolment, Group, Grouping, SelfEnrolment

# What a file and the store call differently.
_COLUMNS = {
    "key": "password",
    "open_from": "enrolstartdate",
    "open_until": "enrolenddate",
}


def create_enrolment(work: Work, enrolment: Enrolment) -> None:
    """Enrol a user by hand; one who is enrolled gets the new state and times."""
    instance = enrolments.get_instance(
        work.call.session, work.ids.get("manual_enrolment", enrolment.course)
    )
    status = enrolments.SUSPENDED if enrolment.status == "suspended" else enrolments.ACTIVE
    wanted = enrolments.Enrolment(
        user_id=work.id("user", enrolment.user),
        role_id=work.id_or_none("role", enrolment.role or ""),
        status=status,
        timestart=enrolment.timestart,
        timeend=enrolment.timeend,
    )
    enrolments.enrol(work.call, {instance: [wanted]})


def change_enrolment(
    work: Work, wanted: Enrolment, present: Enrolment, differences: Differences
) -> None:
    """Change the state or times of an enrolment, or add a role."""
    del present, differences
    create_enrolment(work, wanted)


def remove_enrolment(work: Work, enrolment: Enrolment) -> None:
    """Take a user out of a course."""
    instance = enrolments.get_instance(
        work.call.session, work.ids.get("manual_enrolment", enrolment.course)
    )
    enrolments.unenrol(work.call, instance, [work.id("user", enrolment.user)])


def create_self(work: Work, way: SelfEnrolment) -> None:
    """Let people enrol themselves, and enrol those who did."""
    instance_id = enrolments.add_instance(
        work.call,
        work.id("course", way.course),
        enrolments.SELF,
        status=enrolments.ENABLED if way.enabled else enrolment_instances.DISABLED,
        name=way.name,
        password=way.key,
        group_keys=int(way.group_keys),
        roleid=work.id_or_none("role", way.role),
        max_enrolled=way.max_enrolled,
        enrolstartdate=way.open_from,
        enrolenddate=way.open_until,
        cohort_id=work.id_or_none("cohort", way.cohort),
        new_enrolments=int(way.new_enrolments),
    )
    work.ids.put("self_enrolment", way.natural_key, instance_id)
    _enrol_themselves(work, way, way.members)


def change_self(
    work: Work, wanted: SelfEnrolment, present: SelfEnrolment, differences: Differences
) -> None:
    """Change how people enrol themselves, and who did."""
    del present
    instance_id = work.ids.get("self_enrolment", wanted.course, wanted.name)
    changed = values(differences)
    if "enabled" in changed:
        changed["status"] = (
            enrolments.ENABLED if changed.pop("enabled") else enrolment_instances.DISABLED
        )
    if "role" in changed:
        changed["roleid"] = work.id_or_none("role", changed.pop("role"))
    if "cohort" in changed:
        changed["cohort_id"] = work.id_or_none("cohort", changed.pop("cohort"))
    columns = {_COLUMNS.get(name, name): value for name, value in changed.items()}
    if columns:
        enrolment_instances.change(work.call, instance_id, **columns)
    _enrol_themselves(work, wanted, items(differences, "members", "add"))
    gone = [work.id("user", name) for name in items(differences, "members", "take")]
    if gone:
        instance = enrolments.get_instance(work.call.session, instance_id)
        enrolments.unenrol(work.call, instance, gone)


def remove_self(work: Work, way: SelfEnrolment) -> None:
    """Close a way into a course; those who came by it leave."""
    instance_id = work.ids.get("self_enrolment", way.course, way.name)
    enrolment_instances.remove(work.call, instance_id)
    work.ids.drop("self_enrolment", way.natural_key)


def _enrol_themselves(work: Work, way: SelfEnrolment, members: tuple[str, ...]) -> None:
    if members:
        instance = enrolments.get_instance(
            work.call.session, work.ids.get("self_enrolment", way.course, way.name)
        )
        role_id = work.id_or_none("role", way.role)
        wanted = [
            enrolments.Enrolment(user_id=work.id("user", name), role_id=role_id) for name in members
        ]
        enrolments.enrol(work.call, {instance: wanted})


def create_group(work: Work, group: Group) -> None:
    """Make a group with its members."""
    new = NewGroup(
        courseid=work.id("course", group.course),
        name=group.name,
        description=group.description,
        enrolmentkey=group.enrolmentkey,
        idnumber=group.idnumber,
        visibility=group.visibility,
        participation=group.participation,
    )
    made = groups.create(work.call, new)
    work.ids.put("group", group.natural_key, made.id)
    _join(work, made.id, group.members)


def change_group(work: Work, wanted: Group, present: Group, differences: Differences) -> None:
    """Change a group, or who is in it."""
    del present
    group_id = work.ids.get("group", wanted.course, wanted.name)
    if values(differences):
        change = GroupChange(
            id=group_id,
            name=wanted.name,
            description=wanted.description,
            enrolmentkey=wanted.enrolmentkey,
            idnumber=wanted.idnumber,
            visibility=str(wanted.visibility),
            participation=wanted.participation,
        )
        changes = group_changes.Changes(work.call, [change])
        changes.check(change)
        changes.add(change)
        changes.store()
    _join(work, group_id, items(differences, "members", "add"))
    gone = [(group_id, work.id("user", name)) for name in items(differences, "members", "take")]
    if gone:
        memberships = Memberships(work.call, gone)
        for pair in gone:
            memberships.take(pair, work.call.site.system)
        memberships.store_taken()


def remove_group(work: Work, group: Group) -> None:
    """Delete a group."""
    group_id = work.ids.get("group", group.course, group.name)
    groups.delete(work.call, [groups.require(groups.of_ids(work.call, [group_id]), group_id)])
    work.ids.drop("group", group.natural_key)


def _join(work: Work, group_id: int, members: tuple[str, ...]) -> None:
    if members:
        group_members.add(work.call, [(group_id, work.id("user", name)) for name in members])


def create_grouping(work: Work, grouping: Grouping) -> None:
    """Make a grouping with its groups."""
    new = NewGrouping(
        courseid=work.id("course", grouping.course),
        name=grouping.name,
        description=grouping.description,
        idnumber=grouping.idnumber,
    )
    made = groupings.create(work.call, new)
    work.ids.put("grouping", grouping.natural_key, made.id)
    grouping_groups.assign(work.call, _pairs(work, made.id, grouping, grouping.groups))


def change_grouping(
    work: Work, wanted: Grouping, present: Grouping, differences: Differences
) -> None:
    """Change a grouping, or what it gathers."""
    del present
    grouping_id = work.ids.get("grouping", wanted.course, wanted.name)
    if values(differences):
        change = GroupingChange(
            id=grouping_id,
            name=wanted.name,
            description=wanted.description,
            idnumber=wanted.idnumber,
        )
        changes = grouping_changes.Changes(work.call, [change])
        changes.check(change)
        changes.add(change)
        changes.store()
    added = items(differences, "groups", "add")
    grouping_groups.assign(work.call, _pairs(work, grouping_id, wanted, added))
    gone = _pairs(work, grouping_id, wanted, items(differences, "groups", "take"))
    links = Links(work.call, [grouping_id])
    for pair in gone:
        links.take(pair)
    links.store_taken()


def remove_grouping(work: Work, grouping: Grouping) -> None:
    """Delete a grouping; its groups stay."""
    grouping_id = work.ids.get("grouping", grouping.course, grouping.name)
    found = groupings.of_ids(work.call, [grouping_id])
    groupings.delete(work.call, [groupings.require(found, grouping_id)])
    work.ids.drop("grouping", grouping.natural_key)


def _pairs(
    work: Work, grouping_id: int, grouping: Grouping, names: tuple[str, ...]
) -> list[tuple[int, int]]:
    return [(grouping_id, work.ids.get("group", grouping.course, name)) for name in names]


ENROLMENTS = Applier(create_enrolment, change_enrolment, remove_enrolment)
SELF_ENROLMENTS = Applier(create_self, change_self, remove_self)
GROUPS = Applier(create_group, change_group, remove_group)
GROUPINGS = Applier(create_grouping, change_grouping, remove_grouping)
