"""Contracts of the three functions: each takes one JSON document as a text."""

from coursewire.plugin import (
    SITE,
    VIEW_COURSE,
    Access,
    AlphanumExt,
    Function,
    Int,
    Place,
    Raw,
    Struct,
    Text,
    enter,
    may,
)

COMPONENT = "mod_percipio"
SERVICE = "Percipio-API"


_CHANGES = {
    "update": "anything",
    "changecategory": "the category",
    "changefullname": "the full name",
    "changeidnumber": "the id number",
    "changesummary": "the summary",
    "visibility": "whether it is shown",
}


class Document(Struct, frozen=True, kw_only=True):
    """The one parameter."""

    data: Raw


class Imported(Struct, frozen=True, kw_only=True):
    """The course that was made or changed."""

    moodlecourseid: Int
    percipioid: AlphanumExt
    message: Text
    code: Int


class Tracked(Struct, frozen=True, kw_only=True):
    """What became of a report of progress."""

    message: Text
    code: Int


class Uploaded(Struct, frozen=True, kw_only=True):
    """The last entry whose image was looked at; null where there was none."""

    percipioid: AlphanumExt | None
    message: Text
    code: Int


asset_import: Function[Document, Imported] = Function(
    name="percipio_asset_import",
    params=Document,
    returns=Imported,
    kind="write",
    access=Access(
        at=(SITE, Place("category", "data"), Place("course", "data")),
        asks=(
            "enrol/self:config",
            "moodle/category:manage",
            "moodle/course:changecategory",
            "moodle/course:changefullname",
            "moodle/course:changeidnumber",
            "moodle/course:changeshortname",
            "moodle/course:changesummary",
            "moodle/course:create",
            "moodle/course:setforcedlanguage",
            "moodle/course:update",
            "moodle/course:visibility",
            *VIEW_COURSE,
        ),
    ),
    summary="Create or update a course with one activity of the partner.",
    capabilities=(
        "moodle/category:manage",
        "moodle/course:create",
        "moodle/course:visibility",
        "moodle/course:update",
        "moodle/course:changecategory",
        "moodle/course:changeshortname",
        "moodle/course:changeidnumber",
        "moodle/site:config",
        "enrol/self:config",
    ),
    component=COMPONENT,
    services=(SERVICE,),
    needs=(
        enter("site"),
        may("site", "moodle/category:manage", why="new categories are made at the top"),
        may("site", "moodle/course:create", why="new assets get a course"),
        may("site", "enrol/self:config", why="new courses are opened for self enrolment"),
        enter("course"),
        *(
            may("course", f"moodle/course:{name}", why=f"known courses get what changed: {what}")
            for name, what in _CHANGES.items()
        ),
    ),
)

progress_tracking: Function[Document, Tracked] = Function(
    name="percipio_progress_tracking",
    params=Document,
    returns=Tracked,
    kind="write",
    access=Access(at=(Place("course", "data"),), asks=("moodle/grade:manage", *VIEW_COURSE)),
    summary="Write back how far a user is with an activity of the partner.",
    capabilities=("moodle/grade:manage",),
    component=COMPONENT,
    services=(SERVICE,),
    needs=(enter("course"), may("course", "moodle/grade:manage", why="grades are written")),
)

image_upload: Function[Document, Uploaded] = Function(
    name="percipio_image_upload",
    params=Document,
    returns=Uploaded,
    kind="write",
    access=Access(
        at=(Place("course", "data"),),
        asks=("mod/percipio:manage", "moodle/course:update"),
        unasked="without entries there is nothing to do",
    ),
    summary="Fetch the pictures of imported courses.",
    capabilities=("mod/percipio:manage", "moodle/course:update"),
    component=COMPONENT,
    services=(SERVICE,),
    needs=(
        may("course", "mod/percipio:manage", "moodle/course:update", why="pictures are stored"),
    ),
)
