-- The profit of a settled trade follows from its terms and its outcome. A sold one's follows from its sale.
ALTER TABLE flash_trades ADD CONSTRAINT trade_gains_by_its_outcome CHECK (
    outcome IS NULL OR outcome = 'sold'
    OR (profit = CASE outcome WHEN 'won' THEN payout - stake WHEN 'lost' THEN -stake ELSE 0 END) IS TRUE
);
