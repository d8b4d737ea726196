"""Sends one JSON request to a provider's server, with bounds on time and size."""

import ssl
from collections.abc import Mapping
from functools import cache
from time import monotonic

import httpx
import structlog

from accounts.domain.cashier.real_money import PaymentProviderUnavailable
from accounts.domain.json_text import read_json

log = structlog.get_logger(__name__)

CONNECT_SECONDS_MAX, ANSWER_SECONDS_MAX = 3.0, 8.0
ANSWER_BYTES_MAX = 256 * 1024
NOT_FOUND = 404


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    params: Mapping[str, str] | None = None,
    body: object = None,
) -> object:
    """Returns the response's JSON, fractions as Decimal; None for 404.

    Raises PaymentProviderUnavailable for every other failure: no connection, too slow, too long, a redirect, an error,
    no JSON. The cause goes only to the log: the response may contain data that isn't for traders.
    """
    timeout = httpx.Timeout(ANSWER_SECONDS_MAX, connect=CONNECT_SECONDS_MAX)
    try:
        # Not trust_env: requests about money must not go through a proxy that the environment happens to name.
        with (
            httpx.Client(verify=_trusted(), timeout=timeout, trust_env=False, follow_redirects=False) as client,
            client.stream(method, url, headers=dict(headers), params=params, json=body) as response,
        ):
            if response.status_code == NOT_FOUND:
                return None
            response.raise_for_status()
            return _read(response)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
        log.warning("payment provider failed", url=url, error=f"{type(error).__name__}: {error}")
        raise PaymentProviderUnavailable from error


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that a server's certificate may be from: reading them takes longer than most questions."""
    return httpx.create_ssl_context(trust_env=False)


def _read(response: httpx.Response) -> object:
    if not response.is_success:  # a redirect isn't a success
        raise ValueError(f"status {response.status_code}")
    start, content = monotonic(), bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > ANSWER_BYTES_MAX or monotonic() - start > ANSWER_SECONDS_MAX:
            raise ValueError("the answer is too long or too slow")
    answer: object = read_json(bytes(content))
    if answer is None:  # None already stands for 404
        raise ValueError("null is no answer")
    return answer
