"""Tokens and services that want care: too much authority, too long, or for nobody."""

from collections.abc import Iterator

from coursewire.doctor.facts import DAY, Installation
from coursewire.doctor.finding import Finding, note, ok, warning
from coursewire.domain.site import Site
from coursewire.store import services as service_rows
from coursewire.store import surveys
from coursewire.store.session import Session
from coursewire.store.surveys import Found

STALE_DAYS = 90


def look(session: Session, site: Site, it: Installation) -> Iterator[Finding]:
    """Look at all tokens and services."""
    yield _doors(site)
    yield from _tokens(session, site, it)
    yield _services(session)


def _doors(site: Site) -> Finding:
    if site.webservices_enabled and site.rest_enabled:
        return ok("web services", "on, with REST")
    off = "web services are off" if not site.webservices_enabled else "REST is off"
    return note(
        "web services",
        f"{off}: every call is refused",
        "coursewire webservices on, coursewire protocol rest on",
    )


def _tokens(session: Session, site: Site, it: Installation) -> Iterator[Finding]:
    now = it.now
    stale = now - STALE_DAYS * DAY
    found = [
        _care(
            "tokens without an end",
            surveys.without_end(session, now),
            "never ends",
            "never end",
            "rotate them, or give them an end date",
        ),
        _care(
            "tokens of administrators",
            surveys.of_users(session, now, site.admin_ids),
            "opens everything that an administrator may do",
            "open everything that an administrator may do",
            "issue tokens for service accounts instead: token issue --preset … --new-user …",
        ),
        _care(
            "stale tokens",
            surveys.unused_since(session, now, stale),
            f"was not used for {STALE_DAYS} days",
            f"were not used for {STALE_DAYS} days",
            "revoke them: coursewire token revoke HANDLE",
        ),
        _care(
            "tokens of site files",
            surveys.of_site_files(session, now),
            "has a value that stands in a file",
            "have values that stand in a file",
            "rotate them before the site holds real data",
        ),
    ]
    yield from [finding for finding in found if finding] or [
        ok("tokens", f"{surveys.live(session, now).count} in force, none wants care")
    ]


def _care(check: str, found: Found, one: str, many: str, remedy: str) -> Finding | None:
    if not found.count:
        return None
    more = ", …" if found.count > len(found.handles) else ""
    what = f"1 token {one}" if found.count == 1 else f"{found.count:,} tokens {many}"
    return warning(check, f"{what}: {', '.join(found.handles)}{more}", remedy)


def _services(session: Session) -> Finding:
    opened = [
        service.shortname or service.name
        for service in service_rows.everything(session)
        if service.enabled and not service.restrictedusers
    ]
    if not opened:
        return ok("services", "every service that is on is for authorised users only")
    return warning(
        "services open to all",
        f"for all users of the site: {', '.join(opened)}",
        "coursewire service edit NAME --authorised-only, then service authorise",
    )
