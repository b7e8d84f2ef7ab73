/*
 * generate.c
 *		Fictional deliveries in the manner of real ones, always the same.
 *
 * generate REGISTER FOLDER [TREES]
 *
 * Writes areas.csv, trees.csv and parking.csv into FOLDER: semicolons, decimal
 * commas, Windows-1252, CRLF, keys that lost their leading zero, German dates.
 * Keys and names of the 59 municipalities are real and come from REGISTER, the
 * part of the install script that ships them; areas, trees and sensors are
 * invented.  Coordinates are EPSG:25832, metres.
 */
#include <errno.h>
#include <iconv.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUNICIPALITIES 59
#define COLUMNS 8
#define ROWS 8
#define EDGE_POINTS 16			/* pieces of one side of an area */
#define RING_POINTS (4 * EDGE_POINTS)
#define WEST 389000.0			/* lower left corner of the region */
#define SOUTH 5615000.0
#define CELL 13800.0			/* mean width of an area */
#define SENSORS 40
#define DAYS 7

typedef struct Point
{
	double		x;
	double		y;
} Point;

typedef struct Municipality
{
	char		ags[9];
	char		name[64];
	char		district[64];
	Point		ring[RING_POINTS];
} Municipality;

/* A random sequence (splitmix64); its state is its seed. */
typedef struct Random
{
	uint64_t	state;
} Random;

/*
 * Which district each place of the region belongs to, north at the top:
 * Soest, Hochsauerlandkreis, Märkischer Kreis, Olpe, Siegen-Wittgenstein.
 */
static const char *const district_map[ROWS] = {
	".SSSSS..",
	"SSSSSSH.",
	"MMSSSHHH",
	"MMMHHHHH",
	"MMMMHHHW",
	"MMMOOWWW",
	"MMOOOWWW",
	".MOOWWWW"
};

static const char *const district_keys = "S05974H05958M05962O05966W05970";

static const char *const species[] = {
	"Stieleiche", "Winterlinde", "Spitzahorn", "Bergahorn", "Hainbuche",
	"Rotbuche", "Gemeine Esche", "Roßkastanie", "Feldahorn", "Säulen-Hainbuche",
	"Mehlbeere", "Vogelkirsche", "Schwarz-Kiefer", "Europäische Lärche",
	"Gewöhnliche Platane", "Sand-Birke"
};

static const char *const streets[] = {
	"Am Kälberhof", "Bahnhofstraße", "Biggeufer", "Dorfstraße", "Ennester Weg",
	"Große Gasse", "Hüttenweg", "Im Grünen Winkel", "Königsallee", "Lindenstraße",
	"Möhnepromenade", "Mühlenbergstraße", "Ruhrstraße", "Schützenplatz",
	"Südwall", "Wilhelm-Münker-Straße"
};

static const char *const lots[] = {
	"Altstadtgarage", "Parkplatz Bürgerhaus", "P+R Bahnhof", "Tiefgarage Markt",
	"Hallenbad", "Parkdeck Süd", "Krankenhaus", "Schützenwiese"
};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static void
fail(const char *what, const char *path)
{
	fprintf(stderr, "generate: %s %s: %s\n", what, path, strerror(errno));
	exit(1);
}

