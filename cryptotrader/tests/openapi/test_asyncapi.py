"""The description of the socket: it has every message and code, is committed and served, and real frames fit it."""

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from channels.db import database_sync_to_async
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from accounts.tests.cast import NOON
from accounts.tests.rest_client import Api, tokens_of
from cryptotrader.openapi.asyncapi import CLOSES, DATA, description, frames, requests
from cryptotrader.openapi.views import STREAMS_FILE
from cryptotrader.tests.openapi.strict import strictly
from trading.domain.channels import Kind
from trading.streams.hub import hub
from trading.streams.protocol import Close, Op, Refused, parse
from trading.tests.cast import Stage, Trader, open_stage, trader
from trading.tests.sockets import Client


def test_the_committed_file_is_that_of_the_messages() -> None:
    assert json.loads(STREAMS_FILE.read_text()) == description(), "run `make schema`, and commit the file"


def test_every_kind_every_operation_and_every_code_is_there() -> None:
    assert (set(DATA), set(CLOSES)) == (set(Kind), set(Close))
    assert len(requests()) == len(Op)


def test_each_reference_leads_somewhere() -> None:
    document = description()
    references = re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document))
    assert len(references) > 10
    for reference in references:
        found: Any = document
        for part in reference.split("/"):
            assert part in found, reference
            found = found[part]


@pytest.mark.django_db
def test_it_is_served() -> None:
    answer = Api().get("/api/v1/asyncapi")
    assert (answer.status, answer.json()["asyncapi"]) == (200, "3.0.0")


def faults_of(shape: dict[str, Any], value: object) -> list[str]:
    document: dict[str, Any] = {"components": {"schemas": strictly(description()["components"]["schemas"])}}
    resource: Any = Resource.from_contents({**document, "frame": strictly({"it": shape})["it"]}, DRAFT202012)
    registry: Any = Registry().with_resource("urn:frames", resource)
    validator = Draft202012Validator({"$ref": "urn:frames#/frame"}, registry=registry)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("subscribeRequest", {"op": "subscribe", "id": 1, "channel": "prices.BTC-USDT"}),
        ("resumeRequest", {"op": "resume", "channel": "candles.BTC-USDT.1m", "seq": 5}),
        ("unsubscribeRequest", {"op": "unsubscribe", "channel": "wallet"}),
        ("pingRequest", {"op": "ping", "id": "x"}),
        ("pingRequest", {"op": "ping", "extra": 1}),
        ("subscribeRequest", {"op": "subscribe", "channel": "prices"}),
        ("resumeRequest", {"op": "resume", "channel": "trades"}),
        ("subscribeRequest", {"op": "subscribe", "channel": "trades", "id": 1.5}),
    ],
)
def test_the_server_takes_what_the_description_allows(name: str, message: dict[str, object]) -> None:
    try:
        parse(json.dumps(message))
    except Refused:
        assert faults_of(requests()[name], message)
    else:
        assert faults_of(requests()[name], message) == []


@pytest.fixture
def market(transactional_db: None) -> tuple[Trader, Stage]:
    return trader("alice"), open_stage()


@pytest.fixture
async def alices(market: tuple[Trader, Stage]) -> AsyncIterator[Client]:
    token = await database_sync_to_async(lambda: tokens_of(market[0]).access)()
    client = Client(authorization=f"Bearer {token}")
    assert await client.connect()
    yield client
    await client.socket.disconnect()
    await hub().close()


async def test_real_frames_fit_it(market: tuple[Trader, Stage], alices: Client) -> None:
    alice, stage = market
    await database_sync_to_async(alice.place)()
    names = {kind: str(kind) for kind in Kind} | {
        Kind.PRICES: "prices.BTC-USDT", Kind.CANDLES: "candles.BTC-USDT.1m"
    }  # fmt: skip
    for kind, name in names.items():
        snapshot = await alices.subscribe(name)
        assert faults_of(frames()[kind], snapshot) == [], snapshot
    await database_sync_to_async(stage.price)(NOON + timedelta(seconds=1), "60001.00")
    for _ in range(3):
        update = await alices.hear()
        assert faults_of(frames()[update["channel"].split(".")[0]], update) == [], update
    await alices.say(op="ping", id=1)
    await alices.say(op="nothing", id=2)
    await alices.say(op="unsubscribe", channel="wallet")
    for name in ("pong", "error", "unsubscribed"):
        frame = await alices.hear()
        assert (frame["type"], faults_of(frames()[name], frame)) == (name, [])
