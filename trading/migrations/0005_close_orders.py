"""Close orders, which sell open trades early (rule 9). The database refuses a sale without its order and price."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import F, Q

SQL = Path(__file__).parents[1] / "sql"
OBJECTS = {
    "close_orders/closed_at_a_whole_second.sql": "ALTER TABLE close_orders DROP CONSTRAINT closed_at_a_whole_second",
    "close_orders/close_orders_judge.sql": "DROP FUNCTION close_orders_judge CASCADE",
    "close_orders/close_orders_look_ahead.sql": "DROP FUNCTION close_orders_look_ahead CASCADE",
    "close_orders/close_orders_refuse.sql": "DROP FUNCTION close_orders_refuse",
    "close_orders/close_orders_keep_their_terms.sql": "DROP TRIGGER close_orders_keep_their_terms ON close_orders",
    "close_orders/close_orders_are_kept.sql": "DROP TRIGGER close_orders_are_kept ON close_orders",
    "close_orders/only_open_trades_are_sold.sql": "DROP TRIGGER only_open_trades_are_sold ON flash_trades",
    "close_orders/no_trade_starts_as_sold.sql": "DROP TRIGGER no_trade_starts_as_sold ON flash_trades",
    "close_orders/sales_judge.sql": "DROP FUNCTION sales_judge CASCADE",
}
MONEY = {"max_digits": 20, "decimal_places": 8}


class Migration(migrations.Migration):
    dependencies = [("trading", "0004_trades")]
    operations = [
        migrations.CreateModel(
            name="CloseOrder",
            fields=[
                ("id", models.UUIDField(primary_key=True, editable=False, serialize=False)),
                ("trade", models.ForeignKey("trading.flashtrade", models.PROTECT, related_name="close_orders")),
                ("min_price", models.DecimalField(null=True, verbose_name="at least", **MONEY)),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("close_at", models.DateTimeField(verbose_name="decided by the price of")),
                (
                    "state",
                    models.CharField(
                        max_length=8,
                        default="waiting",
                        choices=[("waiting", "waiting"), ("sold", "sold"), ("lapsed", "lapsed")],
                        verbose_name="state",
                    ),
                ),
                (
                    "lapse_reason",
                    models.CharField(
                        max_length=16,
                        null=True,
                        choices=[
                            ("below-minimum", "the offer was below the minimum"),
                            ("no-price", "there was no price in time"),
                            ("nothing-offered", "nothing was offered"),
                            ("simulated-price", "the price was not a live one"),
                            ("trade-ended", "the trade had ended"),
                        ],
                        verbose_name="lapsed because",
                    ),
                ),
                ("offer", models.DecimalField(null=True, verbose_name="offer", **MONEY)),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
            ],
            options={
                "db_table": "close_orders",
                "verbose_name": "close order",
                "verbose_name_plural": "close orders",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["trade"], condition=Q(state="waiting"), name="one_close_order_at_a_time"
                    ),
                    models.UniqueConstraint(fields=["trade"], condition=Q(state="sold"), name="a_trade_is_sold_once"),
                    models.CheckConstraint(
                        condition=Q(min_price=None) | Q(min_price__gt=0, min_price__lt=10**12),
                        name="a_minimum_is_positive",
                    ),
                    models.CheckConstraint(condition=Q(asked_at__lt=F("close_at")), name="decided_by_a_later_price"),
                    models.CheckConstraint(
                        condition=Q(decided_at=None, lapse_reason=None, offer=None, state="waiting")
                        | Q(decided_at__isnull=False, lapse_reason=None, offer__isnull=False, state="sold")
                        & Q(offer__gt=0, offer__lt=10**12)
                        | Q(decided_at__isnull=False, lapse_reason__isnull=False, state="lapsed"),
                        name="close_orders_end_as_their_state_says",
                    ),
                    models.CheckConstraint(
                        condition=~Q(state="sold") | Q(min_price=None) | Q(offer__gte=F("min_price")),
                        name="never_sold_below_the_minimum",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["close_at"], condition=Q(state="waiting"), name="close_orders_waiting"),
                ],
            },
        ),
        migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())]),
    ]
