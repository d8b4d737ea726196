"""The ledger: accounts, and the transfers that alone change their balances (docs/decisions/0002)."""

from pathlib import Path

from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

SQL = Path(__file__).parents[1] / "sql"
OBJECTS = {
    "ledger/ledger_refuse.sql": "DROP FUNCTION ledger_refuse",
    "ledger/ledger_permits.sql": "DROP FUNCTION ledger_permits",
    "ledger/ledger_apply_transfers.sql": "DROP FUNCTION ledger_apply_transfers CASCADE",
    "ledger/transfers_are_for_ever.sql": "DROP TRIGGER transfers_are_for_ever ON transfers",
    "ledger/accounts_start_empty.sql": "DROP TRIGGER accounts_start_empty ON ledger_accounts",
    "ledger/only_transfers_change_balances.sql": "DROP TRIGGER only_transfers_change_balances ON ledger_accounts",
    "ledger/accounts_keep_their_identity.sql": "DROP TRIGGER accounts_keep_their_identity ON ledger_accounts",
    "ledger/accounts_are_kept.sql": "DROP TRIGGER accounts_are_kept ON ledger_accounts",
}
MONEY = {"max_digits": 20, "decimal_places": 8}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_access")]
    operations = [
        migrations.CreateModel(
            name="LedgerAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        max_length=10,
                        choices=[
                            ("wallet", "wallet"),
                            ("house", "house"),
                            ("funding", "funding"),
                            ("fees", "fees"),
                            ("bonus", "bonus"),
                        ],
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="wallets"),
                ),
                ("currency", models.CharField(max_length=10)),
                ("demo", models.BooleanField()),
                ("balance", models.DecimalField(default=0, **MONEY)),
                ("held", models.DecimalField(default=0, **MONEY)),
                ("revision", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "ledger_accounts",
                "verbose_name": "ledger account",
                "verbose_name_plural": "ledger accounts",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(kind__in=["wallet", "house", "funding", "fees", "bonus"]),
                        name="account_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(kind="wallet", owner__isnull=False) | (~Q(kind="wallet") & Q(owner__isnull=True)),
                        name="a_wallet_has_an_owner",
                    ),
                    models.UniqueConstraint(fields=["owner", "currency", "demo"], name="one_wallet_each"),
                    models.UniqueConstraint(
                        fields=["kind", "currency", "demo"],
                        condition=Q(owner__isnull=True),
                        name="one_operator_account_each",
                    ),
                    models.CheckConstraint(condition=Q(held__gte=0, held__lt=10**12), name="held_is_a_number"),
                    models.CheckConstraint(
                        condition=Q(balance__gt=-(10**12), balance__lt=10**12), name="balance_is_a_number"
                    ),
                    models.CheckConstraint(
                        condition=~Q(kind="wallet") | Q(balance__gte=F("held")), name="available_is_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        max_length=12,
                        choices=[
                            ("grant", "grant"),
                            ("return", "return"),
                            ("stake", "stake"),
                            ("payout", "payout"),
                            ("sale", "sale"),
                            ("deposit", "deposit"),
                            ("withdrawal", "withdrawal"),
                            ("fee", "fee"),
                            ("bonus", "bonus"),
                            ("adjustment", "adjustment"),
                            ("reversal", "reversal"),
                        ],
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        max_length=10,
                        choices=[("single", "single"), ("pending", "pending"), ("post", "post"), ("void", "void")],
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        "accounts.ledgeraccount",
                        models.PROTECT,
                        related_name="outgoing",
                        db_index=False,
                        db_constraint=False,
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        "accounts.ledgeraccount",
                        models.PROTECT,
                        related_name="incoming",
                        db_index=False,
                        db_constraint=False,
                    ),
                ),
                ("amount", models.DecimalField(**MONEY)),
                ("currency", models.CharField(max_length=10)),
                ("demo", models.BooleanField()),
                ("reference", models.UUIDField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "transfers",
                "verbose_name": "transfer",
                "verbose_name_plural": "transfers",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            kind__in=[
                                "grant",
                                "return",
                                "stake",
                                "payout",
                                "sale",
                                "deposit",
                                "withdrawal",
                                "fee",
                                "bonus",
                                "adjustment",
                                "reversal",
                            ]
                        ),
                        name="transfer_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(phase__in=["single", "pending", "post", "void"]), name="transfer_phase_is_known"
                    ),
                    models.CheckConstraint(condition=Q(amount__gt=0, amount__lt=10**12), name="amount_is_positive"),
                    models.CheckConstraint(condition=~Q(source=F("target")), name="source_is_not_target"),
                    models.UniqueConstraint(
                        fields=["reference", "kind"],
                        condition=Q(phase__in=["single", "pending"]),
                        name="one_opening_each",
                    ),
                    models.UniqueConstraint(
                        fields=["reference", "kind"],
                        condition=Q(phase__in=["post", "void"]),
                        name="one_resolution_each",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["source", "id"], name="transfers_by_source"),
                    models.Index(fields=["target", "id"], condition=~Q(kind="stake"), name="transfers_by_target"),
                ],
            },
        ),
        migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())]),
    ]
