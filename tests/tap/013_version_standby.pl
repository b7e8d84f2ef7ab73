# A standby answers what its primary does: log, status, datasets, every version,
# verify(); and refuses to commit.

use strict;
use warnings;
use Allmende::Cluster;
use Allmende::Test;
use Test::More;

my $primary = Allmende::Cluster->create('primary', 'wal_level = replica', 'max_wal_senders = 4');
$primary->start;
$primary->create_database('register');
$primary->psql('register', q{
	CREATE SCHEMA olpe;
	CREATE TABLE olpe.trees (id int PRIMARY KEY, name text, at_ date, geom geometry(Point, 25832));
	CREATE INDEX ON olpe.trees USING gist (geom);
	INSERT INTO olpe.trees SELECT i, 'Linde ' || i, date '2026-01-01' + i % 300, ST_SetSRID(ST_MakePoint(i, i), 25832)
	FROM generate_series(1, 3000) AS i;
	SELECT track('olpe.trees');
	UPDATE olpe.trees SET name = 'Eiche' WHERE id % 7 = 0;
	SELECT commit('olpe.trees', 'second');});

my $standby = Allmende::Cluster->standby('standby', $primary);
$standby->start;
is($standby->psql('register', 'SELECT pg_is_in_recovery()'), 't', 'a standby');

# these come by streaming: rows of the tail, and an extent
$primary->psql('register', q{
	INSERT INTO olpe.trees SELECT i, 'new ' || i FROM generate_series(10000, 80000) AS i;
	SELECT commit('olpe.trees', 'many', valid_at => '2026-03-01 12:00+00');
	ALTER TABLE olpe.trees ADD height int DEFAULT 5;
	DELETE FROM olpe.trees WHERE id < 30;
	SELECT commit('olpe.trees', 'fewer');
	SELECT mark('olpe.trees', 'Stand');
	UPDATE olpe.trees SET name = 'pending' WHERE id BETWEEN 100 AND 110;});
my $position = $primary->psql('register', 'SELECT pg_current_wal_lsn()');
for (1 .. 300)
{
	last if $standby->psql('register', "SELECT pg_last_wal_replay_lsn() >= '$position'") eq 't';
	select undef, undef, undef, 0.1;
}

my %questions = (
	log => q{SET timezone = 'UTC'; SELECT * FROM allmende.log('olpe.trees')},
	status => q{SELECT * FROM status('olpe.trees')},
	'full status' => q{SELECT * FROM status(full => true)},
	datasets => q{SELECT dataset, uuid, rel, version, revision, rows, pending, pending_since, head_bytes, store_bytes FROM datasets},
	verify => q{SELECT * FROM verify('olpe.trees')},
	version_rows => q{SELECT md5(version_rows('olpe.trees', 'v2')::text)},
	'a look-up' => q{SELECT * FROM at(NULL::olpe.trees, 'Stand') WHERE id = 70000});
$questions{"rows of $_"} =
  qq{SELECT count(*), fingerprint(t) FROM at(NULL::olpe.trees, '$_') AS t} for qw(v1 v2 v3 Stand HEAD WORKING);
for my $question (sort keys %questions)
{
	my $answer = eval { $standby->psql('register', $questions{$question}) } // $@;
	is($answer, $primary->psql('register', $questions{$question}), "$question is as on the primary");
}
is($standby->psql('register', $questions{verify}), '', 'verify() finds nothing');
like($standby->psql('register', $questions{status}), qr/^olpe\.trees\|4\|0\|11\|0\|/, 'edits are pending');
for my $call (q{commit('olpe.trees', 'x')}, q{commit_pending()}, q{mark('olpe.trees', 'x')}, q{untrack('olpe.trees')})
{
	like($standby->psql_fails('register', "SELECT $call"),
		qr/ERROR:  cannot .*(read-only transaction|during recovery)/, "$call is refused");
}
is($standby->psql('register', $questions{verify}), '', 'and the standby is as before');

done_testing();
