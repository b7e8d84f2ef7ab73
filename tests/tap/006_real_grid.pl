# Official ids of grid cells, all of the census of 2011.

use strict;
use warnings;
use Allmende::Test;
use Test::More;

my $census = shared_data('grid/zensus2011_1km.csv.gz');
my $inspire = shared_data('codes/inspire_ids.csv');
plan skip_all => 'the census grid is not there (ALLMENDE_DATA)'
  unless $census && $inspire;

my $database = create_database('real_grid');

# short id and midpoint of each cell; the other columns are values
psql($database, qq{
	CREATE UNLOGGED TABLE cell (id text, x int, y int);
	\\copy cell from program 'gzip -dc "$census" | cut -d";" -f1-3' (format csv, header, delimiter ';')
});
is(psql($database, q{
		SELECT count(*), count(*) FILTER (WHERE gridcell(id) = gridcell(x::float8, y::float8, 1000))
		FROM cell}),
	'361478|361478', 'every short id is the cell of its midpoint');
is(psql($database, q{
		SELECT count(*) FROM cell
		WHERE gridcell(id)::text !~ '^CRS3035RES1000mN\d{7}E\d{7}$'
			OR gridcell(gridcell(id)::text) <> gridcell(id)
			OR short_id(gridcell(id)) <> id}),
	'0', '... writes as a long id that reads back, and as the short id it came from');
is(psql($database, q{
		SELECT count(*) FROM cell
		WHERE gridcell(ST_SetSRID(ST_MakePoint(x, y), 3035), 1000) <> gridcell(id)}),
	'0', '... and is the cell of its midpoint as a geometry');
is(psql($database, q{
		SELECT count(DISTINCT gridcell(id)), count(DISTINCT parent(gridcell(id), 10000)),
			bool_and(parent(gridcell(id), 10000) @> gridcell(id)) FROM cell}),
	psql($database, q{
		SELECT count(DISTINCT id), count(DISTINCT (x / 10000, y / 10000)), true FROM cell}),
	'... and lies in the 10 km cell of its coordinates');

psql($database, qq{
	CREATE TABLE pair (long text, short text);
	\\copy pair from '$inspire' (format csv, header, delimiter ';')
});
is(psql($database, q{
		SELECT count(*), count(*) FILTER (WHERE gridcell(long) = gridcell(short)
			AND gridcell(short)::text = long AND short_id(gridcell(long)) = short) FROM pair}),
	'6|6', 'published pairs of long and short ids are the same cells');

psql('postgres', "DROP DATABASE $database");
done_testing();
