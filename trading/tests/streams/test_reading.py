"""One read serves all who asked before it began, and nobody gets an answer that is older than the question."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from accounts.tests.patience import PATIENCE_SECONDS
from trading.streams.door import AT_ONCE, Door
from trading.streams.outbox import CHARACTERS_FREE, CHARACTERS_MAX, Outbox, TooSlow
from trading.streams.reading import Batches


class Shelf:
    """A slow database: each read waits until the test lets it go."""

    def __init__(self) -> None:
        self.reads: list[list[int]] = []
        self.may_go = threading.Semaphore(0)

    def read(self, keys: Sequence[int]) -> dict[int, str]:
        self.reads.append(sorted(keys))
        assert self.may_go.acquire(timeout=PATIENCE_SECONDS)
        if -1 in keys:
            raise LookupError("a broken shelf")
        return {key: f"book {key}, read {len(self.reads)}" for key in keys}

    async def is_read(self, times: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.reads) < times:
                await asyncio.sleep(0.01)


async def test_who_asks_while_a_read_is_under_way_is_served_by_the_next_one() -> None:
    shelf = Shelf()
    batches = Batches(shelf.read, most=100)
    early = [asyncio.create_task(batches.get(key)) for key in (1, 2, 1)]
    await shelf.is_read(1)
    late = [asyncio.create_task(batches.get(key)) for key in (1, 3)]
    for _ in range(2):
        shelf.may_go.release()
    assert await asyncio.gather(*early) == ["book 1, read 1", "book 2, read 1", "book 1, read 1"]
    assert await asyncio.gather(*late) == ["book 1, read 2", "book 3, read 2"]
    assert shelf.reads == [[1, 2], [1, 3]]


async def test_a_thousand_questions_are_a_few_reads() -> None:
    shelf = Shelf()
    batches = Batches(shelf.read, most=250)
    for _ in range(4):
        shelf.may_go.release()
    answers = await asyncio.gather(*(batches.get(key) for key in range(1000)))
    assert len(answers) == len(set(answers)) == 1000
    assert len(shelf.reads) == 4


async def test_a_failure_reaches_all_who_asked_and_nobody_else() -> None:
    shelf = Shelf()
    batches = Batches(shelf.read, most=100)
    for _ in range(2):
        shelf.may_go.release()
    together = await asyncio.gather(batches.get(1), batches.get(-1), return_exceptions=True)
    assert all(isinstance(each, LookupError) for each in together)
    assert await batches.get(1) == "book 1, read 2"


async def test_one_who_leaves_takes_nothing_from_the_others() -> None:
    shelf = Shelf()
    batches = Batches(shelf.read, most=100)
    leaver, stayer = asyncio.create_task(batches.get(1)), asyncio.create_task(batches.get(1))
    await shelf.is_read(1)
    leaver.cancel()
    shelf.may_go.release()
    assert await stayer == "book 1, read 1"


async def test_the_door_lets_in_a_few_at_a_time_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trading.streams.door.TURN_SECONDS", PATIENCE_SECONDS)
    door, entered = Door(), list[int]()

    async def enter(number: int) -> None:
        await door.enter()
        entered.append(number)

    tasks = [asyncio.create_task(enter(number)) for number in range(2 * AT_ONCE)]
    await asyncio.sleep(0)
    tasks[1].cancel()  # it has left before its turn
    for _ in range(5):
        await asyncio.sleep(0)
    assert entered == [number for number in range(AT_ONCE) if number != 1]
    for task in tasks:
        task.cancel()


async def test_an_outbox_holds_little_for_a_client_that_does_not_read() -> None:
    outbox = Outbox()
    for _ in range(CHARACTERS_MAX // 1000 + 1):
        outbox.put("x" * 1000)
    with pytest.raises(TooSlow):
        await outbox.take()


async def test_one_long_frame_is_no_fault_of_the_client() -> None:
    outbox = Outbox()
    outbox.put("x" * (2 * CHARACTERS_MAX))
    assert len(await outbox.take()) == 2 * CHARACTERS_MAX


async def test_a_client_gets_room_by_reading_or_by_leaving() -> None:
    for free in (Outbox.take, None):
        outbox = Outbox()
        outbox.put("x" * (CHARACTERS_FREE + 1))
        waiting = asyncio.create_task(outbox.room())
        await asyncio.sleep(0)
        assert not waiting.done()
        if free is None:
            outbox.close()
        else:
            await free(outbox)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await waiting
