-- A withdrawal moves on from state to state; done, refused and cancelled are final.
CREATE OR REPLACE TRIGGER withdrawals_only_move_on BEFORE UPDATE ON withdrawals
    FOR EACH ROW WHEN (
        OLD.state IN ('done', 'refused', 'cancelled')
        OR OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
            ('review', 'approved'), ('review', 'refused'), ('review', 'cancelled'),
            ('approved', 'done'), ('approved', 'refused')
        )
    )
    EXECUTE FUNCTION ledger_refuse('a withdrawal only moves on, and its end is final');
