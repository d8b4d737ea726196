"""Every change of an audited row leaves an event, by any program; secrets leave no values."""

from decimal import Decimal
from uuid import uuid4

import pghistory
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.db import connection

from accounts.models import ApiKey, ApprovalRequest, AuditEvent, CashierTerms, User
from accounts.tests.cast import NOON, Person
from accounts.tests.guards import refused, run_sql

pytestmark = pytest.mark.django_db

HOT = ["transfers", "ledger_accounts", "flash_trades", "trade_corrections", "index_prices"]
"""Append-only or guarded tables, with a history of their own."""

SECRET = ("password", "secret", "hash", "data", "token")


def events(table: str, operation: str = "UPDATE") -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(table=table, operation=operation).order_by("id"))


def columns(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
        return {name for (name,) in cursor.fetchall()}


def audited() -> dict[str, set[str]]:
    """Returns each audited table with its hidden columns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text, tgargs FROM pg_trigger WHERE tgname = 'audit'")
        return {
            table: set(bytes(args).split(b"\0")[0].decode().strip("{}").split(",")) for table, args in cursor.fetchall()
        }


def test_it_audits_what_staff_and_people_change_and_not_what_is_hot() -> None:
    assert audited().keys() == {
        "users", "users_groups", "users_user_permissions", "auth_group", "auth_group_permissions",
        "account_emailaddress", "mfa_authenticator", "api_keys", "cashier_terms", "trading_limits", "exclusions",
        "beneficiaries", "deposits", "withdrawals", "approval_requests", "approval_decisions", "instruments",
        "payout_versions", "restores", "signing_keys", "list_exports", "announcements", "work_claims", "person_notes",
        "alert_answers",
    }  # fmt: skip
    assert not audited().keys() & set(HOT)


def test_no_audited_table_has_a_secret_that_is_told() -> None:
    for table, hidden in audited().items():
        suspicious = {name for name in columns(table) if any(word in name for word in SECRET)}
        assert suspicious <= hidden, table


def test_a_change_says_what_it_was_and_what_it_is(alice: Person) -> None:
    User.objects.filter(pk=alice.user.pk).update(locale="ko", sounds=True)
    (event,) = events("users")
    assert (event.object_id, event.person_id) == (str(alice.user.pk), alice.user.pk)
    assert (event.before, event.after) == ({"locale": "en", "sounds": False}, {"locale": "ko", "sounds": True})


def test_what_comes_and_goes_is_kept_whole(alice: Person) -> None:
    address = EmailAddress.objects.create(user=alice.user, email="other@example.com")
    id = str(address.id)
    address.delete()
    (made,) = [event for event in events("account_emailaddress", "INSERT") if event.object_id == id]
    (gone,) = events("account_emailaddress", "DELETE")
    assert made.after == gone.before
    assert (made.before, gone.after, gone.person_id) == (None, None, alice.user.pk)
    assert (made.after or {})["email"] == "other@example.com"


def test_bulk_updates_and_plain_sql_leave_an_event_for_each_row(alice: Person, bob: Person) -> None:
    User.objects.update(colours="korea")
    assert len(events("users")) == 2
    run_sql("UPDATE users SET colours = 'world'")
    assert [event.after for event in events("users")[2:]] == [{"colours": "world"}] * 2


def test_a_secret_is_told_to_have_changed_and_never_shown(alice: Person) -> None:
    user = User.objects.get(pk=alice.user.pk)
    user.set_password("another horse battery")
    user.save()
    assert [event.after for event in events("users")] == [{"password": "(hidden)"}]
    ApiKey.objects.create(
        user=user, name="bot", prefix="ct_1", secret_hash="s3cret", encrypted_secret="s3cret",
        scopes=["read"], created_at=NOON,
    )  # fmt: skip
    Authenticator.objects.create(user=user, type="totp", data={"secret": "s3cret"})
    Authenticator.objects.update(data={"secret": "s3cret2"})
    seen = repr(list(AuditEvent.objects.values()))
    assert "s3cret" not in seen
    assert user.password not in seen
    assert len(events("api_keys", "INSERT")) == len(events("mfa_authenticator")) == 1


def test_what_changes_all_the_time_is_not_told(alice: Person) -> None:
    User.objects.update(last_login=NOON)
    run_sql("UPDATE users SET locale = locale")
    assert events("users") == []


def test_groups_and_permissions_of_people_are_told(alice: Person) -> None:
    group = Group.objects.create(name="risk team")
    group.permissions.add(Permission.objects.earliest("pk"))
    alice.user.groups.add(group)
    alice.user.groups.clear()
    (joined,), (left,) = events("users_groups", "INSERT"), events("users_groups", "DELETE")
    assert (joined.person_id, left.before) == (alice.user.pk, joined.after)
    assert len(events("auth_group_permissions", "INSERT")) >= 1


def test_money_terms_and_requests_are_told(alice: Person) -> None:
    amount = Decimal(10)
    CashierTerms.objects.create(
        currency="USDT", deposit_min=amount, deposit_daily_max=amount, withdrawal_min=amount,
        withdrawal_daily_max=amount, four_eyes_from=amount,
    )  # fmt: skip
    CashierTerms.objects.update(withdrawal_fee=1)
    assert [event.after for event in events("cashier_terms")] == [{"withdrawal_fee": 1.0}]
    ApprovalRequest.objects.create(
        id=uuid4(), action="a", subject="b", reason="c", requested_by=alice.user, requested_at=NOON, expires_at=NOON
    )
    assert len(events("approval_requests", "INSERT")) == 1


def test_it_says_who_and_from_where(alice: Person) -> None:
    with pghistory.context(user=alice.user.pk, address="203.0.113.7", path="/settings/"):
        User.objects.update(sounds=True)
    (event,) = events("users")
    assert event.actor_id == alice.user.pk
    assert event.context == {"user": alice.user.pk, "address": "203.0.113.7", "path": "/settings/"}


def test_plain_sql_tells_the_program_and_the_database_user(alice: Person) -> None:
    run_sql("SET LOCAL application_name = 'psql'")
    run_sql("UPDATE users SET sounds = true")
    (event,) = events("users")
    assert (event.actor, event.context, event.program) == (None, None, "psql")
    assert event.database_user == connection.settings_dict["USER"]


@pytest.mark.parametrize("user", ["x", "1e5", "9" * 30, "", "-1"])
def test_a_context_that_makes_no_sense_breaks_nothing(alice: Person, user: str) -> None:
    with pghistory.context(user=user):
        User.objects.update(sounds=True)
    assert [event.actor for event in events("users")] == [None]


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_events SET actor_id = NULL", "DELETE FROM audit_events WHERE false"]
)
def test_events_are_for_ever(alice: Person, statement: str) -> None:
    with refused("events_are_for_ever"):
        run_sql(statement)


def test_the_audit_is_not_emptied() -> None:
    run_sql("ALTER TABLE audit_events ENABLE TRIGGER events_are_not_emptied")
    with refused("events_are_not_emptied"):
        run_sql("TRUNCATE audit_events")
