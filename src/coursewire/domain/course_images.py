"""The pictures of courses: those that they were given, else a pattern drawn from their number."""

from collections.abc import Collection

from coursewire.contracts.parts import ExternalFile
from coursewire.domain import stored_files
from coursewire.domain.call import Call
from coursewire.store import files

COMPONENT, AREA, FILENAME = "course", "generated", "course.svg"
_DRAWN = f"/{COMPONENT}/{AREA}/{FILENAME}"
# Where the files stand that lists show with a course.
_GIVEN = "overviewfiles"
_COLOURS = ("#81ecec", "#74b9ff", "#a29bfe", "#dfe6e9", "#00b894", "#0984e3", "#fdcb6e", "#fd79a8")


class Pictures:
    """The pictures of some courses, given by their contexts, read for all of them at once."""

    def __init__(self, call: Call, context_ids: Collection[int]) -> None:
        self._base = f"{call.site.url}/webservice/pluginfile.php/"
        self._given = files.of_contexts(call.session, context_ids, (COMPONENT, _GIVEN))

    def shown_with(self, context_id: int) -> tuple[str, list[ExternalFile]]:
        """Return a course's picture and the files that it was given to be shown with in lists.

        The picture is the address where a client with a token fetches it.
        """
        drawn, files = f"{self._base}{context_id}{_DRAWN}", self._given.get(context_id)
        if files is None:
            return drawn, []
        area = f"{self._base}{context_id}/{COMPONENT}/{_GIVEN}"
        pictures = [file for file in files if file.mimetype.startswith("image/")]
        told = [stored_files.told(file, area, ExternalFile) for file in files]
        return stored_files.address(pictures[0], area) if pictures else drawn, told


def drawing(course_id: int) -> bytes:
    """Return the picture as an SVG document."""
    colour = _COLOURS[course_id % len(_COLOURS)]
    size = 16 + course_id % 7 * 4
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">'
        f'<rect width="100" height="100" fill="{colour}"/>'
        f'<circle cx="50" cy="50" r="{size}" fill="#fff" fill-opacity=".3"/></svg>'
    ).encode()
