# The library is there from the first statement of a session on, for every kind
# of user and client, and in copies of a database.

use strict;
use warnings;
use Allmende::Test;
use Test::More;

my $database = create_database('allmende "session" x');

like(psql_fails($database, 'SET allmende.no_such_setting = 1'),
	qr/invalid configuration parameter name/,
	'the first statement of a new session has the library');
is(psql($database, 'SHOW search_path'), '"$user", public, allmende',
	'... and the schema in its search path');
is(psql($database, q{SELECT '05966024'::ags <@ '05966'}), 't',
	'operators resolve without qualification');

psql($database, 'DROP ROLE IF EXISTS session_reader; CREATE ROLE session_reader');
like(psql_fails($database, qq{
		SET SESSION AUTHORIZATION session_reader;
		SET allmende.no_such_setting = 1}),
	qr/invalid configuration parameter name/,
	'a user without rights has it too');
is(psql($database, q{SET ROLE session_reader; SELECT '05966024'::ags}),
	'05966024', '... and can use the types');

# a client's own options do not take it away
{
	local $ENV{PGOPTIONS} = '-c search_path=pg_catalog';
	like(psql_fails($database, 'SET allmende.no_such_setting = 1'),
		qr/invalid configuration parameter name/,
		'a client with its own search_path has it');
}

# the rescue of docs/operations.md for a server that lacks the library
{
	psql('postgres', qq{ALTER DATABASE "allmende ""session"" x"
		SET session_preload_libraries = '\$libdir/no_such_library'});
	my ($status, $out, $err) = command_output('psql', '-XAtc', 'SELECT 1', '-d', $database);
	isnt($status, 0, 'a preload that is missing keeps sessions out');
	local $ENV{PGOPTIONS} = '-c session_preload_libraries=';
	is(psql($database, 'SELECT 1'), '1', '... but for the rescue');
	psql($database, 'ALTER DATABASE "allmende ""session"" x" RESET session_preload_libraries;
		SELECT allmende.preload()');
}

# CREATE DATABASE ... TEMPLATE copies the extension, not the settings
psql('postgres', qq{DROP DATABASE IF EXISTS session_copy;
	CREATE DATABASE session_copy TEMPLATE "allmende ""session"" x"});
my ($status, $out, $err) = command_output('psql', '-XAtc',
	q{SELECT '05966024'::allmende.ags}, '-d', 'session_copy');
is($out, '05966024', 'a copy made as a template still works');
like($err, qr/WARNING:  library "allmende" was not loaded at the start/,
	'... and warns');
like($err, qr/HINT:  .*allmende\.preload\(\)/, '... with the way out');
psql('session_copy', 'SELECT allmende.preload()');
like(psql_fails('session_copy', 'SET allmende.no_such_setting = 1'),
	qr/invalid configuration parameter name/, '... which helps');

# parallel workers load the library with their leader and do not warn
($status, $out, $err) = command_output(\q{
	SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
	SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
	CREATE TABLE parallel_keys AS SELECT '05966024'::ags AS k FROM generate_series(1, 20000);
	ANALYZE parallel_keys;
	SELECT count(*) FROM parallel_keys WHERE k <@ '059';
	EXPLAIN (COSTS OFF) SELECT count(*) FROM parallel_keys WHERE k <@ '059';
	}, 'psql', '-XqAt', '-d', $database);
like($out, qr/^20000$/m, 'parallel workers know the operators');
like($out, qr/Gather/, '... which they did run');
is($err, '', '... without a word');

psql('postgres', qq{DROP DATABASE session_copy; DROP DATABASE "allmende ""session"" x";
	DROP ROLE session_reader});
done_testing();