static uint64_t
random_next(Random *random)
{
	uint64_t	z = random->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* evenly distributed in 0 <= x < 1 */
static double
random_unit(Random *random)
{
	return (double) (random_next(random) >> 11) / 9007199254740992.0;
}

static int
random_below(Random *random, int limit)
{
	return (int) (random_unit(random) * limit);
}

static void line(FILE * file, const char *format,...)
			__attribute__((format(printf, 2, 3)));

/* Print one line in Windows-1252, with CRLF. */
static void
line(FILE * file, const char *format,...)
{
	static char utf8[16384];
	static char ansi[16384];
	char	   *in = utf8;
	char	   *out = ansi;
	size_t		in_left;
	size_t		out_left = sizeof(ansi);
	iconv_t		converter = iconv_open("WINDOWS-1252", "UTF-8");
	va_list		arguments;

	va_start(arguments, format);
	in_left = (size_t) vsnprintf(utf8, sizeof(utf8), format, arguments);
	va_end(arguments);
	if (in_left >= sizeof(utf8) ||
		converter == (iconv_t) - 1 ||
		iconv(converter, &in, &in_left, &out, &out_left) == (size_t) - 1)
		fail("cannot write in Windows-1252:", utf8);
	iconv_close(converter);
	fwrite(ansi, 1, sizeof(ansi) - out_left, file);
	fputs("\r\n", file);
}

/* A number with a decimal comma; up to eight results may be in use at once. */
static const char *
number(double value, int decimals)
{
	static char buffers[8][32];
	static int	next;
	char	   *buffer = buffers[next++ % 8];
	char	   *point;

	snprintf(buffer, sizeof(buffers[0]), "%.*f", decimals, value);
	point = strchr(buffer, '.');
	if (point != NULL)
		*point = ',';
	return buffer;
}

/* A corner of the lattice of areas, moved a little from its place. */
static Point
corner(int column, int row)
{
	Random		random = {(uint64_t) (column * 31 + row * 1009 + 7)};
	Point		point;

	point.x = WEST + CELL * (column + 0.36 * (random_unit(&random) - 0.5));
	point.y = SOUTH + CELL * (row + 0.36 * (random_unit(&random) - 0.5));
	return point;
}

/*
 * Bend the line between two ends by moving midpoints; points[0] and
 * points[count] are given, those between are filled in.
 */
static void
bend(Point *points, int count, Random *random)
{
	int			half = count / 2;
	Point		from = points[0];
	Point		to = points[count];
	double		offset = 0.22 * (random_unit(random) - 0.5);

	if (half == 0)
		return;
	points[half].x = (from.x + to.x) / 2 - offset * (to.y - from.y);
	points[half].y = (from.y + to.y) / 2 + offset * (to.x - from.x);
	bend(points, half, random);
	bend(points + half, half, random);
}

/*
 * The side between two neighbouring corners.  Seeded by its lower left end and
 * direction, so that the areas on both sides get the same points.
 */
static void
side(int column, int row, bool upwards, Point points[EDGE_POINTS + 1])
{
	Random		random = {(uint64_t) ((column * 64 + row) * 2 + upwards)};

	points[0] = corner(column, row);
	points[EDGE_POINTS] = upwards ? corner(column, row + 1) :
		corner(column + 1, row);
	bend(points, EDGE_POINTS, &random);
}

/* The ring around a place of the lattice, counterclockwise, not closed. */
static void
make_ring(int column, int row, Point ring[RING_POINTS])
{
	Point		south[EDGE_POINTS + 1];
	Point		east[EDGE_POINTS + 1];
	Point		north[EDGE_POINTS + 1];
	Point		west[EDGE_POINTS + 1];

	side(column, row, false, south);
	side(column + 1, row, true, east);
	side(column, row + 1, false, north);
	side(column, row, true, west);
	for (int i = 0; i < EDGE_POINTS; i++)
	{
		ring[i] = south[i];
		ring[EDGE_POINTS + i] = east[i];
		ring[2 * EDGE_POINTS + i] = north[EDGE_POINTS - i];
		ring[3 * EDGE_POINTS + i] = west[EDGE_POINTS - i];
	}
}

/* The keys and names of the install script's INSERT. */
static void
read_register(const char *path, Municipality *all)
{
	FILE	   *file = fopen(path, "r");
	char		text[512];
	int			n = 0;

	if (file == NULL)
		fail("cannot read", path);
	while (fgets(text, sizeof(text), file) != NULL)
	{
		Municipality one;

		if (sscanf(text, "\t('%8[0-9]', '%*[0-9]', '%63[^']', '%63[^']', true)",
				   one.ags, one.name, one.district) != 3)
			continue;
		if (n == MUNICIPALITIES)
			break;
		all[n++] = one;
	}
	fclose(file);
	if (n != MUNICIPALITIES)
	{
		fprintf(stderr, "generate: %s has %d municipalities, expected %d\n",
				path, n, MUNICIPALITIES);
		exit(1);
	}
}

/* Give every municipality a place of its district's. */
static void
place_all(Municipality *all)
{
	bool		placed[MUNICIPALITIES] = {false};

	for (int row = 0; row < ROWS; row++)
	{
		for (int column = 0; column < COLUMNS; column++)
		{
			char		letter = district_map[ROWS - 1 - row][column];
			const char *key = strchr(district_keys, letter);

			if (key == NULL)
				continue;
			for (int i = 0; i < MUNICIPALITIES; i++)
			{
				if (placed[i] || strncmp(all[i].ags, key + 1, 5) != 0)
					continue;
				make_ring(column, row, all[i].ring);
				placed[i] = true;
				break;
			}
		}
	}
}

/* Even-odd rule, half open. */
static bool
ring_contains(const Point ring[RING_POINTS], Point point)
{
	bool		inside = false;

	for (int i = 0; i < RING_POINTS; i++)
	{
		Point		a = ring[i];
		Point		b = ring[(i + 1) % RING_POINTS];

		if ((a.y <= point.y) != (b.y <= point.y) &&
			point.x < a.x + (b.x - a.x) * (point.y - a.y) / (b.y - a.y))
			inside = !inside;
	}
	return inside;
}

/* A point in a municipality, most of them near its middle. */
static Point
random_place(const Municipality *municipality, Random *random)
{
	Point		middle = {0, 0};
	Point		point;

	for (int i = 0; i < RING_POINTS; i++)
	{
		middle.x += municipality->ring[i].x / RING_POINTS;
		middle.y += municipality->ring[i].y / RING_POINTS;
	}
	do
	{
		double		reach = CELL * random_unit(random);

		point.x = middle.x + reach * 2 * (random_unit(random) - 0.5);
		point.y = middle.y + reach * 2 * (random_unit(random) - 0.5);
	} while (!ring_contains(municipality->ring, point));
	return point;
}

static double
ring_area(const Point ring[RING_POINTS])
{
	double		twice = 0;

	for (int i = 0; i < RING_POINTS; i++)
	{
		Point		a = ring[i];
		Point		b = ring[(i + 1) % RING_POINTS];

		twice += a.x * b.y - b.x * a.y;
	}
	return twice / 2;
}

static FILE *
create(const char *folder, const char *name)
{
	char		path[4096];
	FILE	   *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "wb");
	if (file == NULL)
		fail("cannot write", path);
	return file;
}

