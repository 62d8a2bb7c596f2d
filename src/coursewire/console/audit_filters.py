"""The filter bar of the audit pages: read from an address, turned into what the store looks for."""

from collections.abc import Mapping
from datetime import UTC, datetime

from coursewire.console.forms import Errors, Form
from coursewire.store.audit import Wanted
from coursewire.store.call_log import WantedCalls

# Fields of the bar; both lists have them, though not every one means something in both.
NAMES = ("action", "actor", "token", "target", "outcome", "check", "request", "since", "until")


class Filters:
    """What is asked for. A time that cannot be read becomes an error of its field."""

    def __init__(self, form: Form, errors: Errors) -> None:
        self.values: Mapping[str, str] = {name: form.text(name) for name in NAMES}
        self._since = _moment("since", self.values["since"], errors)
        self._until = _moment("until", self.values["until"], errors)
        self._before = form.number("before")

    @property
    def is_set(self) -> bool:
        """Tell whether anything narrows the list."""
        return any(self.values.values())

    def changes(self) -> Wanted:
        """Return which changes are wanted."""
        return Wanted(
            action=self.values["action"],
            actor=self.values["actor"],
            target=self.values["target"],
            token_handle=self.values["token"],
            request_id=self.values["request"],
            outcome=self.values["outcome"],
            since_ms=self._since,
            until_ms=self._until,
            before_id=self._before,
        )

    def calls(self) -> WantedCalls:
        """Return which calls are wanted: the function is their action, the address their target."""
        return WantedCalls(
            function=self.values["action"],
            actor=self.values["actor"],
            address=self.values["target"],
            token_handle=self.values["token"],
            request_id=self.values["request"],
            outcome=self.values["outcome"],
            failed_check=self.values["check"],
            since_ms=self._since,
            until_ms=self._until,
            before_id=self._before,
        )


def _moment(field: str, written: str, errors: Errors) -> int:
    if not written:
        return 0
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        errors.add(field, "Write a time like 2027-01-31T14:30 (UTC).")
        return 0
    return int(found.replace(tzinfo=found.tzinfo or UTC).timestamp() * 1000)
