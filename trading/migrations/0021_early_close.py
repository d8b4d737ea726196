"""Rule 9: close orders, and trades that are sold by them. The database refuses a sale without its order and price."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import trading.domain.early_close
import trading.domain.settlement

# What a sale was decided by, and no more: five minutes before its price, and the wait for it (see 0020).
NEEDED = """
CREATE OR REPLACE VIEW price_spans_needed AS
SELECT id AS trade_id, instrument_id, accepted_at - interval '2 s' AS since, entry_at + interval '5 s' AS until
FROM flash_trades
UNION ALL
SELECT id, instrument_id, expires_at - interval '1 s' * CASE
    WHEN duration_seconds >= 3600 THEN 59 WHEN duration_seconds >= 300 THEN 4 ELSE 2 END, expires_at
FROM flash_trades
UNION ALL
SELECT id, instrument_id, {sold} FROM flash_trades WHERE outcome = 'sold';
"""
SOLD = "sold_priced_at - interval '302 s', sold_priced_at + interval '2 s'"
SOLD_BEFORE = "accepted_at - interval '305 s', settled_at"

REFUSE = """
-- Close orders: given for an open trade, decided once, kept. ---------------------------------------------------------

CREATE FUNCTION close_orders_judge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'waiting' OR NOT EXISTS (
        SELECT FROM flash_trades t
        WHERE t.id = NEW.trade_id AND t.state = 'open' AND NEW.asked_at > t.entry_at AND NEW.close_at < t.expires_at
    ) THEN
        RAISE EXCEPTION 'a close order starts by waiting, within the life of its open trade'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER close_orders_start_by_waiting BEFORE INSERT ON close_orders
    FOR EACH ROW EXECUTE FUNCTION close_orders_judge();

CREATE FUNCTION close_orders_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of close_orders is refused: %', TG_OP, TG_ARGV[0]
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER close_orders_keep_their_terms BEFORE UPDATE ON close_orders
    FOR EACH ROW WHEN (
        OLD.state <> 'waiting'
        OR (OLD.id, OLD.trade_id, OLD.min_price, OLD.asked_at, OLD.close_at)
           IS DISTINCT FROM (NEW.id, NEW.trade_id, NEW.min_price, NEW.asked_at, NEW.close_at)
    )
    EXECUTE FUNCTION close_orders_refuse('it keeps its terms and is decided once');

CREATE TRIGGER close_orders_are_kept BEFORE DELETE ON close_orders
    FOR EACH STATEMENT EXECUTE FUNCTION close_orders_refuse('close orders are kept');

ALTER TABLE close_orders ADD CONSTRAINT closed_at_a_whole_second
    CHECK (mod(extract(microseconds FROM close_at), 1000000) = 0);

-- Sales: of open trades only, by a close order, for its offer, at a stored price. ------------------------------------

CREATE TRIGGER only_open_trades_are_sold BEFORE UPDATE ON flash_trades
    FOR EACH ROW WHEN (NEW.outcome = 'sold' AND OLD.state <> 'open')
    EXECUTE FUNCTION trades_refuse('only an open trade can be sold');

CREATE TRIGGER no_trade_starts_as_sold BEFORE INSERT ON flash_trades
    FOR EACH ROW WHEN (NEW.outcome = 'sold')
    EXECUTE FUNCTION trades_refuse('only an open trade can be sold');

CREATE FUNCTION sales_judge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE sold uuid := NEW.id;
BEGIN
    IF TG_TABLE_NAME = 'close_orders' THEN  -- nested: a trade has no trade_id
        sold := NEW.trade_id;
    END IF;
    IF NOT EXISTS (
        SELECT FROM flash_trades t
        JOIN close_orders c ON c.trade_id = t.id AND c.state = 'sold' AND c.offer = t.sale
            AND c.close_at <= t.sold_priced_at
        JOIN index_prices p ON p.instrument_id = t.instrument_id AND p.priced_at = t.sold_priced_at
            AND p.price = t.sold_at_price
        WHERE t.id = sold AND t.outcome = 'sold'
    ) THEN
        RAISE EXCEPTION 'a sale needs its close order and a stored price'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