static void
finish(FILE * file, const char *name)
{
	bool		failed = ferror(file) != 0;

	if (fclose(file) != 0 || failed)
		fail("cannot write", name);
}

static void
write_areas(const char *folder, const Municipality *all)
{
	FILE	   *file = create(folder, "areas.csv");
	char		wkt[RING_POINTS * 32 + 64];

	line(file, "Gemeindeschlüssel;Gemeinde;Kreis;Fläche (km²);Geometrie");
	for (int i = 0; i < MUNICIPALITIES; i++)
	{
		const Municipality *m = &all[i];
		size_t		length = (size_t) snprintf(wkt, sizeof(wkt), "POLYGON((");

		for (int j = 0; j <= RING_POINTS; j++)
		{
			Point		point = m->ring[j % RING_POINTS];

			length += (size_t) snprintf(wkt + length, sizeof(wkt) - length,
										"%s%.1f %.1f", j ? "," : "", point.x,
										point.y);
		}
		snprintf(wkt + length, sizeof(wkt) - length, "))");
		line(file, "%s;%s;%s;%s;\"%s\"", m->ags + 1, m->name, m->district,
			 number(ring_area(m->ring) / 1e6, 2), wkt);
	}
	finish(file, "areas.csv");
}

static void
write_trees(const char *folder, const Municipality *all, int trees)
{
	static const char *const vitality[] = {
		"gut", "gut", "gut", "geschwächt", "abgängig", ""
	};
	FILE	   *file = create(folder, "trees.csv");
	Random		random = {20261123};

	line(file, "Baum-Nr.;Gemeindeschlüssel;Straße;Baumart (deutsch);Pflanzjahr;"
		 "Stammumfang (cm);Höhe (m);Vitalität;geprüft am;Ostwert;Nordwert");
	for (int i = 0; i < trees; i++)
	{
		/* squared, so that the municipalities differ in their numbers */
		double		weight = random_unit(&random);
		const Municipality *m = &all[(int) (weight * weight * MUNICIPALITIES)];
		Point		point = random_place(m, &random);
		int			year = 1890 + random_below(&random, 135);
		int			age = 2026 - year;
		double		girth = 8 + age * (1.1 + random_unit(&random));
		double		grown = 22 * (1 - 1 / (1 + age / 25.0));
		double		height = 3 + grown * (0.7 + 0.6 * random_unit(&random));
		bool		known = random_below(&random, 20) != 0;
		const char *street = streets[random_below(&random, LENGTH(streets))];
		const char *kind = species[random_below(&random, LENGTH(species))];
		const char *state = vitality[random_below(&random, LENGTH(vitality))];
		int			day = 1 + random_below(&random, 28);
		int			month = 1 + random_below(&random, 10);

		/* a year that is not known is empty */
		line(file, "%06d;%s;%s;%s;%.*d;%s;%s;%s;%02d.%02d.2026;%s;%s",
			 i + 1, m->ags + 1, street, kind,
			 known ? 4 : 0, known ? year : 0,
			 number(girth, 1), number(height, 2), state, day, month,
			 number(point.x, 2), number(point.y, 2));
	}
	finish(file, "trees.csv");
}

