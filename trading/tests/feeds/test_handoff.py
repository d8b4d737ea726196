from queue import Queue
from threading import Event, current_thread

from structlog.testing import capture_logs

from accounts.tests.patience import PATIENCE_SECONDS
from trading.feeds.handoff import Handoff


def test_it_makes_the_call_in_another_thread() -> None:
    calls: Queue[tuple[str, str]] = Queue()
    handoff = Handoff(lambda symbol: calls.put((symbol, current_thread().name)))

    handoff("BTC-USDT")
    symbol, thread = calls.get(timeout=PATIENCE_SECONDS)
    handoff.close()
    assert symbol == "BTC-USDT"
    assert thread != current_thread().name


def test_a_call_that_hangs_delays_nobody_and_piles_nothing_up() -> None:
    calls: Queue[str] = Queue()
    released = Event()

    def hang(symbol: str) -> None:
        calls.put(symbol)
        released.wait(PATIENCE_SECONDS)

    handoff = Handoff(hang)
    handoff("BTC-USDT")
    assert calls.get(timeout=PATIENCE_SECONDS) == "BTC-USDT"
    for _ in range(100):
        handoff("BTC-USDT")
        handoff("ETH-USDT")
    released.set()
    assert [calls.get(timeout=PATIENCE_SECONDS), calls.get(timeout=PATIENCE_SECONDS)] == ["BTC-USDT", "ETH-USDT"]
    handoff.close()
    assert calls.empty()


def test_a_call_that_fails_is_logged_once_until_it_goes_well_again() -> None:
    outcomes = iter([False, False, True, True, False])
    made: Queue[bool] = Queue()

    def call(symbol: str) -> None:
        well = next(outcomes)
        made.put(well)
        if not well:
            raise ConnectionError("no broker")

    with capture_logs() as logs:
        handoff = Handoff(call)
        for _ in range(5):
            handoff("BTC-USDT")
            made.get(timeout=PATIENCE_SECONDS)
        handoff.close()
    assert [entry["log_level"] for entry in logs] == ["warning", "info", "warning"]
    assert logs[0]["error"] == "no broker"
