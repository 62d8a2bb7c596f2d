"""`percipio_asset_import`: a course with one activity for each asset of the partner."""

from coursewire.plugin import (
    Call,
    Context,
    MoodleError,
    Refusal,
    categories,
    contexts,
    look_ups,
    validation,
)
from coursewire_percipio import assets, courses_of_assets, documents
from coursewire_percipio.contracts import COMPONENT, Document, Imported
from coursewire_percipio.within import all_or_nothing

OK = 200
DEFAULT_CATEGORY = 1
# Where the course of the site stands, and no other.
NO_CATEGORY = 0
MANAGE_CATEGORIES = "moodle/category:manage"
CREATE, UPDATE = "moodle/course:create", "moodle/course:update"
VISIBILITY, FORCE_LANG = "moodle/course:visibility", "moodle/course:setforcedlanguage"


def asset_import(call: Call, params: Document) -> Imported:
    """Make or change the course of an asset, with its activity: all of it or nothing."""
    document = documents.read(params.data)
    with call.transaction():
        # The same asset may come again while the first call still runs.
        look_ups.take_turns(call.session, f"{COMPONENT} import")
        assets.start(call, document)
        category, place = _category(call, document)
        fullname, shortname = assets.require_names(document)
        course = look_ups.course(call.session, shortname)
        if course is None:
            _enter_category(call, category, place)
        elif course.category == NO_CATEGORY:
            raise documents.unfit("shortname", "that of an asset, not of the site itself")
        else:
            there = contexts.get(call.session, contexts.COURSE, course.id)
            validation.validate_context(call, there)
            call.permissions.require(UPDATE, there)
        asset = assets.read(call, document, fullname, shortname)
        if course is None:
            visible, lang = asset.visible, assets.LANG
            if not call.permissions.may(VISIBILITY, place):
                visible = categories.require(call.session, category).visible
            if not call.permissions.may(FORCE_LANG, place):
                lang = ""
            with all_or_nothing(call):
                course_id = courses_of_assets.create(call, asset, category, visible, lang)
        else:
            changes = courses_of_assets.changes(call, course, asset, category)
            with all_or_nothing(call):
                course_id = courses_of_assets.update(call, course, asset, changes)
        call.audit.record("percipio.import", f"course {course_id}", percipioid=shortname)
    done = "created" if course is None else "updated"
    return Imported(
        moodlecourseid=course_id,
        percipioid=shortname,
        message=f"The course was {done}",
        code=OK,
    )


def _category(call: Call, document: documents.Document) -> tuple[int, Context]:
    """Return the category of the asset, found by its name or made at the top."""
    name = document.text("category").strip()
    if not name:
        return DEFAULT_CATEGORY, _place(call, DEFAULT_CATEGORY)
    found = look_ups.category(call.session, name)
    if found is None:
        validation.validate_context(call, call.site.system)
        call.permissions.require(MANAGE_CATEGORIES, call.site.system)
        found = categories.create(call, categories.NewCategory(name=name))
    return found.id, _place(call, found.id)


def _place(call: Call, category: int) -> Context:
    return contexts.get(call.session, contexts.CATEGORY, category)


def _enter_category(call: Call, category: int, place: Context) -> None:
    try:
        validation.validate_context(call, place)
    except Refusal as refusal:
        raise MoodleError(
            "errorcatcontextnotvalid",
            f"Nothing can be done in the context of this category (category id {category}).",
            reason=f"category {category}: {refusal.reason}",
            remedy=refusal.remedy,
        ) from refusal
    call.permissions.require(CREATE, place)
