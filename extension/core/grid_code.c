/*
 * grid_code.c
 *		Cells of the European grid: reading, writing, hierarchy, neighbours.
 */
#include "grid_code.h"

#include <string.h>

/* what both coordinates of every cell are multiples of, in metres */
#define UNIT 25
#define UNIT_BITS 19
#define UNIT_MASK ((UINT64_C(1) << UNIT_BITS) - 1)
#define SIZE_SHIFT (2 * UNIT_BITS)

/* more digits than this has no size and no coordinate */
#define NUMBER_DIGITS 7

#define NORTHING_OUTSIDE \
	"The northing is outside of the grid (900000 to 5500000 metres)"
#define EASTING_OUTSIDE \
	"The easting is outside of the grid (900000 to 7400000 metres)"

static const int32_t sizes[GRID_SIZES] = {
	100, 250, 500, 1000, 5000, 10000, 100000
};

/* what the coordinates of the short form are divided by, for each size */
static const int32_t short_units[GRID_SIZES] = {
	100, 10, 100, 1000, 1000, 10000, 100000
};

/* The ordinal of a size from 0, or -1. */
static int
size_ordinal(int64_t size)
{
	for (int i = 0; i < GRID_SIZES; i++)
	{
		if (sizes[i] == size)
			return i;
	}
	return -1;
}

bool
grid_is_size(int32_t size)
{
	return size_ordinal(size) >= 0;
}

static GridCode
pack(int ordinal, int32_t northing, int32_t easting)
{
	return (uint64_t) (ordinal + 1) << SIZE_SHIFT |
		(uint64_t) (northing / UNIT) << UNIT_BITS |
		(uint64_t) (easting / UNIT);
}

int32_t
grid_size(GridCode code)
{
	return sizes[(code >> SIZE_SHIFT) - 1];
}

int32_t
grid_northing(GridCode code)
{
	return (int32_t) (code >> UNIT_BITS & UNIT_MASK) * UNIT;
}

int32_t
grid_easting(GridCode code)
{
	return (int32_t) (code & UNIT_MASK) * UNIT;
}

/* Northing of a lower-left corner, in metres; position is for the error. */
static bool
northing_check(int64_t northing, int32_t size, long position,
			   CoreError *error)
{
	if (northing < GRID_NORTHING_FIRST || northing >= GRID_NORTHING_END)
		return core_fail(error, NORTHING_OUTSIDE, position);
	if (northing % size != 0)
		return core_fail(error, "The northing is not a multiple of the size",
						 position);
	return true;
}

static bool
easting_check(int64_t easting, int32_t size, long position, CoreError *error)
{
	if (easting < GRID_EASTING_FIRST || easting >= GRID_EASTING_END)
		return core_fail(error, EASTING_OUTSIDE, position);
	if (easting % size != 0)
		return core_fail(error, "The easting is not a multiple of the size",
						 position);
	return true;
}

bool
grid_make(int32_t size, int32_t northing, int32_t easting, GridCode *code,
		  CoreError *error)
{
	int			ordinal = size_ordinal(size);

	if (ordinal < 0)
		return core_fail(error, "The size is none of " GRID_SIZES_TEXT,
						 CORE_NO_POSITION);
	if (!northing_check(northing, size, CORE_NO_POSITION, error) ||
		!easting_check(easting, size, CORE_NO_POSITION, error))
		return false;
	*code = pack(ordinal, northing, easting);
	return true;
}

bool
grid_check(uint64_t number, CoreError *error)
{
	uint64_t	ordinal = number >> SIZE_SHIFT;
	GridCode	code;

	if (ordinal < 1 || ordinal > GRID_SIZES)
		return core_fail(error, "The number of the size is not from 1 to 7",
						 CORE_NO_POSITION);
	return grid_make(grid_size(number), grid_northing(number),
					 grid_easting(number), &code, error);
}

