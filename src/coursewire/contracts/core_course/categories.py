"""Contracts of core_course for categories: create, read, update, delete."""

from typing import Annotated

from msgspec import Struct

from coursewire.contracts.access import Access, Place
from coursewire.contracts.fields import UNSET, Bool, Int, Raw, Text, Theme, Unset, Written
from coursewire.contracts.function import Function
from coursewire.contracts.parts import HTML, Criterion


class GetCategories(Struct, frozen=True, kw_only=True):
    """Parameters of get_categories; no criteria mean all categories."""

    criteria: list[Criterion] = []
    addsubcategories: Annotated[Bool, Written(1)] = True


class Category(Struct, frozen=True, kw_only=True):
    """A category; what may be absent is told to those who manage it."""

    id: Int
    name: Raw
    idnumber: Raw | Unset | None = UNSET
    description: Raw
    descriptionformat: Int
    parent: Int
    sortorder: Int
    coursecount: Int
    visible: Int | Unset = UNSET
    visibleold: Int | Unset = UNSET
    timemodified: Int | Unset = UNSET
    depth: Int
    path: Text
    theme: Theme | Unset = UNSET


class NewCategory(Struct, frozen=True, kw_only=True):
    """A category to be created; parent 0 is the top."""

    name: Text
    parent: Int = 0
    idnumber: Raw | Unset = UNSET
    description: Raw | Unset = UNSET
    descriptionformat: Annotated[Int, Written("1")] = HTML
    theme: Theme | Unset = UNSET


class CreateCategories(Struct, frozen=True, kw_only=True):
    """Parameters of create_categories."""

    categories: list[NewCategory]


class CreatedCategory(Struct, frozen=True, kw_only=True):
    """The id that a new category was given."""

    id: Int
    name: Raw


class CategoryChange(Struct, frozen=True, kw_only=True):
    """What becomes of a category; what is absent stays, except the format."""

    id: Int
    name: Text | Unset = UNSET
    idnumber: Raw | Unset = UNSET
    parent: Int | Unset = UNSET
    description: Raw | Unset = UNSET
    descriptionformat: Annotated[Int, Written("1")] = HTML
    theme: Theme | Unset = UNSET


class UpdateCategories(Struct, frozen=True, kw_only=True):
    """Parameters of update_categories."""

    categories: list[CategoryChange]


class CategoryDeletion(Struct, frozen=True, kw_only=True):
    """A category to be deleted: with what it holds, or after moving that to another."""

    id: Int
    newparent: Int | Unset = UNSET
    recursive: Annotated[Bool, Written(0)] = False


class DeleteCategories(Struct, frozen=True, kw_only=True):
    """Parameters of delete_categories."""

    categories: list[CategoryDeletion]


get_categories: Function[GetCategories, list[Category]] = Function(
    name="core_course_get_categories",
    params=GetCategories,
    returns=list[Category],
    kind="read",
    access=Access(
        at=(Place("category", "criteria[].value"),),
        asks=("moodle/category:manage", "moodle/category:viewhiddencategories"),
    ),
    capabilities=("moodle/category:viewhiddencategories",),
    services=("moodle_mobile_app",),
    summary="Read the categories that meet every criterion, with those below them.",
)

create_categories: Function[CreateCategories, list[CreatedCategory]] = Function(
    name="core_course_create_categories",
    params=CreateCategories,
    returns=list[CreatedCategory],
    kind="write",
    access=Access(at=(Place("category", "categories[].parent"),), asks=("moodle/category:manage",)),
    capabilities=("moodle/category:manage",),
    summary="Create categories: all of them or none.",
)

update_categories: Function[UpdateCategories, None] = Function(
    name="core_course_update_categories",
    params=UpdateCategories,
    returns=None,
    kind="write",
    access=Access(
        at=(Place("category", "categories[].id"),),
        asks=("moodle/category:manage", "moodle/category:viewhiddencategories"),
    ),
    capabilities=("moodle/category:manage",),
    summary="Change or move categories: all of them or none.",
)

delete_categories: Function[DeleteCategories, None] = Function(
    name="core_course_delete_categories",
    params=DeleteCategories,
    returns=None,
    kind="write",
    access=Access(
        at=(Place("category", "categories[].id"),),
        asks=(
            "moodle/category:manage",
            "moodle/category:viewhiddencategories",
            "moodle/course:create",
            "moodle/course:delete",
        ),
    ),
    capabilities=("moodle/category:manage",),
    summary="Delete categories, with or without what they hold: all of them or none.",
)
