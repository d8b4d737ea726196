-- A transfer moves an amount of a known currency: nobody can own a smaller part.
ALTER TABLE transfers ADD CONSTRAINT transfer_keeps_to_its_currency CHECK (
    (trunc(amount, CASE currency WHEN 'USDT' THEN 2 WHEN 'USD' THEN 2 WHEN 'KRW' THEN 0 WHEN 'BTC' THEN 8 END) = amount)
    IS TRUE
);
