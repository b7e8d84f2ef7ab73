-- Reference table of municipalities

SELECT count(*), count(DISTINCT district), min(ags), max(ags), bool_and(shipped)
FROM municipality;
SELECT district(ags::ags), district, count(*), min(name COLLATE "C"), max(name COLLATE "C")
FROM municipality GROUP BY 1, 2 ORDER BY 1;
SELECT count(*) AS derived FROM municipality WHERE ars::ars = ags::ags::ars;
SELECT name FROM municipality WHERE ags::ags <@ '05966' ORDER BY ags;

-- a row of ours replaces the shipped one, whichever way it comes
BEGIN;
INSERT INTO municipality VALUES ('05966024', '059660024024', 'Olpe (Biggesee)', 'Olpe');
UPDATE municipality SET name = 'Wendener Land' WHERE ags = '05966028';
INSERT INTO municipality VALUES ('05111000', '051110000000', 'Düsseldorf', 'Düsseldorf')
	ON CONFLICT (ags) DO UPDATE SET name = EXCLUDED.name;
SELECT ags, name, shipped FROM municipality
WHERE ags IN ('05966024', '05966028', '05966020', '05111000') ORDER BY ags;
SELECT count(*) FROM municipality;
SELECT test.error($$INSERT INTO municipality VALUES ('05966024', '059660024024', 'x', 'y')$$);
ROLLBACK;

-- bad rows
SELECT command, test.error(command) FROM (VALUES
	(1, $$INSERT INTO municipality VALUES ('05966', '059660024024', 'x', 'y')$$),
	(2, $$INSERT INTO municipality VALUES ('5966024', '059660024024', 'x', 'y')$$),
	(3, $$INSERT INTO municipality VALUES ('05966020', '059660024024', 'x', 'y')$$),
	(4, $$INSERT INTO municipality VALUES ('05966021', '05966', 'x', 'y')$$),
	(5, $$INSERT INTO municipality VALUES ('05966021', '059660021021', '', 'y')$$)
) AS v(n, command) ORDER BY n;

-- everybody may read it, nobody else may write it
CREATE ROLE regress_reader;
SET ROLE regress_reader;
SELECT name FROM municipality WHERE ags = '05966024';
SELECT test.error($$DELETE FROM allmende.municipality$$) LIKE '42501%';
RESET ROLE;
DROP ROLE regress_reader;
