"""TOK-12: live tokens in files are found by handle, and never shown."""

from io import BytesIO
from pathlib import Path

import pytest

from coursewire.cli.token_scan import _inside
from tests.cli.conftest import Command
from tests.support import making
from tests.support.sites import TestSite


def found_in(content: bytes) -> list[bytes]:
    return [value for _, _, value in _inside("", BytesIO(content))]


@pytest.fixture
def issued(placed: Command, site: TestSite) -> dict[str, str]:
    """A live token as `token issue --json` tells it."""
    user = making.user_with(site, "bot", "webservice/rest:use")
    making.service(site, "s", "core_group_get_groups", users=[user])
    shown = placed("token", "issue", "--user", "bot", "--service", "s", "--json").json
    return {"token": str(shown["token"]), "handle": str(shown["handle"])}


def test_tok_12_a_live_token_is_named_by_its_handle_only(
    placed: Command, issued: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "project"
    (folder / "deep").mkdir(parents=True)
    secret = issued["token"]
    (folder / "deep" / "run.sh").write_text(f"# call\ncurl -d wstoken={secret}&x=1\n")
    (folder / "notes").write_text(
        f"{'0' * 32} {secret}0 x{secret} d41d8cd98f00b204e9800998ecf8427e"
    )
    found = placed("token", "scan", str(folder), code=1)
    assert f"run.sh:2  {issued['handle']}" in found.out
    assert "token revoke" in found.out
    assert "notes" not in found.out
    assert secret not in found.out + found.err
    shown = placed("token", "scan", str(folder), "--json", code=1)
    assert [(one["line"], one["handle"]) for one in shown.json] == [(2, issued["handle"])]
    assert secret not in shown.out


def test_tok_12_ended_tokens_do_no_harm(
    placed: Command, issued: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "log"
    file.write_text(issued["token"])
    placed("token", "revoke", issued["handle"])
    assert placed("token", "scan", str(file)).out == "no live token of this site\n"


def test_tok_12_a_token_in_an_overlong_line_is_found_once(
    placed: Command, issued: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "dump"
    for before in range((1 << 20) - 34, (1 << 20) + 2, 5):
        file.write_text("-" * before + issued["token"] + "-" * 50)
        assert len(placed("token", "scan", str(file), "--json", code=1).json) == 1


VALUE = "0123456789abcdef" * 2
WRITTEN_OUT = [
    "GET /x?back=wstoken%3DTOKEN%26wsfunction",
    "GET /x?back=wstoken%3dTOKEN%26wsfunction",
    "GET /x?back=wstoken%253DTOKEN%2526wsfunction",
    r'{"text": "a\nTOKEN\n"}',
    r'{"text": "a\tTOKEN\r\n"}',
    r'{"text": "a\bTOKEN\f"}',
    r'{"text": "\u0022TOKEN\u0022"}',
    r"escape('%u003DTOKEN%u0026')",
    r"b'\x00TOKEN\x00'",
    r"b'\0TOKEN\0'",
    r"$'\000TOKEN\000'",
    "a mail: wstoken=3DTOKEN=26",
    "\x1b[32mTOKEN\x1b[0m",
    "\x1b[01;31m\x1b[KTOKEN\x1b[m\x1b[K",
]


def test_tok_12_a_token_behind_a_sign_that_is_written_out_is_named(
    placed: Command, issued: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "log"
    lines = [text.replace("TOKEN", issued["token"]) for text in WRITTEN_OUT]
    file.write_text("\n".join(lines))
    found = placed("token", "scan", str(file), "--json", code=1).json
    assert [one["line"] for one in found] == list(range(1, len(lines) + 1))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("written", WRITTEN_OUT)
def test_tok_12_a_token_behind_a_sign_that_is_written_out_is_found(
    written: str, encoding: str
) -> None:
    assert found_in(written.replace("TOKEN", VALUE).encode(encoding)) == [VALUE.encode()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_tok_12_a_sign_written_out_may_stand_across_pieces(encoding: str) -> None:
    width = len("-".encode(encoding))
    for back in range(48):
        before = "-" * ((1 << 20) // width - back)
        text = f"{before}%u0022{VALUE}%u0022{'-' * 99}"
        assert found_in(text.encode(encoding)) == [VALUE.encode()]


def test_tok_12_longer_numbers_behind_signs_are_no_tokens() -> None:
    for text in (f"%3D{VALUE}0", f"%3Dx{VALUE}", f"3D{VALUE}", f"n{VALUE}", f"\\q{VALUE}"):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert not found_in(text.encode(encoding)), text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_tok_12_a_token_in_letters_of_two_bytes_is_found(
    placed: Command, issued: dict[str, str], tmp_path: Path, encoding: str
) -> None:
    file, secret = tmp_path / "transcript.txt", issued["token"]
    file.write_text(f"PS> curl\n-d wstoken={secret}&x=1\n", encoding)
    (found,) = placed("token", "scan", str(file), "--json", code=1).json
    assert (found["line"], found["handle"]) == (2, issued["handle"])
    file.write_text(f"{secret}0 x{secret}\n", encoding)
    assert placed("token", "scan", str(file), "--json").json == []


def test_tok_12_a_token_between_nul_bytes_is_found(
    placed: Command, issued: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "environ"
    file.write_bytes(f"HOME=x\0{issued['token']}\0y\0".encode())
    assert len(placed("token", "scan", str(file), "--json", code=1).json) == 1


def test_what_cannot_be_read_is_named(placed: Command, tmp_path: Path) -> None:
    assert "nothing cannot be read" in placed.refused(
        "token", "scan", str(tmp_path / "nothing"), code=2
    )


def test_what_cannot_be_read_hides_nothing_that_was_found(
    placed: Command, issued: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "found").write_text(issued["token"])
    done = placed("token", "scan", str(tmp_path / "found"), str(tmp_path / "nothing"), code=1)
    assert issued["handle"] in done.out
    assert "nothing cannot be read" in done.err
