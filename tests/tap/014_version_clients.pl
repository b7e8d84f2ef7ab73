# Edits by other programs are journalled and committed like any: ogr2ogr,
# clients with another encoding, an empty search_path, logical replication.

use strict;
use warnings;
use Allmende::Cluster;
use Allmende::Test;
use JSON::PP;
use Test::More;

my $trees = q{
	CREATE SCHEMA olpe;
	CREATE TABLE olpe.trees (id int PRIMARY KEY, name text, geom geometry(Point, 25832));
	INSERT INTO olpe.trees SELECT i, 'Straße ' || i, ST_SetSRID(ST_MakePoint(400000 + i, 5600000), 25832)
	FROM generate_series(1, 20) AS i;
	SELECT track('olpe.trees');};
my $counts = q{SELECT inserted, updated, deleted FROM status('olpe.trees')};
my $commit = q{SELECT version, inserted, updated, deleted FROM commit('olpe.trees', 'edits')};
my $clean = q{SELECT * FROM verify('olpe.trees');
	SELECT (SELECT fingerprint(t) FROM at(NULL::olpe.trees, 'HEAD') AS t) = (SELECT fingerprint(t) FROM olpe.trees AS t)};

# Run a program; it is to succeed
sub runs
{
	my ($what, @command) = @_;
	my ($status, $out, $err) = command_output(@command);
	is($status, 0, $what) or diag $err;
	return $out;
}

my $database = create_database('version_clients');
psql($database, $trees);

