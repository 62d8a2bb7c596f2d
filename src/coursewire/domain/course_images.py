"""The picture of a course that has none of its own: a pattern drawn from its number."""

COMPONENT, AREA, FILENAME = "course", "generated", "course.svg"
_COLOURS = ("#81ecec", "#74b9ff", "#a29bfe", "#dfe6e9", "#00b894", "#0984e3", "#fdcb6e", "#fd79a8")


def address(base: str, context_id: int) -> str:
    """Return where a client with a token fetches the picture of the course of a context."""
    return f"{base}/webservice/pluginfile.php/{context_id}/{COMPONENT}/{AREA}/{FILENAME}"


def drawing(course_id: int) -> bytes:
    """Return the picture as an SVG document."""
    colour = _COLOURS[course_id % len(_COLOURS)]
    size = 16 + course_id % 7 * 4
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">'
        f'<rect width="100" height="100" fill="{colour}"/>'
        f'<circle cx="50" cy="50" r="{size}" fill="#fff" fill-opacity=".3"/></svg>'
    ).encode()
