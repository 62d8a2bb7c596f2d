"""The certificate and the key of a listener, tried before anything is said to be served."""

import ssl
from typing import NoReturn

from coursewire.settings import Settings, SettingsError


def check(settings: Settings) -> None:
    """Refuse files that TLS cannot begin with."""
    if not settings.tls_cert:
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key, password=_no_passphrase)
    except OSError as error:  # what ssl raises is one as well
        msg = (
            f"TLS cannot begin with tls_cert {settings.tls_cert} and tls_key {settings.tls_key}: "
            f"{_reason(error)}; give a PEM chain and the key that belongs to it"
        )
        raise SettingsError(msg) from error


def _no_passphrase() -> NoReturn:
    # OpenSSL would ask on the terminal, once in each process, and a service has none.
    msg = "tls_key has a passphrase, which a server cannot be asked for; give it without one"
    raise SettingsError(msg)


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        mismatch = error.reason == "KEY_VALUES_MISMATCH"
        return "the key belongs to another certificate" if mismatch else "they are not PEM files"
    return error.strerror or str(error)
