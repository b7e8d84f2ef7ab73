# Histories come through pg_dump and restore, of schemas that sort before and
# after allmende, into a database in which OIDs and attribute numbers differ:
# log, marks, every version, pending edits.  Then committing goes on.

use strict;
use warnings;
use Allmende::Test;
use Test::More;

# Tables of many types in a schema of this name, with four versions each and
# edits that are not committed
sub make_schema
{
	my ($s) = @_;
	my $edit = qq{
		UPDATE $s.trees SET height = 7.25, species = 'Buche' WHERE id % 10 = 3;
		DELETE FROM $s.trees WHERE id % 50 = 7;
		UPDATE $s.zone SET name = name || ' neu' WHERE number % 4 = 1;};
	return qq{
	CREATE SCHEMA $s;
	CREATE TYPE $s.species AS ENUM ('Eiche', 'Linde', 'Straßenbaum');
	ALTER TYPE $s.species ADD VALUE 'Buche' BEFORE 'Linde';
	CREATE DOMAIN $s.height AS numeric(6, 2) CHECK (VALUE >= 0);
	CREATE TYPE $s.measured AS (gone text, on_day date, height $s.height, seen $s.species[]);
	ALTER TYPE $s.measured DROP ATTRIBUTE gone;
	CREATE TABLE $s.trees (
		gone int, id int PRIMARY KEY, species $s.species, others $s.species[],
		height $s.height, measured $s.measured, between_ int4range,
		geom geometry(Point, 25832), shape geometry, area geography,
		name text, short varchar(12), doc jsonb, code ags, cell gridcell,
		number float8, felled timestamptz, token uuid, raw bytea,
		healthy bool, long text, later_gone text);
	INSERT INTO $s.trees
	SELECT 0, i, (enum_range(NULL::$s.species))[1 + i % 4],
		ARRAY['Straßenbaum', 'Buche', NULL]::$s.species[], i / 7.0,
		ROW(date '2026-01-01' + i, i / 7.0, ARRAY['Linde']::$s.species[])::$s.measured,
		int4range(i, 2 * i), ST_SetSRID(ST_MakePoint(i / 7.0, -i), 25832),
		ST_Buffer(ST_MakePoint(i, i), 1, 2), 'POLYGON((7 51, 8 51, 8 52, 7 51))',
		'Börde € ' || i, 'Ä' || i, jsonb_build_object('ä', i / 7.0),
		'05966024', 'CRS3035RES1000mN2689000E4337000',
		CASE i WHEN 1 THEN '-0'::float8 WHEN 2 THEN 'NaN' ELSE 1 / i::float8 END,
		timestamptz '2026-03-29 00:00+00' + i * interval '1 hour',
		md5(i::text)::uuid, decode(md5(i::text), 'hex'), i % 3 = 0,
		repeat(md5(i::text), i % 100), 'x'
	FROM generate_series(1, 400) AS i;
	ALTER TABLE $s.trees DROP gone;
	CREATE TABLE $s.zone (old text, kind $s.species, "Number" int, number int, name text, PRIMARY KEY (number, kind))
		PARTITION BY LIST (kind);
	ALTER TABLE $s.zone DROP old;
	CREATE TABLE $s.zone_oak PARTITION OF $s.zone FOR VALUES IN ('Eiche');
	CREATE TABLE $s.zone_lime (name text, odd int, number int, kind $s.species, "Number" int);
	ALTER TABLE $s.zone_lime DROP odd, ALTER number SET NOT NULL, ALTER kind SET NOT NULL;
	ALTER TABLE $s.zone ATTACH PARTITION $s.zone_lime FOR VALUES IN ('Linde', 'Buche');
	INSERT INTO $s.zone SELECT CASE i % 2 WHEN 0 THEN 'Eiche' ELSE 'Linde' END::$s.species, i, i, 'Zone ' || i
	FROM generate_series(1, 60) AS i;
	CREATE TABLE $s.dropped (key text PRIMARY KEY, value $s.species);
	INSERT INTO $s.dropped VALUES ('a', 'Eiche'), ('ä', 'Buche');
	SELECT track('$s.trees', message => 'erste Fassung');
	SELECT track('$s.zone', key => '{number,kind}', ignore => '{Number}', valid_at => '2025-12-31 12:00+00');
	SELECT track('$s.dropped');
	$edit
	SELECT commit('$s.trees', 'zweite', author => 'Jürgen', source => '{"file": "a.csv"}');
	SELECT commit('$s.zone', 'zweite', valid_at => '2026-02-01 12:00+00');
	UPDATE $s.dropped SET value = 'Linde' WHERE key = 'ä';
	SELECT commit('$s.dropped', 'changed');
	ALTER TABLE $s.trees DROP later_gone, ADD added text DEFAULT 'later';
	UPDATE $s.trees SET added = 'now' WHERE id < 20;
	INSERT INTO $s.trees (id, name) VALUES (1001, 'new'), (1002, NULL);
	SELECT commit('$s.trees', 'another schema');
	DELETE FROM $s.zone WHERE kind = 'Linde' AND number > 50;
	SELECT commit('$s.zone', 'fewer');
	SELECT mark('$s.trees', 'Stand März', 'v2'), mark('$s.zone', 'delivered');
	UPDATE $s.trees SET id = 2000 WHERE id = 1001;
	SELECT commit('$s.trees', 'key changed');
	DROP TABLE $s.dropped;
	UPDATE $s.trees SET name = 'pending' WHERE id IN (11, 12, 13);
	INSERT INTO $s.trees (id) VALUES (3000);
	DELETE FROM $s.trees WHERE id = 21;
	UPDATE $s.zone SET kind = 'Buche' WHERE number = 3 AND kind = 'Linde';};
}

