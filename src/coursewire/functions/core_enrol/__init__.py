"""Bodies of core_enrol, a file for each noun."""

from coursewire.functions.core_enrol import courses, methods, people

FUNCTIONS = (*people.FUNCTIONS, *courses.FUNCTIONS, *methods.FUNCTIONS)
