"""Addresses of activities: their page, and the icon of their kind."""

from coursewire.domain.site import Site
from coursewire.store.activities import ActivityRecord


def page(site: Site, activity: ActivityRecord) -> str:
    """Return the address that stands for an activity, as clients of Moodle know it."""
    return f"{site.url}/mod/{activity.module}/view.php?id={activity.id}"


def icon(site: Site, module: str) -> str:
    """Return where the theme has the icon of a kind of activity."""
    theme = site.settings["theme"]
    return f"{site.url}/theme/image.php/{theme}/{module}/1/monologo"
