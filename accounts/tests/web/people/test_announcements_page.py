from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import Announcement
from accounts.tests.cast import NOON, user_named

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def announce(text: str, *, begins: timedelta, **changes: object) -> None:
    facts = {"text_en": text, "text_ko": f"{text} (ko)", "starts_at": NOON + begins, "ends_at": NOON + begins + HOUR}
    Announcement.objects.create(made_by=user_named(text.split(maxsplit=1)[0].lower()), made_at=NOON, **facts | changes)


def test_past_and_present_ones_are_listed_newest_first(client: Client) -> None:
    announce("Past one", begins=-3 * HOUR)
    announce("Present one", begins=timedelta(), kind="maintenance")
    announce("Future one", begins=HOUR)
    announce("Withdrawn one", begins=-HOUR, withdrawn_at=NOON)
    html = client.get("/announcements/").content.decode().partition("<main")[2]
    assert html.index("Present one") < html.index("Past one")
    assert "Future one" not in html
    assert "Withdrawn one" not in html
    assert html.count(">Now<") == 1
    assert html.count(">Maintenance<") == 1


def test_korean_readers_read_the_korean_text(client: Client) -> None:
    announce("Past one", begins=-3 * HOUR)
    assert "Past one (ko)" in client.get("/announcements/", headers={"Accept-Language": "ko"}).content.decode()


def test_it_says_when_there_are_none(client: Client) -> None:
    assert "There are no announcements." in client.get("/announcements/").content.decode()
