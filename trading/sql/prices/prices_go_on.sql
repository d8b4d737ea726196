-- A price continues its instrument's chain: a later second, the next number, the digest of the price before. The head
-- of the chain moves to it.
--
-- Works as the tables' owner: no login needs the right to write a head.
CREATE OR REPLACE FUNCTION prices_go_on() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    head price_heads;
    fault text;
BEGIN
    SELECT * INTO head FROM price_heads WHERE instrument_id = NEW.instrument_id FOR UPDATE;
    fault := CASE
        WHEN NEW.priced_at <= head.priced_at THEN 'one_price_a_second'
        WHEN NEW.sequence <> coalesce(head.sequence, 0) + 1 THEN 'one_place_in_the_chain'
        WHEN NEW.previous <> coalesce(head.digest, repeat('0', 64)) THEN 'one_successor_each'
    END;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION 'price % of % does not continue the chain', NEW.sequence, NEW.priced_at
            USING ERRCODE = 'check_violation', CONSTRAINT = fault, TABLE = TG_TABLE_NAME;
    END IF;
    IF head.instrument_id IS NULL THEN
        INSERT INTO price_heads (instrument_id, sequence, priced_at, price, source, digest, rule_version)
        VALUES (NEW.instrument_id, NEW.sequence, NEW.priced_at, NEW.price, NEW.source, NEW.digest, NEW.rule_version);
    ELSE
        UPDATE price_heads
        SET (sequence, priced_at, price, source, digest, rule_version)
            = (NEW.sequence, NEW.priced_at, NEW.price, NEW.source, NEW.digest, NEW.rule_version)
        WHERE instrument_id = NEW.instrument_id;
    END IF;
    RETURN NEW;
END $$;

REVOKE ALL ON FUNCTION prices_go_on FROM PUBLIC;

CREATE OR REPLACE TRIGGER prices_go_on BEFORE INSERT ON index_prices
    FOR EACH ROW EXECUTE FUNCTION prices_go_on();