-- At the end of the transaction, which writes one after the other.
CREATE CONSTRAINT TRIGGER a_sale_needs_its_close_order AFTER UPDATE ON flash_trades
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.outcome = 'sold') EXECUTE FUNCTION sales_judge();
CREATE CONSTRAINT TRIGGER a_sold_order_needs_its_sale AFTER UPDATE ON close_orders
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'sold') EXECUTE FUNCTION sales_judge();
"""

PERMIT = """
DROP TRIGGER close_orders_start_by_waiting ON close_orders;
DROP TRIGGER close_orders_keep_their_terms ON close_orders;
DROP TRIGGER close_orders_are_kept ON close_orders;
DROP TRIGGER a_sold_order_needs_its_sale ON close_orders;
DROP FUNCTION close_orders_judge;
DROP FUNCTION close_orders_refuse;
DROP TRIGGER only_open_trades_are_sold ON flash_trades;
DROP TRIGGER no_trade_starts_as_sold ON flash_trades;
DROP TRIGGER a_sale_needs_its_close_order ON flash_trades;
DROP FUNCTION sales_judge;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_sales"),
        ("trading", "0020_price_pruning"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CloseOrder",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("min_price", models.DecimalField(decimal_places=8, max_digits=20, null=True, verbose_name="at least")),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("close_at", models.DateTimeField(verbose_name="decided by the price of")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("sold", "sold"), ("lapsed", "lapsed")],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "lapse_reason",
                    models.CharField(
                        choices=[
                            (
                                trading.domain.early_close.LapseReason["BELOW_MINIMUM"],
                                "the offer was below the minimum",
                            ),
                            (trading.domain.early_close.LapseReason["NO_PRICE"], "there was no price in time"),
                            (trading.domain.early_close.LapseReason["NOTHING_OFFERED"], "nothing was offered"),
                            (trading.domain.early_close.LapseReason["SIMULATED_PRICE"], "the price was not a live one"),
                            (trading.domain.early_close.LapseReason["TRADE_ENDED"], "the trade had ended"),
                        ],
                        max_length=16,
                        null=True,
                        verbose_name="lapsed because",
                    ),
                ),
                ("offer", models.DecimalField(decimal_places=8, max_digits=20, null=True, verbose_name="offer")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
            ],
            options={
                "verbose_name": "close order",
                "verbose_name_plural": "close orders",
                "db_table": "close_orders",
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="flashtrade",
            name="sale",
            field=models.DecimalField(decimal_places=8, max_digits=20, null=True),
        ),
        migrations.AddField(
            model_name="flashtrade",
            name="sold_at_price",
            field=models.DecimalField(decimal_places=8, max_digits=20, null=True),
        ),
        migrations.AddField(
            model_name="flashtrade",
            name="sold_priced_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="flashtrade",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("exit_price", None),
                        ("outcome", trading.domain.settlement.Result["SOLD"]),
                        ("outcome__isnull", False),
                        (
                            "profit",
                            django.db.models.expressions.CombinedExpression(models.F("sale"), "-", models.F("stake")),
                        ),
                        ("sale__gt", 0),
                        ("sale__isnull", False),
                        ("sale__lt", models.F("payout")),
                        ("sold_at_price__gt", 0),
                        ("sold_at_price__isnull", False),
                        ("sold_priced_at__gt", models.F("entry_at")),
                        ("sold_priced_at__isnull", False),
                        ("sold_priced_at__lt", models.F("expires_at")),
                        ("void_reason", None),
                    ),
                    models.Q(
                        models.Q(
                            ("outcome", None),
                            (
                                "outcome__in",
                                [
                                    trading.domain.settlement.Result["WON"],
                                    trading.domain.settlement.Result["LOST"],
                                    trading.domain.settlement.Result["TIED"],
                                    trading.domain.settlement.Result["VOIDED"],
                                ],
                            ),
                            _connector="OR",
                        ),
                        ("sale", None),
                        ("sold_at_price", None),
                        ("sold_priced_at", None),
                    ),
                    _connector="OR",
                ),
                name="sold_with_a_sale_before_expiry",
            ),
        ),
        migrations.AddField(
            model_name="closeorder",
            name="trade",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="close_orders", to="trading.flashtrade"
            ),
        ),
        migrations.AddIndex(
            model_name="closeorder",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["close_at"], name="close_orders_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="closeorder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")), fields=("trade",), name="one_close_order_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="closeorder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "sold")), fields=("trade",), name="a_trade_is_sold_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="closeorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("min_price", None),
                    models.Q(("min_price__gt", 0), ("min_price__lt", 1000000000000)),
                    _connector="OR",
                ),
                name="a_minimum_is_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="closeorder",
            constraint=models.CheckConstraint(
                condition=models.Q(("asked_at__lt", models.F("close_at"))), name="decided_by_a_later_price"
            ),
        ),
        migrations.AddConstraint(
            model_name="closeorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("lapse_reason", None), ("offer", None), ("state", "waiting")),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("lapse_reason", None),
                        ("offer__isnull", False),
                        ("state", "sold"),
                        ("offer__gt", 0),
                        ("offer__lt", 1000000000000),
                    ),
                    models.Q(("decided_at__isnull", False), ("lapse_reason__isnull", False), ("state", "lapsed")),
                    _connector="OR",
                ),
                name="close_orders_end_as_their_state_says",
            ),
        ),
        migrations.AddConstraint(
            model_name="closeorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "sold"), _negated=True),
                    ("min_price", None),
                    ("offer__gte", models.F("min_price")),
                    _connector="OR",
                ),
                name="never_sold_below_the_minimum",
            ),
        ),
        migrations.RunSQL(REFUSE, PERMIT),
        migrations.RunSQL(NEEDED.format(sold=SOLD), NEEDED.format(sold=SOLD_BEFORE)),
    ]
