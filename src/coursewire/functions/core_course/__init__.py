"""Bodies of core_course, one file a noun."""

from coursewire.functions.core_course import (
    categories,
    changes,
    contents,
    courses,
    creation,
    listings,
    modules,
)

FUNCTIONS = (
    *courses.FUNCTIONS,
    *creation.FUNCTIONS,
    *changes.FUNCTIONS,
    *listings.FUNCTIONS,
    *contents.FUNCTIONS,
    *modules.FUNCTIONS,
    *categories.FUNCTIONS,
)
