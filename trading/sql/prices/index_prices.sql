-- The index prices: at most one for each instrument and second, in a partition for each month of UTC.
--
-- Django can't make partitions; `trading/models/price.py` has the same columns and constraints. A unique index of a
-- partitioned table contains `priced_at`, so `price_heads` keeps each chain in order, not an index.
CREATE TABLE index_prices (
    id bigint NOT NULL,
    instrument_id bigint NOT NULL,
    sequence bigint NOT NULL,
    priced_at timestamptz NOT NULL,
    price numeric(20, 8) NOT NULL,
    source varchar(10) NOT NULL,
    venues jsonb NOT NULL,
    previous varchar(64) NOT NULL,
    digest varchar(64) NOT NULL,
    recorded_at timestamptz NOT NULL,
    rule_version smallint NOT NULL CHECK (rule_version >= 0),
    venues_min smallint CHECK (venues_min >= 0),

    CONSTRAINT index_prices_pk PRIMARY KEY (id, priced_at),
    CONSTRAINT prices_of_an_instrument FOREIGN KEY (instrument_id) REFERENCES instruments,
    CONSTRAINT one_price_a_second UNIQUE (instrument_id, priced_at) INCLUDE (price, source),
    CONSTRAINT price_is_positive CHECK (price > 0 AND price < 1000000000000),
    CONSTRAINT priced_at_a_whole_second CHECK (mod(extract(microseconds FROM priced_at), 1000000) = 0),
    CONSTRAINT price_tells_its_rules CHECK (rule_version = 1 OR (rule_version >= 2 AND venues_min >= 1))
) PARTITION BY RANGE (priced_at);

CREATE SEQUENCE index_price_ids OWNED BY index_prices.id;
ALTER TABLE index_prices ALTER COLUMN id SET DEFAULT nextval('index_price_ids');

-- A price of a month that has no partition yet is stored all the same.
CREATE TABLE index_prices_default PARTITION OF index_prices DEFAULT;
