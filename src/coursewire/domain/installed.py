"""The languages, ways of logging in and themes that a site has: those of a standard one."""

LANGS = frozenset({"en"})
THEMES = frozenset({"boost", "classic"})
AUTHS = frozenset(
    {
        "cas",
        "db",
        "email",
        "ldap",
        "lti",
        "manual",
        "mnet",
        "nologin",
        "none",
        "oauth2",
        "shibboleth",
        "webservice",
    }
)
# Ways of logging in that keep the password here.
INTERNAL_AUTHS = frozenset({"manual", "email", "nologin", "none", "db"})
