-- A trade lasts for its duration, which is the shortest of the rules or longer, and at most a day (rule 5).
ALTER TABLE flash_trades ADD CONSTRAINT trade_expires_after_its_duration CHECK (
    duration_seconds BETWEEN 15 AND 86400
    AND expires_at = entry_at + duration_seconds * interval '1 second'
);
