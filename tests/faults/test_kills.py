"""SIGKILL at random moments under four writers: nothing is lost, nothing half done (DUR-4)."""

import random
import time

import pytest

from coursewire.settings import Settings
from tests.faults.soundness import require_sound
from tests.faults.victims import READY_WITHIN, victim
from tests.faults.writers import Crowd, names_in
from tests.support import seeds
from tests.support.sizes import size

WRITERS = 4
# How many sites are killed over and over, side by side as far as there are processes for tests,
# and how often each. Looking at the whole database takes long as it grows, so none grows for long.
SITES = size(1, 20)
CYCLES = {"sqlite": size(40, 250), "postgres": size(5, 25)}
LOOK_EVERY = 10


@pytest.mark.alone
@pytest.mark.slow
@pytest.mark.requirement("DUR-11")
@pytest.mark.parametrize("number", range(SITES))
def test_dur_4_no_acknowledged_write_is_lost_by_a_kill(
    settings: Settings, engine_name: str, number: int
) -> None:
    """What got no answer is sent again with its key: then it is there once (DUR-11)."""
    chance = random.Random(seeds.chosen("kills") + number)
    cycles = CYCLES[engine_name]
    with victim(settings) as server:
        crowd = Crowd(server.port, WRITERS)
        crowd.begin()
        for cycle in range(1, cycles + 1):
            time.sleep(chance.uniform(0.01, 0.25))
            server.kill()
            if cycle % LOOK_EVERY and cycle < cycles:
                server.start()
                continue
            require_sound(settings)
            server.start()
            crowd.end()
            crowd.settle()
            crowd.require(names_in(server.port))
            crowd.begin()
        crowd.end()
        crowd.settle()
        crowd.require(names_in(server.port))
        assert server.stop() == 0
        require_sound(settings)
        done = f"{cycles} kills, {len(crowd.acknowledged)} groups"
        # The first start loads the program; those after a kill are forked.
        slowest = max(server.starts[1:])
        seeds.told(f"{done}, slowest start {slowest:.2f} s")
        assert slowest <= READY_WITHIN
