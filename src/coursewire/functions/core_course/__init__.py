"""Bodies of core_course, one file a noun."""

from coursewire.functions.core_course import categories, changes, courses, creation, listings

FUNCTIONS = (
    *courses.FUNCTIONS,
    *creation.FUNCTIONS,
    *changes.FUNCTIONS,
    *listings.FUNCTIONS,
    *categories.FUNCTIONS,
)
