"""Services with their functions and authorised users, and tokens."""

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import authorised_users, services, tokens
from coursewire.domain.authorised_users import Limits
from coursewire.domain.services import Changes, NewService
from coursewire.domain.tokens import NewToken
from coursewire.sitefile.applying.work import (
    Applier,
    Differences,
    IssuedToken,
    Work,
    items,
    values,
)
from coursewire.sitefile.model.access import AuthorisedUser, Service, Token

# What a file and the store call differently.
_COLUMNS = {
    "authorised_users_only": "restrictedusers",
    "required_capability": "requiredcapability",
    "download_files": "downloadfiles",
    "upload_files": "uploadfiles",
    "ip_restriction": "iprestriction",
    "valid_until": "validuntil",
}


def create(work: Work, service: Service) -> None:
    """Make a service with its functions and authorised users."""
    new = NewService(
        name=service.name,
        shortname=service.shortname,
        enabled=service.enabled,
        restrictedusers=service.authorised_users_only,
        requiredcapability=service.required_capability,
        downloadfiles=service.download_files,
        uploadfiles=service.upload_files,
    )
    made = services.create(work.call, new)
    work.ids.put("service", service.natural_key, made.id)
    services.add_functions(work.call, made.id, service.functions, work.functions.__contains__)
    for listed in service.authorised_users:
        _authorise(work, made.id, listed)


def change(work: Work, wanted: Service, present: Service, differences: Differences) -> None:
    """Change a service, its functions or who may use it."""
    service_id = work.id("service", present.label)
    changed = values(differences)
    if changed.pop("functions", None) is not None:
        gone = [name for name in present.functions if name not in wanted.functions]
        services.remove_functions(work.call, service_id, gone)
        services.add_functions(work.call, service_id, wanted.functions, work.functions.__contains__)
    if changed:
        columns = {_COLUMNS.get(name, name): value for name, value in changed.items()}
        services.edit(work.call, service_id, Changes(**columns))
    there = {listed.user for listed in present.authorised_users}
    for listed in items(differences, "authorised_users", "add"):
        if listed.user in there:
            user_id = work.id("user", listed.user)
            authorised_users.change(work.call, service_id, user_id, _limits(listed))
        else:
            _authorise(work, service_id, listed)
    for listed in items(differences, "authorised_users", "take"):
        authorised_users.deauthorise(work.call, service_id, work.id("user", listed.user))


def remove(work: Work, service: Service) -> None:
    """Delete a service with its tokens."""
    services.delete(work.call, work.id("service", service.label))
    work.ids.drop("service", service.natural_key)


def _authorise(work: Work, service_id: int, listed: AuthorisedUser) -> None:
    user_id = work.id("user", listed.user)
    authorised_users.authorise(work.call, service_id, user_id, _limits(listed))


def _limits(listed: AuthorisedUser) -> Limits:
    return Limits(iprestriction=listed.ip_restriction, validuntil=listed.valid_until)


def create_token(work: Work, token: Token) -> None:
    """Take over a token with its value, or issue one with a random value."""
    new = NewToken(
        user_id=work.id("user", token.user),
        service_id=work.id("service", token.service),
        name=token.name,
        iprestriction=token.ip_restriction,
        validuntil=token.valid_until,
    )
    if token.value is None:
        made = tokens.issue(work.call, new)
        work.issued.append(IssuedToken(token, made.token))
    else:
        made = tokens.place(work.call, new, token.value)
    work.ids.alias("token", token.natural_key, made.id)
    work.warnings.update(made.warnings)


def change_token(work: Work, wanted: Token, present: Token, differences: Differences) -> None:
    """Change the name or limits of a token."""
    changed = values(differences)
    if "user" in changed or "service" in changed:
        reason = f"this value is that of another token, {present.label}"
        with work.about("value"):
            raise InvalidParameter(reason, remedy="give another value")
    columns = {_COLUMNS.get(name, name): value for name, value in changed.items()}
    token_id = work.ids.get("token", *present.natural_key)
    tokens.edit(work.call, token_id, tokens.Changes(**columns))
    del wanted


def remove_token(work: Work, token: Token) -> None:
    """Revoke a token."""
    token_id = work.ids.get("token", *token.natural_key)
    tokens.revoke(work.call, token_id, "it is not in the site file")


SERVICES = Applier(create, change, remove)
TOKENS = Applier(create_token, change_token, remove_token)
