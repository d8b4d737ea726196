"""The scripts' own rules."""

import pytest

from cryptotrader.tests.support.node import in_node

pytestmark = pytest.mark.process


def test_an_older_message_never_overwrites_a_newer_one() -> None:
    state = in_node("""
        const { Store } = await load("core/store.js");
        const store = new Store();
        const placed = { id: "a", accepted_at: "2026-03-01T12:00:00Z" };
        const told = [];
        store.addEventListener("moved", ({ detail }) => told.push(detail.trade.state));
        store.addTrades([{ ...placed, state: "settled" }]);
        store.addTrades(["open", "settled", "pending"].map((state) => ({ ...placed, state })));
        store.walletId = 1;
        store.addWallets([{ id: 1, revision: 5, available: "new" }]);
        store.addWallets([{ id: 1, revision: 4, available: "old" }]);
        store.addPrices([{ sequence: 7 }, { sequence: 8 }]);
        store.addPrices([{ sequence: 8 }, { sequence: 6 }, { sequence: 9 }]);
        store.resetPrices([{ sequence: 5 }, { sequence: 6 }]);
        return { told, wallet: store.wallet.available, prices: store.prices.map((price) => price.sequence) };
    """)
    assert state == {"told": ["settled"], "wallet": "new", "prices": [5, 6, 7, 8, 9]}


def test_a_result_that_came_while_away_is_told_and_a_trade_just_placed_is_kept() -> None:
    state = in_node("""
        const { Store } = await load("core/store.js");
        const store = new Store();
        const now = Date.parse("2026-03-01T12:01:00Z");
        const told = [];
        store.addTrades([
            { id: "old", state: "open", accepted_at: "2026-03-01T12:00:00Z" },
            { id: "gone", state: "settled", accepted_at: "2026-03-01T11:00:00Z" },
            { id: "new", state: "pending", accepted_at: "2026-03-01T12:00:59Z" },
        ]);
        store.addEventListener("moved", ({ detail }) => told.push(detail.trade.id));
        store.resetTrades([{ id: "old", state: "settled" }, { id: "elsewhere", state: "settled" }], now);
        return { told, ids: [...store.trades.keys()].sort() };
    """)
    assert state == {"told": ["old"], "ids": ["elsewhere", "new", "old"]}


def test_a_void_of_a_settled_trade_is_news_once() -> None:
    told = in_node("""
        const { Store } = await load("core/store.js");
        const store = new Store();
        const settled = { id: "a", state: "settled", accepted_at: "2026-03-01T12:00:00Z", correction: null };
        const told = [];
        store.addTrades([settled], { quietly: true });
        store.addEventListener("moved", ({ detail }) => told.push(detail.trade.correction?.reason));
        const voided = { ...settled, correction: { reason: "a venue erred" } };
        for (const message of [settled, voided, voided, settled]) store.addTrades([message]);
        return [...told, store.trades.get("a").correction.reason];
    """)
    assert told == ["a venue erred", "a venue erred"]


def test_money_is_exact_and_rounds_down_like_the_server() -> None:
    answers = in_node("""
        const money = await load("core/money.js");
        const gain = (stake, rate) => money.write(money.gain(money.parse(stake), money.parse(rate), 2), 2);
        return [
            gain("0.01", "0.85"), gain("33.33", "0.8"), gain("999999999999.99", "0.85"),
            money.signed("-1234567.50"), money.signed("0.00"), money.signed("85.00"), money.breakEven("0.85"),
            ...["1_0", "１", "1e3", "-1", "NaN", ".", "0x1", "1,0"].map(money.parse),
        ];
    """)
    assert answers[:3] == ["0.00", "26.66", "849999999999.99"]
    assert answers[3:7] == ["−1,234,567.50", "0.00", "+85.00", "54.1%"]
    assert answers[7:] == [None] * 8
