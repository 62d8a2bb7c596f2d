"""Sealing the audit record while the server runs, and saying so in the log (AUD-3, AUD-4)."""

from pathlib import Path

import structlog

from coursewire.audit import head, sealing
from coursewire.server.runtime import Runtime
from coursewire.store.session import Session

log = structlog.get_logger("coursewire")

EVERY = 60.0


class Sealer:
    """Knows when the next segment is due; of several processes one finds something to seal."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._due = runtime.clock.monotonic() + EVERY

    def is_due(self) -> bool:
        """Tell whether the time of a segment has passed."""
        return self._runtime.clock.monotonic() >= self._due

    def run(self, session: Session) -> None:
        """Seal what is complete; the digest goes to the log, which may be kept elsewhere."""
        runtime = self._runtime
        self._due = runtime.clock.monotonic() + EVERY
        with runtime.ending:
            self._seal(session)

    def _seal(self, session: Session) -> None:
        runtime = self._runtime
        anchor = sealing.seal(session, runtime.keys, runtime.clock.now_ms())
        if anchor is None:
            return
        log.info(
            "audit record sealed",
            segment=anchor.segment,
            sequence=anchor.sequence,
            digest=anchor.digest,
        )
        if runtime.key_path is not None:
            _keep(head.path_beside(runtime.key_path), anchor)


def _keep(path: Path, anchor: sealing.Anchor) -> None:
    try:
        head.write(path, anchor)
    except OSError as problem:
        log.warning("the end of the audit record was not kept", reason=problem.strerror)
