"""What the cashier is asked for is dated by the clock of the database, and one payment is named once, however typed.

`created_at` of a beneficiary and `requested_at` of a deposit or a withdrawal come from whoever writes the row. Dated
back, a beneficiary would not wait and a daily maximum would not count; so they may differ from the clock only by as
much as machines do.
"""

from django.db import migrations, models
from django.db.models.functions import Replace, Upper

BY_THE_CLOCK = """
CREATE FUNCTION cashier_check_clock() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told CONSTANT timestamptz := to_jsonb(NEW) ->> TG_ARGV[0];
    tolerance CONSTANT interval := '5 minutes';
BEGIN
    IF told NOT BETWEEN clock_timestamp() - tolerance AND clock_timestamp() + tolerance THEN
        RAISE EXCEPTION '% of % is %, and it is % now', TG_ARGV[0], TG_TABLE_NAME, told, clock_timestamp()
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER beneficiaries_by_the_clock BEFORE INSERT ON beneficiaries
    FOR EACH ROW EXECUTE FUNCTION cashier_check_clock('created_at');
CREATE TRIGGER deposits_by_the_clock BEFORE INSERT ON deposits
    FOR EACH ROW EXECUTE FUNCTION cashier_check_clock('requested_at');
CREATE TRIGGER withdrawals_by_the_clock BEFORE INSERT ON withdrawals
    FOR EACH ROW EXECUTE FUNCTION cashier_check_clock('requested_at');
"""

BY_ANYBODY = """
DROP TRIGGER beneficiaries_by_the_clock ON beneficiaries;
DROP TRIGGER deposits_by_the_clock ON deposits;
DROP TRIGGER withdrawals_by_the_clock ON withdrawals;
DROP FUNCTION cashier_check_clock;
"""

PAYMENT_KEY = Upper(Replace(models.F("provider_reference"), models.Value(" "), models.Value("")))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_cashier_guards")]

    operations = [
        migrations.RunSQL(BY_THE_CLOCK, BY_ANYBODY),
        migrations.RemoveConstraint(model_name="deposit", name="one_deposit_a_payment"),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.UniqueConstraint(models.F("provider"), PAYMENT_KEY, name="one_deposit_a_payment"),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.UniqueConstraint(
                models.F("provider"),
                PAYMENT_KEY,
                condition=models.Q(("provider_reference", ""), _negated=True),
                name="one_withdrawal_a_payout",
            ),
        ),
    ]
