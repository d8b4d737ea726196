-- A deposit moves on from state to state; done and refused are final. An expired one is reviewed if it is paid late.
CREATE OR REPLACE TRIGGER deposits_only_move_on BEFORE UPDATE ON deposits
    FOR EACH ROW WHEN (
        OLD.state IN ('done', 'refused')
        OR OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
            ('requested', 'review'), ('requested', 'done'), ('requested', 'refused'), ('requested', 'expired'),
            ('review', 'done'), ('review', 'refused'),
            ('expired', 'review')
        )
    )
    EXECUTE FUNCTION ledger_refuse('a deposit only moves on, and its end is final');
