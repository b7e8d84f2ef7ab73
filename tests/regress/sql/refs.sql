-- Refs: how versions are named.  Revisions and times of commits change from run
-- to run, so that only what they lead to is shown.
SET client_min_messages = warning;
SET TIME ZONE 'Europe/Berlin';
CREATE SCHEMA refs;

-- The version that a ref names, or the error
CREATE FUNCTION refs.read(rel regclass, ref text) RETURNS text
	LANGUAGE plpgsql AS $$
DECLARE
	result text;
	detail text;
	hint text;
BEGIN
	SELECT l.ref INTO result FROM allmende.log(rel, NULL, read.ref) AS l
		ORDER BY l.version DESC LIMIT 1;
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS result = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE, result, nullif(detail, ''),
		nullif(hint, ''));
END
$$;

-- Four versions; v3 is of an earlier day than v2, v4 of the same time as v2
CREATE TABLE refs.trees (id int PRIMARY KEY, height int);
INSERT INTO refs.trees VALUES (1, 10);
SELECT version, inserted, total
FROM allmende.track('refs.trees', valid_at => '2015-01-31 12:00+01');
INSERT INTO refs.trees VALUES (2, 20);
SELECT version FROM allmende.commit('refs.trees', 'two',
	valid_at => '2015-03-29 12:00+02');
INSERT INTO refs.trees VALUES (3, 30);
SELECT version FROM allmende.commit('refs.trees', 'three',
	valid_at => '2015-02-28 23:59:59.999999+01');
INSERT INTO refs.trees VALUES (4, 40);
SELECT version FROM allmende.commit('refs.trees', 'four',
	valid_at => '2015-03-29 12:00+02');
SELECT allmende.mark('refs.trees', 'delivery 2025', 'v1'),
	allmende.mark('refs.trees', 'delivery 2015', 'v3'),
	allmende.mark('refs.trees', 'Abgabe Mönchengladbach', 'v2'),
	allmende.mark('refs.trees', 'release');

-- Names, numbers and steps
SELECT n, ref, refs.read('refs.trees', ref) AS names
FROM (VALUES
	(1, 'HEAD'), (2, 'HEAD~'), (3, 'HEAD~1'), (4, 'HEAD~3'), (5, 'HEAD~~~'),
	(6, 'HEAD~1~2'), (7, 'v1'), (8, 'v4'), (9, 'v3~2'), (10, 'main'),
	(11, 'main~'), (12, 'release'), (13, 'release~2'), (14, 'delivery 2025'),
	(15, 'delivery 2015~'), (16, 'Abgabe Mönchengladbach')) AS v(n, ref)
ORDER BY n;

-- Times: the greatest time at or before it, the last version of equal ones; a
-- day counts to its end
SELECT n, ref, refs.read('refs.trees', ref) AS names
FROM (VALUES
	(1, '2015-01-31'), (2, '2015-01-31 12:00'), (3, '2015-01-31 11:59:59.999999'),
	(4, '2015-01-31T11:00Z'), (5, '2015-01-31 12:00+01'),
	(6, '2015-01-31T12:00:00.000000+01:00'), (7, '2015-01-31 12:00+02'),
	(8, '2015-01-30'), (9, '2015-02-01'), (10, '2015-02-27'),
	(11, '2015-02-28'), (12, '2015-02-28 23:59:59.999999'),
	(13, '2015-02-28 23:59:59.999998'), (14, '2015-03-28'),
	(15, '2015-03-29'), (16, '2015-03-29 11:59'), (17, '2015-03-29 12:00'),
	(18, '2015-12-31'), (19, '9999-12-31'), (20, '9999-12-31 23:59:59.999999'),
	(21, '0001-01-01'), (22, '2015-03-29~'), (23, '2015-02-28~2'),
	(24, '2015-02-30'), (25, '2015-01-31 24:00'), (26, '2015-13-01'),
	(27, '2015-01-31 12'), (28, '2015-01-31 12:00+16')) AS v(n, ref)
ORDER BY n;

-- A day ends where the session is
SET TIME ZONE 'UTC';
SELECT ref, refs.read('refs.trees', ref) AS names
FROM (VALUES ('2015-02-28'), ('2015-02-28 22:59:59.999999'),
	('2015-02-28 22:59:59.999998'), ('2015-02-28 23:59:59.999999')) AS v(ref)
ORDER BY ref;
SET TIME ZONE 'Asia/Tokyo';
SELECT ref, refs.read('refs.trees', ref) AS names
FROM (VALUES ('2015-02-28'), ('2015-03-01')) AS v(ref)
ORDER BY ref;

-- and with the hours that this day has there: days of 23 and of 25 hours, one
-- without a midnight, one with two of them
CREATE TABLE refs.days (id int PRIMARY KEY);
SELECT version FROM allmende.track('refs.days', valid_at => '2000-01-01');
CREATE PROCEDURE refs.set_day(zone text, day text, after timestamptz)
	LANGUAGE plpgsql AS $$
BEGIN
	PERFORM allmende.commit('refs.days', concat_ws(' ', zone, day, 'last'),
		valid_at => after - interval '1 microsecond', allow_empty => true);
	PERFORM allmende.commit('refs.days', concat_ws(' ', zone, day, 'next'),
		valid_at => after, allow_empty => true);
