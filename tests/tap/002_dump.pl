# pg_dump and restore: types, indexes, expressions over them and the reference
# table come back, in schemas that sort before and after allmende.

use strict;
use warnings;
use Allmende::Test;
use Test::More;

my $source = create_database('dump_source');
psql($source, q{
	CREATE SCHEMA aachen;
	CREATE SCHEMA zwickau;
	CREATE TABLE aachen.place (
		key text PRIMARY KEY CHECK (is_ags(key)),
		code ags GENERATED ALWAYS AS (key::ags) STORED,
		regional ars);
	INSERT INTO aachen.place (key, regional)
		SELECT ags, ars::ars FROM municipality;
	CREATE INDEX place_district ON aachen.place (district(key::ags));
	CREATE INDEX place_code ON aachen.place USING hash (code);
	CREATE TABLE zwickau.place (LIKE aachen.place INCLUDING ALL);
	INSERT INTO zwickau.place (key, regional) SELECT key, regional FROM aachen.place;
	CREATE VIEW aachen.in_olpe AS SELECT * FROM zwickau.place WHERE code <@ '05966';
	INSERT INTO municipality VALUES ('05966024', '059660024024', 'Kreisstadt Olpe', 'Olpe');
	UPDATE municipality SET name = 'Soest (Börde)' WHERE ags = '05974040';
	INSERT INTO municipality VALUES ('05111000', '051110000000', 'Düsseldorf', 'Düsseldorf');
});

my $contents = q{
	SELECT ags, ars, name, district, shipped FROM allmende.municipality ORDER BY ags;
	SELECT * FROM aachen.place ORDER BY key;
	SELECT * FROM zwickau.place ORDER BY key;
	SELECT * FROM aachen.in_olpe ORDER BY key;
	SELECT indexdef FROM pg_indexes WHERE schemaname IN ('aachen', 'zwickau') ORDER BY 1;
	SELECT setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase
	WHERE datname = current_database();};
my $before = psql($source, $contents);
like($before, qr/^05966024\|059660024024\|Kreisstadt Olpe\|Olpe\|f$/m,
	'rows of the administrator are there');

for my $format (qw(plain custom))
{
	my $target = create_database("dump_$format", bare => 1);
	my $file = work_folder() . "/$format.dump";
	my ($status, $out, $err) =
	  command_output('pg_dump', "--format=$format", '-f', $file, $source);
	is($status, 0, "pg_dump --format=$format") or diag $err;
	($status, $out, $err) = $format eq 'plain'
	  ? command_output('psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $target, '-f', $file)
	  : command_output('pg_restore', '--exit-on-error', '-d', $target, $file);
	is($status, 0, "... is restored") or diag $err;
	is(psql($target, $contents), $before, '... and everything is as it was');
	psql('postgres', "DROP DATABASE $target");
}

# DROP EXTENSION takes nothing of others along by itself
like(psql_fails($source, 'DROP EXTENSION allmende'),
	qr/cannot drop extension allmende because other objects depend on it/,
	'DROP EXTENSION refuses while tables use its types');
psql($source, 'DROP SCHEMA aachen, zwickau CASCADE; DROP EXTENSION allmende');
psql($source, 'CREATE EXTENSION allmende');
is(psql($source, 'SELECT count(*) FROM municipality'), '59',
	'it can be created again');

psql('postgres', "DROP DATABASE $source");
done_testing();
