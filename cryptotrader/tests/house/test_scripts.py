"""The scripts' types say what the server writes: `wire.d.ts` is compared with real answers."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine

from accounts.tests.cast import PASSWORD
from accounts.tests.rest_client import Api
from cryptotrader.local.home import ROOT
from trading.models import FlashTrade
from trading.tests.cast import SYMBOL, Stage, Trader
from trading.tests.closing import Scene, at, open_one

SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.*"))
LINES_MAX = 250
TRADES = "/api/v1/flash-trades"
WISH = {"instrument": "BTC-USDT", "direction": "up", "duration": 60, "demo": True}

INTERFACE = re.compile(r"^(?:export )?interface (\w+)(?: extends (\w+))? \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^  (\w+)(\??): (.+);$", re.MULTILINE)
ALIAS = re.compile(r"^export type (\w+) = ([^;&{]+);$", re.MULTILINE)
PLAIN: dict[str, type | tuple[type, ...]] = {"string": str, "number": (int, float), "boolean": bool, "null": type(None)}


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    is_optional: bool
    type: str


class Types:
    """The interfaces and aliases of a file of TypeScript, and whether a value fits one of them."""

    def __init__(self, source: str) -> None:
        self.aliases = dict(ALIAS.findall(source))
        self.fields: dict[str, list[Field]] = {}
        for name, base, body in INTERFACE.findall(source):
            own = [Field(field, bool(mark), kind) for field, mark, kind in FIELD.findall(body)]
            self.fields[name] = self.fields.get(base, []) + own

    def faults(self, value: Any, kind: str, path: str = "") -> list[str]:
        """Where the value isn't of this type."""
        tried = [self._faults(value, each.strip(), path) for each in kind.split(" | ")]
        return min(tried, key=len)

    def _faults(self, value: Any, kind: str, path: str) -> list[str]:
        if kind in self.aliases:
            return self.faults(value, self.aliases[kind], path)
        if kind.endswith("[]") and isinstance(value, list):
            return [fault for item in value for fault in self.faults(item, kind.removesuffix("[]"), f"{path}[]")]
        if kind in self.fields and isinstance(value, dict):
            return [
                fault for field in self.fields[kind] for fault in self._of_field(value, field, f"{path}.{field.name}")
            ]
        return [] if _is_plain(value, kind) else [f"{path}: {value!r} is no {kind}"]

    def _of_field(self, value: dict[str, Any], field: Field, path: str) -> list[str]:
        if field.name in value:
            return self.faults(value[field.name], field.type, path)
        return [] if field.is_optional else [f"{path} is missing"]


def _is_plain(value: Any, kind: str) -> bool:
    if kind == "Record<string, string>":
        return isinstance(value, dict) and all(isinstance(each, str) for pair in value.items() for each in pair)
    if kind.startswith('"'):
        return bool(value == kind.strip('"'))
    return kind in PLAIN and isinstance(value, PLAIN[kind]) and not (kind == "number" and isinstance(value, bool))


@pytest.fixture(scope="module")
def types() -> Types:
    core = ROOT / "static" / "js" / "core"
    return Types((core / "wire.d.ts").read_text() + (core / "pages.d.ts").read_text())


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(at(0), tick=False) as traveller:
        yield traveller


@pytest.fixture
def opened(clock: time_machine.Traveller, stage: Stage, alice: Trader) -> tuple[Scene, FlashTrade]:
    """An open trade that has an offer now."""
    scene, trade = open_one(stage, alice)
    clock.move_to(at(41.5))
    return scene, trade


def test_trades_are_what_the_scripts_take_them_for(
    types: Types, opened: tuple[Scene, FlashTrade], clock: time_machine.Traveller, alice: Trader
) -> None:
    scene, trade = opened
    api, path = Api(alice), f"{TRADES}/{trade.pk}"
    pending = api.post(TRADES, {"amount": "1", "direction": "up", "duration": 60, "client_order_id": "x"}).json()
    assert types.faults(pending, "PendingTrade") == []
    assert types.faults(api.get(path).json(), "OpenTrade") == []
    assert types.faults(api.get(f"{path}/offer").json(), "Offer") == []
    refused = api.post(f"{path}/close", {"min_price": "184"}).json()
    assert types.faults(refused, "ProblemDocument") == []
    assert refused["offer"]
    assert types.faults(api.post(f"{path}/close", {"min_price": "50"}).json()["close"], "CloseOrder") == []
    scene.go_to(43)
    clock.move_to(at(44))
    assert types.faults(api.get(path).json(), "SettledTrade") == []
    listed = api.get(f"{TRADES}?limit=20").json()["results"]
    assert {item["state"] for item in listed} == {"open", "settled"}
    assert types.faults(listed, "Trade[]") == []


