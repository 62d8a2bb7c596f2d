"""The site course, whose names are those of the site."""

from coursewire.domain import text_limits as limits
from coursewire.domain.call import Call
from coursewire.domain.courses import FULLNAME, SHORTNAME
from coursewire.domain.site import SITE_COURSE
from coursewire.store import courses as store


def rename(call: Call, **names: str) -> None:
    """Give the site another `fullname`, `shortname` or both."""
    with call.transaction():
        limits.require_fit("fullname", names.get("fullname"), FULLNAME)
        limits.require_fit("shortname", names.get("shortname"), SHORTNAME)
        store.change(call.session, SITE_COURSE, {**names, "timemodified": call.now})
        call.audit.record("site.rename", "the site", **names)
