"""A test that ends the other sessions leaves none that is dead to the next one."""

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from cryptotrader.tests.support.sessions import end_other_sessions


@pytest.mark.django_db(transaction=True)
async def test_the_thread_of_asynchronous_tests_gets_another_session() -> None:
    count = sync_to_async(User.objects.count)
    assert await count() == 0
    await sync_to_async(end_other_sessions, thread_sensitive=False)()
    assert await count() == 0