def test_the_market_is_what_the_scripts_take_it_for(
    types: Types, opened: tuple[Scene, FlashTrade], alice: Trader
) -> None:
    api = Api(alice)
    assert types.faults(api.get("/api/v1/instruments").json()["results"], "Instrument[]") == []
    assert types.faults(api.get("/api/v1/instruments/BTC-USDT/prices").json()["results"], "Price[]") == []
    assert types.faults(api.post("/api/v1/quotes", WISH).json(), "Quote") == []
    assert types.faults(api.get("/api/v1/time").json(), "Clock") == []


def test_ones_own_things_are_what_the_scripts_take_them_for(
    types: Types, opened: tuple[Scene, FlashTrade], alice: Trader
) -> None:
    api = Api(alice)
    wallets = api.get("/api/v1/wallets").json()["results"]
    assert wallets
    assert types.faults(wallets, "Wallet[]") == []
    api.post(TRADES, {"amount": "1", "direction": "up", "duration": 60, "client_order_id": "x"})
    api.patch("/api/v1/me", {"reality_check_minutes": 15})
    check = api.get("/api/v1/reality-check").json()
    assert len(check["wallets"]) == 1
    assert types.faults(check, "RealityCheck") == []


def test_a_page_begins_with_what_its_script_reads(
    types: Types, opened: tuple[Scene, FlashTrade], alice: Trader, client: Any
) -> None:
    for login in ({}, {"email": alice.user.email, "password": PASSWORD}):
        assert not login or client.login(**login)
        html = client.get(f"/trade/{SYMBOL}/").content.decode()
        found = re.search(r'<script id="page-data" type="application/json">(.*?)</script>', html)
        assert found
        data = json.loads(found[1])
        assert data["signed_in"] == bool(login)
        assert bool(data["trades"]) == bool(login)
        assert types.faults(data, "PageData") == []


def data_of(html: str, name: str) -> Any:
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', html)
    assert found
    return json.loads(found[1])


def test_pages_of_the_past_begin_with_what_their_scripts_read(
    types: Types, opened: tuple[Scene, FlashTrade], clock: time_machine.Traveller, alice: Trader, client: Any
) -> None:
    scene, trade = opened
    assert client.login(email=alice.user.email, password=PASSWORD)
    for second in (42, 110):
        scene.go_to(second)
        clock.move_to(at(second))
        data = data_of(client.get(f"/trades/{trade.pk}/").content.decode(), "trade-data")
        assert data["trade"]["state"] == ("open" if second == 42 else "settled")
        assert types.faults(data, "TradePageData") == []
    curve = data_of(client.get("/portfolio/").content.decode(), "curve-data")
    assert curve["points"]
    assert types.faults(curve, "CurveData") == []


def test_it_notices_what_does_not_fit() -> None:
    types = Types(
        'export type Way = "up" | "down";\n'
        "interface Base {\n  id: number;\n}\n"
        "export interface Thing extends Base {\n  way: Way;\n  note?: string | null;\n  parts: Base[];\n}\n"
    )
    fine = {"id": 1, "way": "up", "parts": [{"id": 2}], "more": True}
    assert types.faults(fine, "Thing") == []
    assert types.faults(fine | {"note": None}, "Thing") == []
    wrong = {"id": True, "way": "left", "note": 3, "parts": [{"id": "2"}, {}]}
    assert types.faults(wrong, "Thing") == [
        ".id: True is no number",
        ".way: 'left' is no \"up\"",
        ".note: 3 is no string",
        ".parts[].id: '2' is no number",
        ".parts[].id is missing",
    ]
    assert types.faults(None, "Thing") == [": None is no Thing"]
    assert types.faults([], "Unknown") == [": [] is no Unknown"]


def test_scripts_stay_small() -> None:
    assert [str(path) for path in SCRIPTS if len(path.read_text().splitlines()) > LINES_MAX] == []
