"""Everything of Coursewire that a plugin package may use: it imports nothing of ours but this.

- `Plugin` is what its entry point names; the values that it holds (`Page`, `ScheduledWork`, …) say
  what each of their fields takes.
- `Function`, `Bound`, `Access`, `Need` and the field types (`Int`, `Text`, …) make its functions; a
  body gets a `Call`, and refuses by raising `NoPermission` and the other refusals.
- `users`, `courses`, `enrolments` and the other modules are the rules by which the core's own
  functions change things; `look_ups` finds things by what partners call them.
- Tables are written with SQLAlchemy's names and `identity`, `words`, `number`, `refers`, …; their
  statements run on a `Session`, those of every call as a `DirectRead`.

`coursewire.plugin.outbound` is the one way to call programs outside; it is a module of its own, so
that a plugin that never does so loads no HTTP client.
"""

from msgspec import Struct, field
from msgspec.structs import replace
from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    MetaData,
    Table,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from coursewire.contracts.access import SITE, VIEW_COURSE, Access, Place
from coursewire.contracts.capabilities import KnownCapability
from coursewire.contracts.errors import (
    InvalidParameter,
    MissingRecord,
    MoodleError,
    NoPermission,
    Refusal,
    UnfitDocument,
)
from coursewire.contracts.fields import (
    UNSET,
    Alphanum,
    AlphanumExt,
    Bool,
    Clean,
    Float,
    Int,
    NoTags,
    Raw,
    Text,
    Unset,
    Url,
    given,
)
from coursewire.contracts.function import Function
from coursewire.contracts.needs import Need, enter, may, more
from coursewire.contracts.parts import CustomFieldValue
from coursewire.domain import (
    activities,
    activity_changes,
    categories,
    contexts,
    course_changes,
    course_dates,
    course_furnishing,
    courses,
    custom_fields,
    descriptions,
    enrolment_instances,
    enrolments,
    grade_item_changes,
    grade_items,
    plugin_settings,
    reported_progress,
    roles,
    stored_files,
    users,
    validation,
)
from coursewire.domain.activity_kinds import Kind
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.plugin_settings import PluginSetting, Values
from coursewire.functions.binding import Bound
from coursewire.plugin import look_ups, text, token_holders
from coursewire.plugin.declaration import (
    ActivityType,
    BuiltinService,
    ConsoleContent,
    ConsolePage,
    Migration,
    Page,
    PageAnswer,
    Plugin,
    ScheduledWork,
    creating,
)
from coursewire.plugin.tables import (
    flag,
    identity,
    number,
    optional_number,
    optional_real,
    optional_text,
    put,
    refers,
    table_options,
    words,
)
from coursewire.store.activities import ActivityRecord
from coursewire.store.courses import CourseRecord
from coursewire.store.direct import DirectRead
from coursewire.store.enrolments import Instance
from coursewire.store.session import AnyRow, Session
from coursewire.store.users import UserRecord

__all__ = [
    "SITE",
    "UNSET",
    "VIEW_COURSE",
    "Access",
    "ActivityRecord",
    "ActivityType",
    "Alphanum",
    "AlphanumExt",
    "AnyRow",
    "Bool",
    "Bound",
    "BuiltinService",
    "Call",
    "Clean",
    "ColumnElement",
    "ConsoleContent",
    "ConsolePage",
    "Context",
    "CourseRecord",
    "CustomFieldValue",
    "DirectRead",
    "Float",
    "ForeignKey",
    "Function",
    "Instance",
    "Int",
    "InvalidParameter",
    "Kind",
    "KnownCapability",
    "MetaData",
    "Migration",
    "MissingRecord",
    "MoodleError",
    "Need",
    "NoPermission",
    "NoTags",
    "Page",
    "PageAnswer",
    "Place",
    "Plugin",
    "PluginSetting",
    "Raw",
    "Refusal",
    "ScheduledWork",
    "Session",
    "Struct",
    "Table",
    "Text",
    "UnfitDocument",
    "UniqueConstraint",
    "Unset",
    "Url",
    "UserRecord",
    "Values",
    "activities",
    "activity_changes",
    "and_",
    "bindparam",
    "categories",
    "contexts",
    "course_changes",
    "course_dates",
    "course_furnishing",
    "courses",
    "creating",
    "custom_fields",
    "delete",
    "descriptions",
    "enrolment_instances",
    "enrolments",
    "enter",
    "field",
    "flag",
    "func",
    "given",
    "grade_item_changes",
    "grade_items",
    "identity",
    "insert",
    "look_ups",
    "may",
    "more",
    "number",
    "optional_number",
    "optional_real",
    "optional_text",
    "or_",
    "plugin_settings",
    "put",
    "refers",
    "replace",
    "reported_progress",
    "roles",
    "select",
    "stored_files",
    "table_options",
    "text",
    "token_holders",
    "update",
    "users",
    "validation",
    "words",
]
