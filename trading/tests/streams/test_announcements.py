from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.utils import timezone

from accounts.domain.approvals.requests import Role
from accounts.domain.notation import write_instant
from accounts.models import Announcement
from accounts.services.people.announce import Notice, announce
from accounts.services.people.tell_announcements import WITHIN, tell_announcements
from accounts.services.people.withdraw_announcement import withdraw_announcement
from accounts.tests.staff import staff_member
from trading.streams.hub import hub
from trading.tests.sockets import Client

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def visitor(transactional_db: None) -> AsyncIterator[Client]:
    client = Client()
    assert await client.connect()
    yield client
    await client.socket.disconnect()
    await hub().close()


async def test_announcements_are_told_when_they_begin_and_when_they_are_withdrawn(visitor: Client) -> None:
    staff = await database_sync_to_async(staff_member)("otto", Role.OPERATOR)
    begun, planned = timezone.now(), timezone.now() + timedelta(hours=1)

    async def made(text: str, starts_at: datetime) -> Announcement:
        notice = Notice("notice", text, f"{text} (ko)", starts_at, planned + timedelta(hours=1))
        shown: Announcement = await database_sync_to_async(announce)(notice=notice, made_by=staff.pk, now=begun)
        return shown

    async def told() -> dict[str, Any]:
        (only,) = (await visitor.hear())["data"]
        return dict(only)

    first = await made("first", begun)
    snapshot = await visitor.subscribe("announcements")
    assert [each["text_en"] for each in snapshot["data"]] == ["first"]
    await made("later", planned)  # nobody hears of it yet
    await made("second", begun)
    second = await told()
    assert (second["text_en"], second["text_ko"], second["withdrawn_at"]) == ("second", "second (ko)", None)
    withdraw = database_sync_to_async(withdraw_announcement)
    await withdraw(announcement_id=first.pk, withdrawn_by=staff.pk, now=begun + SECOND)
    gone = await told()
    assert (gone["id"], gone["withdrawn_at"]) == (first.pk, write_instant(begun + SECOND))
    tell = database_sync_to_async(tell_announcements)
    assert await tell(now=planned + SECOND) == 1
    assert (await told())["text_en"] == "later"
    assert await tell(now=planned + WITHIN) == 0
