"""The partner's side: tokens by OAuth or from the settings, content tokens, launch addresses."""

import base64
import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast
from urllib.parse import urlencode

from coursewire.plugin import Call, MoodleError, Struct, UserRecord, Values
from coursewire.plugin.outbound import Answer, Failed, Outbound, Unreachable
from coursewire_percipio import settings
from coursewire_percipio.settings import OAUTH

# A token is renewed this many seconds before it ends.
EARLY = 60.0
_TRIES = 3
_PAUSE = 0.2
_USUAL_LIFE = 3600.0
_LONGEST_LIFE = 86_400
_WORTH_TRYING = frozenset({429, 500, 502, 503, 504})


class PartnerFailed(MoodleError):
    """The partner could not be asked, or refused; the reason holds no secret."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(
            "percipiounavailable",
            "The partner cannot be reached at the moment; try again later",
            reason=f"{step}: {reason}",
            remedy="test the connection on the plugin's page in the console",
        )
        self.step = step


class _Held(Struct, frozen=True):
    """A token and until when it is used, by the clock that never jumps."""

    token: str
    until: float


class Tokens:
    """Bearer tokens: fetched once, however many ask, and again shortly before the end."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._held: dict[tuple[str, ...], _Held] = {}

    def bearer(self, call: Call, values: Values, outbound: Outbound) -> str:
        """Return a token for the partner's API."""
        if values.text("authenticationmethod") != OAUTH:
            token = values.secret("bearertoken", call.keys)
            if not token:
                raise PartnerFailed("token", "the setting bearertoken is empty")
            return token
        secret = values.secret("clientsecret", call.keys)
        key = (values.text("oauthurl"), values.text("clientid"), values.text("scope"), secret)
        found = self._held.get(key)
        if found is not None and self._monotonic() < found.until:
            return found.token
        # Who waits here finds the token that the first one fetched.
        with self._lock:
            found = self._held.get(key)
            if found is None or self._monotonic() >= found.until:
                found = self._fetch(values, secret, outbound)
                self._held = {key: found}
            return found.token

    def forget(self) -> None:
        """Fetch a new token next time: the partner refused the old one."""
        self._held = {}

    def _fetch(self, values: Values, secret: str, outbound: Outbound) -> _Held:
        for name in ("oauthurl", "clientid"):
            if not values.is_set(name):
                raise PartnerFailed("token", f"the setting {name} is empty")
        credentials = f"{values.text('clientid')}:{secret}".encode()
        fields = {"grant_type": "client_credentials"}
        if values.is_set("scope"):
            fields["scope"] = values.text("scope")
        headers = {
            "authorization": f"Basic {base64.b64encode(credentials).decode()}",
            "accept": "application/json",
        }
        url = values.text("oauthurl")
        answer = again("token", lambda: outbound.post_form(url, fields, headers=headers))
        document = _object("token", answer)
        token, life = document.get("access_token"), _life(document.get("expires_in"))
        if not isinstance(token, str) or not token:
            raise PartnerFailed("token", "the answer holds no access_token")
        early = min(EARLY, life / 10)
        return _Held(token, self._monotonic() + life - early)


TOKENS = Tokens()


def actor(call: Call, values: Values, user: UserRecord) -> str:
    """Return who learns, as the partner knows them; name and address only where that is wanted."""
    told: dict[str, Any] = {
        "objectType": "Agent",
        "account": {"homePage": call.site.url, "name": str(user.id)},
    }
    if values.is_on("piiinfo"):
        told["name"] = f"{user.firstname} {user.lastname}"
        told["mbox"] = f"mailto:{user.email}"
    return json.dumps(told, separators=(",", ":"))


def content_token(
    values: Values, outbound: Outbound, bearer: str, who: str, activity_id: str
) -> str:
    """Return the token that opens one activity for one person."""
    if not values.is_set("percipiourl") or not values.is_set("organizationid"):
        raise PartnerFailed("content token", "percipiourl and organizationid must be set")
    query = urlencode({"actor": who, "activity_id": activity_id})
    place = f"content-integration/v1/organizations/{settings.organisation(values)}"
    url = f"{settings.base(values)}/{place}/content-token?{query}"
    headers = {"authorization": f"Bearer {bearer}", "accept": "application/json"}
    answer = again("content token", lambda: outbound.get(url, headers=headers))
    document = _object("content token", answer)
    token = document.get("contentToken") or document.get("content_token") or document.get("token")
    if not isinstance(token, str) or not token:
        raise PartnerFailed("content token", "the answer holds no content token")
    return token


def launch_address(values: Values, who: str, activity_id: str, token: str) -> str:
    """Return where the learner's browser goes."""
    query = urlencode({"actor": who, "activity_id": activity_id, "content_token": token})
    return f"{settings.base(values)}/content-integration/v1/tincan/launch?{query}"


def again(step: str, ask: Callable[[], Answer]) -> Answer:
    """Ask up to three times with growing pauses where another try may help; raise else."""
    problem = ""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_PAUSE * 2 ** (attempt - 1))
        try:
            answer = ask()
        except Failed as why:
            problem = str(why)
            continue
        except Unreachable as why:
            raise PartnerFailed(step, str(why)) from None
        if answer.status not in _WORTH_TRYING:
            if answer.status != 200:
                raise Refused(step, answer.status)
            return answer
        problem = f"the partner answered with status {answer.status}"
    raise PartnerFailed(step, problem)


class Refused(PartnerFailed):
    """The partner answered, and said no."""

    def __init__(self, step: str, status: int) -> None:
        super().__init__(step, f"the partner answered with status {status}")
        self.http_status = status


def _life(told: object) -> float:
    """Return how many seconds a token holds; servers may leave that out or write it as a text."""
    if isinstance(told, str):
        with suppress(ValueError):
            told = float(told)
    if isinstance(told, bool) or not isinstance(told, int | float):
        return _USUAL_LIFE
    # In this order what is no number becomes zero: such a token is used once.
    return float(min(max(0, told), _LONGEST_LIFE))


def _object(step: str, answer: Answer) -> dict[str, Any]:
    try:
        found = answer.json()
    except Failed as why:
        raise PartnerFailed(step, str(why)) from None
    if not isinstance(found, dict):
        raise PartnerFailed(step, "the answer is no JSON object")
    return cast("dict[str, Any]", found)
