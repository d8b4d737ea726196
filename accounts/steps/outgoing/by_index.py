BY_INDEX = """
    SELECT set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true),
        set_config('enable_incremental_sort', 'off', true)
"""
"""Until the transaction's end PostgreSQL reads in the order of the index, also by the figures of a quiet night."""
