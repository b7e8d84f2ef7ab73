/*
 * part.c
 *		What parts take, and how fast they are read: bytes per value, and time
 *		per value as a ratio to memcpy of as many 8-byte values.
 *
 * Parts are opened before, as a reader that keeps them does; what opening
 * costs stands beside it.  Medians of ROUNDS rounds, each of all parts of
 * SEGMENTS segments.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../extension/core/part_write.h"

#define ROUNDS 15
#define SEGMENTS 16
#define VALUES ((size_t) SEGMENTS * PART_ROWS_MAX)
#define PARTS_MAX (VALUES / 64)

typedef enum Task
{
	TASK_OPEN,					/* with the checksum */
	TASK_OPEN_SKIP_CRC,
	TASK_DECODE,				/* into an array of 8-byte values */
	TASK_SUM,					/* in place, where possible */
	TASK_GET					/* value by value */
} Task;

static Part parts[PARTS_MAX];
static size_t part_count;
static size_t part_bytes;
static int64_t out[PART_ROWS_MAX];
static volatile int64_t sink;

static double
now(void)
{
	struct timespec time;

	(void) clock_gettime(CLOCK_MONOTONIC, &time);
	return (double) time.tv_sec * 1e9 + (double) time.tv_nsec;
}

static void *
allocate(size_t size)
{
	void	   *memory = malloc(size);

	if (memory == NULL)
		abort();
	return memory;
}

static void
write_segment(const PartColumn *column)
{
	PartPlan	plan;
	CoreError	error;

	for (uint32_t first = 0; first < column->rows; first += plan.rows)
	{
		unsigned char *bytes;
		size_t		length;

		if (!part_plan(column, first, NULL, &plan, &error))
			abort();
		bytes = allocate(plan.size);
		length = part_write(column, &plan, NULL, bytes);
		if (!part_open(&parts[part_count++], bytes, length, 0, &error))
			abort();
		part_bytes += length;
	}
}

/* Returns nanoseconds per value. */
static double
write_column(PartKind kind, const void *values)
{
	PartColumn	column;
	double		start = now();

	part_count = 0;
	part_bytes = 0;
	memset(&column, 0, sizeof(column));
	column.kind = kind;
	column.rows = PART_ROWS_MAX;
	for (size_t i = 0; i < SEGMENTS; i++)
	{
		column.values = (const int64_t *) values + i * PART_ROWS_MAX;
		write_segment(&column);
	}
	return (now() - start) / (double) VALUES;
}

static void
free_parts(void)
{
	for (size_t i = 0; i < part_count; i++)
		free((void *) parts[i].bytes);
}

/* A sum over items as a kernel has it: no branch per row. */
static int64_t
sum_array(const PartArray *array)
{
	uint64_t	sum = (uint64_t) array->base * array->count;
	const		uint8_t *bytes = array->numbers;
	const		uint16_t *shorts = array->numbers;
	const		uint32_t *words = array->numbers;
	const		uint64_t *longs = array->numbers;

	for (uint32_t i = 0; i < array->count; i++)
	{
		if (array->width == 1)
			sum += bytes[i];
		else if (array->width == 2)
			sum += shorts[i];
		else if (array->width == 4)
			sum += words[i];
		else
			sum += longs[i];
	}
	return (int64_t) sum;
}

static void
work(Part *part, Task task)
{
	PartArray	array;
	Part		again;
	CoreError	error;
	int64_t		sum = 0;

	switch (task)
	{
		case TASK_OPEN:
		case TASK_OPEN_SKIP_CRC:
			sum = part_open(&again, part->bytes, part->length,
							task == TASK_OPEN ? 0 : PART_SKIP_CRC, &error);
			break;
		case TASK_DECODE:
			if (part->kind == PART_INT)
				part_decode_ints(part, 0, part->rows, out);
			else
				part_decode_doubles(part, 0, 0, part->rows, (double *) out);
			sum = out[part->rows - 1];
			break;
		case TASK_SUM:
			if (part_array(part, &array))
				sum = sum_array(&array);
			break;
		case TASK_GET:
			for (uint32_t row = 0; row < part->rows; row++)
				sum += part->kind == PART_INT ? part_get_int(part, row) :
					(int64_t) part_get_double(part, 0, row);
			break;
	}
	sink += sum;
}

