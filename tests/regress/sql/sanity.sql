-- Rules that hold for every object of the extension.  Queries that look for
-- violations find none; the lists are there to be read when they change.

CREATE VIEW test.member AS
SELECT classid, objid, deptype
FROM pg_depend
WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
	AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'allmende');
CREATE VIEW test.function AS
SELECT p.* FROM pg_proc AS p
	JOIN test.member AS m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid;
CREATE VIEW test.type AS
SELECT t.* FROM pg_type AS t
	JOIN test.member AS m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid
WHERE t.typtype = 'b' AND t.typcategory <> 'A';

-- every function with its marks: volatility, strictness, parallel safety,
-- leakproofness, cost
\a
SELECT oid::regprocedure AS function, prorettype::regtype AS returns,
	CASE provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END ||
	CASE WHEN proisstrict THEN ' strict' ELSE ' called-on-null' END ||
	CASE proparallel WHEN 's' THEN ' safe' WHEN 'r' THEN ' restricted' ELSE ' unsafe' END ||
	CASE WHEN proleakproof THEN ' leakproof' ELSE '' END ||
	CASE WHEN prosecdef THEN ' DEFINER' ELSE '' END ||
	CASE WHEN procost <> 1 THEN ' cost ' || procost ELSE '' END AS marks
FROM test.function WHERE prokind = 'f' ORDER BY oid::regprocedure::text COLLATE "C";
\a

-- SECURITY DEFINER without a pinned search path, or open to the public
SELECT oid::regprocedure FROM test.function
WHERE prosecdef AND (proconfig IS NULL OR NOT EXISTS
	(SELECT FROM unnest(proconfig) AS c WHERE c ~ '^search_path=.*pg_temp$'));
SELECT f.oid::regprocedure FROM test.function AS f,
	aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) AS a
WHERE f.prosecdef AND a.grantee = 0;

-- functions in languages other than C, internal and SQL with no search path of
-- their own; SQL functions that are not parsed at creation
SELECT f.oid::regprocedure FROM test.function AS f JOIN pg_language AS l ON l.oid = f.prolang
WHERE f.prokind <> 'a'
	AND (l.lanname NOT IN ('c', 'internal', 'sql') AND f.proconfig IS NULL
		OR l.lanname = 'sql' AND f.prosqlbody IS NULL);

-- C symbols that do not carry our prefix
SELECT oid::regprocedure, prosrc FROM test.function AS f
WHERE probin IS NOT NULL AND prosrc !~ '^allmende_[a-z0-9]+_[a-z0-9_]+$' AND prosrc <> 'allmende_preload';

-- every type: both ways of input and output, default btree and hash classes
SELECT t.oid::regtype FROM test.type AS t
WHERE t.typreceive = 0 OR t.typsend = 0
	OR 2 <> (SELECT count(*) FROM pg_opclass AS c JOIN pg_am AS a ON a.oid = c.opcmethod
		WHERE c.opcintype = t.oid AND c.opcdefault AND a.amname IN ('btree', 'hash'));
WITH class AS MATERIALIZED (
	SELECT c.oid, c.opcname, c.opcintype::regtype FROM pg_opclass AS c
		JOIN test.member AS m ON m.classid = 'pg_opclass'::regclass AND m.objid = c.oid)
SELECT opcname, opcintype FROM class WHERE NOT amvalidate(oid);

-- operators that compare without commutator or negator, or without estimates
SELECT o.oid::regoperator FROM pg_operator AS o
	JOIN test.member AS m ON m.classid = 'pg_operator'::regclass AND m.objid = o.oid
WHERE o.oprresult = 'bool'::regtype
	AND (o.oprrest = 0 OR o.oprjoin = 0
		OR o.oprcom = 0 AND o.oprname <> '^@'
		OR o.oprnegate = 0 AND o.oprname IN ('<', '<=', '=', '<>', '>=', '>'));

-- objects without a comment: types, relations, columns, functions, aggregates,
-- operators and their classes
SELECT pg_describe_object(m.classid, m.objid, 0) FROM test.member AS m
WHERE (m.classid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_opclass'::regclass)
		OR m.classid = 'pg_type'::regclass AND m.objid IN (SELECT oid FROM test.type)
		OR m.classid = 'pg_class'::regclass)
	AND NOT EXISTS (SELECT FROM pg_description AS d
		WHERE d.classoid = m.classid AND d.objoid = m.objid AND d.objsubid = 0)
ORDER BY 1;
SELECT c.oid::regclass, a.attname FROM pg_class AS c
	JOIN test.member AS m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid
	JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'v', 'm') AND col_description(c.oid, a.attnum) IS NULL;

-- tables that a dump would leave out without being listed as rebuildable
SELECT c.oid::regclass FROM pg_class AS c
	JOIN test.member AS m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid
WHERE c.relkind IN ('r', 'S')
	AND c.oid <> ALL (SELECT unnest(extconfig) FROM pg_extension WHERE extname = 'allmende');
SELECT unnest(extconfig)::regclass AS dumped, unnest(extcondition) AS condition
FROM pg_extension WHERE extname = 'allmende';

-- nothing but types and functions that are meant to be used is open to all
SELECT c.oid::regclass, a.privilege_type FROM pg_class AS c
	JOIN test.member AS m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid,
	aclexplode(c.relacl) AS a
WHERE a.grantee = 0 ORDER BY 1, 2;
