# The demo runs from nothing, again on the cluster that is running, and leaves
# nothing behind; in a state folder of the test's own.

use strict;
use warnings;
use Allmende::Test;
use Test::More;

my $folder = work_folder();
local $ENV{XDG_STATE_HOME} = "$folder/state";
mkdir $ENV{XDG_STATE_HOME};
chmod 0755, $ENV{XDG_STATE_HOME};

my ($status, $out, $err) = command_output("$top/tests/demo", 'start');
is($status, 0, 'the demo starts') or diag $err;
like($out, qr/Starting a private cluster in \Q$folder\E/, '... in its own folder');
like($out, qr/05958 │ Hochsauerlandkreis +│ +9056 │/, '... counts trees by district');
like($out, qr/the register +│ 20000 │ ([0-9a-f]+)….*sorted by species +│ 20000 │ \1…/s,
	'... compares fingerprints');
like($out, qr/v3 +│ 02.05.2026 │ Nach dem Sturm .*v1 +│ 01.11.2025 │ Erstlieferung +│ +20000 │/s,
	'... makes three versions');
like($out, qr/yes: every row of every version/, '... and verifies them');
my ($password, $port) = $out =~ /PGPASSWORD=(\S+) psql -h 127.0.0.1 -p (\d+) -U demo demo/;
ok($port, '... and says how to connect');

{
	local @ENV{qw(PGHOST PGPORT PGUSER PGPASSWORD)} = ('127.0.0.1', $port, 'demo', $password);
	is(psql('demo', 'SELECT count(*) FROM demo.tree'), '19893', 'so it does');
	local $ENV{PGPASSWORD} = 'wrong';
	my ($refused) = command_output('psql', '-Xc', 'SELECT 1', '-d', 'demo');
	isnt($refused, 0, '... but not with another password');
}

($status, $out, $err) = command_output("$top/tests/demo", 'start');
is($status, 0, 'a second run') or diag $err;
like($out, qr/Using the cluster that is running/, '... uses the same cluster');
like($out, qr/-p $port .*$/m, '... on the same port');

($status, $out, $err) = command_output("$top/tests/demo", 'stop');
is($status, 0, 'the demo stops') or diag $err;
ok(!-e "$ENV{XDG_STATE_HOME}/allmende", '... and leaves nothing behind');
($status, $out, $err) = command_output("$top/tests/demo", 'stop');
is("$status $out", '0 There is no demo.', 'stopping what is not there is no error');
done_testing();
