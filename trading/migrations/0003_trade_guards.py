"""A trade's terms are fixed at acceptance and its result is final: nobody changes either, by whatever program."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION trades_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of flash_trades is refused: %', TG_OP, TG_ARGV[0]
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

-- By WHEN, so that the function isn't called for the thousands of rows of a sound settlement.
CREATE TRIGGER terms_are_fixed BEFORE UPDATE ON flash_trades
    FOR EACH ROW WHEN (
        (OLD.id, OLD.user_id, OLD.wallet_id, OLD.instrument_id, OLD.idempotency_key, OLD.order_digest,
         OLD.direction, OLD.stake, OLD.currency, OLD.demo, OLD.duration_seconds, OLD.payout_rate, OLD.payout,
         OLD.rule_version, OLD.accepted_at, OLD.entry_at, OLD.expires_at)
        IS DISTINCT FROM
        (NEW.id, NEW.user_id, NEW.wallet_id, NEW.instrument_id, NEW.idempotency_key, NEW.order_digest,
         NEW.direction, NEW.stake, NEW.currency, NEW.demo, NEW.duration_seconds, NEW.payout_rate, NEW.payout,
         NEW.rule_version, NEW.accepted_at, NEW.entry_at, NEW.expires_at)
    )
    EXECUTE FUNCTION trades_refuse('the terms are fixed at acceptance');

CREATE TRIGGER trades_only_move_on BEFORE UPDATE ON flash_trades
    FOR EACH ROW WHEN (
        OLD.state = 'settled'
        OR (OLD.state = 'open' AND NEW.state = 'pending')
        OR (OLD.entry_price IS NOT NULL AND OLD.entry_price IS DISTINCT FROM NEW.entry_price)
    )
    EXECUTE FUNCTION trades_refuse('an entry price and a result are final');

CREATE TRIGGER trades_are_kept BEFORE DELETE ON flash_trades
    FOR EACH STATEMENT EXECUTE FUNCTION trades_refuse('trades are kept');
"""

PERMIT = """
DROP TRIGGER terms_are_fixed ON flash_trades;
DROP TRIGGER trades_only_move_on ON flash_trades;
DROP TRIGGER trades_are_kept ON flash_trades;
DROP FUNCTION trades_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [("trading", "0002_price_guards")]
    operations = [migrations.RunSQL(REFUSE, PERMIT)]
