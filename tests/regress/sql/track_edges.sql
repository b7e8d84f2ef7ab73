-- Tracked tables that others have had their hands on: triggers that change keys or
-- read the same rows, tables made anew, keys of another type, copies with the
-- triggers of the original.
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE SCHEMA edges;
SET search_path = edges, public;

-- a trigger that changes the key: the old one is deleted, the new one inserted
CREATE TABLE c (id int PRIMARY KEY, a int, b int);
INSERT INTO c VALUES (1, 1, 1), (2, 2, 2);
SELECT total FROM allmende.track('c');
CREATE FUNCTION edges.shift() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.id := NEW.id + 50; RETURN NEW; END';
CREATE TRIGGER shift BEFORE UPDATE ON c FOR EACH ROW EXECUTE FUNCTION edges.shift();
UPDATE c SET b = 5 WHERE id = 2;
DROP TRIGGER shift ON c;
SELECT inserted, updated, deleted, fault FROM allmende.status('c');
SELECT inserted, updated, deleted, total FROM allmende.commit('edges.c', 'shifted');

-- a trigger of others that reads the same transition table, after ours
CREATE FUNCTION edges.count() RETURNS trigger LANGUAGE plpgsql AS
	'BEGIN RAISE WARNING ''% rows'', (SELECT count(*) FROM n); RETURN NULL; END';
CREATE TRIGGER z_count AFTER INSERT ON c REFERENCING NEW TABLE AS n
	FOR EACH STATEMENT EXECUTE FUNCTION edges.count();
CREATE TRIGGER a_count AFTER INSERT ON c REFERENCING NEW TABLE AS n
	FOR EACH STATEMENT EXECUTE FUNCTION edges.count();
INSERT INTO c VALUES (20, 0, 0), (21, 0, 0);
DROP TRIGGER z_count ON c;
DROP TRIGGER a_count ON c;
SELECT inserted, updated, deleted, total FROM allmende.commit('edges.c', 'read by others');

-- a column that is dropped and made again is another; one of another type is the
-- same; a default that is in the catalogue alone changes no stored row
DELETE FROM c WHERE id > 1;
ALTER TABLE c DROP a;
ALTER TABLE c ADD a int;
ALTER TABLE c ALTER b TYPE bigint;
ALTER TABLE c ADD d text NOT NULL DEFAULT 'initial';
SELECT inserted, updated, deleted, total FROM allmende.commit('edges.c', 'columns');
SELECT c.column_id, c.name, c.type, c.key, c.initial
	FROM allmende.schema_column AS c
	JOIN allmende.version AS v ON v.schema = c.schema
	JOIN allmende.dataset AS d ON d.id = v.dataset
	WHERE d.name = 'edges.c' AND v.message = 'columns'
	ORDER BY c."position";

-- made anew with its columns in another order, as if restored: the same rows
CREATE TABLE c2 (d text NOT NULL, id int PRIMARY KEY, b bigint, a int);
INSERT INTO c2 (d, id, b, a) SELECT d, id, b, a FROM c;
CREATE FUNCTION edges.copy_triggers(original regclass, copy regclass) RETURNS void
	LANGUAGE plpgsql AS $$
DECLARE
	command text;
BEGIN
	FOR command IN SELECT pg_get_triggerdef(oid) FROM pg_trigger
		WHERE tgrelid = original AND tgname ~ '^allmende_' LOOP
		EXECUTE regexp_replace(command, ' ON \S+ ', format(' ON edges.%I ', copy::text));
	END LOOP;
END
$$;
SELECT edges.copy_triggers('c', 'c2');
DROP TABLE c;
ALTER TABLE c2 RENAME TO c;
SELECT inserted, updated, deleted FROM allmende.status('c', true);
SELECT test.error($$SELECT * FROM allmende.commit('edges.c', 'restored')$$);
SELECT inserted, updated, deleted, total FROM allmende.commit('edges.c', 'restored', allow_empty => true);
SELECT fault FROM allmende.status('c');
UPDATE c SET a = 1;
SELECT inserted, updated, deleted, total FROM allmende.commit('edges.c', 'after');

-- a key of another type: as text it is another key, as bigint the same
CREATE TABLE k (id int PRIMARY KEY, v text);
INSERT INTO k VALUES (1, 'a'), (2, 'b');
SELECT total FROM allmende.track('k');
UPDATE k SET v = 'c' WHERE id = 2;
ALTER TABLE k ALTER id TYPE bigint;
UPDATE k SET v = 'd' WHERE id = 2;
SELECT inserted, updated, deleted, total FROM allmende.commit('edges.k', 'bigint');
UPDATE k SET v = 'e' WHERE id = 1;
SELECT inserted, updated, deleted, total FROM allmende.commit('edges.k', 'after');
ALTER TABLE k ALTER id TYPE text;
INSERT INTO k VALUES ('q', 'q');
SELECT inserted, updated, deleted, total FROM allmende.commit('edges.k', 'text');
UPDATE k SET id = 'r' WHERE id = 'q';
SELECT inserted, updated, deleted, total FROM allmende.commit('edges.k', 'after');

-- two tables with the triggers of one dataset: no commit, but edits and DDL pass
CREATE TABLE copy (id text PRIMARY KEY, v text);
SELECT edges.copy_triggers('k', 'copy');
ALTER TABLE copy ADD x int;
ALTER TABLE k RENAME v TO w;
ALTER TABLE k ADD x int DEFAULT 1;
INSERT INTO copy VALUES ('7');
INSERT INTO k VALUES ('s');
SELECT regexp_replace(test.error($$SELECT * FROM allmende.commit('edges.k', 'x')$$), '[0-9a-f]{8}-[0-9a-f-]{27}', 'uuid');
-- ... which keeps nobody from the others
SELECT dataset, fault FROM allmende.status() WHERE fault LIKE 'several%';
SELECT count(*) > 1 AS others, count(*) FILTER (WHERE rel IS NULL) > 0 AS unclear FROM allmende.datasets;
SELECT count(*) FROM allmende.commit_pending('1 day');
SELECT allmende.untrack('copy');
SELECT inserted, updated, deleted, total FROM allmende.commit('edges.k', 'alone again');
SELECT c.column_id, c.name
	FROM allmende.schema_column AS c
	JOIN allmende.version AS v ON v.schema = c.schema
	JOIN allmende.dataset AS d ON d.id = v.dataset
	WHERE d.name = 'edges.k' AND v.message = 'alone again'
	ORDER BY c."position";

DROP SCHEMA edges CASCADE;
SELECT count(allmende.forget(uuid::text)) FROM allmende.dataset WHERE name ~ '^edges\.';

-- columns that no version could have are refused at once
CREATE TABLE o (id int PRIMARY KEY, x int);
SELECT total FROM allmende.track('o');
ALTER TABLE o ADD COLUMN y oid;
ALTER TABLE o ALTER COLUMN id TYPE geometry USING ST_Point(id, 0);
ALTER TABLE o ADD COLUMN z text DEFAULT 'z';
SELECT version FROM allmende.commit('o', 'goes on');

-- what was rewritten is trusted again once it was compared
VACUUM FULL o;
SELECT inserted, fault FROM allmende.status('o');
SELECT count(*) FROM allmende.commit_pending();
SELECT inserted, fault FROM allmende.status('o');
