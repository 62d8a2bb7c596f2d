"""Asked to stop under four writers, over and over: all is answered, nothing is lost (NET-6)."""

import time

import pytest

from coursewire.settings import Settings
from tests.faults.soundness import require_sound
from tests.faults.victims import victim
from tests.faults.writers import Crowd, names_in
from tests.support import seeds
from tests.support.sizes import size

WRITERS = 4
RESTARTS = {"sqlite": size(30, 300), "postgres": size(10, 300)}
# As a supervisor does it: SIGTERM, and SIGKILL after so long.
STOPS_WITHIN = 30.0


@pytest.mark.slow
def test_net_6_restarts_under_load_lose_nothing(settings: Settings, engine_name: str) -> None:
    """`settle` sends nothing again: what took effect was answered before the server was gone."""
    restarts = RESTARTS[engine_name]
    longest = 0.0
    with victim(settings) as server:
        crowd = Crowd(server.port, WRITERS)
        crowd.begin()
        for _ in range(restarts):
            done = acknowledged(crowd)
            while acknowledged(crowd) == done:
                time.sleep(0.01)
            began = time.monotonic()
            assert server.stop() == 0
            longest = max(longest, time.monotonic() - began)
            server.start()
        crowd.end()
        present = set(names_in(server.port))
        refused = {
            name for writer in crowd.writers for names in writer.open.values() for name in names
        }
        assert crowd.acknowledged <= present
        assert present & refused == set(), "something took effect that nobody was told of"
        assert present == crowd.acknowledged
        assert server.stop() == 0
        require_sound(settings)
    seeds.told(f"{restarts} stops, {len(present)} groups, the longest stop {longest:.2f} s")
    assert longest <= STOPS_WITHIN


def acknowledged(crowd: Crowd) -> int:
    """How many writes were acknowledged, while others may be at this moment."""
    return sum(len(writer.acknowledged) for writer in crowd.writers)
