"""Many ids in few words, for audit records."""

from collections.abc import Iterable


def written(ids: Iterable[int]) -> str:
    """Return ids in order, runs of them as a range: `3, 5-9`."""
    numbers = sorted(set(ids))
    if len(numbers) == 1:
        return str(numbers[0])
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join("-".join(str(end) for end in run) for run in runs)
