"""What is told to the doctor: the settings of an installation, and what time it is."""

from pathlib import Path

from msgspec import Struct

DAY = 86_400


class Installation(Struct, frozen=True, kw_only=True):
    """An installation as its settings describe it; `loopback` tells how `host` can be reached."""

    host: str
    port: int
    loopback: bool
    public_url: str
    tls_cert: str
    tls_key: str
    insecure_http: bool
    trusted_proxies: tuple[str, ...]
    metrics_host: str
    metrics_port: int
    metrics_loopback: bool
    data_folder: Path
    key_path: Path
    settings_path: Path
    database_url: str
    user_id: int
    now: int

    @property
    def has_tls(self) -> bool:
        """Tell whether this program ends TLS itself."""
        return bool(self.tls_cert)
