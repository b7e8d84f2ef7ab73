-- Proof that a history is what its revisions say.

CREATE FUNCTION allmende.verify(dataset text) RETURNS TABLE (ref text, problem text)
	LANGUAGE c STABLE STRICT PARALLEL UNSAFE COST 1000000 ROWS 1
	AS 'MODULE_PATHNAME', 'allmende_history_verify';
COMMENT ON FUNCTION allmende.verify(text) IS
'Computes everything that is recorded of the versions of a dataset (given by the name of its table or its uuid) anew from the rows that are stored, and returns what is not right: nothing, where all is. ref is the version, null for the dataset as a whole. Reads each row version about three times. Whoever may read the table may verify it. Error RD302 for a dataset that does not exist, RD205 where tables of its store are missing.';
