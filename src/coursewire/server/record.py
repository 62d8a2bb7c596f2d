"""What is written down of a request: the call log, the access log, refusals and incidents.

A call is noted when it is answered, and counted and written with those around it: one after the
other, the same work costs a fraction.
"""

import secrets
import threading
import time

import structlog

from coursewire.audit.calls import CallRow
from coursewire.audit.redaction import without_tokens
from coursewire.contracts.errors import Refusal
from coursewire.server.access_log import AccessLog
from coursewire.server.asked import Asked
from coursewire.server.call import Outcome
from coursewire.server.done import Done
from coursewire.server.metrics import Metrics
from coursewire.server.rarely import EVERY, LASTING, Rarely
from coursewire.server.runtime import Runtime
from coursewire.server.troubles import LASTING_CODES, DatabaseTrouble
from coursewire.wire.faults import Incident

log = structlog.get_logger("coursewire")

# So many calls wait at most; fewer are written once a second.
_BATCH = 512


class Recorder:
    """Writes down each request once, after its answer was sent; never a secret (AUD-5)."""

    def __init__(self, runtime: Runtime, access_log: AccessLog, metrics: Metrics) -> None:
        self._runtime = runtime
        self._access_log = access_log
        self._metrics = metrics
        self._rarely = Rarely(runtime.clock)
        self._waiting: list[Done] = []
        # The page of metrics is made on a thread of its own.
        self._writing = threading.Lock()

    def trouble(self, error: Exception) -> DatabaseTrouble | None:
        """Take note of trouble with the database; None where an error is something else."""
        return self._runtime.storage.met(error)

    def unforeseen(self, request_id: str, error: Exception) -> Refusal:
        """Return what a client is told of an error that is no refusal."""
        return self.trouble(error) or Incident(self.incident(request_id, error))

    def incident(self, request_id: str, error: Exception) -> str:
        """Log an unexpected error with its trace and return the number that the client gets."""
        number = secrets.token_hex(4)
        log.error("incident", incident=number, request=request_id, exc_info=error)
        self._metrics.incidents.inc()
        return number

    def request(self, asked: Asked, outcome: Outcome, status: int, sent: int) -> None:
        """Note one call of the REST endpoint."""
        nanoseconds = time.perf_counter_ns() - asked.started
        head, arrival, request_id = asked.head, asked.arrival, asked.request_id
        refusal, access = outcome.refusal, outcome.access
        name = "ok" if refusal is None else refusal.errorcode or "error"
        if outcome.closed:
            status, name = 403, "closed"
        function, reason = outcome.function, ""
        if refusal is not None or outcome.closed:
            # A token that was sent as the name of a function, or of a parameter, stays in no log.
            function = without_tokens(function)
            reason = without_tokens(refusal.reason) if refusal is not None else ""
        call = CallRow(
            time_ms=self._runtime.clock.now_ms(),
            request_id=request_id,
            function=function,
            token_handle=access.handle if access else "",
            user_id=access.user_id if access else 0,
            address=arrival.address if arrival else "",
            outcome=name,
            failed_check=outcome.failed_check,
            reason=reason,
            token_in_query=int(arrival.token_in_query) if arrival else 0,
            microseconds=nanoseconds // 1000,
        )
        if (refusal is not None or outcome.closed) and self._is_told(status, name):
            _log_refusal(call)
        self._runtime.calls.add(call)
        self._waiting.append(Done(call, head.method, head.path, status, sent))
        if len(self._waiting) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Count what waits and write its lines."""
        with self._writing:
            done, self._waiting = self._waiting, []
            for it in done:
                self._metrics.call(it.call.function, it.call.outcome, it.call.microseconds)
            self._access_log.write(done)

    def metrics_page(self) -> bytes:
        """Return the page that Prometheus reads, with every call that was answered."""
        self.flush()
        return self._metrics.page()

    def _is_told(self, status: int, name: str) -> bool:
        """Tell whether a refusal gets its line: what fails for everybody fills no disk (DUR-9)."""
        every = LASTING if name in LASTING_CODES else EVERY
        return status != 503 or self._rarely.may(name, every) is not None


def _log_refusal(call: CallRow) -> None:
    log.info(
        "refused",
        request=call.request_id,
        function=call.function,
        token=call.token_handle,
        errorcode=call.outcome,
        check=call.failed_check,
        reason=call.reason or "web services or REST are off",
        address=call.address,
    )
