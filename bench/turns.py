"""The cost of the same requests at two servers, which take turns: others run on the machine too."""

from collections.abc import Sequence

from bench.driving import Driver
from bench.serving import Served

# So many requests go to one server before it is the other's turn.
SLICE = 100


def ratio(server: Served, measure: Served, requests: Sequence[bytes]) -> float:
    """Return the CPU of a server for these requests in terms of what another takes for them."""
    costs = [0.0, 0.0]
    drivers = [Driver(each.port, awake=True) for each in (server, measure)]
    for start in range(0, len(requests), SLICE):
        part = requests[start : start + SLICE]
        for number, each in enumerate((server, measure)):
            before = each.cpu()
            drivers[number].run(part)
            costs[number] += each.cpu() - before
    for driver in drivers:
        driver.close()
    return costs[0] / costs[1]