END
$$;
CALL refs.set_day('Asia/Beirut', '2021-03-27', '2021-03-27 22:00+00');
CALL refs.set_day('Europe/Berlin', '2015-03-29', '2015-03-29 22:00+00');
CALL refs.set_day('Europe/Berlin', '2015-10-25', '2015-10-25 23:00+00');
CALL refs.set_day('America/Havana', '2021-11-06', '2021-11-07 04:00+00');
CALL refs.set_day('Asia/Beirut', '2021-10-30', '2021-10-30 22:00+00');
CREATE FUNCTION refs.message(ref text, zone text) RETURNS text
	LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('timezone', zone, true);
	RETURN (SELECT l.message FROM allmende.log('refs.days', NULL, ref) AS l
		ORDER BY l.version DESC LIMIT 1);
END
$$;
SELECT zone, day, refs.message(day, zone) AS names
FROM (VALUES ('Asia/Beirut', '2021-03-27'), ('Europe/Berlin', '2015-03-29'),
	('Europe/Berlin', '2015-10-25'), ('America/Havana', '2021-11-06'),
	('Asia/Beirut', '2021-10-30')) AS v(zone, day)
ORDER BY day;
SET TIME ZONE 'Europe/Berlin';

-- A version that was not said to be valid at a time counts when it was committed
INSERT INTO refs.trees VALUES (5, 50);
SELECT version FROM allmende.commit('refs.trees', 'five');
SELECT refs.read('refs.trees', to_char(committed_at - interval '1 second',
		'YYYY-MM-DD"T"HH24:MI:SS.US')) AS before,
	refs.read('refs.trees', to_char(committed_at,
		'YYYY-MM-DD"T"HH24:MI:SS.US')) AS then
FROM allmende.log('refs.trees') WHERE version = 5;

-- Revisions, in full and by their beginning, in either case
SELECT l.version, refs.read('refs.trees', l.revision::text) AS all,
	refs.read('refs.trees', left(l.revision::text, 8)) AS eight,
	refs.read('refs.trees', upper(left(l.revision::text, 13))) AS upper,
	CASE WHEN l.version > 1 THEN
		refs.read('refs.trees', left(l.revision::text, 20) || '~') END AS step
FROM allmende.log('refs.trees') AS l
ORDER BY l.version;

-- What names nothing
SELECT n, ref, refs.read('refs.trees', ref) AS said
FROM (VALUES
	(1, 'v6'), (2, 'v2147483647'), (3, 'HEAD~5'), (4, 'v1~'), (5, 'v2~2'),
	(6, 'release~2147483647'), (7, 'relaese'), (8, 'RELEASE'),
	(9, 'delivery 2027'), (10, 'delivery'), (11, 'mian'), (12, 'xyz'),
	(13, '00000000'), (14, 'ffffffffff'), (15, 'head'), (16, 'V1'), (17, 'v0'),
	(18, 'v01'), (19, '1999-12-31'), (20, 'Abgabe Moenchengladbach'),
	(21, '2015-01-30~')) AS v(n, ref)
ORDER BY n;

-- What is no ref
SELECT n, ref, refs.read('refs.trees', ref) AS said
FROM (VALUES
	(1, ''), (2, '~'), (3, 'HEAD~0'), (4, 'HEAD~01'), (5, 'HEAD~x'),
	(6, 'HEAD~2147483648'), (7, 'HEAD~2147483647~1'), (8, ' HEAD'),
	(9, 'HEAD '), (10, 'HEAD ~1'), (11, E'a\tb'), (12, 'WORKING~1'),
	(13, repeat('x', 64)), (14, 'Mönch~ö'), (15, '2015-01-31x'),
	(16, 'v2147483648'), (17, 'WORKING')) AS v(n, ref)
ORDER BY n;

-- Names like it: at most ten, the nearest first
SELECT string_agg(allmende.mark('refs.trees', 'survey ' || chr(i), 'v1'), ' ')
FROM generate_series(ascii('a'), ascii('m')) AS i;
SELECT refs.read('refs.trees', 'survey') AS many,
	refs.read('refs.trees', 'surwey c') AS one_letter;

-- A dataset of its own has names of its own
SELECT refs.read('refs.days', 'release') AS said;

-- Names that mean several versions can come from elsewhere only
BEGIN;
INSERT INTO allmende.mark
SELECT dataset, 'main', version, author, marked_at
FROM allmende.mark WHERE name = 'delivery 2025';
SELECT refs.read('refs.trees', 'main') AS said, refs.read('refs.trees', 'HEAD') AS head;
ROLLBACK;
BEGIN;
UPDATE allmende.version AS v
SET revision = ('12345678' || lpad(number::text, 56, '0'))::allmende.revision
FROM allmende.dataset AS d
WHERE d.id = v.dataset AND d.name = 'refs.trees';
SELECT refs.read('refs.trees', '12345678') AS eight,
	refs.read('refs.trees', '12345678' || lpad('3', 56, '0')) AS all;
INSERT INTO allmende.mark
SELECT dataset, '12345678' || repeat('0', 54), version, author, marked_at
FROM allmende.mark WHERE name = 'delivery 2025';
SELECT refs.read('refs.trees', '12345678' || repeat('0', 54)) AS said;
ROLLBACK;

-- Refs are read with the snapshot of the statement
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT refs.read('refs.trees', 'HEAD') AS head;
INSERT INTO refs.trees VALUES (6, 60);
SELECT version FROM allmende.commit('refs.trees', 'six');
SELECT refs.read('refs.trees', 'HEAD') AS head, refs.read('refs.trees', 'v6') AS six;
ROLLBACK;
SELECT refs.read('refs.trees', 'HEAD') AS head, refs.read('refs.trees', 'v6') AS six;

SELECT allmende.untrack('refs.trees'), allmende.untrack('refs.days');
SELECT allmende.forget('refs.trees'), allmende.forget('refs.days');
DROP SCHEMA refs CASCADE;