bool
grid_of_point(double northing, double easting, int32_t size, GridCode *code)
{
	int32_t		row;
	int32_t		column;

	/* written so that NaN fails */
	if (!(northing >= GRID_NORTHING_FIRST && northing < GRID_NORTHING_END &&
		  easting >= GRID_EASTING_FIRST && easting < GRID_EASTING_END))
		return false;
	row = (int32_t) northing / size;
	column = (int32_t) easting / size;
	*code = pack(size_ordinal(size), row * size, column * size);
	return true;
}

/* Text that is being read, and how far. */
typedef struct Reader
{
	const char *start;
	size_t		length;
	size_t		at;
} Reader;

/* The next character, or NUL at the end. */
static char
reader_peek(const Reader *reader)
{
	return reader->at < reader->length ? reader->start[reader->at] : '\0';
}

static bool
reader_fail(const Reader *reader, const char *reason, CoreError *error)
{
	return core_fail(error, reason, (long) reader->at);
}

/* Skip a literal, if it comes next. */
static bool
reader_skip(Reader *reader, char c)
{
	if (reader->at >= reader->length || reader->start[reader->at] != c)
		return false;
	reader->at++;
	return true;
}

/* Read a whole number of metres or of shortened metres. */
static bool
read_number(Reader *reader, int32_t * number, CoreError *error)
{
	size_t		first = reader->at;

	if (reader_peek(reader) == '0')
		return reader_fail(reader, "Expected a digit from 1 to 9", error);
	*number = 0;
	while (core_is_digit(reader_peek(reader)))
	{
		if (reader->at - first == NUMBER_DIGITS)
			return reader_fail(reader, "Expected no more than 7 digits", error);
		*number = *number * 10 + (reader_peek(reader) - '0');
		reader->at++;
	}
	if (reader->at == first)
		return reader_fail(reader, "Expected a digit", error);
	return true;
}

/* Skip a country prefix, "DE_", if there is one. */
static bool
read_country(Reader *reader, CoreError *error)
{
	const char *text = reader->start;

	if (reader->length < 2 || text[0] < 'A' || text[0] > 'Z' ||
		text[1] < 'A' || text[1] > 'Z')
		return true;
	if (reader->length > 2 && text[2] == '_')
	{
		reader->at = 3;
		return true;
	}
	if (text[0] == 'C' && text[1] == 'R')
		return true;
	reader->at = 2;
	return reader_fail(reader, "Expected an underscore after the country",
					   error);
}

/*
 * Skip "CRS3035RES", the beginning of the long form, if there is one; what
 * begins with a digit is one of the other forms.
 */
static bool
read_system(Reader *reader, bool *is_long, CoreError *error)
{
	*is_long = reader_peek(reader) == 'C';
	if (*is_long)
	{
		for (const char *c = "CRS3035RES"; *c != '\0'; c++)
		{
			if (!reader_skip(reader, *c))
				return reader_fail(reader, "Expected CRS3035RES", error);
		}
	}
	else if (!core_is_digit(reader_peek(reader)))
		return reader_fail(reader,
						   reader->at == 0 ?
						   "Expected a country, CRS3035RES or a size" :
						   "Expected CRS3035RES or a size", error);
	return true;
}

/* Read the size with its unit, to the size's ordinal. */
static bool
read_size(Reader *reader, bool is_long, int *ordinal, CoreError *error)
{
	long		first = (long) reader->at;
	int32_t		number;
	int64_t		size;

	if (!read_number(reader, &number, error))
		return false;
	size = number;
	if (!is_long && reader_skip(reader, 'k'))
		size *= 1000;
	if (!reader_skip(reader, 'm'))
		return reader_fail(reader,
						   is_long || size != number ? "Expected m" :
						   "Expected m or km", error);
	*ordinal = size_ordinal(size);
	if (*ordinal < 0)
		return core_fail(error, "The size is none of " GRID_SIZES_TEXT, first);
	return true;
}

