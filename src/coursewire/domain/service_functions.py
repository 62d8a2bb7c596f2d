"""The functions that a token may call: those of its service that this program answers."""

from coursewire.domain.call import Call
from coursewire.domain.site import Site
from coursewire.store import services

CORE = "moodle"


def versions(call: Call) -> dict[str, str]:
    """Return the functions of the call's service in the service's order, each with its version."""
    names = services.functions(call.session, call.origin.service_id)
    answered = call.site.functions
    return {name: _version(call.site, answered[name]) for name in names if name in answered}


def _version(site: Site, component: str) -> str:
    """Return the version of a component: that of the site, or that of its standard plugins."""
    return site.version if component == CORE else site.plugin_version