SKIP:
{
	my ($status, $out) = eval { command_output('ogr2ogr', '--version') };
	skip 'ogr2ogr is absent (package gdal-bin)', 1 if !defined $status || $status != 0;

	my @server = ('-f', 'PostgreSQL', "PG:dbname=$database");
	my $file = work_folder() . '/new.geojson';
	my $write = sub {
		open my $json, '>', $file or die $!;
		print $json JSON::PP->new->utf8->encode({
			type => 'FeatureCollection', name => 'new',
			crs => { type => 'name', properties => { name => 'urn:ogc:def:crs:EPSG::25832' } },
			features => [ map { +{ type => 'Feature', id => $_->[0],
				properties => { name => $_->[1] },
				geometry => { type => 'Point', coordinates => [ 410000 + $_->[0], 5600000 ] } } } @_ ] });
		close $json;
	};
	$write->([ 101, "B\x{f6}rde" ], [ 102, 'Olpe' ], [ 103, 'Soest' ]);
	my @into = (@server, $file, '-nln', 'olpe.trees', '-preserve_fid');
	runs('ogr2ogr -append', 'ogr2ogr', '-append', @into);
	is(psql($database, $counts), '3|0|0', '... is journalled');
	is(psql($database, $commit), '2|3|0|0', '... and committed');

	runs('... by COPY, too', 'ogr2ogr', '--config', 'PG_USE_COPY', 'YES', '-append',
		do { $write->([ 104, 'by COPY' ]); @into });
	runs('ogr2ogr -update -append', 'ogr2ogr', '-update', '-append',
		do { $write->([ 105, 'more' ]); @into });
	runs('ogrinfo -sql', 'ogrinfo', "PG:dbname=$database", '-sql', $_)
	  for q{UPDATE olpe.trees SET name = 'Straße neu' WHERE id = 3}, 'DELETE FROM olpe.trees WHERE id = 5';
	is(psql($database, $counts), '2|1|1', '... are journalled');
	is(psql($database, $commit), '3|2|1|1', '... and committed');
	is(psql($database, $clean), 't', '... as they are in the table');

	my $old = work_folder() . '/old.geojson';
	runs('ogr2ogr reads a version', 'ogr2ogr', '-f', 'GeoJSON', $old, "PG:dbname=$database",
		'-sql', q{SELECT * FROM allmende.at(NULL::olpe.trees, 'v1') ORDER BY id});
	open my $json, '<:raw', $old or die $!;
	my $read = decode_json(do { local $/; <$json> });
	my @features = @{ $read->{features} // [] };
	is(@features, 20, '... with all of its rows');
	is_deeply([ map { $_->{properties}{id} } @features ], [ 1 .. 20 ], '... those that were there');
	is($features[2]{properties}{name}, "Stra\x{df}e 3", '... as they were');
	is_deeply([ map { 0 + $_ } @{ $features[2]{geometry}{coordinates} } ], [ 400003, 5600000 ], '... with their geometry')
	  if ($read->{crs}{properties}{name} // '') =~ /25832/;
}

# another encoding of the client
{
	psql($database, 'DROP SCHEMA olpe CASCADE');
	psql($database, $trees =~ s/id int PRIMARY KEY, name text/id int, name text PRIMARY KEY/r);
	local $ENV{PGCLIENTENCODING} = 'LATIN1';
	psql($database, "UPDATE olpe.trees SET name = 'Stra\xdfe 1 \xfcber' WHERE name = 'Stra\xdfe 1';
		INSERT INTO olpe.trees VALUES (77, 'B\xf6rde')");
	is(psql($database, q{SELECT inserted, updated, deleted FROM status('olpe.trees'::regclass)}), '2|0|1',
		'keys in LATIN1 are journalled');
	psql($database, "SELECT commit('olpe.trees', 'ge\xe4ndert', author => 'J\xfcrgen')");
	psql($database, "SELECT mark('olpe.trees', 'St\xe4nde')");
	is(psql($database, q{SELECT message, author, marks[1] FROM allmende.log('olpe.trees') LIMIT 1}),
		"ge\xe4ndert|J\xfcrgen|St\xe4nde", '... message, author and mark are read back');
	is(psql($database, "SELECT count(*) FROM at(NULL::olpe.trees, 'St\xe4nde') AS t WHERE name LIKE '%\xf6%' OR name LIKE '%\xfc%'"),
		'2', '... and rows found');
	$ENV{PGCLIENTENCODING} = 'UTF8';
	is(psql($database, q{SELECT message FROM allmende.log('olpe.trees') LIMIT 1}), "ge\xc3\xa4ndert", '... by others as well');
	is(psql($database, $clean), 't', '... and all is right');
}

# an empty search_path
{
	my $empty = q{SET search_path = '';};
	is(psql($database, "$empty UPDATE olpe.trees SET id = 0 WHERE name LIKE '%2'; DELETE FROM olpe.trees WHERE id = 77;
		SELECT inserted, updated, deleted FROM allmende.status('olpe.trees');
		SELECT version, updated, deleted FROM allmende.commit('olpe.trees', 'x');
		SELECT count(*) FROM allmende.at(NULL::olpe.trees, 'v1');
		SELECT * FROM allmende.verify('olpe.trees');"), "0|2|1\n3|2|1\n20", 'an empty search_path');
	is(psql($database, "$empty CREATE TABLE olpe.other (a int, b public.geometry, c allmende.ags, PRIMARY KEY (a, c));
		INSERT INTO olpe.other VALUES (1, 'POINT(1 2)', '05966024');
		SELECT version FROM allmende.track('olpe.other');
		ALTER TABLE olpe.other ADD d int DEFAULT 3;
		SELECT updated FROM allmende.status('olpe.other', full => true);
		SELECT allmende.untrack('olpe.other');"), "1\n0\n", '... to track and untrack');
	is(psql($database, $clean), 't', '... and all is right');
}
psql('postgres', "DROP DATABASE $database");

# logical replication from one database into a tracked table of another
{
	my $cluster = Allmende::Cluster->create('logical', 'wal_level = logical',
		'max_wal_senders = 4', 'max_replication_slots = 4', 'max_logical_replication_workers = 2',
		'max_sync_workers_per_subscription = 1');
	$cluster->start;
	$cluster->create_database($_) for qw(publisher subscriber);
	my $tables = $trees =~ s/INSERT.*//sr;
	$cluster->psql('publisher', $tables . q{
		ALTER TABLE olpe.trees REPLICA IDENTITY FULL;
		INSERT INTO olpe.trees SELECT i, 'Baum ' || i FROM generate_series(1, 10) AS i;
		CREATE PUBLICATION trees FOR TABLE olpe.trees;
		SELECT pg_create_logical_replication_slot('trees', 'pgoutput');});
	$cluster->psql('subscriber', $tables . q{SELECT track('olpe.trees');});
	$cluster->psql('subscriber', "CREATE SUBSCRIPTION trees
		CONNECTION 'host=127.0.0.1 port=$cluster->{port} dbname=publisher user=tester'
		PUBLICATION trees WITH (create_slot = false, slot_name = 'trees')");
	my $arrives = sub {
		my ($condition) = @_;
		for (1 .. 300)
		{
			return 1 if $cluster->psql('subscriber', "SELECT $condition") eq 't';
			select undef, undef, undef, 0.1;
		}
		return 0;
	};
	ok($arrives->('(SELECT count(*) = 10 FROM olpe.trees)'), 'a subscription copies the rows of a table');
	is($cluster->psql('subscriber', $counts), '10|0|0', '... which are journalled');
	is($cluster->psql('subscriber', $commit), '2|10|0|0', '... and committed');
	ok($arrives->("(SELECT bool_and(srsubstate = 'r') FROM pg_subscription_rel)"), 'the subscription is ready');
	$cluster->psql('publisher', q{
		UPDATE olpe.trees SET name = 'Straße' WHERE id <= 3;
		DELETE FROM olpe.trees WHERE id = 9;
		UPDATE olpe.trees SET id = 20 WHERE id = 10;
		INSERT INTO olpe.trees VALUES (30, 'last');});
	ok($arrives->('EXISTS (SELECT FROM olpe.trees WHERE id = 30)'), '... and changes arrive');
	is($cluster->psql('subscriber', $counts), '2|3|2', '... are journalled');
	my $store = $cluster->psql('subscriber', 'SELECT store FROM allmende.dataset');
	is($cluster->psql('subscriber', "SELECT count(*) FROM allmende_store.s_${store}_journal"), '6',
		'... once each, a change of key in one row');
	is($cluster->psql('subscriber', $commit), '3|2|3|2', '... and committed');
	is($cluster->psql('subscriber', $counts), '0|0|0', '... nothing is left');
	$cluster->psql('publisher', 'TRUNCATE olpe.trees');
	ok($arrives->('(SELECT count(*) = 0 FROM olpe.trees)'), 'TRUNCATE arrives');
	is($cluster->psql('subscriber', $commit), '4|0|0|10', '... and is committed');
	is($cluster->psql('subscriber', $clean), 't', '... and all is right');
	# a slot that is in use keeps a database from being dropped
	$cluster->psql('subscriber', 'ALTER SUBSCRIPTION trees DISABLE; ALTER SUBSCRIPTION trees SET (slot_name = NONE); DROP SUBSCRIPTION trees');
}

done_testing();
