"""Each message is parsed once for all listeners; a malformed message or a lost Redis silences nobody."""

import pytest
from redis import Redis as BlockingRedis
from structlog.testing import capture_logs

from trading.streams.hub import Hub
from trading.tests.ears import Ear, Faulty, Server, publish, publish_raw, turnstile, until

pytestmark = pytest.mark.process


async def test_listeners_hear_their_topics_and_no_others(server: Server, hub: Hub) -> None:
    first, second = Ear(), Ear()
    await hub.join("a", first)
    await hub.join("b", second)
    await publish(server, "a", "one")
    await publish(server, "b", "two")
    await until(lambda: bool(second.heard), "the message")
    assert (first.words, second.words, first.resyncs) == (["one"], ["two"], 0)

    await hub.leave("a", first)
    await publish(server, "a", "three")
    await publish(server, "b", "four")
    await until(lambda: len(second.heard) == 2, "the message")
    assert first.words == ["one"]


async def test_a_message_is_parsed_once_for_all_who_listen(server: Server, hub: Hub) -> None:
    ears = [Ear() for _ in range(20)]
    for ear in ears:
        await hub.join("a", ear)
    await publish(server, "a", "one")
    await until(lambda: all(ear.heard for ear in ears), "the message")
    (published,) = {id(heard): heard for ear in ears for heard in ear.heard}.values()
    assert (published.topic, published.channel, published.data, published.seq) == ("a", "channel", "one", None)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff", b"[" * 100_000, b"[]", b'{"channel":1,"data":[]}', b'{"channel":"c","seq":"1","data":1}'],
)
async def test_a_malformed_message_is_left_out_and_the_next_one_heard(server: Server, hub: Hub, content: bytes) -> None:
    ear = Ear()
    await hub.join("a", ear)
    with capture_logs() as logs:
        await publish_raw(server, "a", content)
        await publish(server, "a", "next")
        await until(lambda: bool(ear.heard), "the next message")
    assert (ear.words, ear.resyncs) == (["next"], 0)
    assert [(log["log_level"], log["topic"]) for log in logs] == [("warning", "a")]


async def test_the_fault_of_one_listener_silences_nobody(server: Server, hub: Hub) -> None:
    listeners = [Ear(), Faulty(), Ear()]
    for listener in listeners:
        await hub.join("a", listener)
    with capture_logs() as logs:
        for word in ("one", "two"):
            await publish(server, "a", word)
        await until(lambda: all(len(listener.heard) == 2 for listener in listeners), "both messages")
    assert [listener.words for listener in listeners] == [["one", "two"]] * 3
    assert [(log["log_level"], log["topic"]) for log in logs] == [("error", "a")] * 2


async def test_a_cut_connection_is_mended_and_everybody_is_told_to_resync(server: Server, hub: Hub) -> None:
    ear = Ear()
    await hub.join("a", ear)
    with BlockingRedis.from_url(server.url()) as redis:
        redis.client_kill_filter(_type="pubsub")
    await until(lambda: ear.resyncs == 1, "the resync")
    await publish(server, "a", "after")
    await until(lambda: ear.words == ["after"], "the message")


async def test_it_outlives_a_server_that_stays_away_for_a_while(server: Server, hub: Hub) -> None:
    ear, latecomer = Ear(), Ear()
    await hub.join("a", ear)
    server.kill()
    async with turnstile(server) as turned_away:
        await until(lambda: len(turned_away) >= 2, "two tries to come back that fail")
        await hub.join("b", latecomer)
    server.start_again()
    await until(server.answers, "the server's answer")
    await until(lambda: (ear.resyncs, latecomer.resyncs) == (1, 1), "the resync")
    await publish(server, "a", "one")
    await publish(server, "b", "two")
    await until(lambda: (ear.words, latecomer.words) == (["one"], ["two"]), "the messages")


async def test_who_comes_first_while_redis_is_away_hears_when_it_is_back(server: Server, hub: Hub) -> None:
    server.kill()
    ear = Ear()
    await hub.join("a", ear)
    server.start_again()
    await until(server.answers, "the server's answer")
    await until(lambda: ear.resyncs == 1, "the resync")
    await publish(server, "a", "one")
    await until(lambda: ear.words == ["one"], "the message")
