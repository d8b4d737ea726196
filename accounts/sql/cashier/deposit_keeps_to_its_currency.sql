-- A deposit and its fee are amounts of a known currency: nobody can own or pay a smaller part.
ALTER TABLE deposits ADD CONSTRAINT deposit_keeps_to_its_currency CHECK ((
    trunc(amount, CASE currency WHEN 'USDT' THEN 2 WHEN 'USD' THEN 2 WHEN 'KRW' THEN 0 WHEN 'BTC' THEN 8 END) = amount
    AND trunc(fee, CASE currency WHEN 'USDT' THEN 2 WHEN 'USD' THEN 2 WHEN 'KRW' THEN 0 WHEN 'BTC' THEN 8 END) = fee
) IS TRUE);
