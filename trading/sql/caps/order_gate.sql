-- A table without columns and rows. Its lock is the gate that orders pass.
--
-- An order holds it in ROW SHARE from the statement on that reads its instrument. PostgreSQL locks a table before the
-- statement's snapshot, so an order that has waited sees the change. A backup, which reads all tables for as long as it
-- takes, is in nobody's way.
CREATE TABLE order_gate ();
