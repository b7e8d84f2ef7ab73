-- Tracking tables: what is refused, what the journal sees, what DDL does.
CREATE SCHEMA tracked;
SET search_path = tracked, public, allmende;

-- the keys in the journal of a table, by row of the journal; key is (a int)
CREATE TYPE tracked.journal_key AS (a int);
CREATE FUNCTION tracked.keys(packed bytea) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
	found int[] := '{}';
	place int := 0;
	size int;
BEGIN
	IF packed IS NULL THEN
		RETURN NULL;
	END IF;
	WHILE place < length(packed) LOOP
		size := get_byte(packed, place) + 256 * get_byte(packed, place + 1);
		found := found || (row_from_canonical(NULL::tracked.journal_key,
			substr(packed, place + 5, size))).a;
		place := place + 4 + size;
	END LOOP;
	RETURN found;
END $$;

-- what the journal of a table holds, which is emptied
CREATE FUNCTION tracked.journal(rel regclass)
	RETURNS TABLE (keys int[], is_author bool) LANGUAGE plpgsql AS $$
DECLARE
	name text;
BEGIN
	SELECT format('allmende_store.s_%s_journal', d.store) INTO name
	FROM allmende.dataset AS d
	WHERE d.uuid::text = (SELECT left(encode(g.tgargs, 'escape'), 36)
		FROM pg_trigger AS g
		WHERE g.tgrelid = rel AND g.tgname = 'allmende_truncate');
	RETURN QUERY EXECUTE format(
		'WITH gone AS (DELETE FROM %s RETURNING recorded_at, ctid, keys, author)
		SELECT tracked.keys(keys), author = session_user FROM gone
		ORDER BY recorded_at, ctid', name);
END $$;

-- the same, as it is
CREATE FUNCTION tracked.journal_bytes(rel regclass)
	RETURNS TABLE (keys bytea) LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT keys FROM allmende_store.s_%s_journal',
		(SELECT store FROM allmende.dataset
		WHERE name = 'tracked.' || rel::text));
END $$;

