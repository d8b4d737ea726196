"""The cashier's terms, the beneficiaries to whom traders send money, and the messages of payment providers."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

SQL = Path(__file__).parents[1] / "sql"
OBJECTS = {
    "cashier/beneficiaries_never_change.sql": "DROP TRIGGER beneficiaries_never_change ON beneficiaries",
    "cashier/beneficiaries_are_kept.sql": "DROP TRIGGER beneficiaries_are_kept ON beneficiaries",
    "cashier/deliveries_never_change.sql": "DROP TRIGGER deliveries_never_change ON webhook_deliveries",
}
MONEY = {"max_digits": 20, "decimal_places": 8}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_ledger")]
    operations = [
        migrations.CreateModel(
            name="CashierTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "currency",
                    models.CharField(
                        max_length=10,
                        unique=True,
                        choices=[("USDT", "USDT"), ("USD", "USD"), ("KRW", "KRW"), ("BTC", "BTC")],
                        verbose_name="currency",
                    ),
                ),
                ("deposits_open", models.BooleanField(default=False, verbose_name="deposits open")),
                ("withdrawals_open", models.BooleanField(default=False, verbose_name="withdrawals open")),
                (
                    "deposit_provider",
                    models.CharField(
                        max_length=20,
                        default="manual",
                        choices=[("manual", "staff, by these instructions"), ("btcpay", "BTCPay Server")],
                        verbose_name="deposits are taken by",
                    ),
                ),
                (
                    "deposit_instructions",
                    models.TextField(
                        max_length=2000,
                        blank=True,
                        help_text="Traders read these. Each deposit has an id: ask for it as the payment's text.",
                        verbose_name="instructions for paying in",
                    ),
                ),
                ("deposit_min", models.DecimalField(verbose_name="smallest deposit", **MONEY)),
                ("deposit_daily_max", models.DecimalField(verbose_name="most deposited a day", **MONEY)),
                ("deposit_fee", models.DecimalField(default=0, verbose_name="deposit fee", **MONEY)),
                ("withdrawal_min", models.DecimalField(verbose_name="smallest withdrawal", **MONEY)),
                ("withdrawal_daily_max", models.DecimalField(verbose_name="most withdrawn a day", **MONEY)),
                ("withdrawal_fee", models.DecimalField(default=0, verbose_name="withdrawal fee", **MONEY)),
                (
                    "four_eyes_from",
                    models.DecimalField(
                        help_text="A withdrawal, or a deposit credited by hand, of this amount or more needs two members of staff.",
                        verbose_name="second approval from",
                        **MONEY,
                    ),
                ),
            ],
            options={
                "db_table": "cashier_terms",
                "verbose_name": "cashier's terms",
                "verbose_name_plural": "cashier's terms",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            deposit_daily_max__gte=F("deposit_min"),
                            deposit_daily_max__lt=10**12,
                            deposit_fee__gte=0,
                            deposit_fee__lt=F("deposit_min"),
                            deposit_min__gt=0,
                            four_eyes_from__gte=0,
                            four_eyes_from__lt=10**12,
                            withdrawal_daily_max__gte=F("withdrawal_min"),
                            withdrawal_daily_max__lt=10**12,
                            withdrawal_fee__gte=0,
                            withdrawal_fee__lt=10**12,
                            withdrawal_min__gt=0,
                        ),
                        name="cashier_terms_make_sense",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Beneficiary",
            fields=[
                ("id", models.UUIDField(primary_key=True, editable=False, serialize=False)),
                ("user", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)),
                ("currency", models.CharField(max_length=10, verbose_name="currency")),
                ("label", models.CharField(max_length=60, verbose_name="label")),
                ("address", models.CharField(max_length=200, verbose_name="address")),
                ("created_at", models.DateTimeField(verbose_name="added")),
                ("usable_from", models.DateTimeField(verbose_name="usable from")),
                ("removed_at", models.DateTimeField(null=True, verbose_name="removed")),
            ],
            options={
                "db_table": "beneficiaries",
                "verbose_name": "beneficiary",
                "verbose_name_plural": "beneficiaries",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["user", "currency", "address"],
                        condition=Q(removed_at=None),
                        name="one_beneficiary_an_address",
                    ),
                    models.CheckConstraint(
                        condition=Q(usable_from__gte=F("created_at") + timedelta(days=1)),
                        name="a_new_beneficiary_waits",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=20, verbose_name="provider")),
                ("delivery_id", models.CharField(max_length=120, verbose_name="delivery")),
                ("event", models.CharField(max_length=60, verbose_name="event")),
                ("reference", models.CharField(max_length=120, verbose_name="reference")),
                ("body", models.JSONField(verbose_name="body")),
                ("received_at", models.DateTimeField(verbose_name="received")),
            ],
            options={
                "db_table": "webhook_deliveries",
                "verbose_name": "webhook delivery",
                "verbose_name_plural": "webhook deliveries",
                "constraints": [
                    models.UniqueConstraint(fields=["provider", "delivery_id"], name="one_delivery_each"),
                ],
            },
        ),
        migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())]),
    ]
