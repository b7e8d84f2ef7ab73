# Sessions that move amounts between rows, with rollbacks and savepoints, while
# others commit: each version holds whole transactions only, and nothing is lost.

use strict;
use warnings;
use Allmende::Test;
use Test::More;

my $database = create_database('version_stress');
my $folder = work_folder();
my $pgbench = do { chomp(my $bin = qx{"\${PG_CONFIG:-pg_config}" --bindir}); "$bin/pgbench" };
plan skip_all => 'pgbench is not here' unless -x $pgbench;

psql($database, q{
	CREATE TABLE account (id int PRIMARY KEY, amount int NOT NULL, note text);
	INSERT INTO account SELECT i, 0, repeat('x', i % 50) FROM generate_series(1, 500) AS i;
	SELECT allmende.track('account') IS NULL;});

sub script
{
	my ($name, $text) = @_;
	open my $out, '>', "$folder/$name" or die $!;
	print $out $text;
	close $out;
	chmod 0644, "$folder/$name";
	return "$folder/$name";
}

# the sum stays 0 in each transaction
my $move = script('move.sql', q{\set a random(1, 500)
\set b random(1, 500)
\set n random(1, 9)
BEGIN;
UPDATE account SET amount = amount + :n WHERE id = least(:a, :b);
SAVEPOINT s;
UPDATE account SET amount = amount + 1000 WHERE id = least(:a, :b);
ROLLBACK TO s;
UPDATE account SET amount = amount - :n WHERE id = greatest(:a, :b);
COMMIT;
});
my $undo = script('undo.sql', q{\set a random(1, 500)
BEGIN;
UPDATE account SET amount = amount + 77 WHERE id = :a;
ROLLBACK;
});
my $commit = script('commit.sql', "SELECT allmende.commit_pending();\n");
my $commit_repeatable = script('commit_repeatable.sql',
	"BEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT allmende.commit_pending();\nCOMMIT;\n");

my @writers = ($pgbench, '-n', '-c', '4', '-T', '6', '-f', "$move\@6", '-f', "$undo\@2",
	'--max-tries=1000', $database);

my @children;
for my $command ([@writers],
	[$pgbench, '-n', '-c', '2', '-T', '6', '-f', $commit, '--max-tries=1000', $database],
	[$pgbench, '-n', '-c', '1', '-T', '6', '-f', $commit_repeatable, '--max-tries=1000', $database])
{
	my $pid = fork // die "fork: $!";
	if ($pid == 0)
	{
		open STDOUT, '>>', "$folder/pgbench.log" or die $!;
		open STDERR, '>&', \*STDOUT or die $!;
		exec { $command->[0] } @$command or die "exec: $!";
	}
	push @children, $pid;
}
my $failed = 0;
for my $pid (@children)
{
	waitpid $pid, 0;
	$failed++ if $?;
}
is($failed, 0, 'all sessions came to an end')
	or diag do { open my $in, '<', "$folder/pgbench.log"; local $/; <$in> };

psql($database, q{SELECT count(*) FROM allmende.commit('account', 'the rest', allow_empty => true)});
cmp_ok(psql($database, q{SELECT count(*) FROM allmende.log('account')}), '>', 3, 'there are versions');
is(psql($database, q{
	SELECT count(*) FROM allmende.log('account') AS l
	WHERE (SELECT sum(amount) FROM allmende.at(NULL::account, l.ref)) <> 0
		OR (SELECT count(*) FROM allmende.at(NULL::account, l.ref)) <> l.total}), '0',
	'no version has half of a transaction');
is(psql($database, q{
	SELECT count(*) FROM ((TABLE account EXCEPT ALL SELECT * FROM allmende.at(NULL::account, 'HEAD'))
		UNION ALL (SELECT * FROM allmende.at(NULL::account, 'HEAD') EXCEPT ALL TABLE account)) AS x}), '0',
	'the last version is the table');
is(psql($database, q{SELECT concat_ws('/', inserted, updated, deleted, fault) FROM allmende.status('account', true)}),
	'0/0/0', 'nothing is left');
is(psql($database, q{SELECT count(*) FROM allmende.verify('account')}), '0', 'verified');
done_testing();
