"""Rule 10: a void of a settled trade is a row beside it, for ever, and needs two approvals. The trade stays as it was."""

import django.db.models.deletion
from django.db import migrations, models

REFUSE = """
CREATE FUNCTION corrections_judge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM approval_requests r
        WHERE r.id = NEW.request_id AND r.action = 'void_trade' AND r.subject = 'trade:' || NEW.trade_id
          AND r.state = 'executed' AND r.approvals_needed >= 2 AND r.reason = NEW.reason
    ) THEN
        RAISE EXCEPTION 'a correction needs its request, approved by two'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    IF NOT EXISTS (
        SELECT FROM flash_trades t WHERE t.id = NEW.trade_id AND t.state = 'settled' AND NEW.amount = -t.profit
    ) THEN
        RAISE EXCEPTION 'a correction gives back what its settled trade moved'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'corrections_give_back_what_was_moved',
                  TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

-- At the end of the transaction: the request ends after what it asked for is done.
CREATE CONSTRAINT TRIGGER corrections_need_two_approvals AFTER INSERT ON trade_corrections
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION corrections_judge();

CREATE TRIGGER corrections_are_for_ever BEFORE UPDATE OR DELETE ON trade_corrections
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('corrections are for ever');
"""

PERMIT = """
DROP TRIGGER corrections_need_two_approvals ON trade_corrections;
DROP TRIGGER corrections_are_for_ever ON trade_corrections;
DROP FUNCTION corrections_judge;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_four_eyes"),
        ("trading", "0006_more_currencies"),
    ]

    operations = [
        migrations.CreateModel(
            name="TradeCorrection",
            fields=[
                (
                    "trade",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="correction",
                        serialize=False,
                        to="trading.flashtrade",
                    ),
                ),
                ("reason", models.TextField(verbose_name="reason")),
                ("amount", models.DecimalField(decimal_places=8, max_digits=20, verbose_name="amount")),
                ("corrected_at", models.DateTimeField(verbose_name="corrected")),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.approvalrequest"
                    ),
                ),
            ],
            options={
                "verbose_name": "correction",
                "verbose_name_plural": "corrections",
                "db_table": "trade_corrections",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason__regex", "\\S")), name="a_correction_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount", 0), _negated=True),
                            ("amount__gt", -1000000000000),
                            ("amount__lt", 1000000000000),
                        ),
                        name="a_correction_moves_money",
                    ),
                ],
            },
        ),
        migrations.RunSQL(REFUSE, PERMIT),
    ]
