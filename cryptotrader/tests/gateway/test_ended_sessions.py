"""A test that ends the other sessions leaves none that is dead to the next one."""

import pytest
from asgiref.sync import SyncToAsync

from accounts.models import User
from cryptotrader.tests.support.sessions import end_other_sessions


@pytest.mark.django_db(transaction=True)
def test_the_thread_of_asynchronous_tests_gets_another_session() -> None:
    count = User.objects.count
    for _ in range(2):
        assert SyncToAsync.single_thread_executor.submit(count).result() == 0
        end_other_sessions()
    assert SyncToAsync.single_thread_executor.submit(count).result() == 0