# What is known of a table; with each row of each of its versions
sub history
{
	my ($database, $table) = @_;
	my $log = psql($database, qq{SET timezone = 'UTC'; SELECT * FROM allmende.log('$table')});
	my @versions = $log =~ /^(v\d+)\|/mg;
	my $rows = psql($database, join "\n", map { qq{
		SELECT '$_', count(*), md5(string_agg(t::text, E'\n' ORDER BY t::text COLLATE "C"))
		FROM at(NULL::$table, '$_') AS t;} } @versions, 'WORKING');
	return "$log\n$rows";
}

# What is pending, by comparison of all rows
sub pending
{
	my ($database, $table) = @_;
	return psql($database,
		"SELECT dataset, version, inserted, updated, deleted, authors FROM status('$table', full => true)");
}

# Commit what is pending in a table and more, and look whether all went well
sub goes_on
{
	my ($database, $table, $pending, $head) = @_;
	like(psql($database, "SELECT fault IS NOT NULL OR updated > 0 FROM status('$table')"),
		qr/^t$/, "$table: status says what is pending, or that it cannot know");
	is(pending($database, $table), $pending, '... by comparison all of it');
	my $committed = psql($database, "SELECT dataset, version, inserted, updated, deleted FROM commit('$table', 'after')");
	my @counts = split /\|/, $pending;
	$counts[1]++;
	is($committed, join('|', @counts[0 .. 4]), '... and commit takes it');
	like(psql($database, "SELECT inserted + updated + deleted, fault IS NULL FROM status('$table')"),
		qr/^0\|t$/, '... then nothing is pending');
	psql($database, "UPDATE $table SET name = 'once more' WHERE number = 5")
	  if $table =~ /zone/;
	psql($database, "UPDATE $table SET name = 'once more' WHERE id = 14")
	  if $table =~ /trees/;
	like(psql($database, "SELECT inserted, updated, deleted FROM commit('$table', 'more')"),
		qr/^0\|1\|0$/, '... the triggers write the journal');
	is(psql($database, "SELECT * FROM verify('$table')"), '', '... verify() finds nothing');
	is(psql($database, "SELECT (SELECT fingerprint(t) FROM at(NULL::$table, 'HEAD') AS t) = (SELECT fingerprint(t) FROM $table AS t)"),
		't', '... and the last version is the table');
}

my $source = create_database('version_source');
psql($source, make_schema($_)) for qw(aaa zzz);
my @tables = qw(aaa.trees aaa.zone zzz.trees zzz.zone);
my %history = map { $_ => history($source, $_) } @tables;
my %pending = map { $_ => pending($source, $_) } @tables;
like($history{'aaa.trees'}, qr/^v4\|.*^v1\|.*^WORKING\|394\|/ms, 'a history of four versions');
like($pending{'zzz.trees'}, qr/^zzz\.trees\|4\|1\|3\|1\|/, 'with edits that are pending');
my $dropped = qq{SET timezone = 'UTC'; SELECT * FROM dataset_log('aaa.dropped'); SELECT * FROM dataset_log('zzz.dropped')};
my $dropped_before = psql($source, $dropped);
like($dropped_before, qr/\Av2\|(.*\n)v1\|(.*\n)v2\|(.*\n)v1\|/, 'a dropped table keeps its log');
my $datasets = q{SELECT dataset, uuid, rel, version, revision, committed_at, rows, pending, pending_since FROM datasets ORDER BY 1};
my $datasets_before = psql($source, $datasets);
is(psql($source, "SELECT * FROM verify('$_')"), '', "$_ verifies") for @tables, 'aaa.dropped';

