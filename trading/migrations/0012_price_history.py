"""Index prices in monthly partitions, the head of each chain, and candles: see docs/decisions/0019.

The database itself checks that each price continues its chain, moves the head and keeps the candles, whoever inserts.
"""

import django.db.models.deletion
from django.db import migrations, models

from trading.domain.candles import Interval
from trading.domain.prices import Source

PARTITION = """
CREATE TABLE index_prices (LIKE index_prices_plain INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
    PARTITION BY RANGE (priced_at);
CREATE SEQUENCE index_price_ids OWNED BY index_prices.id;
ALTER TABLE index_prices
    ALTER COLUMN id SET DEFAULT nextval('index_price_ids'),
    ADD CONSTRAINT index_prices_pk PRIMARY KEY (id, priced_at),
    ADD CONSTRAINT prices_of_an_instrument FOREIGN KEY (instrument_id) REFERENCES instruments;

-- A second of a month that nobody has made a partition for is stored all the same.
CREATE TABLE index_prices_default PARTITION OF index_prices DEFAULT;

CREATE FUNCTION make_price_partition(of timestamptz) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
    starts timestamptz := date_trunc('month', of);
    ends timestamptz := date_trunc('month', of) + interval '1 month';
    within text := format('priced_at >= %L AND priced_at < %L', starts, ends);
    partition text := 'index_prices_' || to_char(of, 'YYYY_MM');
    strays bigint;
BEGIN
    IF to_regclass(partition) IS NOT NULL THEN
        RETURN false;
    END IF;
    -- A month that runs from the default partition stays there until it is over: moving it would make prices wait.
    IF ends > now() AND EXISTS (SELECT FROM index_prices_default p WHERE p.priced_at >= starts AND p.priced_at < ends)
    THEN
        RETURN false;
    END IF;
    -- Made beside and then attached: that doesn't wait for readers of the other months, nor make prices wait.
    EXECUTE format('CREATE TABLE %I (LIKE index_prices INCLUDING ALL)', partition);
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT its_month CHECK (%s)', partition, within);
    EXECUTE format('INSERT INTO %I SELECT * FROM index_prices_default WHERE %s', partition, within);
    GET DIAGNOSTICS strays = ROW_COUNT;
    IF strays > 0 THEN
        ALTER TABLE index_prices_default DISABLE TRIGGER USER;
        EXECUTE 'DELETE FROM index_prices_default WHERE ' || within;
        ALTER TABLE index_prices_default ENABLE TRIGGER USER;
    END IF;
    EXECUTE format('ALTER TABLE index_prices ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition, starts, ends);
    EXECUTE format('ALTER TABLE %I DROP CONSTRAINT its_month', partition);
    RETURN true;
END $$;

SELECT make_price_partition(month)
FROM generate_series(date_trunc('month', now(), 'UTC'), now() + interval '3 months', interval '1 month') AS month
UNION ALL
SELECT make_price_partition(month)
FROM (SELECT DISTINCT date_trunc('month', priced_at, 'UTC') AS month FROM index_prices_plain) AS past;

INSERT INTO index_prices SELECT * FROM index_prices_plain ORDER BY priced_at, instrument_id;
SELECT setval('index_price_ids', coalesce(max(id), 1), max(id) IS NOT NULL) FROM index_prices;
DROP TABLE index_prices_plain;
ALTER TABLE index_prices ADD CONSTRAINT one_price_a_second UNIQUE (instrument_id, priced_at) INCLUDE (price, source);
"""

GUARD = """
CREATE TRIGGER prices_are_for_ever BEFORE UPDATE OR DELETE ON index_prices
    FOR EACH STATEMENT EXECUTE FUNCTION prices_refuse();

-- The same for each row, because triggers of a statement don't hold for one that names a partition.
CREATE TRIGGER prices_are_for_ever_everywhere BEFORE UPDATE OR DELETE ON index_prices
    FOR EACH ROW EXECUTE FUNCTION prices_refuse();
"""

HEADS = """
INSERT INTO price_heads (instrument_id, sequence, priced_at, price, source, digest)
SELECT DISTINCT ON (instrument_id) instrument_id, sequence, priced_at, price, source, digest
FROM index_prices ORDER BY instrument_id, priced_at DESC;

-- Rewritten each second: room for the next version beside it keeps the index out of it.
ALTER TABLE price_heads SET (fillfactor = 50);

CREATE FUNCTION prices_go_on() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
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
        INSERT INTO price_heads (instrument_id, sequence, priced_at, price, source, digest)
        VALUES (NEW.instrument_id, NEW.sequence, NEW.priced_at, NEW.price, NEW.source, NEW.digest);
    ELSE
        UPDATE price_heads
        SET (sequence, priced_at, price, source, digest)
            = (NEW.sequence, NEW.priced_at, NEW.price, NEW.source, NEW.digest)
        WHERE instrument_id = NEW.instrument_id;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER prices_go_on BEFORE INSERT ON index_prices FOR EACH ROW EXECUTE FUNCTION prices_go_on();

CREATE FUNCTION heads_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of price_heads is refused: a head moves with its price', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER heads_move_with_prices BEFORE INSERT OR UPDATE OR DELETE ON price_heads
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION heads_refuse();
"""

KEPT = [interval for interval in Interval if interval.is_kept]
SECONDS = ", ".join(str(interval.seconds) for interval in KEPT)
MADE = f"""
    SELECT p.instrument_id, i.seconds, date_bin(make_interval(secs => i.seconds), p.priced_at, 'epoch'),
        (array_agg(p.price ORDER BY p.priced_at))[1], max(p.price), min(p.price),
        (array_agg(p.price ORDER BY p.priced_at DESC))[1], count(*), bool_or(p.source <> 'live')
    FROM %s p CROSS JOIN unnest(ARRAY[{SECONDS}]) AS i(seconds)
"""
INTO = "INTO candles AS kept (instrument_id, interval, opened_at, open, high, low, close, count, simulated)"