/* A coordinate as it was read, and where it began. */
typedef struct Coordinate
{
	int32_t		number;
	long		position;
} Coordinate;

/* Read both coordinates, in either order. */
static bool
read_corner(Reader *reader, Coordinate *northing, Coordinate *easting,
			CoreError *error)
{
	bool		north_first = reader_peek(reader) == 'N';
	Coordinate *first = north_first ? northing : easting;
	Coordinate *second = north_first ? easting : northing;

	if (!reader_skip(reader, 'N') && !reader_skip(reader, 'E'))
		return reader_fail(reader, "Expected N or E", error);
	first->position = (long) reader->at;
	if (!read_number(reader, &first->number, error))
		return false;
	if (!reader_skip(reader, north_first ? 'E' : 'N'))
		return reader_fail(reader, north_first ? "Expected a digit or E" :
						   "Expected a digit or N", error);
	second->position = (long) reader->at;
	if (!read_number(reader, &second->number, error))
		return false;
	if (reader->at < reader->length)
		return reader_fail(reader, "Expected a digit or the end of the text",
						   error);
	return true;
}

/* What the coordinates of a cell that was not in the long form count. */
static bool
corner_unit(const Coordinate *northing, const Coordinate *easting,
			int ordinal, int32_t * unit, CoreError *error)
{
	bool		northing_whole = northing->number >= GRID_NORTHING_FIRST;
	bool		easting_whole = easting->number >= GRID_EASTING_FIRST;

	if (northing_whole != easting_whole)
		return core_fail(error,
						 "One coordinate is in metres, the other is shortened",
						 northing->position > easting->position ?
						 northing->position : easting->position);
	*unit = northing_whole ? 1 : short_units[ordinal];
	return true;
}

bool
grid_parse(const char *text, size_t length, GridCode *code, CoreError *error)
{
	Reader		reader;
	bool		is_long;
	int			ordinal;
	Coordinate	northing;
	Coordinate	easting;
	int32_t		unit = 1;
	int32_t		size;

	reader.at = 0;
	reader.length = length;
	reader.start = text;

	if (!read_country(&reader, error) ||
		!read_system(&reader, &is_long, error) ||
		!read_size(&reader, is_long, &ordinal, error) ||
		!read_corner(&reader, &northing, &easting, error))
		return false;
	if (!is_long && !corner_unit(&northing, &easting, ordinal, &unit, error))
		return false;

	size = sizes[ordinal];
	if (!northing_check((int64_t) northing.number * unit, size,
						northing.position, error) ||
		!easting_check((int64_t) easting.number * unit, size,
					   easting.position, error))
		return false;
	*code = pack(ordinal, northing.number * unit, easting.number * unit);
	return true;
}

static char *
append_text(char *end, const char *text)
{
	size_t		length = strlen(text);

	memcpy(end, text, length);
	return end + length;
}

/* Append a number greater than 0. */
static char *
append_number(char *end, int32_t number)
{
	int			digits = 0;

	for (int32_t rest = number; rest > 0; rest /= 10)
		digits++;
	for (int i = digits - 1; i >= 0; i--)
	{
		end[i] = (char) ('0' + number % 10);
		number /= 10;
	}
	return end + digits;
}

/* Append the corner, counted in the given unit, and the terminating NUL. */
static char *
append_corner(char *end, GridCode code, int32_t unit)
{
	end = append_text(end, "N");
	end = append_number(end, grid_northing(code) / unit);
	end = append_text(end, "E");
	end = append_number(end, grid_easting(code) / unit);
	*end = '\0';
	return end;
}

size_t
grid_format(GridCode code, char text[GRID_TEXT_SIZE])
{
	char	   *end = append_text(text, "CRS3035RES");

	end = append_number(end, grid_size(code));
	end = append_text(end, "m");
	return (size_t) (append_corner(end, code, 1) - text);
}

