"""The password policy: Moodle's rules and the most common passwords (AUTH-11).

All failing rules are reported together.
"""

import html
from itertools import groupby

from coursewire.contracts.errors import MoodleError
from coursewire.domain.site import Site
from coursewire.domain.well_known_passwords import is_common
from coursewire.text.counted import counted

# Longer ones are refused before anything is computed (AUTH-2).
LONGEST = 128


def require_policy(password: str, site: Site) -> None:
    """Refuse a password that breaks rules; Moodle puts their text where the code belongs."""
    failures = policy_failures(password, site)
    if failures:
        code = "".join(f"<div>{html.escape(failure)}</div>" for failure in failures)
        reason = " ".join(failures)
        raise MoodleError(code, f"error/{code}", reason=reason, remedy="choose another password")


def policy_failures(password: str, site: Site) -> list[str]:
    """Return what is wrong with a password, one sentence for each rule that it breaks."""
    failures: list[str] = []
    if len(password) > LONGEST:
        failures.append(f"Passwords have at most {LONGEST} characters.")
    if not site.settings["passwordpolicy"]:
        return failures
    letters = sum(character.islower() for character in password)
    capitals = sum(character.isupper() for character in password)
    digits = sum(character.isdecimal() for character in password)
    required = (
        ("minpasswordlength", len(password), "character"),
        ("minpassworddigits", digits, "digit"),
        ("minpasswordlower", letters, "lower-case letter"),
        ("minpasswordupper", capitals, "upper-case letter"),
        ("minpasswordnonalphanum", len(password) - letters - capitals - digits, "other character"),
    )
    for setting, found, what in required:
        least = int(str(site.settings[setting]))
        if found < least:
            failures.append(f"Passwords must have at least {counted(least, what)}.")
    most = int(str(site.settings["maxconsecutiveidentchars"]))
    if most and _longest_run(password) > most:
        failures.append(f"Passwords must have at most {counted(most, 'equal character')} in a row.")
    if is_common(password):
        failures.append("Passwords must not be among the most common ones.")
    return failures


def _longest_run(password: str) -> int:
    return max((len(list(run)) for _, run in groupby(password)), default=0)
