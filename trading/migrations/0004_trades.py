"""Flash trades, and the corrections that void settled ones (rule 10)."""

from pathlib import Path

from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

SQL = Path(__file__).parents[1] / "sql"
OBJECTS = {
    "trades/trades_refuse.sql": "DROP FUNCTION trades_refuse",
    "trades/trades_start_pending.sql": "DROP TRIGGER trades_start_pending ON flash_trades",
    "trades/trades_look_ahead.sql": "DROP FUNCTION trades_look_ahead CASCADE",
    "trades/terms_are_fixed.sql": "DROP TRIGGER terms_are_fixed ON flash_trades",
    "trades/payout_version_is_fixed.sql": "DROP TRIGGER payout_version_is_fixed ON flash_trades",
    "trades/trades_only_move_on.sql": "DROP TRIGGER trades_only_move_on ON flash_trades",
    "trades/trades_are_kept.sql": "DROP TRIGGER trades_are_kept ON flash_trades",
    "trades/transfers_pay_results.sql": "DROP FUNCTION transfers_pay_results CASCADE",
    "trades/corrections_judge.sql": "DROP FUNCTION corrections_judge CASCADE",
    "trades/corrections_are_for_ever.sql": "DROP TRIGGER corrections_are_for_ever ON trade_corrections",
}
MONEY = {"max_digits": 20, "decimal_places": 8}