size_t
grid_format_short(GridCode code, char text[GRID_TEXT_SIZE])
{
	int32_t		size = grid_size(code);
	char	   *end;

	if (size < 1000)
		end = append_text(append_number(text, size), "m");
	else
		end = append_text(append_number(text, size / 1000), "km");
	return (size_t) (append_corner(end, code,
								   short_units[size_ordinal(size)]) - text);
}

bool
grid_parent(GridCode code, int32_t size, GridCode *parent)
{
	int32_t		northing = grid_northing(code);
	int32_t		easting = grid_easting(code);

	if (size % grid_size(code) != 0)
		return false;
	*parent = pack(size_ordinal(size), northing - northing % size,
				   easting - easting % size);
	return true;
}

int32_t
grid_parent_size(int32_t size)
{
	for (int i = 0; i < GRID_SIZES; i++)
	{
		if (sizes[i] > size && sizes[i] % size == 0)
			return sizes[i];
	}
	return 0;
}

bool
grid_contains(GridCode outer, GridCode inner)
{
	int32_t		excess = grid_size(outer) - grid_size(inner);
	int32_t		north = grid_northing(inner) - grid_northing(outer);
	int32_t		east = grid_easting(inner) - grid_easting(outer);

	return north >= 0 && north <= excess && east >= 0 && east <= excess;
}

bool
grid_children(GridCode code, int32_t size, GridBlock *children)
{
	if (grid_size(code) % size != 0)
		return false;
	children->size = size;
	children->northing = grid_northing(code);
	children->easting = grid_easting(code);
	children->rows = grid_size(code) / size;
	children->columns = children->rows;
	return true;
}

/* The multiple of size at or below a coordinate, kept within first and last. */
static int32_t
clamp_to_size(double coordinate, int32_t first, int32_t last, int32_t size)
{
	if (coordinate <= first)
		return first;
	if (coordinate >= last)
		return last;
	return (int32_t) coordinate / size * size;
}

bool
grid_cover(double south, double west, double north, double east, int32_t size,
		   GridBlock *cells)
{
	int32_t		northing_last = GRID_NORTHING_END - size;
	int32_t		easting_last = GRID_EASTING_END - size;
	int32_t		top;
	int32_t		right;

	/* written so that NaN fails */
	if (!(south <= north && south < GRID_NORTHING_END &&
		  north >= GRID_NORTHING_FIRST &&
		  west <= east && west < GRID_EASTING_END &&
		  east >= GRID_EASTING_FIRST))
		return false;
	cells->size = size;
	cells->northing = clamp_to_size(south, GRID_NORTHING_FIRST, northing_last,
									size);
	cells->easting = clamp_to_size(west, GRID_EASTING_FIRST, easting_last,
								   size);
	top = clamp_to_size(north, GRID_NORTHING_FIRST, northing_last, size);
	right = clamp_to_size(east, GRID_EASTING_FIRST, easting_last, size);
	cells->rows = (top - cells->northing) / size + 1;
	cells->columns = (right - cells->easting) / size + 1;
	return true;
}

int64_t
grid_block_count(const GridBlock *block)
{
	return (int64_t) block->rows * block->columns;
}

GridCode
grid_block_cell(const GridBlock *block, int64_t index)
{
	int32_t		row = (int32_t) (index / block->columns);
	int32_t		column = (int32_t) (index % block->columns);

	return pack(size_ordinal(block->size),
				block->northing + row * block->size,
				block->easting + column * block->size);
}

int
grid_neighbours(GridCode code, GridCode neighbours[GRID_NEIGHBOURS])
{
	int32_t		size = grid_size(code);
	CoreError	rim;
	int			count = 0;

	for (int row = -1; row <= 1; row++)
	{
		for (int column = -1; column <= 1; column++)
		{
			if ((row != 0 || column != 0) &&
				grid_make(size, grid_northing(code) + row * size,
						  grid_easting(code) + column * size,
						  &neighbours[count], &rim))
				count++;
		}
	}
	return count;
}
