from structlog.testing import capture_logs

from trading.feeds.journal import Journal
from trading.tests.feeds.instruments import NOON, after


def test_prices_are_worth_a_line_when_they_begin_and_when_they_end() -> None:
    journal = Journal()

    with capture_logs() as logs:
        for second in range(5):
            journal.prices(after(second), ["BTC-USDT"], ["ETH-USDT"])
        journal.prices(after(5), [], ["BTC-USDT", "ETH-USDT"])
        journal.prices(after(6), ["BTC-USDT"], ["ETH-USDT"])
    assert [(entry["event"].split(":")[0], entry["instrument"], entry["at"][17:19]) for entry in logs] == [
        ("index prices begin", "BTC-USDT", "00"),
        ("no index price", "ETH-USDT", "00"),
        ("no index price", "BTC-USDT", "05"),
        ("index prices begin", "BTC-USDT", "06"),
    ]


def test_once_a_minute_it_reports_what_it_counted() -> None:
    journal = Journal()

    with capture_logs() as logs:
        journal.prices(NOON, ["BTC-USDT"], [])
        logs.clear()
        for second in range(121):
            journal.prices(after(second), ["BTC-USDT"], [])
            journal.report(after(second))
    assert [(entry["since"][14:19], entry["published"]) for entry in logs] == [("00:00", 62), ("01:00", 60)]


def test_a_lost_database_is_said_once_until_it_is_back() -> None:
    journal = Journal()

    with capture_logs() as logs:
        for _ in range(3):
            journal.database_lost(ConnectionError("server closed the connection\n\tHINT: look"))
            journal.skipped(2, since=NOON)
        journal.database_answers()
        journal.database_answers()
    assert [entry["event"].split(":")[0] for entry in logs] == ["database lost", "database is back"]
    assert logs[0]["error"] == "server closed the connection"


def test_who_publishes_is_said_when_it_changes() -> None:
    journal = Journal()

    with capture_logs() as logs:
        for held in ([], [], ["BTC-USDT"], ["BTC-USDT"], []):
            journal.locks(held, ["BTC-USDT"])
    assert [entry["event"].split(";")[0] for entry in logs] == [
        "another process publishes this instrument",
        "publishing here",
        "another process publishes this instrument",
    ]
