"""Why a site that nobody can look into refuses: every cause with its fix and where to click."""

from typing import Literal

from msgspec import Struct

Place = Literal["site", "token", "service"]


class Cause(Struct, frozen=True, kw_only=True):
    """One cause; `row` is the protocol's check, `path` a page of Moodle's administration."""

    name: str
    row: str
    place: Place
    fact: str
    fix: str
    path: str = ""


_SERVICES = "/admin/settings.php?section=externalservices"
_TOKENS = "/admin/webservice/tokens.php"
_USERS = "/admin/user.php"


def _cause(name: str, row: str, place: Place, fact: str, fix: str, path: str = "") -> Cause:
    return Cause(name=name, row=row, place=place, fact=fact, fix=fix, path=path)


CAUSES = (
    _cause("name-unknown", "reach", "site", "no machine has this name",
           "correct the host name, or wait until the name server knows it"),
    _cause("connection-refused", "reach", "site", "nothing listens at this address",
           "correct the port, start the web server, or open the firewall"),
    _cause("timed-out", "reach", "site", "the address did not answer in time",
           "open the firewall between here and the site, or look at the site's load"),
    _cause("connection-cut", "reach", "site", "the connection broke before an answer",
           "look into the logs of the web server and of a proxy in between"),
    _cause("certificate", "reach", "site", "the certificate of the site cannot be trusted",
           "renew the certificate for this name, and serve the whole chain"),
    _cause("no-tls", "reach", "site",
           "what listens at this address does not speak TLS as it should",
           "correct the port, or let the web server answer https there, by TLS 1.2 or later"),
    _cause("redirect", "reach", "site", "the address sends callers elsewhere",
           "use the address to which it redirects; clients lose the form on the way"),
    _cause("proxy-refuses", "reach", "site", "something before Moodle refuses the request",
           "let the path /webservice/rest/server.php through the proxy or firewall"),
    _cause("too-many-requests", "reach", "site",
           "the site, or something before it, takes no more requests from here for now",
           "wait; let this address or token make more requests, or the connector ask less often"),
    _cause("no-moodle", "reach", "site", "what answers here does not speak Moodle's protocol",
           "give the address of the front page, with the folder if Moodle lies in one"),
    _cause("server-fault", "reach", "site", "the web server fails before Moodle can answer",
           "look into the error log of the web server"),
    _cause("maintenance-file", "0", "site", "the site is closed by a maintenance file",
           "end the maintenance that was begun on the command line of the site's machine"),
    _cause("upgrade-running", "1", "site", "the site is being upgraded, or an upgrade waits",
           "finish the upgrade", "/admin/index.php"),
    _cause("site-address-list", "2", "site", "the site's list of addresses keeps this one out",
           "take this machine's address off the blocked ones, or add it to those allowed",
           "/admin/settings.php?section=ipblocker"),
    _cause("web-services-off", "3", "site", "web services are switched off for the site",
           "switch web services on", "/admin/settings.php?section=optionalsubsystems"),
    _cause("rest-off", "3", "site", "the REST protocol is not enabled",
           "enable the REST protocol", "/admin/settings.php?section=webserviceprotocols"),
    _cause("unencrypted", "5", "site", "the token would travel in clear text, so it was not sent",
           "serve the site by https, and use that address"),
    _cause("token-unknown", "5", "token", "the site has no such token",
           "copy the token again, whole and in the same case, from the site it belongs to",
           _TOKENS),
    _cause("token-ended", "5", "token",
           "the token was deleted, or expired before and was deleted at its last use",
           "make a new token", _TOKENS),
    _cause("token-of-a-session", "5", "token", "the token belongs to a browser session",
           "make a token for a service account", _TOKENS),
    _cause("token-expired", "6", "token", "the token's end date has passed",
           "make a new token with a later end date; Moodle deletes one at its first use too late",
           _TOKENS),
    _cause("session-gone", "7", "token", "the token belongs to a browser session that has ended",
           "make a token for a service account", _TOKENS),
    _cause("token-address", "8", "token", "the token may not be used from this address",
           "make a token whose IP restriction lists this machine's outgoing address", _TOKENS),
    _cause("maintenance", "9", "token", "maintenance mode is on and the user may not work in it",
           "end maintenance mode", "/admin/settings.php?section=maintenancemode"),
    _cause("user-deleted", "10", "token", "the token's user is deleted",
           "make a token for another user", _USERS),
    _cause("user-unconfirmed", "11", "token", "the token's user is not confirmed",
           "confirm the user", _USERS),
    _cause("user-suspended", "12", "token", "the token's user is suspended",
           "end the suspension of the user", _USERS),
    _cause("password-expired", "13", "token", "the password of the token's user has expired",
           "set a new password for the user", _USERS),
    _cause("user-nologin", "14", "token", "the token's user may not log in",
           "give the user another authentication method than 'no login'", _USERS),
    _cause("rest-capability", "15", "token", "the user lacks webservice/rest:use",
           "allow webservice/rest:use in a role that the user holds in the whole site",
           "/admin/roles/manage.php"),
    _cause("function-unknown", "17", "service", "the site has no such function",
           "install what brings the function, or upgrade the site", "/admin/plugins.php"),
    _cause("function-broken", "18", "service", "the site has the function but cannot load it",
           "reinstall the plugin that brings the function", "/admin/plugins.php"),
    _cause("function-not-implemented", "19", "service", "the server does not have the function yet",
           "use a server that has it"),
    _cause("service-disabled", "19", "service", "the token's service is disabled",
           "enable the service", _SERVICES),
    _cause("not-in-service", "19", "service",
           "core_webservice_get_site_info is not among the functions of the token's service",
           "add core_webservice_get_site_info to the service; it tells what the token may call",
           _SERVICES),
    _cause("required-capability", "19", "service", "the user lacks what the service requires",
           "give the user the service's required capability, or empty that field", _SERVICES),
    _cause("not-authorised", "19", "service", "the user is not authorised for the service",
           "add the user to the service's authorised users", _SERVICES),
    _cause("authorisation-date", "19", "service",
           "the date of the user's authorisation refuses (Moodle refuses while it lies ahead)",
           "empty the end date of the authorised user", _SERVICES),
    _cause("authorised-address", "19", "service",
           "the user's authorisation does not allow this address",
           "add this machine's outgoing address to the authorised user", _SERVICES),
    _cause("answer-broken", "22", "service", "the site made an answer that it may not send",
           "look for odd characters in the name and settings of the token's user", _USERS),
)  # fmt: skip
"""In the order in which the site looks: the first that holds is the one that refuses."""

BY_NAME = {cause.name: cause for cause in CAUSES}
WORKS = "works"
"""What stands in a set of causes where nothing refuses."""
