"""The certificate of a site, as its clients see it."""

import socket
import ssl
import warnings
from datetime import UTC, datetime

from deploy.ct.smoke.web import TIMEOUT_SECONDS, Web


def handshake(web: Web) -> tuple[str, str, datetime]:
    """Returns the version of TLS, the cipher and the end of the certificate. Raises OSError if a browser would not."""
    with (
        socket.create_connection(web.address, timeout=TIMEOUT_SECONDS) as plain,
        web.context.wrap_socket(plain, server_hostname=web.host) as secure,
    ):
        certificate, cipher = secure.getpeercert(), secure.cipher()
        version = secure.version()
    ends = ssl.cert_time_to_seconds(str((certificate or {}).get("notAfter")))
    return version or "", cipher[0] if cipher else "", datetime.fromtimestamp(ends, UTC)


def expiry(web: Web) -> datetime:
    """Returns the end of the certificate."""
    return handshake(web)[2]


def takes_old_tls(web: Web) -> bool:
    """Whether the site still speaks TLS 1.1, if this machine can ask for it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore"):  # that it is old is the point
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    try:
        with (
            socket.create_connection(web.address, timeout=TIMEOUT_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=web.host),
        ):
            return True
    except OSError:
        return False
