"""Bodies of core_course for categories: create, read, update, delete."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from coursewire.contracts.core_course import categories as c
from coursewire.contracts.errors import MissingRecord, MoodleError
from coursewire.contracts.fields import UNSET, Unset, given
from coursewire.domain import (
    categories,
    category_changes,
    category_deletion,
    category_moves,
    contexts,
    deletable_courses,
    shown_categories,
    validation,
)
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.descriptions import check_format
from coursewire.domain.shown_categories import MANAGE
from coursewire.functions.binding import Bound
from coursewire.store import categories as rows
from coursewire.store import category_contents
from coursewire.store.categories import CategoryRecord
from coursewire.text import as_stored
from coursewire.text.long import format_text
from coursewire.text.settings import FileArea
from coursewire.text.short import format_string


def get_categories(call: Call, params: c.GetCategories) -> list[c.Category]:
    """Read the categories that meet every criterion, with those below them."""
    found = shown_categories.matching(
        call,
        ((each.key, each.value) for each in params.criteria),
        with_those_below=params.addsubcategories,
    )
    counts = rows.course_counts(call.session, [row.id for row, _ in found])
    texts = _Texts(call, [row for row, _ in found])
    return [
        _shown(call, row, place, texts.of(row, place), counts.get(row.id, 0))
        for row, place in found
    ]


class _Texts:
    """Names and descriptions: one look tells whether all are shown as they are stored."""

    def __init__(self, call: Call, listed: Sequence[CategoryRecord]) -> None:
        self._call = call
        names = [row.name for row in listed]
        texts = [row.description for row in listed]
        formats = [row.descriptionformat for row in listed]
        self._are_as_stored = as_stored.are_shown(names, texts, formats, call.text)

    def of(self, row: CategoryRecord, place: Context) -> tuple[str, str, int]:
        """Return the name and the description of a category, and the description's format."""
        if self._are_as_stored:
            return row.name, row.description, row.descriptionformat
        settings = self._call.text
        files = FileArea(self._call.site.url, place.id, "coursecat", "description")
        text, number = format_text(row.description, row.descriptionformat, settings, files)
        return format_string(row.name, settings), text, number


class _Untold(Struct, frozen=True):
    """What those who may not manage a category are told of how it is set."""

    idnumber: Unset = UNSET
    visible: Unset = UNSET
    visibleold: Unset = UNSET
    timemodified: Unset = UNSET
    theme: Unset = UNSET


_UNTOLD = _Untold()


def _shown(
    call: Call, row: CategoryRecord, place: Context, texts: tuple[str, str, int], courses: int
) -> c.Category:
    name, description, number = texts
    told = row if call.permissions.may(MANAGE, place) else _UNTOLD
    return c.Category(
        id=row.id,
        name=name,
        description=description,
        descriptionformat=number,
        parent=row.parent,
        sortorder=row.sortorder,
        coursecount=courses,
        depth=row.depth,
        path=row.path,
        idnumber=told.idnumber,
        visible=told.visible,
        visibleold=told.visibleold,
        timemodified=told.timemodified,
        theme=told.theme,
    )


def create_categories(call: Call, params: c.CreateCategories) -> list[c.CreatedCategory]:
    """Create categories: all of them or none."""
    with call.transaction():
        made = [_create(call, new) for new in params.categories]
    return [c.CreatedCategory(id=row.id, name=format_string(row.name, call.text)) for row in made]


def _create(call: Call, new: c.NewCategory) -> CategoryRecord:
    parent = categories.require_parent(call.session, new.parent)
    place = categories.place(call.session, parent.id if parent else 0)
    validation.validate_context(call, place)
    call.permissions.require(MANAGE, place)
    # Themes of categories are not switched on, so what was sent for one is left out.
    return categories.create(
        call,
        categories.NewCategory(
            name=new.name,
            parent=new.parent,
            idnumber=None if new.idnumber is UNSET else new.idnumber,
            description="" if new.description is UNSET else new.description,
            descriptionformat=new.descriptionformat,
        ),
    )


def update_categories(call: Call, params: c.UpdateCategories) -> None:
    """Change or move categories: all of them or none."""
    with call.transaction():
        rows.lock_tree(call.session)
        for change in params.categories:
            _update(call, change)


def _update(call: Call, change: c.CategoryChange) -> None:
    category = _managed(call, change.id)
    parent = category.parent if change.parent is UNSET else change.parent
    if parent != category.parent:
        place = categories.place(call.session, parent)
        validation.validate_context(call, place)
        call.permissions.require(MANAGE, place)
    check_format(change.descriptionformat)
    sent = {"name": change.name, "idnumber": change.idnumber, "description": change.description}
    values: dict[str, Any] = {name: value for name, value in sent.items() if value is not UNSET}
    values["descriptionformat"] = change.descriptionformat
    category_changes.write(call, category, values)
    if parent != category.parent:
        category_moves.move(call, category, parent)
        values["parent"] = parent
    call.audit.record(
        "category.update", f"category {category.id}", name=category.name, fields=sorted(values)
    )


def delete_categories(call: Call, params: c.DeleteCategories) -> None:
    """Delete categories, with or after moving what they hold: all of them or none."""
    with call.transaction():
        rows.lock_tree(call.session)
        for deletion in params.categories:
            _delete(call, deletion)


def _delete(call: Call, deletion: c.CategoryDeletion) -> None:
    category = _managed(call, deletion.id)
    validation.validate_context(call, categories.place(call.session, category.parent))
    if deletion.recursive:
        category_contents.lock(call.session, category.path)
        deletable_courses.require_all_within(call, category)
        category_deletion.delete_with_contents(call, category)
        return
    target_id = given(deletion.newparent, 0) or category.parent
    if not target_id:
        message = "What is in the category cannot be moved to the top; name a new parent"
        raise MoodleError("movecatcontentstoroot", message)
    target, place = _seen(call, target_id)
    deletable_courses.require_place_for(call, category, place)
    category_deletion.delete_after_moving(call, category, target)


def _managed(call: Call, category_id: int) -> CategoryRecord:
    """Return a category that the caller sees and manages."""
    category, place = _seen(call, category_id)
    call.permissions.require(MANAGE, place)
    return category


def _seen(call: Call, category_id: int) -> tuple[CategoryRecord, Context]:
    """Return a category that the caller sees, with its context."""
    if not category_id:
        raise MissingRecord("category", category_id)
    category = categories.get(call.session, category_id)
    if category is None:
        raise MoodleError("unknowncategory", f"There is no category {category_id}")
    place = contexts.get(call.session, contexts.CATEGORY, category_id)
    if not shown_categories.is_shown(call, category, place):
        raise MoodleError("cannotviewcategory", f"You may not see category {category_id}")
    return category, validation.validate_context(call, place)


FUNCTIONS = (
    Bound(c.get_categories, get_categories, long=True),
    Bound(c.create_categories, create_categories),
    Bound(c.update_categories, update_categories),
    Bound(c.delete_categories, delete_categories),
)
