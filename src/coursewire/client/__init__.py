"""A client for the web services of Moodle and Coursewire.

from coursewire import Moodle
from coursewire.contracts.core_group import groups

with Moodle("moodle.example.org", token) as moodle:
    moodle.call(groups.create_groups, groups.CreateGroups(groups=[...]))
    moodle.core_group_get_course_groups(courseid=2)
"""

from coursewire.client._async import AsyncMoodle
from coursewire.client._batch import Done, Failed, Progress, Report
from coursewire.client._errors import (
    AccessDenied,
    InvalidParameter,
    InvalidToken,
    MoodleError,
    NoPermission,
    NotFound,
    SiteUnavailable,
    UnexpectedAnswer,
)
from coursewire.client._files import UploadedFile
from coursewire.client._protocol import GivenToken
from coursewire.client._sync import Moodle
from coursewire.client.connection_problems import ConnectionsError

__all__ = [
    "AccessDenied",
    "AsyncMoodle",
    "ConnectionsError",
    "Done",
    "Failed",
    "GivenToken",
    "InvalidParameter",
    "InvalidToken",
    "Moodle",
    "MoodleError",
    "NoPermission",
    "NotFound",
    "Progress",
    "Report",
    "SiteUnavailable",
    "UnexpectedAnswer",
    "UploadedFile",
]