/* How full a car park is, 0 to 1, at a minute of the day. */
static double
occupancy(int minute, int day, Random *random)
{
	double		noon = (minute - 760) / 300.0;
	double		busy = 1 / (1 + noon * noon * noon * noon);

	if (day >= 5)
		busy *= 0.55;
	busy = 0.08 + 0.8 * busy + 0.12 * (random_unit(random) - 0.5);
	return busy < 0 ? 0 : busy > 1 ? 1 : busy;
}

static void
write_parking(const char *folder, const Municipality *all)
{
	FILE	   *file = create(folder, "parking.csv");
	Random		random = {42};

	line(file, "Sensor;Gemeindeschlüssel;Parkplatz;Zeitpunkt;frei;gesamt;"
		 "Ostwert;Nordwert");
	for (int sensor = 0; sensor < SENSORS; sensor++)
	{
		const Municipality *m = &all[sensor * 7 % MUNICIPALITIES];
		Point		point = random_place(m, &random);
		const char *lot = lots[random_below(&random, LENGTH(lots))];
		int			total = 40 + 10 * random_below(&random, 30);

		for (int tick = 0; tick < DAYS * 96; tick++)
		{
			int			minute = tick % 96 * 15;
			double		busy = occupancy(minute, tick / 96, &random);

			line(file, "PS-%03d;%s;%s;%02d.10.2026 %02d:%02d;%d;%d;%s;%s",
				 sensor + 1, m->ags + 1, lot, 5 + tick / 96, minute / 60,
				 minute % 60, (int) (total * (1 - busy)), total,
				 number(point.x, 2), number(point.y, 2));
		}
	}
	finish(file, "parking.csv");
}

int
main(int argc, char **argv)
{
	static Municipality all[MUNICIPALITIES];
	int			trees = argc > 3 ? atoi(argv[3]) : 20000;

	if (argc < 3 || argc > 4 || trees < 1)
	{
		fputs("Usage: generate REGISTER FOLDER [TREES]\n", stderr);
		return 1;
	}
	read_register(argv[1], all);
	place_all(all);
	write_areas(argv[2], all);
	write_trees(argv[2], all, trees);
	write_parking(argv[2], all);
	return 0;
}
