# The receive functions: every truncation and every flipped bit of a binary value
# is refused or is a valid value; none brings the server down.

use strict;
use warnings;
use Allmende::Test;
use Test::More;

my $database = create_database('binary_input');
my $program = work_folder() . '/binary_probe';
chomp(my $include = `$ENV{PG_CONFIG} --includedir`);
chomp(my $lib = `$ENV{PG_CONFIG} --libdir`);
my ($status, $out, $err) = command_output('gcc', '-std=c99', '-Wall', '-Wextra',
	"-I$include", '-o', $program, "$top/tests/tap/binary_probe.c", "-L$lib", '-lpq');
is($status, 0, 'the probe compiles') or diag $err;

my @long = map { $_ * 3 } 1 .. 300;
my %samples = (
	ags => [qw(05 059 05966 05966024 16 01001000)],
	ars => [qw(059660024024 010515163003 010010000000)],
	gridcell => [
		qw(CRS3035RES100mN2689500E4337500 CRS3035RES250mN2689500E4337500
		  CRS3035RES100000mN5400000E7300000 CRS3035RES1000mN900000E900000)
	],
	revision => ['0123456789abcdef' x 4, 'f' x 64],
	rowset => [
		'{}', '{0}', '{4294967295}', '{1,3,5,7-100}',
		'{1,2,3,70000-140000,262143,4294967290-4294967295}',
		'{' . join(',', @long) . '}',
	]);

$ENV{PGDATABASE} = $database;
for my $type (sort keys %samples)
{
	($status, $out, $err) =
	  command_output($program, "allmende.$type", @{ $samples{$type} });
	is($status, 0, "$type: $out") or diag $err;
}
delete $ENV{PGDATABASE};

# Bitmaps of 8,192 bytes have too many bits to flip all through a connection; a
# sample of them here, all of them in tests/unit/rowset_bytes_test.c
psql('postgres', "DROP DATABASE $database");
done_testing();
