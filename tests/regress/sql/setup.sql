-- What the other tests use.  The expected output of this file is empty on
-- purpose: it only sets up.
\set ECHO none
SET client_min_messages = warning;
CREATE SCHEMA test;
GRANT USAGE ON SCHEMA test TO PUBLIC;

-- SQLSTATE, message, detail and hint of the error that a command raises, or
-- "no error".
CREATE FUNCTION test.error(command text) RETURNS text
	LANGUAGE plpgsql AS $$
DECLARE
	message text;
	detail text;
	hint text;
BEGIN
	EXECUTE command;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE, message, nullif(detail, ''),
		nullif(hint, ''));
END
$$;

-- What a type says to an input: its output, or the error as above.
CREATE FUNCTION test.input(type regtype, input text) RETURNS text
	LANGUAGE plpgsql AS $$
DECLARE
	query text := format('SELECT CAST(%L AS %s)::text', input, type);
	result text := test.error(query);
BEGIN
	IF result = 'no error' THEN
		EXECUTE query INTO result;
	END IF;
	RETURN result;
END
$$;

-- Does EXPLAIN of a query show an index scan with this condition?
CREATE FUNCTION test.index_condition(query text) RETURNS text
	LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query
	LOOP
		IF line ~ 'Index Cond' THEN
			RETURN trim(line);
		END IF;
	END LOOP;
	RETURN 'no index';
END
$$;

-- Proves an operator class: for every operator of a table's column k against
-- each of the probes, the index finds what a sequential scan finds.  Returns
-- the number of comparisons and of those that differ.
CREATE FUNCTION test.index_equals_scan(rel regclass, operators text[],
	probes regclass, OUT comparisons int, OUT different int, OUT without_index int)
	LANGUAGE plpgsql AS $$
DECLARE
	operator text;
	probe text;
	query text;
	by_scan text;
	by_index text;
BEGIN
	comparisons := 0;
	different := 0;
	without_index := 0;
	FOR probe IN EXECUTE format('SELECT k::text FROM %s ORDER BY k', probes)
	LOOP
		FOREACH operator IN ARRAY operators
		LOOP
			query := format('SELECT count(*) || coalesce(md5(string_agg(k::text, '','' ORDER BY k::text)), '''') FROM %s WHERE k %s %L',
				rel, operator, probe);
			PERFORM set_config('enable_indexscan', 'off', true),
				set_config('enable_indexonlyscan', 'off', true),
				set_config('enable_bitmapscan', 'off', true),
				set_config('enable_seqscan', 'on', true);
			EXECUTE query INTO by_scan;
			PERFORM set_config('enable_indexscan', 'on', true),
				set_config('enable_indexonlyscan', 'on', true),
				set_config('enable_bitmapscan', 'on', true),
				set_config('enable_seqscan', 'off', true);
			EXECUTE query INTO by_index;
			IF test.index_condition(query) = 'no index' THEN
				without_index := without_index + 1;
			END IF;
			comparisons := comparisons + 1;
			IF by_scan IS DISTINCT FROM by_index THEN
				different := different + 1;
				RAISE WARNING 'k % %: scan %, index %', operator, probe,
					by_scan, by_index;
			END IF;
		END LOOP;
	END LOOP;
	PERFORM set_config('enable_seqscan', 'on', true);
END
$$;
