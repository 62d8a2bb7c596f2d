"""What an administrator of a real Moodle does to put a preset to work, page by page."""

from collections.abc import Iterator

from msgspec import Struct

from coursewire.presets.model import Preset
from coursewire.text.counted import counted

_SETTING = "/admin/settings.php?section="
OVERVIEW = f"{_SETTING}externalservices"


class Step(Struct, frozen=True, kw_only=True):
    """One page: what it is for, where it is, and what to do on it."""

    title: str
    link: str
    todo: tuple[str, ...]
    # To be copied as it is.
    paste: tuple[str, ...] = ()


def steps(preset: Preset, root: str, account: str, role_file: str = "") -> list[Step]:
    """Return the steps for a site; `role_file` is where the role was written, if it was."""
    found = [
        *_switches(),
        *_plugin(preset),
        _role(preset, role_file),
        _user(account),
        _assignment(preset, account),
        *_service(preset),
        *_authorisation(preset, account),
        _token(preset, account),
    ]
    return [
        Step(title=step.title, link=root + step.link, todo=step.todo, paste=step.paste)
        for step in found
    ]


def _switches() -> Iterator[Step]:
    yield Step(
        title="Switch web services on",
        link=f"{_SETTING}optionalsubsystems",
        todo=("Tick 'Enable web services' and save.",),
    )
    yield Step(
        title="Enable the REST protocol",
        link=f"{_SETTING}webserviceprotocols",
        todo=("Open the eye in the row of the REST protocol. It acts at once.",),
    )


def _plugin(preset: Preset) -> Iterator[Step]:
    if preset.plugin:
        yield Step(
            title=f"Install the plugin {preset.plugin}",
            link="/admin/tool/installaddon/index.php",
            todo=(
                "Skip this if the site has it.",
                f"It brings the functions, and may bring the service {preset.service.shortname}.",
            ),
        )


def _capabilities(allowed: tuple[str, ...]) -> str:
    return counted(len(allowed), "capability", "capabilities")


def _role(preset: Preset, role_file: str) -> Step:
    allowed = tuple(each.name for each in preset.capabilities)
    gives = ", ".join(preset.may_assign)
    by_hand = (
        f"Short name {preset.role.shortname}, full name {preset.role.name}, no archetype.",
        "Of the context types tick 'System' alone.",
        *((f"Under 'Allow role assignments' choose {gives}.",) if gives else ()),
        f"Allow {_capabilities(allowed)} (the filter above the list finds each).",
    )
    by_file = (
        f"Under 'Use role preset' choose the file {role_file}, and continue.",
        f"The page shows {_capabilities(allowed)} as allowed, listed below. Create the role.",
    )
    return Step(
        title=f"Make the role {preset.role.name}",
        link="/admin/roles/define.php?action=add",
        todo=by_file if role_file else by_hand,
        paste=allowed,
    )


def _user(account: str) -> Step:
    return Step(
        title="Make an account for the connector",
        link="/user/editadvanced.php?id=-1",
        todo=(
            f"Username {account}; any name; an e-mail address that nobody else has.",
            "Authentication: manual accounts. With 'No login' every call is refused.",
            "Leave 'Force password change' off: with it some calls are refused.",
            "Skip this if the account exists. Never take an administrator's.",
        ),
    )


def _assignment(preset: Preset, account: str) -> Step:
    return Step(
        title="Give the role in the whole site",
        link="/admin/roles/assign.php?contextid=1",
        todo=(f"Choose {preset.role.name}, find {account} on the right, and add it.",),
    )


def _service(preset: Preset) -> Iterator[Step]:
    service = preset.service
    who = "Tick" if service.restricted else "Do not tick"
    comes_with = ("Skip this if the plugin brought it.",) if preset.plugin else ()
    yield Step(
        title=f"Make the service {service.name}",
        link="/admin/webservice/service.php?id=0",
        todo=(
            *comes_with,
            f"Name {service.name}; under 'Show more', short name {service.shortname}.",
            f"Tick 'Enabled'. {who} 'Authorised users only'. No required capability.",
        ),
    )
    yield Step(
        title=f"Put {counted(len(preset.functions), 'function')} into it",
        link=OVERVIEW,
        todo=(
            *comes_with,
            f"In the row of {service.name} follow 'Functions', then 'Add functions'.",
            "Paste each name into the field, press Enter after each, and add them all at once.",
        ),
        paste=preset.functions,
    )


def _authorisation(preset: Preset, account: str) -> Iterator[Step]:
    if preset.service.restricted:
        yield Step(
            title="Authorise the account for the service",
            link=OVERVIEW,
            todo=(
                f"In the row of {preset.service.name} follow 'Authorised users'; add {account}.",
                "Leave 'Valid until' of the authorisation empty: while that date lies ahead, Moodle"
                " refuses.",
            ),
        )


def _token(preset: Preset, account: str) -> Step:
    return Step(
        title="Make the token",
        link="/admin/webservice/tokens.php?action=create",
        todo=(
            f"User {account}, service {preset.service.name}.",
            f"IP restriction: {preset.address_hint or 'the addresses that the calls come from'}",
            "Set an end date, and note it: at its first use after that, Moodle deletes the token.",
            "Copy the token now; it is shown once.",
        ),
    )
