"""Announcements: the same text stands once on a page, however often it is sent."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from accounts.domain.approvals.requests import Role
from accounts.domain.approvals.work import AnnouncedMeanwhile, WithdrawnMeanwhile
from accounts.models import Announcement
from accounts.services.people.announce import Notice, announce
from accounts.services.people.withdraw_announcement import withdraw_announcement
from accounts.tests.cast import NOON
from accounts.tests.staff import staff_member
from accounts.tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)
NOTICE = Notice("notice", "A break", "점검", NOON, NOON + HOUR)


def test_sent_twice_at_once_it_is_announced_once_and_withdrawn_once() -> None:
    staff = [staff_member(name, Role.OPERATOR).pk for name in ("otto", "olga")]
    found = at_once([partial(announce, notice=NOTICE, made_by=person, now=NOON) for person in staff * 3])
    (made,) = Announcement.objects.all()
    assert [each for each in found if not isinstance(each, AnnouncedMeanwhile)] == [made]

    withdraw = partial(withdraw_announcement, announcement_id=made.pk, now=NOON + HOUR / 2)
    ended = at_once([partial(withdraw, withdrawn_by=person) for person in staff * 2])
    assert [each for each in ended if not isinstance(each, WithdrawnMeanwhile)] == [None]
    assert announce(notice=NOTICE, made_by=staff[0], now=NOON + HOUR / 2) != made


def test_another_text_or_another_time_is_another_announcement() -> None:
    otto = staff_member("otto", Role.OPERATOR).pk
    later = replace(NOTICE, starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR)
    for notice in (NOTICE, later, replace(NOTICE, text_ko="짧은 점검"), replace(NOTICE, text_en="A short break")):
        announce(notice=notice, made_by=otto, now=NOON)
    with pytest.raises(AnnouncedMeanwhile):
        announce(notice=replace(later, starts_at=NOON + 1.5 * HOUR), made_by=otto, now=NOON)
    assert Announcement.objects.count() == 4
