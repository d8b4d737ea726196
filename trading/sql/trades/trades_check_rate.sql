-- A trade has the rate that its version of the payouts offered at its acceptance, or to a quote of 5 seconds (rule 2).
CREATE OR REPLACE FUNCTION trades_check_rate() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added a LEFT JOIN payout_versions v
            ON (v.instrument_id, v.version) = (a.instrument_id, a.payout_version)
        WHERE NOT coalesce(
            v.effective_from <= a.accepted_at
            AND a.payout_rate BETWEEN coalesce((v.rates ->> a.duration_seconds::text)::numeric, v.rate) - v.skew_max
                                  AND coalesce((v.rates ->> a.duration_seconds::text)::numeric, v.rate) + v.skew_max
            AND NOT EXISTS (
                SELECT FROM payout_versions later
                WHERE later.instrument_id = v.instrument_id AND later.version > v.version
                  AND later.effective_from <= a.accepted_at - interval '5 seconds'
            ), false)
    ) THEN
        RAISE EXCEPTION 'no version of the payouts offers this rate'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER rates_are_offered AFTER INSERT ON flash_trades
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION trades_check_rate();
