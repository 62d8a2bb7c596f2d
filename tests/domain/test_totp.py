"""One-time codes against the vectors of RFC 6238."""

import base64

import pytest

from coursewire.domain import totp

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(now: int, code: str) -> None:
    assert totp.code(SECRET, now // totp.STEP) == code
    assert totp.step_of(SECRET, code, now) == now // totp.STEP


def test_a_code_is_taken_one_step_early_and_late_and_no_further() -> None:
    code = totp.code(SECRET, 1000)
    taken = [step for step in range(995, 1006) if totp.step_of(SECRET, code, step * totp.STEP)]
    assert taken == [999, 1000, 1001]
    for wrong in ("", "x", "00000é", code[:5], code + "0"):
        assert totp.step_of(SECRET, wrong, 1000 * totp.STEP) is None


def test_the_address_for_apps_names_account_and_site() -> None:
    address = totp.address("ABC", "anna smith", "My: Site")
    assert address.startswith("otpauth://totp/My%3A%20Site%3Aanna%20smith?secret=ABC&issuer=My")


def test_every_secret_is_another_one() -> None:
    secrets = {totp.new_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert {len(base64.b32decode(one)) for one in secrets} == {20}
