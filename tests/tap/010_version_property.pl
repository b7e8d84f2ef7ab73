# Random histories against a model in plain SQL: what a table was at each commit
# is copied into a table, and every version that at() gives is compared with it.
# PROPERTY_HISTORIES and PROPERTY_SEED choose how many, and which.

use strict;
use warnings;
use Allmende::Test;
use Test::More;

my $histories = $ENV{PROPERTY_HISTORIES} // 200;
my $operations = 30;
my $first_seed = $ENV{PROPERTY_SEED} // 1;

my $database = create_database('version_property');
psql($database, q{
	CREATE SCHEMA test;

	-- a random key of few, so that rows meet
	CREATE FUNCTION test.key() RETURNS int LANGUAGE sql VOLATILE
		AS 'SELECT (random() * 40)::int';
	CREATE FUNCTION test.word() RETURNS text LANGUAGE sql VOLATILE
		AS $$SELECT (ARRAY['Eiche', 'Linde', 'Börde', '', NULL, repeat('Ast ', 700)])[1 + (random() * 5)::int]$$;

	-- one random edit
	CREATE PROCEDURE test.edit() LANGUAGE plpgsql AS $$
	DECLARE
		choice int := random() * 11;
		k int := test.key();
	BEGIN
		CASE
		WHEN choice <= 2 THEN
			INSERT INTO test.t (a, b, x, t, g, l, j)
			SELECT DISTINCT ON (1, 2) test.key(), (ARRAY['p', 'q'])[1 + random()::int],
				round((random() * 100)::numeric, (random() * 3)::int),
				test.word(), ST_Point(test.key(), 1), ARRAY[i, NULL], jsonb_build_object('n', i)
			FROM generate_series(1, 1 + (random() * 20)::int) AS i
			ON CONFLICT (a, b) DO UPDATE SET x = EXCLUDED.x, t = EXCLUDED.t;
		WHEN choice = 3 THEN
			UPDATE test.t SET x = x + 1 WHERE a BETWEEN k AND k + 5;
		WHEN choice = 4 THEN
			DELETE FROM test.t WHERE a BETWEEN k AND k + 3;
		WHEN choice = 5 THEN
			-- keys change, and meet others
			BEGIN
				UPDATE test.t SET a = a + 3 WHERE a = k;
				UPDATE test.t SET b = b || 'x' WHERE a BETWEEN k AND k + 2 AND length(b) < 5;
			EXCEPTION WHEN unique_violation THEN
				NULL;
			END;
		WHEN choice = 6 THEN
			-- without any effect in the end
			UPDATE test.t SET x = x * 2, g = NULL WHERE a < k AND x IS NOT NULL;
			UPDATE test.t SET x = x / 2 WHERE a < k AND x IS NOT NULL;
		WHEN choice = 7 THEN
			BEGIN
				UPDATE test.t SET t = 'lost';
				DELETE FROM test.t WHERE a = k;
				RAISE EXCEPTION 'undone' USING ERRCODE = 'P0099';
			EXCEPTION WHEN SQLSTATE 'P0099' THEN
				NULL;
			END;
		WHEN choice = 8 AND random() < 0.2 THEN
			TRUNCATE test.t;
		WHEN choice = 9 THEN
			-- the same row gone and back, with another scale
			DELETE FROM test.t WHERE a = k;
			INSERT INTO test.t (a, b, x) VALUES (k, 'p', 1.0), (k, 'q', 1.00) ON CONFLICT DO NOTHING;
		WHEN choice = 10 THEN
			MERGE INTO test.t USING (SELECT k AS a) AS s ON t.a = s.a
			WHEN MATCHED AND t.b = 'p' THEN DELETE
			WHEN MATCHED THEN UPDATE SET t = test.word()
			WHEN NOT MATCHED THEN INSERT (a, b) VALUES (s.a, 'p');
		ELSE
			UPDATE test.t SET t = test.word(), ignored = test.key() WHERE a = k;
		END CASE;
	END $$;

	-- what differs between two sets of rows, counted
	CREATE FUNCTION test.history(seed int, operations int) RETURNS text LANGUAGE plpgsql AS $$
	DECLARE
		result allmende.commit_result;
		versions int;
		wrong bigint;
	BEGIN
		PERFORM setseed(seed / 100000.0);
		CREATE TABLE test.t (a int, b text, x numeric, t text, g geometry, l int[], j jsonb, ignored int,
			double numeric GENERATED ALWAYS AS (x * 2) STORED, PRIMARY KEY (a, b));
		CREATE TABLE test.model AS SELECT 0 AS version, * FROM test.t;
		IF random() < 0.5 THEN
			CALL test.edit();
		END IF;
		PERFORM allmende.track('test.t', ignore => '{ignored}');
		INSERT INTO test.model SELECT 1, * FROM test.t;
		FOR i IN 1 .. operations LOOP
			IF random() < 0.3 THEN
				SELECT * INTO result FROM allmende.commit('test.t', 'operation ' || i, allow_empty => true);
				INSERT INTO test.model SELECT result.version, * FROM test.t;
				IF result.total <> (SELECT count(*) FROM test.t) THEN
					RETURN format('version %s: %s rows in all', result.version, result.total);
				END IF;
				SELECT count(*) INTO wrong FROM allmende.status('test.t') AS s
				WHERE s.inserted + s.updated + s.deleted <> 0;
				IF wrong > 0 THEN
					RETURN format('version %s: something is left', result.version);
				END IF;
			ELSE
				CALL test.edit();
			END IF;
		END LOOP;

		-- counts of each version from the model
		SELECT count(*) INTO wrong FROM allmende.log('test.t') AS l
		WHERE l.version > 1 AND ROW(l.inserted, l.deleted) IS DISTINCT FROM ROW(
			(SELECT count(*) FROM test.model n WHERE n.version = l.version AND NOT EXISTS (
					SELECT FROM test.model o WHERE o.version = l.version - 1 AND (o.a, o.b) = (n.a, n.b))),
				(SELECT count(*) FROM test.model o WHERE o.version = l.version - 1 AND NOT EXISTS (
					SELECT FROM test.model n WHERE n.version = l.version AND (o.a, o.b) = (n.a, n.b))));
		IF wrong > 0 THEN
			RETURN format('counts of %s versions', wrong);
		END IF;
		-- each version, both ways; ignored is only kept when the row changes
		SELECT count(*) INTO wrong FROM (
			(SELECT m.version, allmende.row_hash((m.a, m.b, m.x, m.t, m.g, m.l, m.j, m.double)) FROM test.model AS m
				WHERE m.version > 0
			EXCEPT ALL
			SELECT l.version, allmende.row_hash((r.a, r.b, r.x, r.t, r.g, r.l, r.j, r.double))
				FROM allmende.log('test.t') AS l CROSS JOIN LATERAL allmende.at(NULL::test.t, l.ref) AS r)
			UNION ALL
			(SELECT l.version, allmende.row_hash((r.a, r.b, r.x, r.t, r.g, r.l, r.j, r.double))
				FROM allmende.log('test.t') AS l CROSS JOIN LATERAL allmende.at(NULL::test.t, l.ref) AS r
			EXCEPT ALL
			SELECT m.version, allmende.row_hash((m.a, m.b, m.x, m.t, m.g, m.l, m.j, m.double)) FROM test.model AS m
				WHERE m.version > 0)) AS different;
		IF wrong > 0 THEN
			RETURN format('%s rows of versions', wrong);
		END IF;
		SELECT count(*) INTO wrong FROM allmende.log('test.t') AS l
		WHERE l.total <> (SELECT count(*) FROM allmende.at(NULL::test.t, l.ref) WHERE a + 0 >= 0)
			OR (SELECT count(*) FROM test.model AS m WHERE m.version = l.version AND m.a = 7)
				<> (SELECT count(*) FROM allmende.at(NULL::test.t, l.ref) WHERE a = 7)
			OR (SELECT count(*) FROM test.model AS m WHERE m.version = l.version AND m.a = 7 AND m.b = 'p')
				<> (SELECT count(*) FROM allmende.at(NULL::test.t, l.ref) WHERE a = 7 AND b = 'p');
		IF wrong > 0 THEN
			RETURN format('filters at %s versions', wrong);
		END IF;
		SELECT count(*) INTO wrong FROM allmende.status('test.t', true) AS s, allmende.status('test.t') AS q
		WHERE ROW(s.inserted, s.updated, s.deleted) IS DISTINCT FROM ROW(q.inserted, q.updated, q.deleted);
		IF wrong > 0 THEN
			RETURN 'status(full) differs from status()';
		END IF;
		SELECT count(*) INTO wrong FROM allmende.verify('test.t');
		IF wrong > 0 THEN
			RETURN (SELECT string_agg(concat(ref, ' ', problem), '; ') FROM allmende.verify('test.t'));
		END IF;
		SELECT count(*) INTO versions FROM allmende.log('test.t');
		PERFORM allmende.untrack('test.t');
		DROP TABLE test.t, test.model;
		PERFORM allmende.forget('test.t');
		RETURN CASE WHEN versions >= 1 THEN 'ok' ELSE 'no versions' END;
	END $$;
});

my @seeds = ($first_seed .. $first_seed + $histories - 1);
my @results = split /\n/, psql($database,
	"SET client_min_messages = warning; SET plan_cache_mode = force_custom_plan;\n" .
	join('', map { "SELECT test.history($_, $operations);\n" } @seeds));
is(scalar(@results), $histories, "$histories histories of $operations operations came to an end");
my @wrong = grep { $results[$_] ne 'ok' } 0 .. $#results;
is(scalar(@wrong), 0, 'every version is what the model has');
diag("seed $seeds[$_]: $results[$_]") for @wrong[0 .. ($#wrong > 4 ? 4 : $#wrong)];

is(psql($database, q{
	SELECT count(*) FROM pg_class WHERE relnamespace = 'allmende_store'::regnamespace}), '0',
	'forget() leaves no table behind');

done_testing();
