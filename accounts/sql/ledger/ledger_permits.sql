-- Says whether a kind of transfer may go from one kind of account to another, in the demo book or the real one.
-- `ROUTES` in `accounts.domain.ledger.transfers` has the same.
CREATE OR REPLACE FUNCTION ledger_permits(kind text, source text, target text, demo boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE kind
        WHEN 'stake' THEN source = 'wallet' AND target = 'house'
        WHEN 'payout' THEN source = 'house' AND target = 'wallet'
        WHEN 'sale' THEN source = 'house' AND target = 'wallet'
        WHEN 'grant' THEN source = 'funding' AND target = 'wallet' AND demo
        WHEN 'return' THEN source = 'wallet' AND target = 'funding' AND demo
        WHEN 'deposit' THEN source = 'funding' AND target = 'wallet' AND NOT demo
        WHEN 'withdrawal' THEN source = 'wallet' AND target = 'funding' AND NOT demo
        WHEN 'fee' THEN source = 'wallet' AND target = 'fees' AND NOT demo
        WHEN 'bonus' THEN source = 'bonus' AND target = 'wallet'
        WHEN 'adjustment' THEN (source = 'wallet' AND target = 'house') OR (source = 'house' AND target = 'wallet')
        WHEN 'reversal' THEN (source = 'wallet' AND target = 'house') OR (source = 'house' AND target = 'wallet')
        ELSE false
    END
$$;
