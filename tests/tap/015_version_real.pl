# Published states of real registers, loaded one after another: the versions have
# the rows that each file has, and the changes between the files.

use strict;
use warnings;
use Allmende::Test;
use Test::More;

my $photovoltaics = shared_data('photovoltaics');
my $hospitals = shared_data('hospitals');
plan skip_all => 'no real data in ../shared/data'
	unless defined $photovoltaics && defined $hospitals;

my $database = create_database('version_real');

# Columns of a CSV file, from its first line
sub columns
{
	my ($file) = @_;
	open my $in, '<:encoding(UTF-8)', $file or die "$file: $!";
	my $line = <$in>;
	$line =~ s/^\x{feff}//;
	$line =~ s/[\r\n]+\z//;
	return split /,/, lc $line;
}

# Load a file into the table as a loader without any wits would: what is gone is
# deleted, what is there is inserted or updated
sub load
{
	my ($table, $file, $key, $null, @columns) = @_;
	my $list = join ', ', map { qq("$_") } @columns;
	my $set = join ', ', map { qq("$_" = EXCLUDED."$_") } @columns;
	my $same = join ' AND ', map { qq(s."$_" = t."$_") } split /,/, $key;
	my ($name) = $file =~ m{([^/]+)\.csv$};
	my ($day) = $name =~ /^(\d{4}-\d\d-\d\d)/;
	return psql($database, qq{
		BEGIN;
		CREATE TEMP TABLE staging (LIKE $table) ON COMMIT DROP;
		\\copy staging ($list) from '$file' with (format csv, header true, null '$null')
		DELETE FROM $table AS t WHERE NOT EXISTS (SELECT FROM staging AS s WHERE $same);
		INSERT INTO $table ($list) SELECT $list FROM staging ON CONFLICT ($key) DO UPDATE SET $set;
		SELECT concat_ws('/', inserted, updated, deleted) FROM allmende.commit('$table', 'state $name',
			valid_at => '$day', source => jsonb_build_object('file', '$name'));
		COMMIT;});
}

# Does a version have exactly the rows of a file?
sub equals_file
{
	my ($table, $ref, $file, $null, @columns) = @_;
	my $list = join ', ', map { qq("$_") } @columns;
	return psql($database, qq{
		CREATE TEMP TABLE file (LIKE $table);
		\\copy file ($list) from '$file' with (format csv, header true, null '$null')
		SELECT count(*) FROM (
			(SELECT $list FROM file EXCEPT ALL SELECT $list FROM allmende.at(NULL::$table, '$ref'))
			UNION ALL
			(SELECT $list FROM allmende.at(NULL::$table, '$ref') EXCEPT ALL SELECT $list FROM file)) AS x;});
}

sub make_table
{
	my ($table, $key, $columns, %types) = @_;
	psql($database, "CREATE TABLE $table (" .
		join(', ', map { qq("$_" ) . ($types{$_} // 'text') } @$columns) .
		", PRIMARY KEY ($key)); SELECT count(*) FROM allmende.track('$table')");
}

psql($database, 'CREATE SCHEMA register');

my @files = sort glob "$photovoltaics/*.csv";
shift @files;    # its columns have other names
my @columns = columns($files[0]);
make_table('register.plant', 'mastrid', \@columns, mastrid => 'int8', lat => 'float8',
	long => 'float8', inbetriebnahme => 'date', bruttoleistung_kw => 'numeric');
my @changes = map { load('register.plant', $_, 'mastrid', '', @columns) } @files;
is($changes[0] =~ s{/.*}{}r, psql($database, q{SELECT total FROM allmende.log('register.plant') WHERE version = 2}),
	'plants: the first state inserts all its rows');
is_deeply([@changes[1 .. $#changes]],
	[qw(196/696/5 220/139/4 247/259/7 256/153/8 261/443/8 191/165/6)],
	'plants: inserted, updated, deleted between neighbouring states');
for my $i (0 .. $#files)
{
	my ($day) = $files[$i] =~ /(\d{4}-\d\d-\d\d)/;
	is(equals_file('register.plant', 'v' . ($i + 2), $files[$i], '', @columns), '0',
		"plants: state of $day is read back as its file");
	is(psql($database, qq{SELECT count(*) FROM (
			(SELECT * FROM allmende.at(NULL::register.plant, '$day') EXCEPT ALL
			SELECT * FROM allmende.at(NULL::register.plant, 'v} . ($i + 2) . qq{'))) AS x}), '0',
		"plants: $day names that state");
}
is(psql($database, q{SELECT count(*) FROM allmende.verify('register.plant')}), '0', 'plants: verified');

@files = (sort glob "$hospitals/*.csv")[-2, -1];
@columns = columns($files[0]);
make_table('register.hospital', 'datum, bundesland_id, behandlungsgruppe', \@columns,
	datum => 'date', (map { $_ => 'int' } grep { /^(anzahl|faelle|intensiv|kapaz)/ } @columns));
@changes = map { load('register.hospital', $_, 'datum,bundesland_id,behandlungsgruppe', 'NA', @columns) } @files;
is($changes[1], '16/16/0', 'hospitals: inserted, updated, deleted between the last two states');
is(equals_file('register.hospital', 'v' . ($_ + 2), $files[$_], 'NA', @columns), '0',
	'hospitals: state ' . ($_ + 1) . ' is read back as its file') for 0 .. 1;
is(psql($database, q{SELECT count(*) FROM allmende.verify('register.hospital')}), '0', 'hospitals: verified');

done_testing();
