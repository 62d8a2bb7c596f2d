"""Bodies of core_enrol, a file for each noun."""

from coursewire.functions.core_enrol import courses, methods, people, searches

FUNCTIONS = (*people.FUNCTIONS, *searches.FUNCTIONS, *courses.FUNCTIONS, *methods.FUNCTIONS)
