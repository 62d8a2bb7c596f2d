"""Addresses of users' pictures: the theme's own picture for those who have none."""

from coursewire.domain.site import Site

SMALL = "f2"
LARGE = "f1"


def address(site: Site, size: str) -> str:
    """Return where the picture of somebody without a picture is found."""
    return f"{site.url}/theme/image.php/{site.settings['theme']}/core/1/u/{size}"
