"""IN-5, section 14: decoders fed with mutated inputs; the corpus lies in tests/corpus."""

import contextlib
from collections.abc import Callable

import pytest

from coursewire.domain import address_rules
from coursewire.domain.addresses import canonical
from coursewire.domain.forwarding import client_address, trusted_proxies
from coursewire.wire.form import decode_form
from coursewire.wire.limits import LimitExceeded, Limits, MalformedBody
from coursewire.wire.multipart import decode_multipart
from tests.domain import address_model
from tests.support import seeds
from tests.support.sizes import size
from tests.wire.fuzzing import Fuzzer, corpus
from tests.wire.slow_form import slow_decode

COUNT = size(20_000, 2_000_000)
TRUSTED = trusted_proxies(["10.0.0.0/24"])


def form(data: bytes) -> None:
    with contextlib.suppress(LimitExceeded):
        found = decode_form(data).tree
        assert repr(found) == repr(slow_decode(data))


def multipart(data: bytes) -> None:
    with contextlib.suppress(LimitExceeded, MalformedBody):
        decode_multipart("multipart/form-data; boundary=XyZ", data, Limits(fields=9, parts=9))


def forwarding(data: bytes) -> None:
    """What comes out is unknown, or an address in its one written form."""
    values = data.decode("latin-1").split("\n")
    for header in ("x-forwarded-for", "forwarded"):
        found = client_address("10.0.0.1", values, TRUSTED, header)
        assert found == (canonical(found) or "")
        assert client_address("192.0.2.1", values, TRUSTED, header) == "192.0.2.1"


def addresses(data: bytes) -> None:
    address, _, rules = data.decode("latin-1").partition("\n")
    found = address_rules.compiled(rules).allows(address)
    assert found is address_model.matches(address, rules)


TARGETS: dict[str, tuple[Callable[[bytes], None], tuple[str, ...]]] = {
    "form": (form, ("wire/form.py",)),
    "multipart": (multipart, ("wire/multipart.py",)),
    "forwarding": (forwarding, ("domain/forwarding.py", "domain/addresses.py")),
    "addresses": (addresses, ("domain/address_rules.py", "domain/addresses.py")),
}


@pytest.mark.slow
@pytest.mark.requirement("IN-5", "IP-1")
@pytest.mark.parametrize("name", TARGETS)
def test_in_5_mutated_inputs_are_decoded_or_refused(name: str) -> None:
    target, files = TARGETS[name]
    kept = corpus(name)
    assert len(kept) >= 9
    fuzzer = Fuzzer(target, kept, files, seeds.chosen(f"fuzzing {name}"))
    fuzzer.run(COUNT)
    seeds.told(f"{name}: {COUNT} inputs, {fuzzer.reached} steps, {len(fuzzer.pool)} kept")


def test_the_fuzzer_finds_what_is_wrong() -> None:
    def wrong(data: bytes) -> None:
        if data[:1] == b"b":
            raise ValueError

    fuzzer = Fuzzer(wrong, [b"aaaa"], ["test_fuzzing.py"], 1)
    with pytest.raises(AssertionError, match="decoded wrongly"):
        fuzzer.run(100_000)
    assert fuzzer.reached
