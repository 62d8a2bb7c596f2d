"""Changes of the ways into a course, and closing one."""

from typing import Any

from coursewire.domain import enrolments
from coursewire.domain.call import Call
from coursewire.store import courses
from coursewire.store import enrolment_instances as rows
from coursewire.store import enrolments as store
from coursewire.store.enrolments import Instance

DISABLED = 1


def change(call: Call, instance_id: int, **values: Any) -> None:  # noqa: ANN401 - columns
    """Write columns of a way into a course."""
    with call.transaction():
        instance = _locked(call, instance_id)
        row = {name: int(v) if isinstance(v, bool) else v for name, v in values.items()}
        store.change_instance(call.session, instance_id, {**row, "timemodified": call.now})
        call.audit.record(
            "enrolment.change_instance",
            f"course {instance.course_id}",
            instance=instance_id,
            fields=sorted(values),
        )


def remove(call: Call, instance_id: int) -> None:
    """Close a way into a course: those who came by it are unenrolled first."""
    with call.transaction():
        instance = _locked(call, instance_id)
        enrolments.unenrol(call, instance, rows.users_of(call.session, instance_id))
        store.remove_instance(call.session, instance_id)
        call.audit.record(
            "enrolment.remove_instance", f"course {instance.course_id}", instance=instance_id
        )


def _locked(call: Call, instance_id: int) -> Instance:
    """Return a way that nobody uses, changes or closes meanwhile: its course is ours alone."""
    found = enrolments.get_instance(call.session, instance_id)
    courses.lock_alone(call.session, [found.course_id])
    return enrolments.get_instance(call.session, instance_id)
