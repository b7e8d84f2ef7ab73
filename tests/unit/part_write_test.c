/*
 * part_write_test.c
 *		Tests of core/part_write.c: round trips, and bytes that stay the same.
 */
#include "unit.h"

#include "part_model.h"

/* Which kinds came in which encoding and width. */
static bool seen[PART_POINT + 1][PART_DICTIONARY + 1][17];

/* Cut a column into parts, and compare each row. */
static void
round_trip(PartKind kind, uint32_t rows, uint32_t shape, uint32_t null_shape)
{
	ModelColumn model = model_column(kind, rows, shape, null_shape);
	uint32_t	first = 0;
	bool		same = true;

	while (first < rows && same)
	{
		ModelPart	part = model_part(&model.column, first);

		same = model_matches(&model.column, &part) &&
			(kind == PART_BYTES ||
			 part.length <= PART_HEADER_SIZE + PART_PAGE_SIZE) &&
			(kind == PART_BYTES || part.plan.rows % 64 == 0 ||
			 first + part.plan.rows == rows);
		if (part.plan.items > 0)
			seen[kind][part.plan.encoding][part.plan.width] = true;
		else
			seen[kind][PART_NULLS][0] = true;
		first += part.plan.rows;
		model_free_part(&part);
	}
	if (!CHECK(same && first == rows))
		printf("# kind %d, %u rows, shape %u, nulls %u, row %u\n", (int) kind,
			   rows, shape, null_shape, first);
	model_free(&model);
}

static void
round_trips(void)
{
	static const uint32_t sizes[] = {1, 2, 63, 64, 65, 1000, 9000};

	for (int kind = PART_INT; kind <= PART_POINT; kind++)
	{
		for (uint32_t shape = 0; shape < MODEL_SHAPES; shape++)
		{
			for (uint32_t nulls = 0; nulls < MODEL_NULL_SHAPES; nulls++)
			{
				for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
					round_trip((PartKind) kind, sizes[i], shape, nulls);
			}
			round_trip((PartKind) kind, PART_ROWS_MAX, shape, 0);
			round_trip((PartKind) kind, PART_ROWS_MAX, shape, 2);
		}
		round_trip((PartKind) kind, PART_ROWS_MAX, 0, 1);
	}
}

/* In some width of items. */
static bool
seen_encoding(int kind, PartEncoding encoding)
{
	bool		any = false;

	for (int width = 0; width <= 16; width++)
		any |= seen[kind][encoding][width];
	return any;
}

static void
require_seen(PartKind kind, PartEncoding encoding, uint32_t width)
{
	if (!CHECK(seen[kind][encoding][width]))
		printf("# kind %d encoding %d width %u\n", (int) kind, (int) encoding,
			   width);
}

/* The round trips have met every encoding in every width. */
static void
all_encodings(void)
{
	for (int kind = PART_INT; kind <= PART_POINT; kind++)
	{
		PartEncoding second = kind == PART_BYTES ? PART_DICTIONARY : PART_RUNS;
		uint32_t	full = part_full_width((PartKind) kind, 16);

		require_seen((PartKind) kind, PART_NULLS, 0);
		for (uint32_t width = 1; width <= 4; width *= 2)
		{
			if (kind != PART_FIXED && (kind != PART_BYTES || width < 4))
				require_seen((PartKind) kind, PART_PLAIN, width);
		}
		if (kind == PART_DECIMAL)
			require_seen((PartKind) kind, PART_PLAIN, 8);
		if (kind != PART_BYTES)
			require_seen((PartKind) kind, PART_PLAIN, full);
		require_seen((PartKind) kind, PART_CONSTANT,
					 kind == PART_FIXED ? full : 1);
		CHECK(seen_encoding(kind, second));
	}
}

static void
check_hex(const PartColumn *column, const char *expected)
{
	ModelPart	part = model_part(column, 0);
	char	   *hex = model_allocate(part.length * 2 + 1);

	for (size_t i = 0; i < part.length; i++)
		(void) snprintf(hex + i * 2, 3, "%02X", part.bytes[i]);
	CHECK_TEXT(hex, expected);
	free(hex);
	model_free_part(&part);
}

/*
 * Bytes that were written once and are read for ever, compared by hand with
 * FORMAT.md, but for the checksums.
 */
static void
fixed_bytes(void)
{
	static const int64_t ints[] = {1000, 0, 1002};
	static const uint64_t validity[] = {5};
	static const PartString strings[] = {
		{(const unsigned char *) "Olpe", 4},
		{(const unsigned char *) "", 0},
		{(const unsigned char *) "Wenden", 6}
	};
	PartColumn	column;

	memset(&column, 0, sizeof(column));
	column.kind = PART_INT;
	column.rows = 3;
	column.values = ints;
	column.validity = validity;
	check_hex(&column,
			  "50415254AE2CF174" "68000000" "01010305" "03000000" "01000000" "03000000"
			  "01000000" "00000000" "00000000"
			  "E803000000000000" "0000000000000000"
			  "E8030000000000000000000000000000"
			  "EA030000000000000000000000000000"
			  "0500000000000000" "0000020000000000");

	column.kind = PART_BYTES;
	column.values = strings;
	column.validity = NULL;
	check_hex(&column,
			  "50415254C81DA030" "6A000000" "01060304" "03000000" "00000000" "03000000"
			  "01000006" "0A000000" "00000000"
			  "0000000000000000" "0000000000000000"
			  "00000000000000000000000000000000"
			  "57656E64656E00000000000000000000"
			  "04040A0000000000" "4F6C706557656E64656E");
}

int
main(void)
{
	unit_case("columns of every kind and shape come back");
	round_trips();
	unit_case("every encoding and width has been among them");
	all_encodings();
	unit_case("the bytes are those of the format");
	fixed_bytes();
	return unit_finish();
}
