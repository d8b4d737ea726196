-- The fees of a currency are amounts of it: they are moved.
ALTER TABLE cashier_terms ADD CONSTRAINT terms_keep_to_their_currency CHECK ((
    trunc(deposit_fee, CASE currency WHEN 'USDT' THEN 2 WHEN 'USD' THEN 2 WHEN 'KRW' THEN 0 WHEN 'BTC' THEN 8 END)
        = deposit_fee
    AND trunc(
        withdrawal_fee, CASE currency WHEN 'USDT' THEN 2 WHEN 'USD' THEN 2 WHEN 'KRW' THEN 0 WHEN 'BTC' THEN 8 END
    ) = withdrawal_fee
) IS TRUE);
