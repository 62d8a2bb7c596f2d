"""What to say when a part is used whose dependencies were not installed.

The package alone brings the client; what runs a site comes with its extra `server`.
"""


def advice(problem: ModuleNotFoundError, what: str) -> str:
    """Return what is missing and how to install it; raises the problem if it is one of our own."""
    missing = (problem.name or "").partition(".")[0]
    if missing in {"", "coursewire"}:
        raise problem
    return (
        f"{what} needs {missing}, which does not come with the client alone. "
        "Install it with: pip install 'coursewire[server]'"
    )
