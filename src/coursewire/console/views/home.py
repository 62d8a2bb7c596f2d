"""The first page: whether calls get through, what needs care, what was changed last."""

from coursewire.console.answers import Answer
from coursewire.console.routes import shows
from coursewire.console.visit import Visit


def show(visit: Visit) -> Answer:
    """Show the state of the site."""
    return visit.page("home.html")


ACTIONS = (shows("/console/", show, right="viewer"),)
