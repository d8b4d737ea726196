"""Real money on its way in and out: deposits and withdrawals."""

from pathlib import Path

from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q, Value
from django.db.models.functions import Replace, Upper

SQL = Path(__file__).parents[1] / "sql"
OBJECTS = {
    "cashier/cashier_check_clock.sql": "DROP FUNCTION cashier_check_clock CASCADE",
    "cashier/cashier_check_ends.sql": "DROP FUNCTION cashier_check_ends CASCADE",
    "cashier/deposits_start_requested.sql": "DROP TRIGGER deposits_start_requested ON deposits",
    "cashier/deposits_keep_their_terms.sql": "DROP TRIGGER deposits_keep_their_terms ON deposits",
    "cashier/deposits_only_move_on.sql": "DROP TRIGGER deposits_only_move_on ON deposits",
    "cashier/deposits_are_kept.sql": "DROP TRIGGER deposits_are_kept ON deposits",
    "cashier/withdrawals_start_in_review.sql": "DROP TRIGGER withdrawals_start_in_review ON withdrawals",
    "cashier/withdrawals_keep_their_terms.sql": "DROP TRIGGER withdrawals_keep_their_terms ON withdrawals",
    "cashier/withdrawals_only_move_on.sql": "DROP TRIGGER withdrawals_only_move_on ON withdrawals",
    "cashier/withdrawals_are_kept.sql": "DROP TRIGGER withdrawals_are_kept ON withdrawals",
}
MONEY = {"max_digits": 20, "decimal_places": 8}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_cashier")]
    operations = [
        migrations.CreateModel(
            name="Deposit",
            fields=[
                ("id", models.UUIDField(primary_key=True, editable=False, serialize=False)),
                ("user", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False)),
                ("wallet", models.ForeignKey("accounts.ledgeraccount", models.PROTECT, db_index=False)),
                ("idempotency_key", models.CharField(max_length=255)),
                ("amount", models.DecimalField(verbose_name="amount", **MONEY)),
                ("fee", models.DecimalField(default=0, verbose_name="fee", **MONEY)),
                ("currency", models.CharField(max_length=10, verbose_name="currency")),
                ("provider", models.CharField(max_length=20, verbose_name="provider")),
                (
                    "provider_reference",
                    models.CharField(max_length=120, null=True, verbose_name="provider's reference"),
                ),
                ("checkout_url", models.URLField(max_length=500, blank=True)),
                (
                    "note",
                    models.CharField(max_length=200, blank=True, verbose_name="the trader's note on the payment"),
                ),
                (
                    "state",
                    models.CharField(
                        max_length=10,
                        default="requested",
                        choices=[
                            ("requested", "waiting for the payment"),
                            ("review", "in review"),
                            ("done", "done"),
                            ("refused", "refused"),
                            ("expired", "expired"),
                        ],
                        verbose_name="state",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("requested_at", models.DateTimeField(verbose_name="requested")),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "decided_by",
                    models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"),
                ),
            ],
            options={
                "db_table": "deposits",
                "verbose_name": "deposit",
                "verbose_name_plural": "deposits",
                "default_permissions": ("view",),
                "permissions": [("decide_deposit", "Can credit and refuse deposits")],
                "constraints": [
                    models.UniqueConstraint(fields=["user", "idempotency_key"], name="one_deposit_a_key"),
                    models.UniqueConstraint(
                        F("provider"),
                        Upper(Replace(F("provider_reference"), Value(" "), Value(""))),
                        name="one_deposit_a_payment",
                    ),
                    models.CheckConstraint(
                        condition=Q(state__in=["requested", "review", "done", "refused", "expired"]),
                        name="deposit_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(amount__gt=0, amount__lt=10**12, fee__gte=0, fee__lt=F("amount")),
                        name="deposit_amounts_make_sense",
                    ),
                    models.CheckConstraint(
                        condition=Q(ended_at__isnull=False, state__in=("done", "refused", "expired"))
                        | (~Q(state__in=("done", "refused", "expired")) & Q(ended_at=None)),
                        name="an_ended_deposit_says_when",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["user", "-id"], name="deposits_of_a_user"),
                    models.Index(fields=["expires_at"], condition=Q(state="requested"), name="deposits_waiting"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", models.UUIDField(primary_key=True, editable=False, serialize=False)),
                ("user", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False)),
                ("wallet", models.ForeignKey("accounts.ledgeraccount", models.PROTECT, db_index=False)),
                ("beneficiary", models.ForeignKey("accounts.beneficiary", models.PROTECT)),
                ("idempotency_key", models.CharField(max_length=255)),
                ("amount", models.DecimalField(verbose_name="amount", **MONEY)),
                ("fee", models.DecimalField(default=0, verbose_name="fee", **MONEY)),
                ("currency", models.CharField(max_length=10, verbose_name="currency")),
                ("provider", models.CharField(max_length=20, verbose_name="provider")),
                (
                    "provider_reference",
                    models.CharField(max_length=120, blank=True, verbose_name="provider's reference"),
                ),
                (
                    "state",
                    models.CharField(
                        max_length=10,
                        default="review",
                        choices=[
                            ("review", "in review"),
                            ("approved", "approved"),
                            ("done", "done"),
                            ("refused", "refused"),
                            ("cancelled", "cancelled"),
                        ],
                        verbose_name="state",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("requested_at", models.DateTimeField(verbose_name="requested")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="approved")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "decided_by",
                    models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"),
                ),
            ],
            options={
                "db_table": "withdrawals",
                "verbose_name": "withdrawal",
                "verbose_name_plural": "withdrawals",
                "default_permissions": ("view",),
                "permissions": [
                    ("decide_withdrawal", "Can approve and refuse withdrawals"),
                    ("complete_withdrawal", "Can say that a withdrawal has been paid out"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=["user", "idempotency_key"], name="one_withdrawal_a_key"),
                    models.UniqueConstraint(
                        F("provider"),
                        Upper(Replace(F("provider_reference"), Value(" "), Value(""))),
                        condition=~Q(provider_reference=""),
                        name="one_withdrawal_a_payout",
                    ),
                    models.CheckConstraint(
                        condition=Q(state__in=["review", "approved", "done", "refused", "cancelled"]),
                        name="withdrawal_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(amount__gt=0, amount__lt=10**12, fee__gte=0, fee__lt=10**12),
                        name="withdrawal_amounts_make_sense",
                    ),
                    models.CheckConstraint(
                        condition=Q(ended_at__isnull=False, state__in=("done", "refused", "cancelled"))
                        | (~Q(state__in=("done", "refused", "cancelled")) & Q(ended_at=None)),
                        name="an_ended_withdrawal_says_when",
                    ),
                    models.CheckConstraint(
                        condition=~Q(state="done") | ~Q(provider_reference=""), name="a_payout_has_a_reference"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["user", "-id"], name="withdrawals_of_a_user"),
                ],
            },
        ),
        migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())]),
    ]
