"""The site itself and its web services."""

from typing import Any

from coursewire.domain import administrators, front_page
from coursewire.domain import settings as site_settings
from coursewire.domain.known_settings import ROLE_SETTINGS, Value
from coursewire.sitefile.applying.work import Differences, Work, pairs, values
from coursewire.sitefile.model.site import SettingValue
from coursewire.sitefile.present.site import LOCKOUT


def change_site(work: Work, differences: Differences) -> None:
    """Change the names of the site, its administrators and settings."""
    changed = values(differences)
    names = {name: changed[name] for name in ("fullname", "shortname") if name in changed}
    if names:
        front_page.rename(work.call, **names)
    if "lockout_threshold" in changed:
        with work.about("lockout_threshold"):
            site_settings.put(work.call, LOCKOUT, changed["lockout_threshold"])
    for name, value in pairs(differences, "settings", "add").items():
        with work.about("settings", name):
            site_settings.put(work.call, name, _value(work, name, value))
    work.refresh_site()


def change_administrators(work: Work, differences: Differences) -> None:
    """Say who the administrators are, once the users are there."""
    wanted = values(differences).get("administrators")
    if wanted is not None:
        with work.about("administrators"):
            administrators.set_all(work.call, [work.id("user", name) for name in wanted])
        work.refresh_site()


def change_webservices(work: Work, differences: Differences) -> None:
    """Open or close the site for programs."""
    changed = values(differences)
    if "enabled" in changed:
        site_settings.put(work.call, "enablewebservices", changed["enabled"])
    if "protocols" in changed:
        with work.about("protocols"):
            site_settings.put(work.call, "webserviceprotocols", changed["protocols"])
    work.refresh_site()


def _value(work: Work, name: str, value: SettingValue) -> Value:
    """Return a setting as the site keeps it."""
    if name not in ROLE_SETTINGS:
        return _plain(value)
    if isinstance(value, tuple):
        return tuple(work.id("role", str(role)) for role in value)
    return work.id("role", str(value))


def _plain(value: Any) -> Value:  # noqa: ANN401 - checked against the setting by the domain
    checked: Value = value
    return checked
