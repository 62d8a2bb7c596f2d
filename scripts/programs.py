"""Programs that run for a limited time, with all that they start."""

import os
import signal
import subprocess


def ended(process: "subprocess.Popen[bytes]", limit: float | None) -> int | None:
    """Return the status of a program that leads a session; None when it was ended after `limit`.

    What it started goes with it.
    """
    try:
        return process.wait(limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None
