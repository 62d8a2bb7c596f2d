"""The tokens that act as the person who looks: seen, reset and ended by themselves, never made."""

from coursewire.contracts.errors import InvalidParameter, MissingRecord
from coursewire.domain.call import Call
from coursewire.store import tokens as store
from coursewire.store.tokens import TokenRecord


def of_caller(call: Call) -> list[TokenRecord]:
    """Return the caller's tokens that still work, or will when they are enabled again."""
    found = store.listed(call.session, user_id=call.caller.id)
    return [token for token in found if token.is_live(call.now)]


def require(call: Call, token_id: int) -> TokenRecord:
    """Return a token that acts as the caller; any other is as one that does not exist."""
    token = store.get(call.session, token_id)
    if token is None or token.user_id != call.caller.id:
        raise MissingRecord("token", token_id)
    return token


def revoke(call: Call, token_id: int) -> None:
    """End one; every call that starts after this returned is refused (TOK-9)."""
    with call.transaction():
        _end(call, require(call, token_id), "revoked by its holder")


def reset(call: Call, token_id: int) -> None:
    """End a token that log-in gave, so that the next log-in gives another one."""
    with call.transaction():
        token = require(call, token_id)
        if token.origin != "login":
            reason = f"token {token.handle} was not given at log-in"
            raise InvalidParameter(reason, remedy="revoke it, or ask who issued it to rotate it")
        _end(call, token, "reset by its holder")


def _end(call: Call, token: TokenRecord, reason: str) -> None:
    if store.revoke(call.session, store.of_id(token.id), call.now, reason):
        call.audit.record("token.revoke", f"token {token.handle}", reason=reason)
