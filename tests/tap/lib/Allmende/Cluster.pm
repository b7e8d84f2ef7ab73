package Allmende::Cluster;

# Servers of a test's own, beside the one that tests/check starts: to be killed,
# to be a standby, or with other settings.  They take the extension from where
# the running one does.  As root they run as the user postgres.

use strict;
use warnings;
use Allmende::Test ();
use IO::Socket::INET;

my @clusters;
my $user = $> == 0 ? 'postgres' : getpwuid $>;
my $bin = do { chomp(my $line = qx{"\${PG_CONFIG:-pg_config}" --bindir}); $line };

# A command as the server's user
sub as_server
{
	my (@command) = @_;
	unshift @command, 'setpriv', "--reuid=$user", "--regid=$user", '--init-groups' if $> == 0;
	my ($status, $out, $err) = Allmende::Test::command_output(@command);
	die "@command: $out\n$err" if $status != 0;
	return $out;
}

# A folder for a cluster that nobody listens for, and its port
sub allocate
{
	my ($name) = @_;
	my $folder = Allmende::Test::work_folder() . "/$name";
	mkdir $folder, 0755 or die "$folder: $!";
	if ($> == 0)
	{
		chown((getpwnam $user)[2, 3], $folder) or die $!;
	}
	my $port;
	do { $port = 15000 + int rand 16000 }
	  while IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port") || grep { $_->{port} == $port } @clusters;
	my $cluster = bless { folder => $folder, port => $port, pid => $$ };
	push @clusters, $cluster;
	return $cluster;
}

# Settings that come after those that the cluster has
sub configure
{
	my ($cluster, @settings) = @_;
	my $file = "$cluster->{folder}/data/postgresql.conf";
	open my $conf, '>>', $file or die "$file: $!";
	print $conf "$_\n" for @settings;
	close $conf;
}

# A new cluster, not yet started, with settings
sub create
{
	my ($class, $name, @settings) = @_;
	my $stage = Allmende::Test::psql('postgres', 'SHOW extension_destdir');
	my $cluster = allocate($name);
	as_server("$bin/initdb", '-D', "$cluster->{folder}/data", '-U', 'tester',
		'-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync');
	$cluster->configure("port = $cluster->{port}", "listen_addresses = '127.0.0.1'",
		"unix_socket_directories = ''", "extension_destdir = '$stage'",
		'fsync = off', 'shared_buffers = 16MB', 'max_parallel_workers = 2', @settings);
	return $cluster;
}

# A standby of a running cluster, not yet started
sub standby
{
	my ($class, $name, $primary) = @_;
	my $cluster = allocate($name);
	as_server("$bin/pg_basebackup", '-R', '-X', 'stream', '-c', 'fast', '--no-sync',
		'-D', "$cluster->{folder}/data",
		'-d', "host=127.0.0.1 port=$primary->{port} user=tester");
	$cluster->configure("port = $cluster->{port}");
	return $cluster;
}

sub start
{
	my ($cluster) = @_;
	as_server("$bin/pg_ctl", '-D', "$cluster->{folder}/data", '-w', '-t', '60',
		'-l', "$cluster->{folder}/log", 'start');
}

# Its postmaster's process id
sub postmaster
{
	my ($cluster) = @_;
	open my $file, '<', "$cluster->{folder}/data/postmaster.pid" or return;
	chomp(my $pid = <$file>);
	return $pid;
}

# End the postmaster without notice, and with it the other processes, as when
# the machine loses them
sub kill_hard
{
	my ($cluster) = @_;
	my $pid = $cluster->postmaster or die 'no postmaster';
	my @children = split ' ', qx{ps -o pid= --ppid $pid};
	kill 'KILL', $pid, @children;
	for (1 .. 200)
	{
		last unless grep { kill 0, $_ } $pid, @children;
		select undef, undef, undef, 0.05;
	}
}

sub stop
{
	my ($cluster) = @_;
	eval { as_server("$bin/pg_ctl", '-D', "$cluster->{folder}/data", '-m', 'immediate', '-w', 'stop') }
	  if $cluster->postmaster;
}

# Call a function with the environment of this cluster, so that psql() and
# create_database() go there
sub with
{
	my ($cluster, $function) = @_;
	local @ENV{qw(PGHOST PGPORT PGUSER)} = ('127.0.0.1', $cluster->{port}, 'tester');
	return $function->();
}

sub psql
{
	my ($cluster, @arguments) = @_;

	return $cluster->with(sub { Allmende::Test::psql(@arguments) });
}

sub psql_fails
{
	my ($cluster, @arguments) = @_;
	return $cluster->with(sub { Allmende::Test::psql_fails(@arguments) });
}

sub create_database
{
	my ($cluster, @arguments) = @_;
	return $cluster->with(sub { Allmende::Test::create_database(@arguments) });
}

END
{
	local $?;
	$_->{pid} == $$ and $_->stop for @clusters;
}

1;
