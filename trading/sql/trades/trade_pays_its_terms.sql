-- Stake and payout are amounts of the currency. The payout is the stake and the rate's share of it, rounded down.
ALTER TABLE flash_trades ADD CONSTRAINT trade_pays_its_terms CHECK ((
    stake = trunc(stake, CASE currency WHEN 'USDT' THEN 2 WHEN 'USD' THEN 2 WHEN 'KRW' THEN 0 WHEN 'BTC' THEN 8 END)
    AND payout = stake + trunc(
        stake * payout_rate, CASE currency WHEN 'USDT' THEN 2 WHEN 'USD' THEN 2 WHEN 'KRW' THEN 0 WHEN 'BTC' THEN 8 END
    )
) IS TRUE);
