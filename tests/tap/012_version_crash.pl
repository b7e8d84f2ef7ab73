# The server is killed while versions are being committed, and started again:
# what commit() returned is there, what is there is whole.

use strict;
use warnings;
use Allmende::Cluster;
use Allmende::Test;
use POSIX qw(WNOHANG);
use Test::More;
use Time::HiRes qw(sleep time);

use constant { COMMITS => 30, KILLS => 8 };

my $seed = $ENV{ALLMENDE_SEED} // 20260329;
srand $seed;
note "ALLMENDE_SEED=$seed";

my $cluster = Allmende::Cluster->create('crash', 'restart_after_crash = on');
$cluster->start;
$cluster->create_database('crash');
$cluster->psql('crash', q{
	CREATE SCHEMA olpe;
	CREATE TABLE olpe.trees (id int PRIMARY KEY, name text, height int);
	INSERT INTO olpe.trees SELECT i, 'tree ' || i, i FROM generate_series(1, 40000) AS i;
	SELECT track('olpe.trees');
	-- the client's own record: one row for each of its transactions
	CREATE TABLE made (version int, revision text, fingerprint bytea);});

# Edits and a commit in one transaction, which also writes down what it made.
# Every fifth adds enough for the tail to be sealed now and then.
sub edit
{
	my ($number) = @_;
	my $new = 100_000 * $number;
	my $many = $number % 5 == 0 ? 30_000 : 50;
	return qq{
		BEGIN;
		UPDATE olpe.trees SET height = height + 1 WHERE id % 40 = $number % 40;
		DELETE FROM olpe.trees WHERE id % 1000 = $number;
		INSERT INTO olpe.trees SELECT $new + i, 'new', i FROM generate_series(1, $many) AS i;
		INSERT INTO made SELECT c.version, c.revision, (SELECT fingerprint(t) FROM olpe.trees AS t)
		FROM commit('olpe.trees', 'edit $number') AS c;
		COMMIT;
		SELECT 'committed';};
}

# Start psql with an edit; it writes "committed" to a file when the server has
# said so
sub in_background
{
	my ($number, $file) = @_;
	my $sql = edit($number);
	my $input = work_folder() . '/edit.sql';
	open my $out, '>', $input or die $!;
	print $out $sql;
	close $out;
	unlink $file;
	return $cluster->with(sub {
		my $pid = fork // die $!;
		if ($pid == 0)
		{
			open STDOUT, '>', $file;
			open STDERR, '>', '/dev/null';
			exec 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', 'crash', '-f', $input;
		}
		return $pid;
	});
}

my $log = q{SET timezone = 'UTC'; SELECT version, revision, committed_at, message, inserted, updated, deleted, total
	FROM allmende.log('olpe.trees') ORDER BY version};

# All that is wrong after a crash; $known is the log before it
sub problems
{
	my ($known) = @_;
	my @problems;
	my $verify = $cluster->psql('crash', q{SELECT * FROM verify('olpe.trees')});
	push @problems, "verify: $verify" if $verify ne '';
	my $now = $cluster->psql('crash', $log);
	push @problems, "log was\n$known\nis\n$now" if substr($now, 0, length $known) ne $known;
	# the client's record has just those versions that were committed
	my $made = $cluster->psql('crash', q{
		SELECT l.version, m.version FROM allmende.log('olpe.trees', since => 'v1') AS l
		FULL JOIN made AS m ON m.version = l.version AND m.revision = l.revision::text
		WHERE l.version IS NULL OR m.version IS NULL});
	push @problems, "lost: $made" if $made ne '';
	push @problems, 'the last version is not what was committed'
	  if $cluster->psql('crash', q{
		SELECT (SELECT fingerprint(t) FROM at(NULL::olpe.trees, 'HEAD') AS t)
			IS DISTINCT FROM (SELECT fingerprint FROM made ORDER BY version DESC LIMIT 1)
			AND EXISTS (SELECT FROM made)}) eq 't';
	for my $line (split /\n/, $now)
	{
		my ($version, $total) = (split /\|/, $line)[0, -1];
		my $count = $cluster->psql('crash', "SELECT count(*) FROM at(NULL::olpe.trees, 'v$version') AS t");
		push @problems, "v$version has $count rows, not $total" if $count != $total;
	}
	my $pending = $cluster->psql('crash', q{SELECT inserted + updated + deleted FROM status('olpe.trees', full => true)});
	push @problems, "pending: $pending" if $pending ne '0';
	return @problems;
}

# which commits are cut short
my %kill;
$kill{ 2 + int rand COMMITS - 2 } = 1 while keys %kill < KILLS;
my @typical = (1, 3);
my ($cut, $kept, $kills) = (0, 0, 0);
my $file = work_folder() . '/edit.out';
my $known = $cluster->psql('crash', $log);
for my $number (1 .. COMMITS)
{
	my $began = time;
	my $pid = in_background($number, $file);
	if ($kill{$number})
	{
		# every other one as soon as commit has returned, or just before
		my $end = time + (0.2 + 1.0 * rand) * $typical[ $number % 5 == 0 ];
		$end = time + 60 if $kills++ % 2;
		sleep 0.002 while time < $end && !-s $file && waitpid($pid, WNOHANG) == 0;
		$cluster->kill_hard;
	}
	waitpid $pid, 0;
	my $took = time - $began;
	my $returned = -s $file ? 1 : 0;
	if (!$kill{$number})
	{
		$typical[ $number % 5 == 0 ] = $took;
		$returned or fail("commit of edit $number"), last;
		next;
	}

	$cluster->start;
	my @problems = problems($known);
	my $there = $cluster->psql('crash', "SELECT count(*) FROM allmende.log('olpe.trees') WHERE message = 'edit $number'");
	push @problems, 'a commit that returned is lost' if $returned && !$there;
	$there ? $kept++ : $cut++;
	is(join("\n", @problems), '', "killed in edit $number, "
		. ($returned ? 'which had returned' : $there ? 'committed but not said so' : 'which is undone'));
	$known = $cluster->psql('crash', $log);
}
cmp_ok($cut, '>', 0, "some edits were cut short ($cut)");
cmp_ok($kept, '>', 0, "some were committed just before ($kept)");
is(join("\n", problems($known)), '', 'at the end all is right');
is($cluster->psql('crash', q{SELECT count(*) FROM allmende.log('olpe.trees')}), 1 + COMMITS - $cut,
	'and there is a version for each edit that was not undone');

done_testing();
