"""Guards that ask who writes. Nobody is named: whoever may write an outcome is the settler, who may empty a table owns it.

See docs/decisions/0024. Where one login does everything, as its owner, these let everything pass that they let pass before.
"""

from django.db import migrations

REFUSE = """
-- Also before any outcome: one that is written with the trade would be nobody's decision.
CREATE TRIGGER trades_start_pending BEFORE INSERT ON flash_trades
    FOR EACH ROW WHEN (NEW.state <> 'pending' OR NEW.exit_samples IS NOT NULL OR NEW.void_reason IS NOT NULL)
    EXECUTE FUNCTION trades_refuse('a trade starts pending');

CREATE FUNCTION transfers_pay_results() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT has_column_privilege('public.flash_trades', 'outcome', 'UPDATE') AND EXISTS (
        SELECT FROM added WHERE kind IN ('payout', 'sale') OR (kind = 'stake' AND phase <> 'pending')
    ) THEN
        RAISE EXCEPTION 'who may not decide a trade may not pay it'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER results_are_paid_by_who_decides AFTER INSERT ON transfers
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION transfers_pay_results();

CREATE FUNCTION instruments_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of instruments is refused: %', TG_OP, TG_ARGV[0]
        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

-- A higher `venues_min` would stop an index, and so void the trades that wait for its price.
CREATE TRIGGER instruments_keep_their_units BEFORE UPDATE ON instruments
    FOR EACH ROW WHEN (
        (OLD.id, OLD.symbol, OLD.currency, OLD.pip, OLD.venues_min)
            IS DISTINCT FROM (NEW.id, NEW.symbol, NEW.currency, NEW.pip, NEW.venues_min)
        AND NOT has_table_privilege('public.instruments', 'TRUNCATE')
    )
    EXECUTE FUNCTION instruments_refuse('what prices and trades are written in is fixed');

-- As triggers they fire without; who could call them could hang them on a table of their own.
REVOKE ALL ON FUNCTION liability_recount, prices_go_on, candles_follow, prices_heed_digests FROM PUBLIC;
"""

PERMIT = """
DROP TRIGGER trades_start_pending ON flash_trades;
DROP TRIGGER results_are_paid_by_who_decides ON transfers;
DROP FUNCTION transfers_pay_results;
DROP TRIGGER instruments_keep_their_units ON instruments;
DROP FUNCTION instruments_refuse;
GRANT EXECUTE ON FUNCTION liability_recount, prices_go_on, candles_follow, prices_heed_digests TO PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("trading", "0026_trades_under_way"), ("accounts", "0015_definers")]
    operations = [migrations.RunSQL(REFUSE, PERMIT)]
