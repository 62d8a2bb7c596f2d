"""Bodies of core_group, a file for each noun, and the list of them."""

from coursewire.functions.core_group import (
    activities,
    grouping_groups,
    groupings,
    groups,
    members,
    user_groups,
)

FUNCTIONS = (
    *groups.FUNCTIONS,
    *members.FUNCTIONS,
    *groupings.FUNCTIONS,
    *grouping_groups.FUNCTIONS,
    *user_groups.FUNCTIONS,
    *activities.FUNCTIONS,
)
