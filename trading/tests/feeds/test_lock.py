from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection

from trading.feeds.lock import PublishingLock, own_connection
from trading.tests.feeds.stranger import stranger

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lock(transactional_db: None) -> Iterator[PublishingLock]:
    with own_connection():
        yield PublishingLock()


def test_it_takes_what_is_free_and_leaves_what_another_has(lock: PublishingLock) -> None:
    with stranger() as other:
        assert other.takes(1)

        assert lock.take([1, 2]) == {2}
        assert not other.takes(2)


def test_it_gets_the_lock_when_the_other_one_is_gone(lock: PublishingLock) -> None:
    with stranger() as other:
        other.takes(1)
        assert lock.take([1]) == set()

        other.gives_up()
        assert lock.take([1]) == {1}


def test_it_keeps_what_it_has_however_often_it_asks_and_returns_only_what_is_wanted(lock: PublishingLock) -> None:
    assert lock.take([1, 2]) == {1, 2}
    assert lock.take([1]) == {1}
    assert lock.take([1, 2]) == {1, 2}


def test_dropping_it_frees_everything_at_once(lock: PublishingLock) -> None:
    lock.take([1, 2])
    lock.take([1, 2])

    lock.drop()
    with stranger() as other:
        assert other.gets(1)
        assert other.gets(2)
    assert not lock.intact


def test_leaving_the_block_frees_everything_too() -> None:
    with own_connection():
        PublishingLock().take([1])

    connection.ensure_connection()
    with stranger() as other:
        assert other.gets(1)


def test_the_right_is_gone_with_the_session(lock: PublishingLock) -> None:
    lock.take([1])
    with stranger() as other:
        other.ends_our_session()
        assert other.takes(1)

        with pytest.raises(DatabaseError):
            lock.take([1])
        lock.drop()
        assert lock.take([1]) == set()


def test_a_connection_that_was_replaced_in_silence_has_no_rights(lock: PublishingLock) -> None:
    lock.take([1])
    connection.close()
    connection.ensure_connection()

    assert not lock.intact
    with stranger() as other:
        assert other.gets(1)
        assert lock.take([1]) == set()
    assert lock.intact


def test_the_server_ends_a_session_that_says_nothing(lock: PublishingLock) -> None:
    lock.take([1])

    with connection.cursor() as cursor:
        for setting in ("idle_session_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute("SELECT current_setting(%s)", [setting])
            assert cursor.fetchone() == ("3s",)


def test_the_pool_is_back_after_the_block() -> None:
    before = connection.settings_dict["OPTIONS"]

    with own_connection():
        assert "pool" not in connection.settings_dict["OPTIONS"]
    assert connection.settings_dict["OPTIONS"] is before
