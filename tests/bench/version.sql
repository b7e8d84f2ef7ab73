-- Versions against a history table in plain SQL: the head has a column sys_period,
-- and a row trigger moves what was replaced into a table of the same columns.  The
-- trigger is what nearform/temporal_tables generates for a table, not its slower
-- one for any.  A municipal register of trees; BENCH_ROWS rows, 1 M by default.
\set rows 1000000
\getenv rows BENCH_ROWS
SET client_min_messages = warning;
SELECT setseed(0.2) \g /dev/null
CREATE TABLE register AS
	SELECT i AS id,
		'species ' || floor(40 * random() ^ 2) AS species,
		'street ' || s.n AS street,
		CASE WHEN random() < 0.05 THEN 'remark ' || md5(i::text) END AS remark,
		date '1950-01-01' + floor(random() * 25000)::int AS planted,
		(2 + random() * 30)::numeric(5, 2) AS height,
		(10 + floor(random() * 300))::int AS girth,
		'059660' || lpad((s.n % 59)::text, 2, '0') AS ags,
		timestamptz '2020-01-01' + floor(random() * 1e8) * interval '1 s' AS changed,
		ST_SetSRID(ST_MakePoint(round((420000 + s.n % 45 * 400 + random() * 400)::numeric, 2)::float8,
			round((5650000 + s.n / 45 * 400 + random() * 400)::numeric, 2)::float8), 25832)::geometry(Point, 25832) AS geom
	FROM generate_series(1, :rows::bigint) AS i,
		LATERAL (SELECT floor(random() * 2000)::int + 0 * i::int AS n) AS s;

-- Tables with the first so many rows: without triggers, with ours, with the peer's.
CREATE PROCEDURE make_tables(prefix text, row_count bigint) LANGUAGE plpgsql AS $$
DECLARE
	which text;
BEGIN
	FOREACH which IN ARRAY ARRAY['plain', 'ours', 'peer'] LOOP
		EXECUTE format('CREATE TABLE %s_%s (LIKE register)', prefix, which);
		IF which = 'peer' THEN
			EXECUTE format('ALTER TABLE %s_peer ADD sys_period tstzrange NOT NULL DEFAULT tstzrange(current_timestamp, NULL)', prefix);
		END IF;
		EXECUTE format('INSERT INTO %s_%s SELECT * FROM register WHERE id <= %s', prefix, which, row_count);
		EXECUTE format('ALTER TABLE %s_%s ADD PRIMARY KEY (id)', prefix, which);
		EXECUTE format('CREATE INDEX ON %s_%s USING gist (geom)', prefix, which);
	END LOOP;
	EXECUTE format('CREATE TABLE %1$s_peer_history (LIKE %1$s_peer)', prefix);
	EXECUTE format('CREATE INDEX ON %s_peer_history (id, sys_period)', prefix);
	EXECUTE format($f$CREATE FUNCTION %1$s_keep() RETURNS trigger LANGUAGE plpgsql AS $t$
		BEGIN
			IF tg_op <> 'INSERT' AND lower(old.sys_period) < current_timestamp THEN
				INSERT INTO %1$s_peer_history VALUES (old.id, old.species, old.street,
					old.remark, old.planted, old.height, old.girth, old.ags, old.changed,
					old.geom, tstzrange(lower(old.sys_period), current_timestamp));
			END IF;
			IF tg_op = 'DELETE' THEN
				RETURN old;
			END IF;
			new.sys_period := tstzrange(current_timestamp, NULL);
			RETURN new;
		END $t$ $f$, prefix);
	EXECUTE format('CREATE TRIGGER keep BEFORE INSERT OR UPDATE OR DELETE ON %1$s_peer FOR EACH ROW EXECUTE FUNCTION %1$s_keep()', prefix);
END $$;

CREATE TABLE sample (what text, which text, milliseconds numeric);
CREATE FUNCTION take_sample(what text, which text, query text) RETURNS void LANGUAGE sql
	BEGIN ATOMIC INSERT INTO sample VALUES (what, which, timed(query)); END;
CREATE FUNCTION sample_median(a_what text, a_which text) RETURNS numeric LANGUAGE sql
	RETURN (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY milliseconds)::numeric
		FROM sample WHERE what = a_what AND which = a_which);
