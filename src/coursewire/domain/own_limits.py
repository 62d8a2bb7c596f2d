"""What the caller may store: private files and their sizes."""

from coursewire.domain.call import Call
from coursewire.domain.contexts import Context

MANAGE_FILES = "moodle/user:manageownfiles"
IGNORE_QUOTA = "moodle/user:ignoreuserquota"
IGNORE_SIZES = "moodle/course:ignorefilesizelimits"

UNLIMITED_QUOTA = 0
UNLIMITED_SIZE = -1

# What a request holds besides a file, at most: the fields, and the lines before each part.
_AROUND = 64 * 1024


def may_manage_files(call: Call, own_place: Context) -> bool:
    """Tell whether the caller has private files."""
    return call.permissions.may(MANAGE_FILES, own_place)


def quota(call: Call, own_place: Context) -> int:
    """Return how many bytes of private files the caller may have, 0 for any number."""
    if call.permissions.may(IGNORE_QUOTA, own_place):
        return UNLIMITED_QUOTA
    return call.site.userquota


def largest_upload(call: Call) -> int:
    """Return the bytes of the largest file that the caller may send, -1 for any size.

    It comes in a request, of which the server takes no more than it does of any other, and what
    stands around the file counts as well.
    """
    if call.permissions.may(IGNORE_SIZES, call.site.system):
        return UNLIMITED_SIZE
    body = call.site.largest_body
    # Of small requests half is left to the file.
    most = body - min(_AROUND, body // 2)
    return min(call.site.maxbytes or most, most)
