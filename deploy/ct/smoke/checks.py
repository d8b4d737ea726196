"""The checks of a running site that need no person: doors, headers, static files, TLS, prices and a socket."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from deploy.ct.smoke.certificate import handshake, takes_old_tls
from deploy.ct.smoke.stream import Stream
from deploy.ct.smoke.web import Answer, Web

FRAMES_MAX = 20


@dataclass(frozen=True, slots=True)
class Check:
    """One check: a fault is an exception with the reason, else it returns what it saw."""

    name: str
    look: Callable[[], str]


class Wrong(Exception):
    """The site answered, and not as it should."""


def expect(holds: object, reason: str) -> None:
    """Raises Wrong with the reason unless the condition holds."""
    if not holds:
        raise Wrong(reason)


def checks(web: Web, clear_port: int, symbol: str) -> Iterator[Check]:
    """Yields the checks in the order in which faults are easiest to understand."""
    yield Check("tls", lambda: _tls(web))
    yield Check("redirect", lambda: _redirect(web, clear_port))
    yield Check("live", lambda: _health(web, "live"))
    yield Check("ready", lambda: _health(web, "ready"))
    yield Check("page", lambda: _page(web))
    yield Check("headers", lambda: _headers(web))
    yield Check("static", lambda: _static(web))
    yield Check("metrics-closed", lambda: _closed(web))
    yield Check("prices", lambda: _prices(web, symbol))
    yield Check("socket", lambda: _socket(web, symbol))


def _tls(web: Web) -> str:
    version, cipher, ends = handshake(web)
    expect(version in ("TLSv1.2", "TLSv1.3"), f"{version} was agreed on")
    expect(not takes_old_tls(web), "TLS 1.1 is still spoken")
    days = (ends - datetime.now(UTC)).days
    expect(days >= 7, f"the certificate ends in {days} days")
    return f"{version} {cipher}, valid for {days} days"


def _redirect(web: Web, clear_port: int) -> str:
    answer = web.ask_in_the_clear("/wallet/?x=1", clear_port)
    target = answer.headers.get("location", "")
    expect(answer.status in (301, 308), f"port {clear_port} answers {answer.status}")
    expect(target == f"{web.url}/wallet/?x=1", f"it leads to {target}")
    return f"{answer.status} to {web.url}"


def _health(web: Web, name: str) -> str:
    answer = web.get(f"/api/health/{name}")
    expect(answer.status == 200, f"{answer.status}: {answer.text[:300]}")
    return str(answer.body["status"])


def _page(web: Web) -> str:
    answer = _home(web)
    expect(answer.status == 200 and "<html" in answer.text, f"{answer.status}: {answer.text[:100]}")
    return f"{len(answer.text)} characters"


def _home(web: Web) -> Answer:
    answer = web.get("/")
    if answer.status == 302:  # a visitor is asked to sign in
        answer = web.get(answer.headers["location"].removeprefix(web.url))
    return answer


ONCE = (
    "strict-transport-security", "content-security-policy", "x-content-type-options", "x-frame-options",
    "referrer-policy",
)  # fmt: skip


def _headers(web: Web) -> str:
    for path in ("/accounts/login/", "/metrics", "/no-such-page"):
        answer = web.get(path)
        names = [name for name, _ in answer.all_headers]
        for name in ONCE:
            expect(names.count(name) == 1, f"{path} has {name} {names.count(name)} times")
        server = answer.headers.get("server", "")
        expect(not re.search(r"\d|gunicorn|uvicorn", server), f"{path} names its server: {server}")
    return ", ".join(ONCE)


def _static(web: Web) -> str:
    found = re.search(r'href="(/static/[^"]+\.css)"', _home(web).text)
    expect(found, "the page has no style sheet")
    path = found[1] if found else ""
    answer = web.get(path, **{"Accept-Encoding": "br, gzip"})
    expect(answer.status == 200, f"{path} answers {answer.status}")
    expect("immutable" in answer.headers.get("cache-control", ""), f"{path} may not be kept for ever")
    encoding = answer.headers.get("content-encoding", "")
    expect(encoding in ("br", "gzip"), f"{path} isn't compressed")
    return f"{path} ({encoding})"


def _closed(web: Web) -> str:
    for path in ("/metrics", "/api/metrics"):
        answer = web.get(path)
        expect(answer.status == 404, f"{path} answers {answer.status}")
    return "404"


def _prices(web: Web, symbol: str) -> str:
    indexes = {item["instrument"]: item for item in web.get("/api/health/ready").body["indexes"]}
    expect(symbol in indexes, f"there is no {symbol}")
    expect(
        indexes[symbol]["fresh"], f"the index of {symbol} is {indexes[symbol]['age_seconds']} s old: is a feed running?"
    )
    return f"{symbol} {indexes[symbol]['age_seconds']} s old ({indexes[symbol]['source']})"


def _socket(web: Web, symbol: str) -> str:
    with Stream(web, "/ws/v1") as stream:
        stream.send({"op": "subscribe", "id": 1, "channel": f"prices.{symbol}"})
        kinds = []
        for _ in range(FRAMES_MAX):
            kinds.append(stream.receive()["type"])
            if kinds.count("update") >= 2:
                return f"{len(kinds)} frames"
    raise Wrong(f"no prices came, only {', '.join(kinds)}")
