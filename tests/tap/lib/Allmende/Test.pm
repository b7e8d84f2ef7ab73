package Allmende::Test;

# What the TAP tests share: a server that PGHOST and PGPORT name (tests/check
# starts one), databases of their own in it, and real data where it is.

use strict;
use warnings;
use Exporter 'import';
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use Test::More;

our @EXPORT = qw(create_database command_output psql psql_fails shared_data
  work_folder $top);

# The top folder of the project
our $top = dirname(__FILE__) . '/../../../..';

my $work;

# A folder that is deleted at the end of the test; the server can read it
sub work_folder
{
	$work //= tempdir('allmende-tap-XXXXXX', TMPDIR => 1, CLEANUP => 1);
	chmod 0755, $work;
	return $work;
}

# Run a program without a shell; returns exit status, standard output and
# standard error.  A first argument that is a reference to a text is its input.
sub command_output
{
	my @command = @_;
	my $input = ref $command[0] ? ${ shift @command } : '';
	my $folder = work_folder();

	open my $in, '>', "$folder/in" or die $!;
	binmode $in, ':raw';
	print $in $input;
	close $in;

	my $pid = fork // die "fork: $!";
	if ($pid == 0)
	{
		open STDIN, '<', "$folder/in" or die $!;
		open STDOUT, '>', "$folder/out" or die $!;
		open STDERR, '>', "$folder/err" or die $!;
		exec { $command[0] } @command or die "exec $command[0]: $!";
	}
	waitpid $pid, 0;
	my $status = $?;

	my @read;
	for my $name (qw(out err))
	{
		open my $file, '<:raw', "$folder/$name" or die $!;
		local $/;
		push @read, scalar <$file>;
	}
	$read[0] =~ s/\n\z//;
	return ($status, @read);
}

# Run SQL in a database; returns what it prints, unaligned, or dies
sub psql
{
	my ($database, $sql) = @_;
	my ($status, $out, $err) =
	  command_output(\$sql, 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1',
		'-d', $database, '-f', '-');
	die "psql in $database: $err\nof: $sql" if $status != 0;
	return $out;
}

# Run SQL that is to fail; returns the message
sub psql_fails
{
	my ($database, $sql) = @_;
	my ($status, $out, $err) =
	  command_output(\$sql, 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1',
		'-d', $database, '-f', '-');
	fail("command fails: $sql") if $status == 0;
	return $err;
}

# A fresh database with the extension unless the option bare is given
sub create_database
{
	my ($name, %option) = @_;
	my $quoted = $name =~ s/"/""/gr;
	psql('postgres', qq{DROP DATABASE IF EXISTS "$quoted" WITH (FORCE)});
	psql('postgres', qq{CREATE DATABASE "$quoted" TEMPLATE template0 ENCODING 'UTF8'});
	psql($name, 'CREATE EXTENSION allmende CASCADE') unless $option{bare};
	return $name;
}

# The path of a file of real data, or undef where it is absent.  The data is no
# part of the project: ALLMENDE_DATA, or ../shared/data beside it.
sub shared_data
{
	my ($file) = @_;
	my $folder = $ENV{ALLMENDE_DATA} // "$top/../shared/data";
	return -e "$folder/$file" ? "$folder/$file" : undef;
}

1;
