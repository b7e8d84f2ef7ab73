/*
 * part.h
 *		Reading parts: encoded pieces of one column of one segment.
 *
 * store/FORMAT.md describes every byte.  Bytes from outside pass part_open()
 * first, which looks at every length, run end, code and offset once; after
 * that all access is unchecked and reads nothing outside the part, whatever
 * the bytes.  A row is a number from 0 to part->rows - 1; nothing checks it.
 *
 * Where a row is null, the functions that get its value return something
 * without meaning; ask part_is_null() or the words of validity before.
 */
#ifndef ALLMENDE_PART_H
#define ALLMENDE_PART_H

#include "little_endian.h"

#define PART_ROWS_MAX 65536		/* a segment */
#define PART_HEADER_SIZE 88
#define PART_PAGE_SIZE 7936		/* behind the header, for fixed widths */
#define PART_SIZE_MAX 1073741819	/* of a bytea */
#define PART_FIXED_MAX 120
#define PART_SCALE_MAX 16383	/* of PostgreSQL's numeric */
#define PART_DECIMALS_MAX 15
#define PART_PREFIX_MAX 16		/* of minimum and maximum */

typedef enum PartKind
{
	PART_INT = 1,
	PART_DECIMAL,
	PART_DOUBLE,
	PART_FLOAT,
	PART_FIXED,
	PART_BYTES,
	PART_POINT
} PartKind;

typedef enum PartEncoding
{
	PART_NULLS,
	PART_CONSTANT,
	PART_RUNS,
	PART_PLAIN,
	PART_DICTIONARY
} PartEncoding;

/* A number of 128 bits in two's complement. */
typedef struct PartInt128
{
	uint64_t	low;
	int64_t		high;
}			PartInt128;

/*
 * A part that is open.  Points into its bytes, and so lives as long as they.
 * An array that this part does not have is NULL.
 */
typedef struct Part
{
	const unsigned char *bytes;
	size_t		length;
	PartKind	kind;
	PartEncoding encoding;
	uint32_t	rows;
	uint32_t	nulls;
	uint32_t	items;			/* values kept */
	uint32_t	width;			/* bytes per item, or per offset (BYTES) */
	uint32_t	code_width;		/* of a dictionary */
	uint32_t	detail;			/* scale, bytes per value, or SRID */
	uint32_t	decimals;		/* of scaled floating point numbers */
	uint32_t	dimensions;		/* of points */
	bool		scaled;			/* items are not the bits of the numbers */
	int64_t		base[2];
	const unsigned char *validity;
	const unsigned char *items_at[2];	/* items or offsets; those of y */
	const unsigned char *last_rows; /* u16 per run */
	const unsigned char *codes;
	const unsigned char *stored;	/* payload of byte strings as stored */
	size_t		stored_size;
	const unsigned char *payload;	/* NULL until it is unpacked */
	size_t		payload_size;
} Part;

/* What part_open() leaves out. */
#define PART_SKIP_CRC 1			/* the caller knows that the bytes are right */

/* An array of numbers as kernels read it: value = base + unsigned number. */
typedef struct PartArray
{
	const void *numbers;		/* aligned, in the machine's byte order */
	uint32_t	width;			/* 1, 2, 4 or 8 bytes per number */
	uint32_t	count;
	int64_t		base;
} PartArray;

/*
 * Are these bytes a part, and nothing else?  Reads nothing outside them.  They
 * may start at any address, but see part_array().
 */
extern bool part_open(Part *part, const void *bytes, size_t length, int flags,
					  CoreError *error);

/*
 * INT, and DECIMAL of at most 8 bytes: the value of a row, and those of count
 * rows.  DECIMAL of any width: the same; all are to be divided by 10^detail.
 */
extern int64_t part_get_int(const Part *part, uint32_t row);
extern void part_decode_ints(const Part *part, uint32_t first, uint32_t count,
							 int64_t * out);
extern PartInt128 part_get_decimal(const Part *part, uint32_t row);
extern void part_decode_decimals(const Part *part, uint32_t first,
								 uint32_t count, PartInt128 * out);

/*
 * The items of INT or narrow DECIMAL in place.  False where the caller has to
 * decode: other kinds, a part that does not start at a multiple of 8 bytes, a
 * big-endian machine.  Items are one per row (PLAIN), per run (RUNS) or one.
 */
extern bool part_array(const Part *part, PartArray *array);

/* DOUBLE, FLOAT and one axis (0 x, 1 y) of POINT, bit by bit. */
extern double part_get_double(const Part *part, int axis, uint32_t row);
extern void part_decode_doubles(const Part *part, int axis, uint32_t first,
								uint32_t count, double *out);
