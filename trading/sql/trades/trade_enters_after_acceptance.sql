-- A trade enters at the first whole second that is at least one second after its acceptance (rule 4).
ALTER TABLE flash_trades ADD CONSTRAINT trade_enters_after_acceptance CHECK (
    entry_at >= accepted_at + interval '1 second'
    AND entry_at < accepted_at + interval '2 seconds'
    AND mod(extract(microseconds FROM entry_at), 1000000) = 0
);
