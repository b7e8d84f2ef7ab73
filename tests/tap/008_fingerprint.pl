# Fingerprints are equal after pg_dump and restore into a database in which all
# OIDs differ, and in a database with another default collation; bytes that were
# written before are read back there.

use strict;
use warnings;
use Allmende::Test;
use Test::More;

my $source = create_database('fingerprint_source');
psql($source, q{
	CREATE EXTENSION citext;
	CREATE EXTENSION hstore;
	CREATE SCHEMA olpe;
	CREATE TYPE olpe.species AS ENUM ('Eiche', 'Linde', 'Straßenbaum');
	ALTER TYPE olpe.species ADD VALUE 'Buche' BEFORE 'Linde';
	CREATE DOMAIN olpe.height AS numeric(6, 2) CHECK (VALUE >= 0);
	CREATE TYPE olpe.measured AS (gone text, on_day date, height olpe.height, seen olpe.species[]);
	ALTER TYPE olpe.measured DROP ATTRIBUTE gone;
	CREATE DOMAIN olpe.measurements AS olpe.measured[];
	CREATE TYPE olpe.heights AS RANGE (SUBTYPE = olpe.height);
	CREATE TABLE olpe.trees (
		gone int, id int PRIMARY KEY, species olpe.species, others olpe.species[],
		measured olpe.measured, history olpe.measurements, between_ olpe.heights,
		geom geometry(PointZ, 25832), shapes geometry[], area geography,
		name text, folded citext, tags hstore, doc jsonb, note xml, raw json,
		code ags, cell gridcell, number float8, paid money, felled timestamptz,
		long text);
	INSERT INTO olpe.trees
	SELECT 0, i, (enum_range(NULL::olpe.species))[1 + i % 4],
		ARRAY['Straßenbaum', 'Buche', NULL]::olpe.species[],
		ROW(date '2026-01-01' + i, i / 7.0, ARRAY['Linde']::olpe.species[])::olpe.measured,
		ARRAY[ROW(NULL, i, '{}')::olpe.measured, NULL],
		olpe.heights(i / 3.0, i),
		ST_SetSRID(ST_MakePoint(i / 7.0, -i, CASE WHEN i % 5 > 0 THEN i END), 25832),
		ARRAY['POINT EMPTY', ST_Buffer(ST_MakePoint(i, i), 1), ST_MakePoint('NaN', 'NaN')],
		'POLYGON((7 51, 8 51, 8 52, 7 51))',
		'Börde € ' || i, 'Ä' || i, hstore('ä', i::text),
		jsonb_build_object('ä', i / 7.0, 'b', '[1.0, 1.00]'::jsonb),
		xmlparse(document E'<?xml version="1.0" encoding="UTF-8"?>\n\n<ä n="' || i || '"/>'),
		'{"b": 1,  "b": 2}',
		'05966024', 'CRS3035RES1000mN2689000E4337000',
		CASE i WHEN 1 THEN '-0'::float8 WHEN 2 THEN 'NaN' WHEN 3 THEN 'Infinity'::float8 - 'Infinity' ELSE 1 / i::float8 END,
		(i / 4.0)::numeric::money, timestamptz '2026-03-29 00:00+00' + i * interval '1 hour',
		repeat(md5(i::text), i)
	FROM generate_series(1, 500) AS i;
	ALTER TABLE olpe.trees DROP gone;
	ALTER TABLE olpe.trees ADD added text DEFAULT 'later';
	UPDATE olpe.trees SET name = 'another' WHERE id = 77;
});
psql($source, q{
	CREATE TABLE olpe.images AS SELECT id, canonical_row(t) AS image FROM olpe.trees AS t;});
# the rows of the images are those of the table, and have the images' bytes
my $images = q{
	SELECT count(*), count(*) FILTER (WHERE canonical_row(r) = i.image),
		count(*) FILTER (WHERE r::text = t::text), count(*) FILTER (WHERE r.species = t.species AND r.others = t.others)
	FROM olpe.images AS i JOIN olpe.trees AS t USING (id), row_from_canonical(NULL::olpe.trees, i.image) AS r;};
is(psql($source, $images), '500|500|0|500', 'images of rows are read as a dump will bring them: no declarations of xml, no points of NaN');
my $fingerprint = q{
	SELECT fingerprint(t) FROM olpe.trees AS t;
	SELECT sum(key_hash(ROW(id, species, others, measured, history, between_, name, doc, code, cell, number, felled))) FROM olpe.trees;
	SELECT count(DISTINCT row_hash(t)) FROM olpe.trees AS t;};
my $before = psql($source, $fingerprint);
like($before, qr/\A\\x[0-9a-f]{64}\n-?\d+\n500\z/, 'a table with every kind of type');

my $file = work_folder() . '/fingerprint.sql';
my ($status, $out, $err) = command_output('pg_dump', '-f', $file, $source);
is($status, 0, 'pg_dump') or diag $err;

# OIDs of the types of a database, in the order of their names
my $oids = q{
	SELECT t.typname || ' ' || t.oid FROM pg_type AS t
	WHERE t.typnamespace = 'olpe'::regnamespace OR t.typname IN ('geometry', 'ags', 'citext') ORDER BY 1;
	SELECT oid FROM pg_enum ORDER BY enumtypid, enumsortorder;};

my %targets = (
	'another default collation' =>
	  q{LOCALE_PROVIDER icu ICU_LOCALE 'de-DE' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'},
	'the same default collation' => '');
for my $name (sort keys %targets)
{
	psql('postgres', q{DROP DATABASE IF EXISTS fingerprint_target});
	psql('postgres', qq{CREATE DATABASE fingerprint_target TEMPLATE template0 ENCODING 'UTF8' $targets{$name}});
	# types that come first, so that no OID is what it was
	psql('fingerprint_target', join "\n",
		map { "CREATE TYPE dummy_$_ AS ENUM ('a', 'b', 'c');" } 1 .. 40);
	($status, $out, $err) = command_output('psql', '-Xq', '-v', 'ON_ERROR_STOP=1',
		'-d', 'fingerprint_target', '-f', $file);
	is($status, 0, "restored into a database of $name") or diag $err;
	my %was = map { $_ => 1 } split /\n/, psql($source, $oids);
	my @same = grep { $was{$_} } split /\n/, psql('fingerprint_target', $oids);
	is("@same", '', '... in which every OID differs');
	is(psql('fingerprint_target', $fingerprint), $before, '... the fingerprint is what it was');
	is(psql('fingerprint_target', q{SET client_encoding = 'LATIN9'; SET DateStyle = German; SET TimeZone = 'Asia/Kathmandu';
		SET extra_float_digits = -15; SET IntervalStyle = sql_standard; SET bytea_output = hex;} . $fingerprint),
		$before, '... and with other settings');
	is(psql('fingerprint_target', $images), '500|500|500|500', '... images of rows are read, with labels of this database');
	is(psql('fingerprint_target', q{SET client_encoding = 'LATIN9'; SET DateStyle = German; SET TimeZone = 'Asia/Kathmandu';
		SET extra_float_digits = -15; SET IntervalStyle = sql_standard; SET bytea_output = hex; SET xmloption = document;} . $images),
		'500|500|500|500', '... and with other settings');
	psql('fingerprint_target', q{UPDATE olpe.trees SET others[1] = 'Eiche' WHERE id = 77});
	isnt(psql('fingerprint_target', $fingerprint), $before, '... until a label in an array changes');
	psql('postgres', 'DROP DATABASE fingerprint_target');
}
psql('postgres', "DROP DATABASE $source");
done_testing();