extern float part_get_float(const Part *part, uint32_t row);
extern void part_decode_floats(const Part *part, uint32_t first,
							   uint32_t count, float *out);

/* FIXED: part->detail bytes. */
extern const unsigned char *part_get_fixed(const Part *part, uint32_t row);

/*
 * BYTES: how much memory part_unpack() needs, 0 if the payload is not
 * compressed; unpack it, which fails where it is not lz4 of that size; and the
 * string of a row.  An unpacked part lives as long as that memory.
 */
extern size_t part_unpack_size(const Part *part);
extern bool part_unpack(Part *part, void *memory, CoreError *error);
extern void part_get_bytes(const Part *part, uint32_t row,
						   const unsigned char **bytes, size_t * length);

/* The string of an item, so that a dictionary is looked at once per entry. */
extern void part_item_bytes(const Part *part, uint32_t item,
							const unsigned char **bytes, size_t * length);

/*
 * The zone map: false where all rows are null.  See store/FORMAT.md for the
 * orders.  A prefix has length bytes; that of the maximum is bounded unless
 * unbounded is set.
 */
typedef struct PartPrefix
{
	const unsigned char *bytes;
	uint32_t	length;
	bool		unbounded;
} PartPrefix;

extern bool part_zone_ints(const Part *part, int64_t * minimum,
						   int64_t * maximum);
extern bool part_zone_decimals(const Part *part, PartInt128 * minimum,
							   PartInt128 * maximum);
extern bool part_zone_doubles(const Part *part, int axis, double *minimum,
							  double *maximum);
extern bool part_zone_prefixes(const Part *part, PartPrefix *minimum,
							   PartPrefix *maximum);

/* Bytes of an array, padded to a multiple of 8. */
static inline size_t
part_padded(size_t size)
{
	return (size + 7) & ~(size_t) 7;
}

/* Bytes of a validity bitmap. */
static inline size_t
part_validity_size(uint32_t rows)
{
	return part_padded((rows + 7) / 8);
}

/* 64 rows from row 64 * word on, bit i for row i: 1 where there is a value. */
static inline uint64_t
part_validity_word(const Part *part, uint32_t word)
{
	uint32_t	rows = part->rows - word * 64;

	if (part->validity != NULL)
		return le64_read(part->validity + (size_t) word * 8);
	if (part->encoding == PART_NULLS)
		return 0;
	return rows >= 64 ? UINT64_MAX : (UINT64_C(1) << rows) - 1;
}

static inline bool
part_is_null(const Part *part, uint32_t row)
{
	return (part_validity_word(part, row / 64) >> row % 64 & 1) == 0;
}

/* An unsigned number in an array of numbers of 1, 2, 4 or 8 bytes. */
static inline uint64_t
part_number(const unsigned char *array, uint32_t width, uint32_t index)
{
	const unsigned char *at = array + (size_t) index * width;

	switch (width)
	{
		case 1:
			return *at;
		case 2:
			return le16_read(at);
		case 4:
			return le32_read(at);
		default:
			return le64_read(at);
	}
}

/* The last row of a run. */
static inline uint32_t
part_last_row(const Part *part, uint32_t run)
{
	return le16_read(part->last_rows + (size_t) run * 2);
}

/* The run that a row is in. */
static inline uint32_t
part_run(const Part *part, uint32_t row)
{
	uint32_t	low = 0;
	uint32_t	high = part->items - 1;

	while (low < high)
	{
		uint32_t	middle = (low + high) / 2;

		if (part_last_row(part, middle) < row)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The item that holds the value of a row; 0 in a part of nulls. */
static inline uint32_t
part_item(const Part *part, uint32_t row)
{
	switch (part->encoding)
	{
		case PART_PLAIN:
			return row;
		case PART_RUNS:
			return part_run(part, row);
		case PART_DICTIONARY:
			return (uint32_t) part_number(part->codes, part->code_width, row);
		case PART_NULLS:
		case PART_CONSTANT:
			break;
	}
	return 0;
}

/*
 * Walking through rows, not of BYTES: where the rows from this one on that
 * share its item stop, at end at the latest; and the item of that row.
 */
static inline uint32_t
part_stop(const Part *part, uint32_t item, uint32_t row, uint32_t end)
{
	uint32_t	stop = row + 1;

	if (part->encoding == PART_CONSTANT || part->encoding == PART_NULLS)
		return end;
	if (part->encoding == PART_RUNS)
		stop = part_last_row(part, item) + 1;
	return stop < end ? stop : end;
}

static inline uint32_t
part_next_item(const Part *part, uint32_t item, uint32_t row)
{
	if (part->encoding == PART_PLAIN)
		return row;
	return part->encoding == PART_RUNS ? item + 1 : item;
}

#endif							/* ALLMENDE_PART_H */
