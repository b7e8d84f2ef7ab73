-- Comments on what every type has, worded as those of PostgreSQL's own types.
-- What only some have is described where it is made.

DO $$
DECLARE
	object record;
BEGIN
	FOR object IN
		SELECT p.oid::pg_catalog.regprocedure AS name, r.comment
		FROM pg_catalog.pg_proc AS p
			JOIN (VALUES
				('_(in|out|recv|send)$', 'I/O'),
				('_lt$', 'implementation of < operator'),
				('_le$', 'implementation of <= operator'),
				('_eq$', 'implementation of = operator'),
				('_ne$', 'implementation of <> operator'),
				('_ge$', 'implementation of >= operator'),
				('_gt$', 'implementation of > operator'),
				('_contains$', 'implementation of @> operator'),
				('_contained$', 'implementation of <@ operator'),
				('_cmp$', 'less-equal-greater'),
				('_hash(_extended)?$', 'hash'),
				('_sortsupport$', 'sort support'),
				('_smaller$', 'smaller of two'),
				('_larger$', 'larger of two'),
				('_support$', 'planner support')
			) AS r(pattern, comment)
			ON p.proname OPERATOR(pg_catalog.~) r.pattern
		WHERE p.pronamespace OPERATOR(pg_catalog.=) 'allmende'::pg_catalog.regnamespace
			AND p.prokind OPERATOR(pg_catalog.=) 'f'
			AND pg_catalog.obj_description(p.oid, 'pg_proc') IS NULL
	LOOP
		EXECUTE pg_catalog.format('COMMENT ON FUNCTION %s IS %L',
			object.name, object.comment);
	END LOOP;

	FOR object IN
		SELECT o.oid::pg_catalog.regoperator AS name, r.comment
		FROM pg_catalog.pg_operator AS o
			JOIN (VALUES
				('<', 'less than'),
				('<=', 'less than or equal'),
				('=', 'equal'),
				('<>', 'not equal'),
				('>=', 'greater than or equal'),
				('>', 'greater than')
			) AS r(symbol, comment)
			ON o.oprname OPERATOR(pg_catalog.=) r.symbol
		WHERE o.oprnamespace OPERATOR(pg_catalog.=) 'allmende'::pg_catalog.regnamespace
	LOOP
		EXECUTE pg_catalog.format('COMMENT ON OPERATOR %s IS %L',
			object.name, object.comment);
	END LOOP;

	FOR object IN
		SELECT c.opcname, c.opcintype::pg_catalog.regtype AS type, a.amname
		FROM pg_catalog.pg_opclass AS c
			JOIN pg_catalog.pg_am AS a ON a.oid OPERATOR(pg_catalog.=) c.opcmethod
		WHERE c.opcnamespace OPERATOR(pg_catalog.=) 'allmende'::pg_catalog.regnamespace
	LOOP
		EXECUTE pg_catalog.format(
			'COMMENT ON OPERATOR CLASS allmende.%I USING %I IS %L',
			object.opcname, object.amname,
			pg_catalog.format('default for type %s', object.type));
	END LOOP;
END
$$;