CREATE FUNCTION store_bytes() RETURNS numeric LANGUAGE sql
	RETURN (SELECT sum(pg_total_relation_size(oid)) FROM pg_class
		WHERE relnamespace = 'allmende_store'::regnamespace AND relkind IN ('r', 'S'));

-- What the triggers cost.
CALL make_tables('edit', 100000);
SELECT allmende.track('edit_ours') IS NULL AS failed \gset
\set file `mktemp -u /tmp/allmende-bench.XXXXXX`
COPY (SELECT id + 100000000, species, street, remark, planted, height, girth, ags, changed, geom
	FROM register WHERE id <= 100000) TO :'file';
CREATE TABLE edit_step (n int, what text, query text, timed bool);
INSERT INTO edit_step VALUES
	(1, 'INSERT', 'INSERT INTO %s (id, species, street, remark, planted, height, girth, ags, changed, geom)
		SELECT id + 100000000, species, street, remark, planted, height, girth, ags, changed, geom
		FROM register WHERE id <= 100000', true),
	(2, NULL, 'DELETE FROM %s WHERE id > 100000000', false),
	(3, NULL, 'VACUUM %s', false),
	(4, 'UPDATE', 'UPDATE %s SET girth = girth + 1, changed = changed + interval ''1 day''', true),
	(5, NULL, 'VACUUM %s', false),
	(6, 'COPY', 'COPY %s (id, species, street, remark, planted, height, girth, ags, changed, geom) FROM ' || quote_literal(:'file'), true),
	(7, NULL, 'DELETE FROM %s WHERE id > 100000000', false),
	(8, NULL, 'VACUUM %s', false);
SELECT CASE WHEN timed
	THEN format('DO %L', format('BEGIN PERFORM take_sample(%L, %L, %L); END', what, which, format(query, 'edit_' || which)))
	ELSE format(query, 'edit_' || which) END
FROM generate_series(1, 5) AS round, edit_step,
	unnest(ARRAY['plain', 'ours', 'peer']) WITH ORDINALITY AS w (which, position)
ORDER BY round, n, (position + round) % 3 \gexec
\setenv file :file
\! rm -f "$file"
SELECT format('%s of 100,000 rows', what) AS "what (medians of 5)",
	round(sample_median(what, 'plain'), 1) AS plain_ms,
	round(sample_median(what, 'ours'), 1) AS ours_ms,
	round(sample_median(what, 'peer'), 1) AS peer_ms,
	round(sample_median(what, 'ours') / sample_median(what, 'plain'), 2) AS ours_by_plain,
	round(sample_median(what, 'peer') / sample_median(what, 'plain'), 2) AS peer_by_plain
FROM edit_step WHERE what IS NOT NULL ORDER BY n;
SELECT allmende.untrack('edit_ours') \g /dev/null
DROP TABLE edit_ours, edit_plain, edit_peer, edit_peer_history;
SELECT allmende.forget('public.edit_ours') \g /dev/null

-- One version.
CALL make_tables('tree', :rows);
VACUUM ANALYZE tree_plain;
SELECT take_sample('track', 'ours', $$SELECT allmende.track('tree_ours')$$) \g /dev/null
VACUUM ANALYZE tree_ours, tree_peer;
SELECT format('VACUUM %s', oid::regclass) FROM pg_class
WHERE relnamespace = 'allmende_store'::regnamespace AND relkind = 'r' \gexec
SELECT store_bytes() AS one_bytes, pg_table_size('tree_ours') AS heap_bytes \gset

-- Edits of so many rows all over the table, the same in both.
CREATE PROCEDURE edit(row_count bigint, total bigint, what text) LANGUAGE plpgsql AS $$
DECLARE
	ids bigint[] := ARRAY(SELECT DISTINCT 1 + floor(random() * total)::bigint FROM generate_series(1, row_count));
	query text := $q$UPDATE %s SET height = least(height + (random() * 2)::numeric(5, 2), 99),
		girth = girth + 1, changed = now() WHERE id = ANY(%L)$q$;
BEGIN
	PERFORM take_sample(what || ' edit', 'ours', format(query, 'tree_ours', ids));
	COMMIT;
	PERFORM take_sample(what || ' edit', 'peer', format(query, 'tree_peer', ids));
	COMMIT;
	PERFORM take_sample(what || ' commit', 'ours', $q$SELECT allmende.commit('tree_ours', 'edits')$q$);
	COMMIT;
END $$;
-- What autovacuum would do in between, were these edits spread over days as usual.
SELECT format('CALL edit(%s, %s, %L)', :rows / 100, :rows, '1 %'),
	CASE WHEN i % 10 = 0 THEN 'VACUUM tree_ours, tree_peer, tree_peer_history' END,
	CASE WHEN i % 10 = 0 THEN (SELECT 'VACUUM ' || string_agg(oid::regclass::text, ', ') FROM pg_class
		WHERE relnamespace = 'allmende_store'::regnamespace AND relkind = 'r') END
FROM generate_series(1, 98) AS i \gexec
SELECT committed_at AS then FROM allmende.log('tree_ours') WHERE version = 50 \gset
CALL edit(:rows / 100, :rows, '1 %');
VACUUM tree_ours, tree_peer, tree_peer_history;
SELECT format('VACUUM %s', oid::regclass) FROM pg_class
WHERE relnamespace = 'allmende_store'::regnamespace AND relkind = 'r' \gexec
SELECT what, round(bytes / 1e6, 1) AS megabytes, round(bytes / against, 2) AS ratio, ratio_to, goal
FROM (VALUES
	('the table, without indexes', :heap_bytes, :heap_bytes, 'the table', NULL),
	('store of 1 version', :one_bytes, :heap_bytes, 'the table', 0.33),
	('store of 100 versions of 1 %', store_bytes(), :one_bytes, 'store of 1', 2.5),
	('history of the peer with its index', pg_total_relation_size('tree_peer_history'),
		store_bytes() - :one_bytes, 'what 99 versions added to the store', NULL))
	AS s (what, bytes, against, ratio_to, goal);
SELECT c.relname, round(pg_total_relation_size(c.oid) / 1e6, 1) AS megabytes
FROM pg_class AS c WHERE relnamespace = 'allmende_store'::regnamespace AND relkind = 'r'
ORDER BY pg_total_relation_size(c.oid) DESC;

SELECT format('CALL edit(1000, %s, %L)', :rows, '1,000') FROM generate_series(1, 9) \gexec
SELECT what, n, round(sample_median(what, 'ours'), 1) AS ours_ms,
	round(sample_median(what, 'peer'), 1) AS peer_ms, goal
FROM (VALUES ('track', NULL), ('1 % edit', NULL), ('1 % commit', NULL),
	('1,000 edit', NULL), ('1,000 commit', 50)) AS w (what, goal),
	LATERAL (SELECT count(*) AS n FROM sample WHERE sample.what = w.what AND which = 'ours') AS s;

-- An earlier version.
CREATE FUNCTION peer_rows(rows_at text) RETURNS text LANGUAGE sql
	RETURN format('SELECT * FROM tree_peer WHERE sys_period @> %1$L::timestamptz UNION ALL
		SELECT * FROM tree_peer_history WHERE sys_period @> %1$L::timestamptz', rows_at);
SELECT compare('version 50: count, sum of a column', 'at',
	$$SELECT count(*), sum(height) FROM allmende.at(NULL::tree_ours, 'v50')$$,
	'head and history', format('SELECT count(*), sum(height) FROM (%s) AS t', peer_rows(:'then'))) \g /dev/null
SELECT compare('version 50: all columns', 'at',
	$$SELECT count(t) FROM allmende.at(NULL::tree_ours, 'v50') AS t OFFSET 0$$,
	'head and history', format('SELECT count(t) FROM (%s) AS t', peer_rows(:'then'))) \g /dev/null
SELECT compare('version 50: one row by key', 'at',
	format($$SELECT * FROM allmende.at(NULL::tree_ours, 'v50') WHERE id = %s$$, :rows / 3),
	'head and history', format('SELECT * FROM (%s) AS t WHERE id = %s', peer_rows(:'then'), :rows / 3)) \g /dev/null
SELECT what, ours, peer, round(ours_ms, 2) AS ours_ms, round(peer_ms, 2) AS peer_ms,
	round(peer_ms / ours_ms, 2) AS times_faster
FROM comparison ORDER BY n;
SELECT format('SELECT (SELECT (count(*), sum(girth)) FROM allmende.at(NULL::tree_ours, ''v50'')) =
	(SELECT (count(*), sum(girth)) FROM (%s) AS t) AS same_rows', peer_rows(:'then')) \gexec
SELECT count(*) AS problems FROM allmende.verify('public.tree_ours');
