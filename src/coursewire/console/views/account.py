"""The signed-in person's own page: password, second factor, sessions, the look of the console."""

from coursewire.console import cookies, paths
from coursewire.console.answers import Answer
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.console.wording import counted
from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import (
    console_passwords,
    console_sessions,
    second_factor,
    totp,
    users,
)

HERE = "/console/account"
THEMES = (("auto", "As the system"), ("light", "Light"), ("dark", "Dark"))
_YEAR = 365 * 86_400


def show(visit: Visit) -> Answer:
    """Show what belongs to the person."""
    call = visit.call
    return visit.page(
        "account.html",
        sessions=console_sessions.of_user(call, visit.account.id),
        has_password=console_passwords.has_one(visit.account),
        least=console_passwords.LEAST,
        suggested=console_passwords.SUGGESTED,
        factor=second_factor.is_on(visit.session, visit.account.id),
        codes_left=second_factor.codes_left(visit.session, visit.account.id),
        themes=THEMES,
    )


def set_password(visit: Visit) -> Answer:
    """Set the person's own password; all sessions end, and this one begins anew."""
    new = visit.form.raw("password")
    for failure in console_passwords.failures(new, visit.account, visit.call.site):
        visit.errors.add("password", failure)
    if new != visit.form.raw("repeated"):
        visit.errors.add("repeated", "The two are not the same.")
    if visit.errors:
        return show(visit)
    call = visit.call
    stored = call.passwords.hash(new)
    with call.transaction():
        users.set_password(call, visit.account.id, stored)
        opened = console_sessions.begin(
            call, visit.account, visit.request.address, second_factor_due=False
        )
    answer = visit.redirect(HERE, "Your password is changed. Your other sessions have ended.")
    return answer.adding(visit.cookies.setting(cookies.SESSION, opened.identifier))


def end_session(visit: Visit) -> Answer:
    """End one of the person's other sessions."""
    console_sessions.end_one(visit.call, visit.form.number("session"))
    return visit.redirect(HERE, "The session has ended.")


def end_others(visit: Visit) -> Answer:
    """End all of the person's other sessions."""
    ended = console_sessions.end_others(visit.call, visit.found.record.id)
    return visit.redirect(HERE, f"{counted(ended, 'other session')} ended.")


def prepare_factor(visit: Visit) -> Answer:
    """Make a secret for the person's app."""
    second_factor.prepare(visit.call)
    return visit.redirect("/console/account/second-factor")


def show_factor(visit: Visit) -> Answer:
    """Show the secret that waits for its first code."""
    secret = second_factor.prepared(visit.call)
    if not secret:
        return visit.redirect(HERE)
    issuer = visit.call.site.fullname
    return visit.page(
        "second_factor.html",
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        address=totp.address(secret, visit.account.username, issuer),
    )


def confirm_factor(visit: Visit) -> Answer:
    """Switch the second factor on."""
    try:
        codes = second_factor.confirm(visit.call, visit.form.text("code"))
    except InvalidParameter as refusal:
        visit.errors.add("code", f"{refusal.reason.capitalize()}: {refusal.remedy}.")
        return show_factor(visit)
    return visit.page("recovery_codes.html", codes=codes)


def renew_codes(visit: Visit) -> Answer:
    """Make new recovery codes."""
    return visit.page("recovery_codes.html", codes=second_factor.renew_codes(visit.call))


def remove_factor(visit: Visit) -> Answer:
    """Switch the second factor off."""
    second_factor.switch_off(visit.call, visit.account.id)
    return visit.redirect(HERE, "No code is asked for any more.")


def sign_out(visit: Visit) -> Answer:
    """End this session."""
    console_sessions.sign_out(visit.call, visit.found.record)
    answer = visit.redirect(paths.SIGN_IN)
    return answer.adding(visit.cookies.clearing(cookies.SESSION))


def confirm(visit: Visit) -> Answer:
    """Ask for the password, for a page that only shows to who typed it lately."""
    then = paths.safe(visit.query.text("next"))
    if visit.is_recent:
        return visit.redirect(then)
    return visit.confirm_page("/console/confirm", [("next", then)])


def confirmed(visit: Visit) -> Answer:
    """Go on to where the person wanted to be."""
    return visit.redirect(paths.safe(visit.form.text("next")))


def choose_theme(visit: Visit) -> Answer:
    """Keep how the console looks, in this browser."""
    wanted = visit.form.text("theme")
    chosen = wanted if wanted in dict(THEMES) else "auto"
    answer = visit.redirect(HERE)
    return answer.adding(visit.cookies.setting(cookies.THEME, chosen, age=_YEAR))


def stay(_visit: Visit) -> Answer:
    """Answer nothing: that the session is in use has been noted."""
    return Answer(status=204)


ACTIONS = (
    shows(HERE, show, right="viewer"),
    acts("/console/account/password", set_password, right="viewer", recent=True),
    acts("/console/account/sessions/end", end_session, right="viewer"),
    acts("/console/account/sessions/end-others", end_others, right="viewer"),
    shows("/console/account/second-factor", show_factor, right="viewer", recent=True),
    acts("/console/account/second-factor", prepare_factor, right="viewer", recent=True),
    acts("/console/account/second-factor/confirm", confirm_factor, right="viewer", recent=True),
    acts("/console/account/second-factor/codes", renew_codes, right="viewer", recent=True),
    acts("/console/account/second-factor/off", remove_factor, right="viewer", recent=True),
    acts("/console/sign-out", sign_out, right="viewer", missed=False),
    shows("/console/confirm", confirm, right="viewer"),
    acts("/console/confirm", confirmed, right="viewer", recent=True),
    acts("/console/theme", choose_theme, right="viewer", missed=False),
    shows("/console/stay", stay, right="viewer"),
)
