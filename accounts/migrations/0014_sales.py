"""A trade that is sold back early: the house pays its price to the wallet."""

from django.db import migrations, models

import accounts.domain.ledger.transfers

PERMITS = """
CREATE OR REPLACE FUNCTION ledger_permits(kind text, source text, target text, demo boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE kind
        WHEN 'stake' THEN source = 'wallet' AND target = 'house'
        WHEN 'payout' THEN source = 'house' AND target = 'wallet'
        WHEN 'sale' THEN source = 'house' AND target = 'wallet'
        WHEN 'grant' THEN source = 'funding' AND target = 'wallet' AND demo
        WHEN 'return' THEN source = 'wallet' AND target = 'funding' AND demo
        WHEN 'deposit' THEN source = 'funding' AND target = 'wallet' AND NOT demo
        WHEN 'withdrawal' THEN source = 'wallet' AND target = 'funding' AND NOT demo
        WHEN 'fee' THEN source = 'wallet' AND target = 'fees' AND NOT demo
        WHEN 'bonus' THEN source = 'bonus' AND target = 'wallet'
        WHEN 'adjustment' THEN (source = 'wallet' AND target = 'house') OR (source = 'house' AND target = 'wallet')
        WHEN 'reversal' THEN (source = 'wallet' AND target = 'house') OR (source = 'house' AND target = 'wallet')
        ELSE false
    END
$$;
"""

BEFORE = """
CREATE OR REPLACE FUNCTION ledger_permits(kind text, source text, target text, demo boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE kind
        WHEN 'stake' THEN source = 'wallet' AND target = 'house'
        WHEN 'payout' THEN source = 'house' AND target = 'wallet'
        WHEN 'grant' THEN source = 'funding' AND target = 'wallet' AND demo
        WHEN 'return' THEN source = 'wallet' AND target = 'funding' AND demo
        WHEN 'deposit' THEN source = 'funding' AND target = 'wallet' AND NOT demo
        WHEN 'withdrawal' THEN source = 'wallet' AND target = 'funding' AND NOT demo
        WHEN 'fee' THEN source = 'wallet' AND target = 'fees' AND NOT demo
        WHEN 'bonus' THEN source = 'bonus' AND target = 'wallet'
        WHEN 'adjustment' THEN (source = 'wallet' AND target = 'house') OR (source = 'house' AND target = 'wallet')
        WHEN 'reversal' THEN (source = 'wallet' AND target = 'house') OR (source = 'house' AND target = 'wallet')
        ELSE false
    END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_cashier_clock_and_payments"),
    ]

    operations = [
        migrations.RunSQL(PERMITS, BEFORE),
        migrations.RemoveConstraint(
            model_name="transfer",
            name="transfer_kind_is_known",
        ),
        migrations.AlterField(
            model_name="transfer",
            name="kind",
            field=models.CharField(
                choices=[
                    (
                        accounts.domain.ledger.transfers.TransferKind["GRANT"],
                        accounts.domain.ledger.transfers.TransferKind["GRANT"],
                    ),
                    (
                        accounts.domain.ledger.transfers.TransferKind["RETURN"],
                        accounts.domain.ledger.transfers.TransferKind["RETURN"],
                    ),
                    (
                        accounts.domain.ledger.transfers.TransferKind["STAKE"],
                        accounts.domain.ledger.transfers.TransferKind["STAKE"],
                    ),
                    (
                        accounts.domain.ledger.transfers.TransferKind["PAYOUT"],
                        accounts.domain.ledger.transfers.TransferKind["PAYOUT"],
                    ),
                    (
                        accounts.domain.ledger.transfers.TransferKind["SALE"],
                        accounts.domain.ledger.transfers.TransferKind["SALE"],
                    ),
                    (
                        accounts.domain.ledger.transfers.TransferKind["DEPOSIT"],
                        accounts.domain.ledger.transfers.TransferKind["DEPOSIT"],
                    ),
                    (
                        accounts.domain.ledger.transfers.TransferKind["WITHDRAWAL"],
                        accounts.domain.ledger.transfers.TransferKind["WITHDRAWAL"],
                    ),
                    (
                        accounts.domain.ledger.transfers.TransferKind["FEE"],
                        accounts.domain.ledger.transfers.TransferKind["FEE"],
                    ),
                    (
                        accounts.domain.ledger.transfers.TransferKind["BONUS"],
                        accounts.domain.ledger.transfers.TransferKind["BONUS"],
                    ),
                    (
                        accounts.domain.ledger.transfers.TransferKind["ADJUSTMENT"],
                        accounts.domain.ledger.transfers.TransferKind["ADJUSTMENT"],
                    ),
                    (
                        accounts.domain.ledger.transfers.TransferKind["REVERSAL"],
                        accounts.domain.ledger.transfers.TransferKind["REVERSAL"],
                    ),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            accounts.domain.ledger.transfers.TransferKind["GRANT"],
                            accounts.domain.ledger.transfers.TransferKind["RETURN"],
                            accounts.domain.ledger.transfers.TransferKind["STAKE"],
                            accounts.domain.ledger.transfers.TransferKind["PAYOUT"],
                            accounts.domain.ledger.transfers.TransferKind["SALE"],
                            accounts.domain.ledger.transfers.TransferKind["DEPOSIT"],
                            accounts.domain.ledger.transfers.TransferKind["WITHDRAWAL"],
                            accounts.domain.ledger.transfers.TransferKind["FEE"],
                            accounts.domain.ledger.transfers.TransferKind["BONUS"],
                            accounts.domain.ledger.transfers.TransferKind["ADJUSTMENT"],
                            accounts.domain.ledger.transfers.TransferKind["REVERSAL"],
                        ],
                    )
                ),
                name="transfer_kind_is_known",
            ),
        ),
    ]
