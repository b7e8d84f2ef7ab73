-- Whoever may connect may use types, operators and reference data.
GRANT USAGE ON SCHEMA allmende TO PUBLIC;
