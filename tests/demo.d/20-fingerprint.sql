-- Fingerprints: is this table the same as that one, here or elsewhere?
\set ON_ERROR_STOP on
SET client_min_messages = warning;

CREATE TEMP TABLE elsewhere AS SELECT * FROM demo.tree ORDER BY species, height_m;

\echo
\echo 'A copy in another order has the same fingerprint, on any installation:'
SELECT what, trees, left(encode(fingerprint, 'hex'), 24) || '…' AS fingerprint
FROM (SELECT 1 AS n, 'the register' AS what, count(*) AS trees, fingerprint(t) FROM demo.tree AS t
	UNION ALL SELECT 2, 'a copy, sorted by species', count(*), fingerprint(t) FROM elsewhere AS t
	UNION ALL SELECT 3, 'the copy, one tree 1 cm higher', count(*), fingerprint(t)
	FROM (SELECT fid, number, ags, cell, street, species, planted, girth_cm,
			CASE number WHEN '004711' THEN height_m + 0.01 ELSE height_m END::numeric(4, 2) AS height_m,
			vitality, checked, geom FROM elsewhere) AS t) AS f
ORDER BY n;
