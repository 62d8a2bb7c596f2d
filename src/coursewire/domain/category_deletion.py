"""Deletion of categories: with all they hold, or after their contents were moved."""

from coursewire.domain import categories, category_moves, cohorts, contexts, course_deletion
from coursewire.domain.call import Call
from coursewire.store import categories as store
from coursewire.store import category_contents as contents
from coursewire.store import courses as course_rows
from coursewire.store.categories import CategoryRecord


def delete_with_contents(call: Call, category: CategoryRecord) -> None:
    """Delete a category with all categories and courses in it; cohorts move to the place above."""
    with call.transaction():
        session = call.session
        store.lock_tree(session)
        contents.lock(session, category.path)
        course_rows.lock_alone(session, contents.courses_within(session, category.path))
        cohorts.keep_others_out(call)
        # Whoever moved, or deleted, a course of it just now was waited for.
        for course_id in contents.courses_within(session, category.path):
            course_deletion.delete(call, course_id)
        category_moves.keep_courses(call, category)
        category_moves.keep_cohorts(call, category)
        # The context goes with all below it.
        contexts.delete(session, categories.place(session, category.id))
        contents.remove_within(session, category.path)
        call.audit.record(
            "category.delete", f"category {category.id}", name=category.name, contents="deleted"
        )


def delete_after_moving(call: Call, category: CategoryRecord, target: CategoryRecord) -> None:
    """Delete a category after what it holds was moved into another one."""
    with call.transaction():
        session = call.session
        store.lock_tree(session)
        contents.lock(session, category.path)
        category_moves.move_contents(call, category, target)
        contexts.delete(session, categories.place(session, category.id))
        contents.remove(session, category.id)
        call.audit.record(
            "category.delete", f"category {category.id}", name=category.name, moved_to=target.id
        )
