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

    def address(self, context_id: int) -> str:
        """Return where a client with a token fetches the picture of a course."""
        for file in self._given.get(context_id, ()):
            if file.mimetype.startswith("image/"):
                return stored_files.address(file, self._area(context_id))
        return f"{self._base}{context_id}{_DRAWN}"

    def given(self, context_id: int) -> list[ExternalFile]:
        """Return the files that a course was given to be shown with it in lists."""
        files = self._given.get(context_id)
        if files is None:
            return []
        area = self._area(context_id)
        return [stored_files.told(file, area, ExternalFile) for file in files]

    def _area(self, context_id: int) -> str:
        return f"{self._base}{context_id}/{COMPONENT}/{_GIVEN}"


def drawing(course_id: int) -> bytes:
    """Return the picture as an SVG document."""
    colour = _COLOURS[course_id % len(_COLOURS)]
    size = 16 + course_id % 7 * 4
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">'
        f'<rect width="100" height="100" fill="{colour}"/>'
        f'<circle cx="50" cy="50" r="{size}" fill="#fff" fill-opacity=".3"/></svg>'
    ).encode()
