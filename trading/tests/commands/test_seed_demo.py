import json
from io import StringIO

import pytest
from django.core.management import call_command
from pytest_django import Settings

from accounts.models import User
from trading.services.settlement.void_trade import VOID_TRADE


@pytest.mark.django_db
def test_a_demo_has_staff_enough_for_every_deed_and_says_how_they_log_in(settings: Settings) -> None:
    settings.DEBUG = True
    out = StringIO()
    for _ in range(2):
        out.truncate(out.seek(0))
        call_command("seed_demo", "--json", stdout=out)
    staff = {login["email"] for login in json.loads(out.getvalue())["logins"] if login["role"] == "staff"}
    assert staff == set(User.objects.filter(is_staff=True).values_list("email", flat=True))
    assert len(staff) == 1 + VOID_TRADE.approvals_needed