for my $format (qw(plain custom))
{
	my $target = create_database("version_$format", bare => 1);
	psql($target, 'CREATE TYPE public.t' . $_ . ' AS ENUM (' . join(', ', map { "'$_'" } 1 .. 9) . ')') for 1 .. 5;
	psql($target, join '', map { "DROP TYPE public.t$_;" } 1 .. 5);
	my $file = work_folder() . "/$format.dump";
	my ($status, $out, $err) = command_output('pg_dump', "--format=$format", '-f', $file, $source);
	is($status, 0, "pg_dump --format=$format") or diag $err;
	($status, $out, $err) = $format eq 'plain'
	  ? command_output('psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $target, '-f', $file)
	  : command_output('pg_restore', '--exit-on-error', '-d', $target, $file);
	is($status, 0, '... is restored') or diag $err;
	isnt(psql($target, q{SELECT 'aaa.trees'::regclass::oid}),
		psql($source, q{SELECT 'aaa.trees'::regclass::oid}), '... with other OIDs');
	is(history($target, $_), $history{$_}, "... $_ has its history") for @tables;
	is(psql($target, $dropped), $dropped_before, '... dropped ones have their logs');
	is(psql($target, $datasets), $datasets_before, '... and datasets shows the same');
	is(psql($target, "SELECT * FROM verify('$_')"), '', "... $_ verifies") for @tables, 'zzz.dropped';
	goes_on($target, $_, $pending{$_}) for @tables;
	my $new = psql($target, q{
		CREATE TABLE aaa.new (id int PRIMARY KEY); INSERT INTO aaa.new VALUES (1);
		SELECT version, inserted, total FROM track('aaa.new');
		SELECT * FROM verify('aaa.new');
		SELECT forget('aaa.dropped'); SELECT * FROM verify('zzz.trees');});
	is($new, "1|1|1\n", '... numbers of new datasets follow the restored ones');
	like(psql_fails($target, q{SELECT * FROM dataset_log('aaa.dropped')}), qr/there is no dataset "aaa.dropped"/,
		'... histories can be forgotten');
	psql('postgres', "DROP DATABASE $target");
}

# A schema alone: tables without their history
{
	my $target = create_database('version_schema');
	my ($status, $out, $err) = command_output('pg_dump', '-n', 'aaa', '-f', work_folder() . '/schema.sql', $source);
	is($status, 0, 'pg_dump of one schema') or diag $err;
	($status, $out, $err) = command_output('psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $target,
		'-f', work_folder() . '/schema.sql');
	is($status, 0, '... is restored') or diag $err;
	my $edit = q{UPDATE aaa.trees SET name = 'x' WHERE id = 1; UPDATE aaa.trees SET name = 'y' WHERE id = 1;
		INSERT INTO aaa.zone VALUES ('Eiche', 9, 99, 'new'); DELETE FROM aaa.zone WHERE number = 4; TRUNCATE aaa.zone;
		SELECT name FROM aaa.trees WHERE id = 1};
	($status, $out, $err) = command_output(\$edit, 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', $target, '-f', '-');
	is($status, 0, '... edits pass') or diag $err;
	is($out, 'y', '... and are made');
	like($err, qr/WARNING:  changes of table "trees" are not written down/, '... with a warning');
	my $warnings = () = $err =~ /WARNING:/g;
	is($warnings, 4, "... once for each table and partition") or diag $err;
	like(psql_fails($target, q{SELECT commit('aaa.trees', 'x')}), qr/ERROR:/, '... commit cannot be made');
	psql($target, q{SELECT untrack('aaa.trees')});
	is(psql($target, q{SELECT version, total FROM track('aaa.trees')}), '1|394', '... and the table can be tracked anew');
	psql('postgres', "DROP DATABASE $target");
}

psql('postgres', "DROP DATABASE $source");
done_testing();
