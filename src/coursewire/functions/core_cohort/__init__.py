"""Bodies of core_cohort, one file a noun."""

from coursewire.functions.core_cohort import cohorts, members

FUNCTIONS = (*cohorts.FUNCTIONS, *members.FUNCTIONS)
