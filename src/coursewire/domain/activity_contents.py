"""What an activity holds for readers to fetch: files, the text of a page, the target of a link."""

from collections.abc import Iterator

from msgspec import Struct

from coursewire.domain import stored_files
from coursewire.domain.course_page import ShownActivity
from coursewire.domain.site import Site
from coursewire.store.files import FileRecord
from coursewire.text.tags import strip_tags
from coursewire.text.types.places import as_file

FILE, URL = "file", "url"
PAGE_NAME = "index.html"
_AREA = "content"
# In every address of a file: clients append `&token=…` to it.
_AS_FILE = "?forcedownload=1"


class Offered(Struct, frozen=True, kw_only=True):
    """One thing to fetch; only what was stored as a file has a media type."""

    type: str
    filename: str
    filepath: str | None
    filesize: int
    fileurl: str
    timecreated: int | None
    timemodified: int
    sortorder: int | None
    mimetype: str = ""
    author: str | None = None
    license: str | None = None


def of(site: Site, shown: ShownActivity) -> list[Offered]:
    """Return what an activity offers, in the order of its files."""
    return list(_offered(site, shown))


def _offered(site: Site, shown: ShownActivity) -> Iterator[Offered]:
    record, details = shown.record, shown.details
    component = f"mod_{record.module}"
    base = f"{site.url}/webservice/pluginfile.php/{shown.place.id}/{component}/{_AREA}"
    if record.module == "page":
        yield Offered(
            type=FILE,
            filename=PAGE_NAME,
            filepath="/",
            filesize=0,
            fileurl=f"{base}/{PAGE_NAME}{_AS_FILE}",
            timecreated=None,
            timemodified=details.timemodified,
            sortorder=1,
        )
    if record.module == "url":
        yield Offered(
            type=URL,
            # The name of a link may hold what no file's name may, and stands in the place of one.
            filename=as_file(strip_tags(record.name)),
            filepath=None,
            filesize=0,
            fileurl=details.externalurl,
            timecreated=None,
            timemodified=details.timemodified,
            sortorder=None,
        )
    for file in shown.files:
        if (file.component, file.filearea) == (component, _AREA):
            yield _stored(base, file)


def _stored(base: str, file: FileRecord) -> Offered:
    return Offered(
        type=FILE,
        filename=file.filename,
        filepath=file.filepath,
        filesize=file.filesize,
        fileurl=stored_files.address(file, f"{base}/{file.itemid}") + _AS_FILE,
        timecreated=file.timecreated,
        timemodified=file.timemodified,
        sortorder=file.sortorder,
        mimetype=file.mimetype,
        author=file.author or None,
        license=file.license or None,
    )
