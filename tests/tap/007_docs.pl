# The SQL in README and docs runs as it is written, in order, page by page.  A line
# with "-- ERROR:" names the error that it shows.

use strict;
use warnings;
use Allmende::Test;
use Cwd qw(getcwd);
use Encode qw(encode);
use Test::More;

# What a page takes for granted
my %before = (
	'README.md' => q{
		CREATE TABLE trees (ags text, geom geometry(Point, 25832));
		DROP EXTENSION allmende;},
	'docs/types.md' => '',
	'docs/operations.md' => q{DROP ROLE IF EXISTS olpe_reader, olpe_editor, mueller;},);
my %after = ('docs/operations.md' =>
	  q{DROP SCHEMA olpe; DROP OWNED BY olpe_editor, olpe_reader; DROP ROLE olpe_reader, olpe_editor, mueller;});

# a register in the layout of GV100AD, of two records
my $folder = work_folder();
open my $file, '>:raw', "$folder/GV100AD_301123.txt" or die $!;
for my $record (['40', '06631', '', 'Fulda'], ['60', '06631009', '0009', 'Fulda, Stadt'])
{
	printf $file "%-2s%8s%-8s%-4s%-50s%148s\n", $record->[0], '20231130', @$record[1 .. 3], '';
}
close $file;

my @pages = ('README.md', map { s/^\Q$top\E\///r } sort glob "$top/docs/*.md");
for my $page (@pages)
{
	open my $text, '<:raw', "$top/$page" or die $!;
	local $/;
	my @blocks = <$text> =~ /^```sql\n(.*?)^```/msg;
	next unless @blocks;

	my $database = create_database('docs');
	psql($database, $before{$page} // '');
	my $sql = "\\cd $folder\n" . join "\n", @blocks;
	$sql =~ s/-- then connect anew/\n\\c -/g;
	my @expected = $sql =~ /-- ERROR: +(.*)/g;
	my ($status, $out, $err) =
	  command_output(\$sql, 'psql', '-XqAt', '-d', $database, '-f', '-');
	my @errors = $err =~ /ERROR: +(.*)/g;
	is_deeply(\@errors, \@expected, "$page: " . @blocks . ' blocks of SQL')
	  or diag $err;

	psql($database, $after{$page} // '');
	psql('postgres', "DROP DATABASE $database");
}
done_testing();
