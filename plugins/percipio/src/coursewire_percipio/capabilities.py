"""The plugin's own capabilities, and the kinds of roles that have them from the start."""

from coursewire.plugin import KnownCapability

_MODULE = 70
_PERSONAL = 8

CAPABILITIES = (
    KnownCapability("mod/percipio:addinstance", "write", 50, 4, ("editingteacher", "manager")),
    KnownCapability(
        "mod/percipio:view",
        "read",
        _MODULE,
        0,
        ("guest", "student", "teacher", "editingteacher", "manager"),
    ),
    KnownCapability("mod/percipio:viewmyreports", "read", _MODULE, 0, ("student",)),
    KnownCapability("mod/percipio:manage", "write", _MODULE, 4, ("editingteacher", "manager")),
    KnownCapability(
        "mod/percipio:viewreports",
        "read",
        _MODULE,
        _PERSONAL,
        ("teacher", "editingteacher", "manager"),
    ),
)
