"""Bodies of core_user, a file for each noun."""

from coursewire.functions.core_user import preferences, profiles, searches, users

FUNCTIONS = (*users.FUNCTIONS, *profiles.FUNCTIONS, *preferences.FUNCTIONS, *searches.FUNCTIONS)