CANDLES = f"""
ALTER TABLE candles SET (fillfactor = 90);

CREATE FUNCTION candles_follow() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    INSERT {INTO} {MADE % "new_prices"} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (instrument_id, interval, opened_at) DO UPDATE SET
        high = greatest(kept.high, excluded.high),
        low = least(kept.low, excluded.low),
        close = excluded.close,
        count = kept.count + excluded.count,
        simulated = kept.simulated OR excluded.simulated;
    RETURN NULL;
END $$;

CREATE TRIGGER candles_follow AFTER INSERT ON index_prices REFERENCING NEW TABLE AS new_prices
    FOR EACH STATEMENT EXECUTE FUNCTION candles_follow();

CREATE FUNCTION rebuild_candles(of bigint, day date) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    made bigint;
BEGIN
    -- The next price of this instrument waits until the day is there again.
    PERFORM FROM price_heads WHERE instrument_id = of FOR UPDATE;
    DELETE FROM candles WHERE instrument_id = of AND opened_at >= day AND opened_at < day + 1;
    INSERT {INTO} {MADE % "index_prices"}
    WHERE p.instrument_id = of AND p.priced_at >= day AND p.priced_at < day + 1 GROUP BY 1, 2, 3;
    GET DIAGNOSTICS made = ROW_COUNT;
    RETURN made;
END $$;

SELECT rebuild_candles(instrument_id, day) FROM (
    SELECT DISTINCT instrument_id, (priced_at AT TIME ZONE 'UTC')::date AS day FROM index_prices
) AS days;
"""

MERGE = """
DROP FUNCTION rebuild_candles;
DROP FUNCTION make_price_partition;
CREATE TABLE index_prices_plain (LIKE index_prices INCLUDING CONSTRAINTS);
INSERT INTO index_prices_plain SELECT * FROM index_prices;
DROP TABLE index_prices;
DROP FUNCTION candles_follow;
DROP FUNCTION prices_go_on;
DROP TRIGGER heads_move_with_prices ON price_heads;
DROP FUNCTION heads_refuse;
ALTER TABLE index_prices_plain RENAME TO index_prices;
ALTER TABLE index_prices
    ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY,
    ADD CONSTRAINT index_prices_pkey PRIMARY KEY (id),
    ADD CONSTRAINT prices_of_an_instrument FOREIGN KEY (instrument_id) REFERENCES instruments
        DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT one_price_a_second UNIQUE (instrument_id, priced_at),
    ADD CONSTRAINT one_place_in_the_chain UNIQUE (instrument_id, sequence),
    ADD CONSTRAINT one_successor_each UNIQUE (instrument_id, previous);
SELECT setval(pg_get_serial_sequence('index_prices', 'id'), coalesce(max(id), 1), max(id) IS NOT NULL)
FROM index_prices;
CREATE TRIGGER prices_are_for_ever BEFORE UPDATE OR DELETE ON index_prices
    FOR EACH STATEMENT EXECUTE FUNCTION prices_refuse();
"""

MONEY = {"max_digits": 20, "decimal_places": 8}
ONE_A_SECOND = {"fields": ["instrument", "priced_at"], "include": ["price", "source"], "name": "one_price_a_second"}
UNSEEN = {"blank": True, "editable": False, "primary_key": True, "serialize": False}


def instrument(field: type[models.ForeignKey], **options: bool) -> models.ForeignKey:
    """The column that says whose row it is."""
    return field(on_delete=django.db.models.deletion.PROTECT, to="trading.instrument", **options)


class Migration(migrations.Migration):
    dependencies = [("trading", "0011_rules_of_a_price")]
    operations = [
        migrations.CreateModel(
            name="PriceHead",
            fields=[
                ("instrument", instrument(models.OneToOneField, primary_key=True, serialize=False)),
                ("sequence", models.BigIntegerField()),
                ("priced_at", models.DateTimeField()),
                ("price", models.DecimalField(**MONEY)),
                ("source", models.CharField(choices=[(source, source) for source in Source], max_length=10)),
                ("digest", models.CharField(max_length=64)),
            ],
            options={"db_table": "price_heads"},
        ),
        migrations.CreateModel(
            name="Candle",
            fields=[
                ("pk", models.CompositePrimaryKey("instrument_id", "interval", "opened_at", **UNSEEN)),
                ("instrument", instrument(models.ForeignKey, db_index=False)),
                ("interval", models.PositiveIntegerField(choices=[(i.seconds, i.value) for i in KEPT])),
                ("opened_at", models.DateTimeField()),
                ("open", models.DecimalField(**MONEY)),
                ("high", models.DecimalField(**MONEY)),
                ("low", models.DecimalField(**MONEY)),
                ("close", models.DecimalField(**MONEY)),
                ("count", models.PositiveIntegerField()),
                ("simulated", models.BooleanField()),
            ],
            options={"db_table": "candles"},
        ),
        migrations.RunSQL(
            "ALTER TABLE index_prices RENAME TO index_prices_plain;" + PARTITION + GUARD + HEADS + CANDLES,
            MERGE,
            state_operations=[
                migrations.RemoveConstraint(model_name="indexprice", name="one_place_in_the_chain"),
                migrations.RemoveConstraint(model_name="indexprice", name="one_successor_each"),
                migrations.RemoveConstraint(model_name="indexprice", name="one_price_a_second"),
                migrations.AddConstraint(model_name="indexprice", constraint=models.UniqueConstraint(**ONE_A_SECOND)),
            ],
        ),
    ]
