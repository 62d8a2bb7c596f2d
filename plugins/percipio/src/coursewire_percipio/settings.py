"""What the administrator enters: the partner's addresses, and how to log in there."""

import re
from urllib.parse import quote, urlsplit

from coursewire.plugin import PluginSetting, Values
from coursewire.plugin.outbound import unfit_address, unfit_hosts

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


def unfit_organisation(written: str) -> str:
    """Return what is wrong with an organisation's id; '' where nothing is."""
    if _UUID.fullmatch(written.strip()):
        return ""
    return "write the organisation's UUID as the partner handed it over, 36 characters long"


OAUTH, BEARER = "oauth", "service_account_bearer_token"

SETTINGS = (
    PluginSetting(
        "authenticationmethod", BEARER, "How the site logs in at the partner", (OAUTH, BEARER)
    ),
    PluginSetting("clientid", "", "Client id, for OAuth"),
    PluginSetting("clientsecret", "", "Client secret, for OAuth", secret=True),
    PluginSetting("scope", "", "Scope of the tokens as the partner names it, for OAuth"),
    PluginSetting("bearertoken", "", "Bearer token of the partner's service account", secret=True),
    PluginSetting(
        "oauthurl", "", "OAuth address, which gives tokens: https://…", check=unfit_address
    ),
    PluginSetting("percipiourl", "", "API address of the partner: https://…", check=unfit_address),
    PluginSetting("organizationid", "", "Organisation id (UUID)", check=unfit_organisation),
    PluginSetting("piiinfo", False, "Names and e-mail addresses are sent at a launch"),
    PluginSetting("usernamefallback", True, "A user that is no known id is looked up by name"),
    PluginSetting(
        "imagehosts", "", "Hosts that pictures may be fetched from, with commas", check=unfit_hosts
    ),
)


def addresses(values: Values) -> list[str]:
    """Return the places outside that launches and their test may call."""
    return [values.text(name) for name in ("oauthurl", "percipiourl") if values.is_set(name)]


def image_places(values: Values) -> list[str]:
    """Return the places that pictures may come from: https, and the usual port unless written."""
    return [host.strip() for host in values.text("imagehosts").split(",") if host.strip()]


def base(values: Values) -> str:
    """Return the partner's API address without a trailing slash."""
    parts = urlsplit(values.text("percipiourl").strip())
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def organisation(values: Values) -> str:
    """Return the organisation's id as a part of an address; one of before may be anything."""
    return quote(values.text("organizationid").strip(), safe="")
