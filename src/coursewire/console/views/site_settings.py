"""Settings of the site, by what they are about; what is wrong is said at the field."""

from coursewire.console import paths
from coursewire.console.answers import Answer
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.contracts.errors import Refusal
from coursewire.domain import settings
from coursewire.domain.known_settings import Setting, Value, by_area

PLACE = "/console/settings"


def show(visit: Visit) -> Answer:
    """Show one part of the settings; all its fields are there at once."""
    return _page(visit, visit.query.text("area"))


def _page(visit: Visit, area: str) -> Answer:
    areas = by_area()
    chosen = area if area in areas else next(iter(areas))
    return visit.page(
        "settings/list.html",
        area=chosen,
        areas=[(paths.with_query(PLACE, area=name), name, None) for name in areas],
        here=paths.with_query(PLACE, area=chosen),
        fields=[(each, written(visit, each)) for each in areas[chosen]],
    )


def written(visit: Visit, setting: Setting) -> str:
    """Return what the field of a setting holds: what was typed, else what is in force."""
    if setting.name in visit.form:
        return visit.form.raw(setting.name)
    return as_text(visit.call.site.settings[setting.name])


def as_text(value: Value) -> str:
    """Return a value as a person writes it."""
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return ("on" if value else "off") if isinstance(value, bool) else str(value)


def save(visit: Visit) -> Answer:
    """Store what was changed, all of it or nothing."""
    area = visit.form.text("area")
    changed: list[tuple[Setting, Value]] = []
    for setting in by_area().get(area, ()):
        if setting.name not in visit.form:
            continue
        typed = visit.form.text(setting.name)
        if typed == as_text(visit.call.site.settings[setting.name]):
            continue
        try:
            value = settings.parse(setting.name, typed)
            settings.require_fits(visit.call, setting.name, value)
        except Refusal as refusal:
            visit.errors.add(setting.name, f"{refusal.reason}: {refusal.remedy}.")
        else:
            changed.append((setting, value))
    if visit.errors:
        return _page(visit, area)
    with visit.call.transaction():
        for setting, value in changed:
            settings.put(visit.call, setting.name, value)
    words = "The settings are saved." if changed else "Nothing was changed."
    return visit.redirect(paths.with_query(PLACE, area=area), words)


ACTIONS = (
    shows(PLACE, show, right="viewer"),
    acts(PLACE, save, right="operator", recent=True),
)
