from collections.abc import Sequence
from datetime import datetime

from accounts.bound_statements import bound_rows
from trading.selectors.orders.day_sums import READ, DaySums, WalletRef, columns_of, sums_in

# By the database's clock, and with a minute to spare: a server whose clock is late may still accept an order of
# yesterday. What changes later than that, a trigger makes forgotten.
KEEP = f"""
    WITH read AS MATERIALIZED ({READ}),
    forgotten AS (
        DELETE FROM wallet_days WHERE wallet_id = ANY(%(wallet)s::bigint[]) AND day < (%(day)s::date[])[1]
    ),
    kept AS (
        INSERT INTO wallet_days (wallet_id, day, staked, result)
        SELECT wallet_id, day, staked, result FROM read
        WHERE NOT is_kept AND (day + 1)::timestamp AT TIME ZONE 'UTC' <= clock_timestamp() - interval '1 minute'
          AND day < (%(day)s::date[])[cardinality(%(day)s::date[])]
    )
    SELECT * FROM read
"""


def keep_day_sums(wallets: Sequence[WalletRef], days: int, *, now: datetime) -> DaySums:
    """The same as `day_sums`, and the sums of past days are kept for the next order: one statement.

    Inside the caller's transaction, with the wallets locked: nobody changes their trades meanwhile. Of a day alone
    nothing is kept; of more, at most `days` rows a wallet.
    """
    return sums_in(bound_rows(KEEP, columns_of(wallets, days, now)))
