"""Results reach browsers: from the settlement to the words of a push."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.utils import translation

from accounts.models import PushMessage, PushSubscription
from accounts.tests.cast import NOON
from trading.domain.terms import Direction
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader
from trading.wire.pushes import told

pytestmark = pytest.mark.django_db(transaction=True)


def listens(who: Trader) -> None:
    session = UserSession.objects.create(user=who.user, session_key=f"of-{who.user.pk}", ip="127.0.0.1", user_agent="")
    PushSubscription.objects.create(
        user=who.user, session=session, endpoint=f"https://push.example/{who.user.pk}", made_at=NOON
    )


def settle(stage: Stage, who: Trader, ways: Iterable[Direction]) -> None:
    for number, way in enumerate(ways):
        who.place(at=NOON + timedelta(milliseconds=number), seconds=15, direction=way)
    stage.prices(NOON + timedelta(seconds=1), [f"{60000 + second}.00" for second in range(17)])
    settle_due_trades(instrument=SYMBOL, now=NOON + timedelta(seconds=18))


def test_a_result_waits_for_the_browsers_of_its_owner(stage: Stage, alice: Trader, bob: Trader) -> None:
    listens(alice)
    bob.place(seconds=15)
    settle(stage, alice, [Direction.UP])
    (message,) = PushMessage.objects.all()
    assert message.subscription.user_id == alice.user.pk
    assert told(alice.user.pk, [message.reference]) == {
        "title": "Won",
        "body": "BTC-USDT ▲",
        "tag": "results",
        "url": f"/trades/{message.reference}/",
    }
    assert told(bob.user.pk, [message.reference]) is None


def test_several_results_are_counted_and_no_money_is_told(stage: Stage, alice: Trader) -> None:
    listens(alice)
    settle(stage, alice, [Direction.UP, Direction.DOWN, Direction.DOWN])
    ids = list(PushMessage.objects.values_list("reference", flat=True))
    assert told(alice.user.pk, ids) == {
        "title": "1 won, 2 lost",
        "body": "BTC-USDT",
        "tag": "results",
        "url": "/history/",
    }
    with translation.override("ko"):
        korean = told(alice.user.pk, ids)
    assert korean is not None
    assert korean["title"] == "승리 1건, 패배 2건"
    assert "85" not in str(korean)


def test_an_open_trade_has_no_result_to_tell(stage: Stage, alice: Trader) -> None:
    assert told(alice.user.pk, [alice.place().pk]) is None