class Migration(migrations.Migration):
    dependencies = [("trading", "0003_prices"), ("accounts", "0007_approvals")]
    operations = [
        migrations.CreateModel(
            name="FlashTrade",
            fields=[
                ("id", models.UUIDField(primary_key=True, editable=False, serialize=False)),
                ("user", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False)),
                ("wallet", models.ForeignKey("accounts.ledgeraccount", models.PROTECT, db_index=False)),
                ("instrument", models.ForeignKey("trading.instrument", models.PROTECT, db_index=False)),
                ("idempotency_key", models.CharField(max_length=255)),
                ("order_digest", models.CharField(max_length=64)),
                ("direction", models.CharField(max_length=4, choices=[("up", "up"), ("down", "down")])),
                ("stake", models.DecimalField(**MONEY)),
                ("currency", models.CharField(max_length=10)),
                ("demo", models.BooleanField()),
                ("duration_seconds", models.PositiveIntegerField()),
                ("payout_rate", models.DecimalField(max_digits=5, decimal_places=4)),
                ("payout_version", models.PositiveIntegerField(null=True)),
                ("payout", models.DecimalField(**MONEY)),
                ("rule_version", models.PositiveSmallIntegerField()),
                ("accepted_at", models.DateTimeField()),
                ("entry_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        max_length=8,
                        default="pending",
                        choices=[("pending", "pending"), ("open", "open"), ("settled", "settled")],
                    ),
                ),
                ("entry_price", models.DecimalField(null=True, **MONEY)),
                ("exit_price", models.DecimalField(null=True, **MONEY)),
                ("exit_samples", models.PositiveSmallIntegerField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        max_length=6,
                        null=True,
                        choices=[
                            ("won", "won"),
                            ("lost", "lost"),
                            ("tied", "tied"),
                            ("voided", "voided"),
                            ("sold", "sold"),
                        ],
                    ),
                ),
                (
                    "void_reason",
                    models.CharField(
                        max_length=24,
                        null=True,
                        choices=[
                            ("no-entry-price", "no-entry-price"),
                            ("no-exit-price", "no-exit-price"),
                            ("exit-not-after-entry", "exit-not-after-entry"),
                            ("simulated-price", "simulated-price"),
                        ],
                    ),
                ),
                ("profit", models.DecimalField(null=True, **MONEY)),
                ("settled_at", models.DateTimeField(null=True)),
                ("sale", models.DecimalField(null=True, **MONEY)),
                ("sold_at_price", models.DecimalField(null=True, **MONEY)),
                ("sold_priced_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "flash_trades",
                "verbose_name": "flash trade",
                "verbose_name_plural": "flash trades",
                "constraints": [
                    models.UniqueConstraint(fields=["user", "idempotency_key"], name="one_trade_a_key"),
                    models.CheckConstraint(condition=Q(stake__gt=0, stake__lt=10**12), name="stake_is_positive"),
                    models.CheckConstraint(
                        condition=Q(payout__gte=F("stake"), payout__lt=10**12), name="a_payout_includes_the_stake"
                    ),
                    models.CheckConstraint(
                        condition=Q(accepted_at__lt=F("entry_at"), entry_at__lt=F("expires_at")), name="times_ascend"
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            outcome__isnull=False, profit__isnull=False, settled_at__isnull=False, state="settled"
                        )
                        | (~Q(state="settled") & Q(exit_price=None, outcome=None, profit=None, settled_at=None)),
                        name="settled_once_with_an_outcome",
                    ),
                    models.CheckConstraint(
                        condition=Q(entry_price=None, state="pending")
                        | Q(entry_price__isnull=False, state="open")
                        | Q(entry_price__isnull=False, state="settled")
                        | Q(outcome="voided", state="settled"),
                        name="open_with_an_entry_price",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            exit_price=None,
                            outcome="sold",
                            outcome__isnull=False,
                            profit=F("sale") - F("stake"),
                            sale__gt=0,
                            sale__isnull=False,
                            sale__lt=F("payout"),
                            sold_at_price__gt=0,
                            sold_at_price__isnull=False,
                            sold_priced_at__gt=F("entry_at"),
                            sold_priced_at__isnull=False,
                            sold_priced_at__lt=F("expires_at"),
                            void_reason=None,
                        )
                        | (
                            (Q(outcome=None) | Q(outcome__in=["won", "lost", "tied", "voided"]))
                            & Q(sale=None, sold_at_price=None, sold_priced_at=None)
                        ),
                        name="sold_with_a_sale_before_expiry",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["user", "-id"], name="idx_flash_trades_user_id"),
                    models.Index(fields=["accepted_at"], name="idx_flash_trades_created_at"),
                    models.Index(
                        fields=["instrument", "entry_at"], condition=Q(state="pending"), name="flash_trades_to_enter"
                    ),
                    models.Index(
                        fields=["instrument", "expires_at"],
                        condition=~Q(state="settled"),
                        name="flash_trades_to_settle",
                    ),
                    models.Index(fields=["user"], condition=~Q(state="settled"), name="flash_trades_under_way"),
                    models.Index(
                        fields=["instrument", "settled_at"], condition=Q(outcome="voided"), name="flash_trades_voided"
                    ),
                    models.Index(
                        fields=["user", "settled_at"], condition=Q(state="settled"), name="flash_trades_settled"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TradeCorrection",
            fields=[
                (
                    "trade",
                    models.OneToOneField(
                        "trading.flashtrade",
                        models.PROTECT,
                        primary_key=True,
                        serialize=False,
                        related_name="correction",
                    ),
                ),
                ("request", models.OneToOneField("accounts.approvalrequest", models.PROTECT, related_name="+")),
                ("reason", models.TextField(verbose_name="reason")),
                ("amount", models.DecimalField(verbose_name="amount", **MONEY)),
                ("corrected_at", models.DateTimeField(verbose_name="corrected")),
            ],
            options={
                "db_table": "trade_corrections",
                "verbose_name": "correction",
                "verbose_name_plural": "corrections",
                "constraints": [
                    models.CheckConstraint(condition=Q(reason__regex="\\S"), name="a_correction_has_a_reason"),
                    models.CheckConstraint(
                        condition=~Q(amount=0) & Q(amount__gt=-(10**12), amount__lt=10**12),
                        name="a_correction_moves_money",
                    ),
                ],
            },
        ),
        migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())]),
    ]
