"""What the caller may store: private files and their sizes."""

from coursewire.domain.call import Call
from coursewire.domain.contexts import Context

MANAGE_FILES = "moodle/user:manageownfiles"
IGNORE_QUOTA = "moodle/user:ignoreuserquota"
IGNORE_SIZES = "moodle/course:ignorefilesizelimits"

# What the server takes in one file where the site sets no limit of its own.
SERVER_LIMIT = 104_857_600
UNLIMITED_QUOTA = 0
UNLIMITED_SIZE = -1


def may_manage_files(call: Call, own_place: Context) -> bool:
    """Tell whether the caller has private files."""
    return call.permissions.may(MANAGE_FILES, own_place)


def quota(call: Call, own_place: Context) -> int:
    """Return how many bytes of private files the caller may have, 0 for any number."""
    if call.permissions.may(IGNORE_QUOTA, own_place):
        return UNLIMITED_QUOTA
    return call.site.userquota


def largest_upload(call: Call) -> int:
    """Return the bytes of the largest file that the caller may send, -1 for any size."""
    if call.permissions.may(IGNORE_SIZES, call.site.system):
        return UNLIMITED_SIZE
    return call.site.maxbytes or SERVER_LIMIT
