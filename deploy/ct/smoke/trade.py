"""The checks with a person: signing in, one order on the demo book, and its settlement."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from deploy.ct.smoke.checks import Check, Wrong, expect
from deploy.ct.smoke.stream import Stream
from deploy.ct.smoke.web import Web

ORDER_SECONDS = 15
SETTLED_WITHIN_SECONDS = 45


@dataclass(slots=True)
class Person:
    """Somebody who trades with demo money: by an API key with the scopes read and trade, or by a login."""

    key: str = ""
    email: str = ""
    password: str = field(default="", repr=False)

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


def checks(web: Web, person: Person, symbol: str, *, wait: Callable[[float], None] = time.sleep) -> Iterator[Check]:
    """Yields the checks; each needs the one before."""
    yield Check("sign-in", lambda: _sign_in(web, person))
    trade: dict[str, str] = {}
    yield Check("order", lambda: _order(web, person, symbol, trade))
    yield Check("private-socket", lambda: _socket(web, person, trade))
    yield Check("settlement", lambda: _settlement(web, person, trade, wait))


def _sign_in(web: Web, person: Person) -> str:
    if not person.key:
        answer = web.post("/api/v1/auth/token", {"email": person.email, "password": person.password}, {})
        expect(answer.status == 200, f"{answer.status}: {answer.text[:200]}")
        person.key = str(answer.body["access"])
    answer = web.get("/api/v1/wallets", **person.headers)
    expect(answer.status == 200, f"/api/v1/wallets answers {answer.status}: {answer.text[:200]}")
    return person.email or "with an API key"


def _order(web: Web, person: Person, symbol: str, trade: dict[str, str]) -> str:
    order = {"instrument": symbol, "amount": "1.00", "direction": "up", "duration": ORDER_SECONDS, "demo": True}
    headers = {**person.headers, "Idempotency-Key": f"smoke-{uuid4()}"}
    first = web.post("/api/v1/flash-trades", order, headers)
    expect(first.status == 201, f"{first.status}: {first.text[:300]}")
    again = web.post("/api/v1/flash-trades", order, headers)
    expect(again.body["id"] == first.body["id"], "the same order again became another trade")
    trade["id"] = str(first.body["id"])
    return f"trade {trade['id']}"


def _socket(web: Web, person: Person, trade: Mapping[str, str]) -> str:
    with Stream(web, "/ws/v1", person.headers) as stream:
        stream.send({"op": "subscribe", "id": 1, "channel": "trades"})
        for _ in range(20):
            frame = stream.receive()
            if frame["type"] == "snapshot":
                expect(trade.get("id") in {item["id"] for item in frame["data"]}, "the trade is not in the snapshot")
                return f"{len(frame['data'])} trades"
    raise Wrong("no snapshot came")


def _settlement(web: Web, person: Person, trade: Mapping[str, str], wait: Callable[[float], None]) -> str:
    expect(trade, "there is no trade")
    state = ""
    for second in range(SETTLED_WITHIN_SECONDS):
        answer = web.get(f"/api/v1/flash-trades/{trade['id']}", **person.headers)
        state = str(answer.body.get("state"))
        if state == "settled":
            outcome = str(answer.body["outcome"])
            expect(outcome in ("won", "lost", "tied"), f"it was {outcome}: {answer.body.get('void_reason')}")
            return f"{outcome} after {second} s"
        wait(1)
    raise Wrong(f"still {state} after {SETTLED_WITHIN_SECONDS} s: do a settler and the feed run?")
