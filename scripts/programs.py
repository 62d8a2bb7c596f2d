"""Programs that run for a limited time, with all that they start."""

import os
import signal
import subprocess
from contextlib import suppress

# What a program that is asked to end has for ending what it started in sessions of its own.
GRACE = 10.0


def ended(process: "subprocess.Popen[bytes]", limit: float | None) -> int | None:
    """Return the status of a program that leads a session; None when it was ended after `limit`.

    What it started goes with it.
    """
    try:
        return process.wait(limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None
