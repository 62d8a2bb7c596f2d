"""What the server must know of the settings; sizes in bytes, times in seconds."""

from typing import Literal

from msgspec import Struct

from coursewire.wire.limits import DEFAULT_LIMITS, Limits


class ServerOptions(Struct, frozen=True, kw_only=True):
    """The part of the settings that decides how requests are answered.

    `development` adds the `Coursewire-Refusal` header, which names the failed check; it is on in
    `up` only. `workers` is the number of threads on PostgreSQL, `processes` that of the server
    processes, which divide what they count among them.
    """

    site_url: str
    development: bool = False
    bare_names: bool = False
    compatibility: Literal["5.1", "4.5"] = "5.1"
    trusted_proxies: tuple[str, ...] = ()
    forwarded_header: str = "x-forwarded-for"
    allowed_hosts: tuple[str, ...] = ()
    limits: Limits = DEFAULT_LIMITS
    workers: int = 4
    write_queue: int = 256
    access_log: str = ""
    access_log_bytes: int = 0
    access_log_kept: int = 1
    outbound_loopback: bool = False
    # Unknown tokens that a network may try in a minute; 0: as many as it likes.
    unknown_tokens: int = 0
    processes: int = 1