CREATE FUNCTION tracked.suspect(rel text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	why text;
BEGIN
	SELECT suspect INTO why FROM allmende.dataset WHERE name = rel;
	UPDATE allmende.dataset SET suspect = NULL WHERE name = rel;
	RETURN why;
END $$;

-- what cannot be tracked
CREATE VIEW view AS SELECT 1 AS a;
CREATE MATERIALIZED VIEW matview AS SELECT 1 AS a;
CREATE FOREIGN DATA WRAPPER nothing;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing;
CREATE FOREIGN TABLE abroad (a int) SERVER nowhere;
CREATE TEMP TABLE temporary (a int PRIMARY KEY);
CREATE UNLOGGED TABLE unlogged (a int PRIMARY KEY);
CREATE SEQUENCE sequence;
CREATE TABLE parent (a int PRIMARY KEY);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE parts (a int PRIMARY KEY, b text) PARTITION BY RANGE (a);
CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (10);
CREATE TABLE mixed (a int, b text) PARTITION BY RANGE (a);
CREATE FOREIGN TABLE mixed_abroad PARTITION OF mixed
	FOR VALUES FROM (0) TO (10) SERVER nowhere;
SELECT track('view');
SELECT track('matview');
SELECT track('abroad');
SELECT track('temporary');
SELECT track('unlogged');
SELECT track('sequence');
SELECT track('pg_class');
SELECT track('allmende.municipality');
SELECT track('parent');
SELECT track('child');
SELECT track('part');
SELECT track('mixed');
SELECT track(NULL);
SELECT track('parts', message => ' ');
SELECT track('parts', message => NULL);
SELECT track('parts', valid_at => 'infinity');

-- keys
CREATE TABLE keys (a int, b int NOT NULL, c int NOT NULL, d int NOT NULL,
	e int NOT NULL, f int NOT NULL, g json, h oid);
CREATE UNIQUE INDEX keys_a ON keys (a);
CREATE UNIQUE INDEX keys_b ON keys (b) WHERE b > 0;
CREATE INDEX keys_c ON keys (c);
CREATE UNIQUE INDEX keys_d ON keys ((d + 1));
ALTER TABLE keys ADD UNIQUE (e) DEFERRABLE;
CREATE UNIQUE INDEX keys_ef ON keys (e, f);
SELECT track('keys');
SELECT track('keys', '{a}');
SELECT track('keys', '{b}');
SELECT track('keys', '{c}');
SELECT track('keys', '{d}');
SELECT track('keys', '{e}');
SELECT track('keys', '{f}');
SELECT track('keys', '{x}');
SELECT track('keys', '{f,f}');
SELECT track('keys', '{f,NULL}');
SELECT track('keys', '{f,e}', '{x}');
SELECT track('keys', '{f,e}', '{f}');
SELECT track('keys', '{f,e}', '{g}');
ALTER TABLE keys DROP COLUMN h;
SELECT version, total FROM track('keys', '{f,e}', '{g}');
SELECT name, key, ignored, required FROM allmende.schema_column
WHERE schema = (SELECT max(id) FROM allmende.schema) ORDER BY position;
SELECT track('keys', '{f,e}');
SELECT forget('tracked.keys');
SELECT untrack('keys');
SELECT untrack('keys');
SELECT forget('tracked.keys');
SELECT forget('tracked.keys');
CREATE TABLE deferred (a int PRIMARY KEY DEFERRABLE);
SELECT track('deferred');

-- only the owner
\set VERBOSITY terse
CREATE ROLE regress_other;
CREATE TABLE trees (a int PRIMARY KEY, b text);
GRANT ALL ON trees TO regress_other;
GRANT ALL ON SCHEMA tracked TO regress_other;
SET ROLE regress_other;
SELECT track('trees');
CREATE TABLE own (a int PRIMARY KEY);
SELECT version FROM track('own');
CREATE TRIGGER forged AFTER TRUNCATE ON own
	EXECUTE FUNCTION allmende.journal_truncate('00000000-0000-0000-0000-000000000000');
RESET ROLE;
SELECT untrack('own');
SELECT forget('tracked.own');

-- what the journal sees
INSERT INTO trees SELECT i, 'x' FROM generate_series(1, 9) AS i;
SELECT version, inserted, total FROM track('trees');
INSERT INTO trees VALUES (10, 'y'), (11, 'y');
SELECT * FROM journal('trees');
UPDATE trees SET b = 'z' WHERE a IN (1, 2);
SELECT * FROM journal('trees');
UPDATE trees SET a = a + 100 WHERE a IN (10, 11);
SELECT * FROM journal('trees');
UPDATE trees SET b = 'z' WHERE a = 1000;
DELETE FROM trees WHERE a > 100;
SELECT * FROM journal('trees');
COPY trees FROM STDIN;
20	c
21	c
\.
SELECT * FROM journal('trees');
MERGE INTO trees AS t USING (VALUES (1), (2), (30)) AS s(a) ON t.a = s.a
WHEN MATCHED AND s.a = 1 THEN DELETE
WHEN MATCHED THEN UPDATE SET b = 'm'
WHEN NOT MATCHED THEN INSERT VALUES (s.a, 'm');
SELECT keys FROM journal('trees') ORDER BY keys;
INSERT INTO trees VALUES (2, 'o'), (31, 'o')
ON CONFLICT (a) DO UPDATE SET b = EXCLUDED.b;
SELECT keys FROM journal('trees') ORDER BY keys;
INSERT INTO trees VALUES (2, 'o') ON CONFLICT DO NOTHING;
SELECT * FROM journal('trees');
WITH gone AS (DELETE FROM trees WHERE a = 31 RETURNING a)
INSERT INTO trees SELECT a + 1, 'w' FROM gone;
SELECT keys FROM journal('trees') ORDER BY keys;
BEGIN;
INSERT INTO trees VALUES (40, 'kept');
SAVEPOINT s;
INSERT INTO trees VALUES (41, 'gone');
ROLLBACK TO s;
COMMIT;
SELECT * FROM journal('trees');
SET session_replication_role = replica;
INSERT INTO trees VALUES (50, 'r');
UPDATE trees SET a = 51 WHERE a = 50;
UPDATE trees SET b = 's' WHERE a = 51;
DELETE FROM trees WHERE a = 51;
RESET session_replication_role;
SELECT * FROM journal('trees');
SET SESSION AUTHORIZATION regress_other;
INSERT INTO tracked.trees VALUES (60, 'other');
RESET SESSION AUTHORIZATION;
SELECT * FROM journal('trees');

-- foreign keys, and triggers that write
CREATE TABLE leaves (a int PRIMARY KEY,
	tree int REFERENCES trees ON DELETE CASCADE ON UPDATE CASCADE);
INSERT INTO leaves VALUES (1, 3), (2, 3), (3, 4);
SELECT version FROM track('leaves');
DELETE FROM trees WHERE a = 3;
UPDATE trees SET a = 70 WHERE a = 4;
SELECT keys FROM journal('leaves');
SELECT keys FROM journal('trees');
CREATE FUNCTION other_row() RETURNS trigger LANGUAGE plpgsql AS
	'BEGIN UPDATE tracked.trees SET b = ''by trigger'' WHERE a = 5; RETURN NULL; END';
CREATE TRIGGER other AFTER INSERT ON leaves FOR EACH ROW EXECUTE FUNCTION other_row();
INSERT INTO leaves VALUES (4, 5);
SELECT keys FROM journal('trees');
SELECT keys FROM journal('leaves');
TRUNCATE trees CASCADE;
SELECT * FROM journal('trees');
SELECT * FROM journal('leaves');
SET session_replication_role = replica;
TRUNCATE leaves;
RESET session_replication_role;
SELECT * FROM journal('leaves');

-- long keys, and many
CREATE TABLE long (a text PRIMARY KEY);
SELECT version FROM track('long');
INSERT INTO long SELECT repeat(i::text, 20000) FROM generate_series(1, 3) AS i;
INSERT INTO long SELECT i::text FROM generate_series(1, 10000) AS i;
DO $$
DECLARE
	name text;
	found record;
BEGIN
	SELECT format('allmende_store.s_%s_journal', store) INTO name
	FROM allmende.dataset AS d WHERE d.name = 'tracked.long';
	EXECUTE format('SELECT count(*), max(length(keys)) FILTER (WHERE length(keys) < 20000) AS short,
		count(*) FILTER (WHERE length(keys) > 20000) AS long FROM %s', name) INTO found;
	RAISE NOTICE '% rows, % bytes at most, % long ones', found.count, found.short, found.long;
END $$;
DROP TABLE long;
SELECT forget('tracked.long');

-- partitions
INSERT INTO parts VALUES (1, 'x');
SELECT version FROM track('parts');
INSERT INTO parts VALUES (2, 'x');
INSERT INTO part VALUES (3, 'x');
SELECT * FROM journal('parts');
CREATE TABLE more PARTITION OF parts FOR VALUES FROM (10) TO (20);
SELECT suspect('tracked.parts');
INSERT INTO more VALUES (11, 'x');
UPDATE parts SET a = 12 WHERE a = 1;
SELECT * FROM journal('parts');
SET session_replication_role = replica;
UPDATE part SET b = 'y';
RESET session_replication_role;
SELECT * FROM journal('parts');
TRUNCATE part;
SELECT * FROM journal('parts');
CREATE TABLE third (b text, a int NOT NULL) PARTITION BY RANGE (a);
CREATE TABLE third_1 PARTITION OF third FOR VALUES FROM (20) TO (25);
INSERT INTO third VALUES ('x', 21);
ALTER TABLE parts ATTACH PARTITION third FOR VALUES FROM (20) TO (30);
SELECT suspect('tracked.parts');
INSERT INTO third VALUES ('x', 22);
INSERT INTO third_1 VALUES ('x', 23);
SELECT * FROM journal('parts');
CREATE TABLE third_2 PARTITION OF third FOR VALUES FROM (25) TO (30);
INSERT INTO third_2 VALUES ('x', 26);
SELECT * FROM journal('parts');
ALTER TABLE parts DETACH PARTITION third;
SELECT suspect('tracked.parts');
SELECT tgrelid::regclass, tgname, tgenabled FROM pg_trigger
WHERE tgname ~ '^allmende_' AND tgrelid IN ('third'::regclass, 'third_1'::regclass,
	'more'::regclass, 'parts'::regclass) ORDER BY 1, 2;
ALTER TABLE parts ATTACH PARTITION trees FOR VALUES FROM (30) TO (40);
CREATE UNLOGGED TABLE lost PARTITION OF parts FOR VALUES FROM (30) TO (40);
CREATE FOREIGN TABLE far PARTITION OF parts
	FOR VALUES FROM (30) TO (40) SERVER nowhere;
SELECT untrack('part');
SELECT untrack('parts');
SELECT count(*) FROM pg_trigger WHERE tgrelid IN ('parts'::regclass, 'part'::regclass,
	'more'::regclass) AND tgname ~ '^allmende_';
SELECT forget('tracked.parts');

-- DDL
SELECT suspect('tracked.trees');
COMMENT ON TABLE trees IS 'Trees';
ALTER TABLE trees ALTER COLUMN b SET STORAGE EXTERNAL;
ALTER TABLE trees ALTER COLUMN b SET DEFAULT 'x';
CREATE INDEX ON trees (b);
ALTER TABLE trees SET (fillfactor = 90);
SELECT suspect('tracked.trees');
ALTER TABLE trees RENAME COLUMN b TO c;
ALTER TABLE trees RENAME COLUMN a TO id;
SELECT c.id, c.name, c.attnum FROM allmende.dataset_column AS c
JOIN allmende.dataset AS d ON d.id = c.dataset
WHERE d.name = 'tracked.trees' ORDER BY 1;
INSERT INTO trees VALUES (1, 'after the renaming');
SELECT keys FROM journal('trees');
ALTER TABLE trees RENAME TO wood;
CREATE SCHEMA tracked_too;
ALTER TABLE wood SET SCHEMA tracked_too;
ALTER TABLE tracked_too.wood OWNER TO regress_other;
SELECT name, owner, suspect FROM allmende.dataset WHERE name ~ 'wood';
ALTER TABLE tracked_too.wood OWNER TO CURRENT_USER;
ALTER TABLE tracked_too.wood SET SCHEMA tracked;
ALTER TABLE wood RENAME TO trees;
ALTER TABLE trees ADD COLUMN n int DEFAULT 7;
SELECT suspect('tracked.trees');
ALTER TABLE trees DROP COLUMN n;
SELECT suspect('tracked.trees');
ALTER TABLE trees ADD COLUMN n int;
SELECT suspect('tracked.trees');
SELECT c.id, c.name, c.attnum FROM allmende.dataset_column AS c
JOIN allmende.dataset AS d ON d.id = c.dataset
WHERE d.name = 'tracked.trees' ORDER BY 1;
ALTER TABLE trees ALTER COLUMN n TYPE text;
SELECT suspect('tracked.trees');
ALTER TABLE trees DISABLE TRIGGER allmende_insert;
SELECT suspect('tracked.trees');
ALTER TABLE trees DISABLE TRIGGER ALL;
SELECT suspect('tracked.trees');
ALTER TABLE trees ENABLE TRIGGER ALL;
SELECT tgname, tgenabled FROM pg_trigger
WHERE tgrelid = 'trees'::regclass AND tgname ~ '^allmende_' ORDER BY 1;
INSERT INTO trees VALUES (2, 'once');
SELECT keys FROM journal('trees');
ALTER TABLE leaves SET UNLOGGED;
CREATE TABLE heir () INHERITS (trees);
CREATE TABLE heir (LIKE trees);
ALTER TABLE heir INHERIT trees;
ALTER TABLE trees INHERIT heir;
ALTER TABLE trees DROP COLUMN id CASCADE;
CREATE TYPE species AS ENUM ('oak', 'lime');
CREATE DOMAIN tall AS int;
CREATE TYPE pair AS (one species, two tall);
ALTER TABLE trees ADD COLUMN s species[], ADD COLUMN p pair;
SELECT suspect('tracked.trees');
ALTER TYPE species ADD VALUE 'elm';
SELECT suspect('tracked.trees');
ALTER TYPE species RENAME VALUE 'lime' TO 'linden';
SELECT suspect('tracked.trees');
ALTER TYPE pair ADD ATTRIBUTE three int;
SELECT suspect('tracked.trees');
ALTER DOMAIN tall SET NOT NULL;
ALTER DOMAIN tall ADD CHECK (VALUE > 0);
SELECT suspect('tracked.trees');
CREATE TYPE unused AS ENUM ('a');
ALTER TYPE unused RENAME VALUE 'a' TO 'b';
SELECT suspect('tracked.trees');
ALTER TABLE trees DROP CONSTRAINT trees_pkey CASCADE;
SELECT suspect('tracked.trees');
-- in the replica role as well
SET session_replication_role = replica;
ALTER TABLE trees RENAME COLUMN id TO a;
RESET session_replication_role;
SELECT c.name FROM allmende.dataset_column AS c
JOIN allmende.dataset AS d ON d.id = c.dataset
WHERE d.name = 'tracked.trees' AND c.id = 1;

-- a copy of the triggers: two heads of one dataset
CREATE TABLE twin (a int PRIMARY KEY);
DO $$
DECLARE
	uuid text;
BEGIN
	SELECT left(encode(tgargs, 'escape'), 36) INTO uuid FROM pg_trigger
	WHERE tgrelid = 'tracked.trees'::regclass AND tgname = 'allmende_truncate';
	EXECUTE format('CREATE TRIGGER allmende_truncate AFTER TRUNCATE ON tracked.twin
		EXECUTE FUNCTION allmende.journal_truncate(%L)', uuid);
	PERFORM allmende.forget(uuid);
EXCEPTION WHEN SQLSTATE 'RD301' THEN
	RAISE NOTICE 'two heads';
END $$;
-- triggers without a history: a warning once, and the edit passes
CREATE TRIGGER allmende_truncate AFTER TRUNCATE ON twin
	EXECUTE FUNCTION allmende.journal_truncate('00000000-0000-0000-0000-000000000000');
TRUNCATE twin;
TRUNCATE twin;
SELECT version FROM track('twin');
TRUNCATE twin;
SELECT keys FROM journal('twin');

-- labels of a key are those of now
CREATE TYPE colour AS ENUM ('red', 'green');
CREATE TABLE coloured (a colour PRIMARY KEY);
SELECT version FROM track('coloured');
INSERT INTO coloured VALUES ('red');
ALTER TYPE colour RENAME VALUE 'green' TO 'blue';
INSERT INTO coloured VALUES ('blue');
SELECT suspect('tracked.coloured');
SELECT convert_from(keys, 'UTF8') ~ 'blue' AS blue FROM (
	SELECT substr(keys, 15) AS keys FROM journal_bytes('coloured')) AS k
ORDER BY 1;

-- commits find what was journalled, and consume it
CREATE TABLE last (a int PRIMARY KEY, b text);
INSERT INTO last VALUES (1, 'x'), (2, 'x');
SELECT version FROM track('last');
INSERT INTO last VALUES (3, 'x');
UPDATE last SET b = 'y' WHERE a = 1;
DELETE FROM last WHERE a = 2;
SELECT version, inserted, updated, deleted, total FROM commit('last', 'edits');
SELECT * FROM journal('last');
DROP SERVER nowhere CASCADE;
DROP FOREIGN DATA WRAPPER nothing;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA tracked CASCADE;
DROP SCHEMA tracked_too;
SELECT allmende.forget(uuid::text) FROM allmende.dataset WHERE name ~ '^tracked';
RESET client_min_messages;
DROP ROLE regress_other;
