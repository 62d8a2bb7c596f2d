"""What `coursewire up` prints: where the site is, a token, a line that works, what to try next."""

import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from coursewire import __version__
from coursewire.cli import apply_shown, moments, token_shown
from coursewire.cli.acting import Acting
from coursewire.cli.place import options
from coursewire.cli.showing import out, plain, print_facts
from coursewire.cli.up_site import Filled
from coursewire.cli.up_tokens import Shown, Tokens
from coursewire.presets import model
from coursewire.settings import Settings
from coursewire.text.counted import counted
from coursewire.wire.hosts import is_loopback


def say(site: Acting, filled: Filled, tokens: Tokens, console: str, key: str) -> None:
    """Print everything that a person needs to go on."""
    settings, url = site.opened.settings, site.call.site.url
    out.print(f"\n[bold]Coursewire {__version__}[/] · development mode\n")
    state = "just made" if filled.made else "as it was left"
    facts = {
        "site": f"{site.call.site.fullname} ({state}, {_place(settings)})",
        "address": url,
        "listens on": f"{settings.host}:{settings.port}" if settings.public_url else "",
        "control": f"{url}/testkit/ with the key {key}" if is_loopback(settings.host) else "",
    }
    if tokens.health:
        facts["token"] = tokens.health.issued.token
        facts[""] = _about(tokens.health)
    print_facts(facts)
    if tokens.health:
        out.print("\nTry it in another terminal:\n")
        plain(f"  {token_shown.curl(url, tokens.health.issued.token, tokens.health.function)}")
    out.print("\nThe console, by a link that works once, within half an hour:\n")
    plain(f"  {console}")
    plugins = [each.name for each in site.opened.plugins.found if each.is_enabled]
    _say_next(settings, url, tokens, plugins)
    _say_issued(filled)
    token_shown.warn(tokens.warnings)
    out.print("\nCtrl-C stops it.\n", style="dim")


def _about(shown: Shown) -> str:
    until = moments.day(shown.issued.validuntil)
    functions = counted(shown.functions, "function")
    return f"for {functions} as {shown.user}, until {until}; shown only now"


def _place(settings: Settings) -> str:
    if not settings.database:
        return f"in {settings.data}"
    return "on PostgreSQL" if settings.database.startswith("postgresql") else "in its own database"


def _say_next(settings: Settings, url: str, tokens: Tokens, plugins: Sequence[str]) -> None:
    """Print lines that can be copied as they stand."""
    command, place = _command(), options(settings)
    out.print("\nNext:\n")
    if tokens.connector:
        number = counted(tokens.connector.functions, "function")
        _line(f"the courses, with the {tokens.connector.service} token ({number})")
        token = tokens.connector.issued.token
        plain(f"  {token_shown.curl(url, token, 'core_course_get_courses')}")
    if tokens.health:
        _line("why a token works, or does not: every check, and the smallest fix")
        asked = f"{tokens.health.issued.handle} --function {tokens.health.function}"
        plain(f"  {command} token check {asked}{place}")
    for preset in model.everything():
        if preset.plugin in plugins:
            _line(f"a token for {preset.title}, by an account that can do no more than it must")
            plain(f"  {command} preset apply {preset.name} --new-token{place}")
    if plugins:
        _line(f"the plugins on this site: {', '.join(plugins)}")
        plain(f"  {command} plugin settings get {plugins[0]}{place}")
    _line("who may call what")
    plain(f"  {command} service list{place}")
    _line("what of Moodle's functions is here")
    plain(f"  {command} functions --implemented")
    _line("a site of your own, from a file")
    plain(f"  {command} up --site site.yaml --data my-site")


def _line(text: str) -> None:
    out.print(Text(f"  # {text}", style="dim"))


def _say_issued(filled: Filled) -> None:
    if filled.issued:
        out.print("\nTokens of the site file, shown this once:\n")
        print_facts({f"  {label}": value for label, value in filled.issued.items()})
    token_shown.warn([apply_shown.of_tokens(*known) for known in filled.warnings.items()])


def _command() -> str:
    """Return how this program can be called again from the same folder."""
    called = Path(sys.argv[0])
    on_path = shutil.which(called.name)
    if called.name == "__main__.py":
        return f"{_python()} -m coursewire"
    if on_path and Path(on_path).resolve() == called.resolve():
        return called.name
    return shlex.quote(str(called))


def _python() -> str:
    # Not resolved: the interpreter of every environment is a link to the same file.
    name = Path(sys.executable).name
    return name if shutil.which(name) == sys.executable else shlex.quote(sys.executable)
