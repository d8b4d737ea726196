-- A close order is decided by the price of a whole second.
ALTER TABLE close_orders ADD CONSTRAINT closed_at_a_whole_second
    CHECK (mod(extract(microseconds FROM close_at), 1000000) = 0);
