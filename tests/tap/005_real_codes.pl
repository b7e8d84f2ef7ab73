# Official keys, all of them: GV100AD and the municipalities of VG250.

use strict;
use warnings;
use Allmende::Test;
use Test::More;

my $register = shared_data('codes/GV100AD_301123.txt');
my $areas = shared_data('boundaries/gemeinden_2024_25832.geojson');
plan skip_all => 'official registers are not there (ALLMENDE_DATA)'
  unless $register && $areas;

my $database = create_database('real_codes');

# fixed width; the key is in columns 11 to 18, the association in 19 to 22
psql($database, q{
	CREATE TABLE record (kind text, key text, association text, name text)});
{
	open my $file, '<:raw', $register or die $!;
	my $rows = '';
	while (my $line = <$file>)
	{
		my ($kind, $key, $association, $name) =
		  map { s/\s+$//r } unpack 'A2 x8 A8 A4 A50', $line;
		$rows .= join("\t", $kind, $key, $association, $name) . "\n";
	}
	psql($database, "\\copy record from stdin\n$rows\\.\n");
}

# kinds of records and how many keys of them the register has
my %expected = (10 => 16, 20 => 29, 40 => 400, 60 => 10981);
my %level = (10 => 'state', 20 => 'government_region', 40 => 'district',
	60 => 'municipality');
for my $kind (sort keys %expected)
{
	is(psql($database, qq{
			SELECT count(*), count(*) FILTER (WHERE key::ags::text = key),
				string_agg(DISTINCT level(key::ags), ',')
			FROM record WHERE kind = '$kind'}),
		"$expected{$kind}|$expected{$kind}|$level{$kind}",
		"records of kind $kind read and write back");
}
is(psql($database, q{
		SELECT count(*) FROM record WHERE kind = '60'
		AND ags_repair(ltrim(key, '0')) IS DISTINCT FROM key::ags}),
	'0', 'every key of a municipality is repaired when its zero is lost');
is(psql($database, q{
		SELECT string_agg(m.key, ' ' ORDER BY m.key) FROM record AS m
		WHERE m.kind = '60' AND NOT EXISTS (
			SELECT FROM record AS d WHERE d.kind = '40' AND d.key::ags = parent(m.key::ags))}),
	'07000999 13000999',
	'the parent of every municipality is a district of the register, but for two areas that belong to none');
is(psql($database, q{
		SELECT count(*) FROM record AS d WHERE d.kind = '40' AND NOT EXISTS (
			SELECT FROM record AS p WHERE p.kind IN ('10', '20')
			AND p.key = parent(d.key::ags)::text)}),
	'0', 'the parent of every district is a government region or state of the register');
is(psql($database, q{
		SELECT count(*), count(DISTINCT ars::ags), count(*) FILTER (WHERE ars::ags::text = key)
		FROM record, LATERAL (SELECT (left(key, 5) || association || right(key, 3))::ars) AS r(ars)
		WHERE kind = '60'}),
	'10981|10981|10981', 'every regional key made of the register gives its key');
is(psql($database, q{
		SELECT count(*) FROM record WHERE kind = '60' AND key::ags <@ '05'
		AND key::ags::ars::text <> left(key, 5) || association || right(key, 3)}),
	'0', 'in North Rhine-Westphalia the regional key follows from the key');
is(psql($database, q{
		SELECT count(*), count(*) FILTER (WHERE r.name IS NOT NULL) FROM municipality AS m
		LEFT JOIN record AS r ON r.kind = '60' AND r.key = m.ags AND r.name ^@ m.name}),
	'59|59', 'the municipalities that ship are in the register under their names');

# docs/types.md: all of Germany into the reference table
psql($database, q{
	INSERT INTO municipality (ags, ars, name, district)
	SELECT m.key, left(m.key, 5) || m.association || right(m.key, 3), m.name,
		coalesce(d.name, m.name)
	FROM record AS m LEFT JOIN record AS d ON d.kind = '40' AND d.key = left(m.key, 5)
	WHERE m.kind = '60'});
is(psql($database, 'SELECT count(*), count(*) FILTER (WHERE shipped) FROM municipality'),
	'10981|0', 'all of Germany can be loaded over the rows that ship');

# VG250: only regional keys
{
	open my $file, '<:raw', $areas or die $!;
	local $/;
	my $json = <$file>;
	my @keys = $json =~ /"ARS": *"(\d+)"/g;
	psql($database, 'CREATE TABLE area (ars text)');
	psql($database, "\\copy area from stdin\n" . join("\n", @keys) . "\n\\.\n");
}
is(psql($database, q{
		SELECT count(*), count(ars::ars::ags), count(DISTINCT ars::ars::ags),
			count(*) FILTER (WHERE ars::ars::text = ars) FROM area}),
	'10990|10990|10990|10990', 'all regional keys of 2024 convert to a key');
is(psql($database, q{
		SELECT count(*) FROM area WHERE ars::ars <@ '05' AND ars::ars::ags::ars <> ars::ars}),
	'0', '... and back in North Rhine-Westphalia');

psql('postgres', "DROP DATABASE $database");
done_testing();
