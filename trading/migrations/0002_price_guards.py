"""Index prices are append-only: nobody rewrites the price that decided a trade."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION prices_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of index_prices is refused: prices are for ever', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER prices_are_for_ever BEFORE UPDATE OR DELETE ON index_prices
    FOR EACH STATEMENT EXECUTE FUNCTION prices_refuse();

ALTER TABLE index_prices ADD CONSTRAINT priced_at_a_whole_second
    CHECK (mod(extract(microseconds FROM priced_at), 1000000) = 0);
"""

PERMIT = """
ALTER TABLE index_prices DROP CONSTRAINT priced_at_a_whole_second;
DROP TRIGGER prices_are_for_ever ON index_prices;
DROP FUNCTION prices_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [("trading", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, PERMIT)]
