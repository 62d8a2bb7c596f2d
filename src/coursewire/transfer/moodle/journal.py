"""Answers kept on disk while an import runs, so that one that was stopped can go on."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from coursewire.transfer.moodle.problems import ImportRefused

_encode = msgspec.json.Encoder(order="deterministic").encode
_FORMAT = 1
_GOES_ON = "mend that, and run the same command again: it goes on from here"


class Journal:
    """One line an answer, for the owner's eyes only: it holds people's data.

    A line that was cut off by a crash is left out; its call is simply made again.
    """

    def __init__(self, path: Path, site: str) -> None:
        """Open the journal of a site; what is there from before is read."""
        self.path = path
        self._answers: dict[bytes, Any] = {}
        first = {"format": _FORMAT, "site": site}
        lines = self._read(path) if path.exists() else []
        if lines and lines[0] != first:
            msg = f"{path} belongs to another site or version; remove it, or name another file"
            raise ImportRefused(msg)
        self._caller: int | None = None
        for line in lines[1:]:
            if "caller" in line:
                self._caller = line["caller"]
            else:
                self._answers[_key(line["call"], line["params"])] = line["answer"]
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._file = os.fdopen(handle, "ab")
        if path.is_file():
            # One that was there before may be open to others.
            os.fchmod(handle, 0o600)
        if not lines:
            self._append(first)

    def __len__(self) -> int:
        """Return how many answers are kept."""
        return len(self._answers)

    def belong_to(self, user_id: int) -> None:
        """Refuse a caller other than the one who was answered before: each sees other things."""
        if self._caller is None:
            self._append({"caller": user_id})
            self._caller = user_id
        elif self._caller != user_id:
            msg = (
                f"{self.path} holds what the user with id {self._caller} was told, and the token is"
                f" that of user {user_id}; take a token of the same account, or remove {self.path}"
            )
            raise ImportRefused(msg)

    def get(self, call: str, params: Mapping[str, object]) -> Any:  # noqa: ANN401 - JSON
        """Return a kept answer; raise KeyError when there is none."""
        return self._answers[_key(call, params)]

    def keep(self, call: str, params: Mapping[str, object], answer: Any) -> None:  # noqa: ANN401
        """Write an answer down."""
        self._append({"call": call, "params": params, "answer": answer})
        self._answers[_key(call, params)] = answer

    def close(self) -> None:
        """Close the file; it stays for the next time, unless it holds nothing."""
        with suppress(OSError):
            # What did not fit on the disk is tried once more, and was told already.
            self._file.close()
        if not self._answers:
            # After a mistyped address nothing must stand in the way of the right one.
            self.path.unlink(missing_ok=True)

    def remove(self) -> None:
        """Close and remove the file: the import is done."""
        self.close()
        self.path.unlink(missing_ok=True)

    def _append(self, line: Mapping[str, object]) -> None:
        # Begins with a line end: what a crash cut off does not take this one with it.
        try:
            self._file.write(b"\n" + _encode(line))
            self._file.flush()
        except OSError as problem:
            msg = f"{self.path}: cannot be written: {problem.strerror}; {_GOES_ON}"
            raise ImportRefused(msg) from problem

    def _read(self, path: Path) -> list[Any]:
        lines: list[Any] = []
        for written in path.read_bytes().split(b"\n"):
            try:
                lines.append(msgspec.json.decode(written))
            except msgspec.DecodeError:
                continue
        if not lines and path.stat().st_size:
            msg = f"{path} is no journal of an import; remove it, or name another file"
            raise ImportRefused(msg)
        return lines


def _key(call: str, params: Mapping[str, object]) -> bytes:
    return _encode([call, params])
