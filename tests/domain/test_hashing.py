"""The hashing pool: few threads, a short queue, refusal when full (AUTH-8)."""

import threading
import time
from collections.abc import Iterator

import pytest

from coursewire.domain.hashing import QUEUE, STANDARD, Busy, Passwords, most_threads
from coursewire.domain.password_hashes import Argon2
from tests.domain.hashers import Counting


class Slow(Counting):
    """Computes until it is let go, and notes how many computations run at once."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()
        self.most = self._running = 0

    def verify(self, password: bytes, stored: str) -> bool:
        with self._lock:
            self._running += 1
            self.most = max(self.most, self._running)
        self.go.wait(10)
        with self._lock:
            self._running -= 1
        return super().verify(password, stored)


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def passwords(slow: Slow) -> Iterator[Passwords]:
    made = Passwords(slow)
    yield made
    slow.go.set()
    made.close()


@pytest.mark.alone
def test_auth_8_at_most_two_run_and_32_wait(slow: Slow, passwords: Passwords) -> None:
    begun = [passwords.check_soon("x", slow.unmatchable) for _ in range(QUEUE + 1)]
    while len(begun) < QUEUE + 2:
        try:
            begun.append(passwords.check_soon("x", slow.unmatchable))
        except Busy:
            break
    start = time.perf_counter()
    with pytest.raises(Busy, match="too many"):
        passwords.check("x", slow.unmatchable)
    assert time.perf_counter() - start < 0.1
    slow.go.set()
    assert all(not future.result(10).ok for future in begun)
    assert slow.most <= 2
    assert passwords.check("x", passwords.hash("x")).ok


def test_a_place_is_free_again_whatever_happened(
    slow: Slow, passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow.go.set()

    def broken(_password: bytes) -> str:
        raise OSError("out of memory")

    with monkeypatch.context() as patch:
        patch.setattr(slow, "hash", broken)
        for _ in range(3 * QUEUE):
            with pytest.raises(OSError, match="out of memory"):
                passwords.hash("x")
    assert passwords.hash("x")


def test_a_closed_pool_says_so_and_keeps_no_place(passwords: Passwords) -> None:
    passwords.close()
    for _ in range(3 * QUEUE):
        with pytest.raises(RuntimeError, match="shutdown"):
            passwords.hash("x")


@pytest.mark.parametrize(("on", "threads"), [(1, 1), (2, 1), (3, 2), (64, 2)])
def test_auth_8_a_processor_is_left_to_calls(on: int, threads: int) -> None:
    assert most_threads(on) == threads


def test_auth_1_the_standard_pool_has_the_real_parameters() -> None:
    assert isinstance(STANDARD.hasher, Argon2)
    assert STANDARD.hasher.unmatchable.split("$")[3] == "m=19456,t=2,p=1"


def test_auth_8_a_place_is_given_back_when_nothing_can_begin(
    slow: Slow, passwords: Passwords
) -> None:
    passwords.close()
    for _ in range(QUEUE + 5):
        with pytest.raises(RuntimeError):
            passwords.check_soon("x", slow.unmatchable)


def test_auth_8_a_place_that_was_not_used_is_given_back(passwords: Passwords) -> None:
    for _ in range(QUEUE + 5):
        with passwords.reserved() as reservation:
            assert not reservation.is_used