static int
compare(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

static double
median(double *times)
{
	qsort(times, ROUNDS, sizeof(times[0]), compare);
	return times[ROUNDS / 2];
}

/* Nanoseconds per value. */
static double
measure(Task task)
{
	double		times[ROUNDS];

	for (int round = 0; round < ROUNDS; round++)
	{
		double		start = now();

		for (size_t i = 0; i < part_count; i++)
			work(&parts[i], task);
		times[round] = (now() - start) / (double) VALUES;
	}
	return median(times);
}

/* The same values, not encoded, copied in pieces of a part. */
static double
measure_memcpy(const int64_t * values)
{
	double		times[ROUNDS];
	const		size_t piece = 1984;

	for (int round = 0; round < ROUNDS; round++)
	{
		double		start = now();

		for (size_t at = 0; at + piece <= VALUES; at += piece)
		{
			memcpy(out, values + at, piece * sizeof(int64_t));
			sink += out[piece - 1];
		}
		times[round] = (now() - start) / (double) VALUES;
	}
	return median(times);
}

static void
report(const char *name, PartKind kind, const void *values, double copy)
{
	double		writing = write_column(kind, values);

	printf("%-28s %6.2f %8.2f ", name,
		   (double) part_bytes / (double) VALUES,
		   measure(TASK_DECODE) / copy);
	if (kind == PART_INT)
		printf("%8.2f ", measure(TASK_SUM) / copy);
	else
		printf("%8s ", "-");
	printf("%8.2f %8.2f %8.2f %8.1f\n", measure(TASK_GET) / copy,
		   measure(TASK_OPEN) / copy, measure(TASK_OPEN_SKIP_CRC) / copy,
		   writing / copy);
	free_parts();
}

int
main(void)
{
	int64_t    *ints = allocate(VALUES * sizeof(int64_t));
	double	   *doubles = allocate(VALUES * sizeof(double));
	uint64_t	random = UINT64_C(88172645463325252);
	double		copy;
	static const struct
	{
		const char *name;
		int			shift;
	}			widths[] = {
		{"u8, frame of reference", 56}, {"u16, frame of reference", 48},
		{"u32, frame of reference", 32}, {"i64, raw", 0}
	};

	memset(ints, 1, VALUES * sizeof(int64_t));
	copy = measure_memcpy(ints);
	copy = measure_memcpy(ints);
	printf("memcpy of 8-byte values takes %.3f ns per value; all times as a ratio to it\n\n",
		   copy);
	printf("%-28s %6s %8s %8s %8s %8s %8s %8s\n", "", "bytes", "decode",
		   "sum in", "get", "open", "open", "write");
	printf("%-28s %6s %8s %8s %8s %8s %8s %8s\n", "", "/value", "", "place",
		   "", "and crc", "", "");
	for (size_t w = 0; w < sizeof(widths) / sizeof(widths[0]); w++)
	{
		for (size_t i = 0; i < VALUES; i++)
		{
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			ints[i] = (int64_t) (random >> widths[w].shift);
			doubles[i] = (double) (random >> 40) / 1000;
		}
		report(widths[w].name, PART_INT, ints, copy);
	}
	for (size_t i = 0; i < VALUES; i++)
		ints[i] = (int64_t) (i / 50);
	report("i64, runs of 50", PART_INT, ints, copy);
	report("float8, 3 decimals, u32", PART_DOUBLE, doubles, copy);
	for (size_t i = 0; i < VALUES; i++)
		doubles[i] /= 7;
	report("float8, raw", PART_DOUBLE, doubles, copy);
	free(ints);
	free(doubles);
	return 0;
}
