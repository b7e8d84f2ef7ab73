/*
 * part_plan_test.c
 *		Tests of core/part_plan.c: which encoding is chosen, for how many rows.
 */
#include "unit.h"

#include "part_model.h"

static int64_t ints[PART_ROWS_MAX];
static uint64_t validity[PART_ROWS_MAX / 64];

static PartColumn
int_column(uint32_t rows)
{
	PartColumn	column;

	memset(&column, 0, sizeof(column));
	column.kind = PART_INT;
	column.rows = rows;
	column.values = ints;
	return column;
}

static PartPlan
plan_of(const PartColumn *column, uint32_t first)
{
	PartPlan	plan;
	CoreError	error;

	if (!CHECK(part_plan(column, first, NULL, &plan, &error)))
		memset(&plan, 0, sizeof(plan));
	return plan;
}

static void
expect(const PartColumn *column, uint32_t first, PartEncoding encoding,
	   uint32_t width, uint32_t rows)
{
	PartPlan	plan = plan_of(column, first);

	if (!CHECK(plan.encoding == encoding && plan.width == width &&
			   plan.rows == rows))
		printf("# encoding %d, width %u, %u rows\n", (int) plan.encoding,
			   plan.width, plan.rows);
}

/* Numbers between 0 and span that have no runs. */
static void
fill(uint64_t span, int64_t least)
{
	for (uint32_t i = 0; i < PART_ROWS_MAX; i++)
		ints[i] = part_signed((uint64_t) least +
							  (i % 2 == 0 ? span : i % 3 == 0));
}

/* The table of the format, at both ends of each width. */
static void
page_rows_by_width(void)
{
	static const struct
	{
		uint64_t	span;
		uint32_t	width;
		uint32_t	rows;
		uint32_t	rows_with_nulls;
	}			widths[] = {
		{2, 1, 7936, 7040}, {255, 1, 7936, 7040}, {256, 2, 3968, 3712},
		{65535, 2, 3968, 3712}, {65536, 4, 1984, 1920},
		{UINT32_MAX, 4, 1984, 1920}, {UINT64_C(1) << 32, 8, 960, 960},
		{UINT64_MAX, 8, 960, 960}
	};
	PartColumn	column = int_column(PART_ROWS_MAX);

	memset(validity, 0xFE, sizeof(validity));
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
	{
		fill(widths[i].span, INT64_MIN);
		column.validity = NULL;
		expect(&column, 0, PART_PLAIN, widths[i].width, widths[i].rows);
		expect(&column, PART_ROWS_MAX - 100, PART_PLAIN, widths[i].width, 100);
		column.validity = validity;
		expect(&column, 0, PART_PLAIN, widths[i].width,
			   widths[i].rows_with_nulls);
	}
}

/* No part of a fixed width is larger than a page has room for. */
static void
page_sizes(void)
{
	static unsigned char values[PART_ROWS_MAX * PART_FIXED_MAX];
	PartColumn	column = int_column(PART_ROWS_MAX);

	for (size_t i = 0; i < sizeof(values); i++)
		values[i] = (unsigned char) model_random();
	column.kind = PART_FIXED;
	column.values = values;
	for (column.detail = 2; column.detail <= PART_FIXED_MAX; column.detail++)
	{
		for (int nulls = 0; nulls < 2; nulls++)
		{
			PartPlan	plan;

			column.validity = nulls == 0 ? NULL : validity;
			plan = plan_of(&column, 0);
			CHECK(plan.rows >= 64 && plan.rows % 64 == 0);
			CHECK(plan.size <= PART_HEADER_SIZE + PART_PAGE_SIZE);

			/* runs leave the nulls out, so that they may take less */
			if (nulls == 0)
				CHECK(plan.encoding == PART_PLAIN &&
					  plan.size + 64 * column.detail >
					  PART_HEADER_SIZE + PART_PAGE_SIZE);
		}
	}
}

static void
constant_and_nulls(void)
{
	PartColumn	column = int_column(PART_ROWS_MAX);

	memset(ints, 0x55, sizeof(ints));
	expect(&column, 0, PART_CONSTANT, 1, PART_ROWS_MAX);
	CHECK(plan_of(&column, 0).size == PART_HEADER_SIZE + 8);

	/* a validity bitmap has to fit the page, too */
	column.validity = validity;
	memset(validity, 0xFE, sizeof(validity));
	expect(&column, 0, PART_CONSTANT, 1, 63424);
	expect(&column, 63424, PART_CONSTANT, 1, PART_ROWS_MAX - 63424);

	memset(validity, 0, sizeof(validity));
	expect(&column, 0, PART_NULLS, 0, PART_ROWS_MAX);
	CHECK(plan_of(&column, 0).size == PART_HEADER_SIZE);

	/* half null: these rows first */
	memset(validity + 512, 0xFF, sizeof(validity) / 2);
	expect(&column, 0, PART_NULLS, 0, 32768);
	expect(&column, 32768, PART_CONSTANT, 1, 32768);
}

static void
runs(void)
{
	PartColumn	column = int_column(PART_ROWS_MAX);

	for (uint32_t i = 0; i < PART_ROWS_MAX; i++)
		ints[i] = i / 300;
	expect(&column, 0, PART_RUNS, 1, PART_ROWS_MAX);
	CHECK(plan_of(&column, 0).items == 219);

	/* a wider item for all rows costs more than another part */
	for (uint32_t i = 0; i < PART_ROWS_MAX; i++)
		ints[i] = i / 100;
	expect(&column, 0, PART_RUNS, 1, 25600);

	/* shorter ones do not fit one page, but still pay */
	for (uint32_t i = 0; i < PART_ROWS_MAX; i++)
		ints[i] = (i / 4) % 200;
	expect(&column, 0, PART_RUNS, 1, 10560);

	/* runs of three take as much as single bytes, of two more */
	for (uint32_t i = 0; i < PART_ROWS_MAX; i++)
		ints[i] = (i / 2) % 200;
	expect(&column, 0, PART_PLAIN, 1, 7936);

	/* nulls do not end a run */
	memset(validity, 0xFE, sizeof(validity));
	column.validity = validity;
	for (uint32_t i = 0; i < PART_ROWS_MAX; i++)
		ints[i] = i % 8 == 0 ? -1 : (int64_t) i / 8192;
	CHECK(plan_of(&column, 0).encoding == PART_RUNS);
	CHECK(plan_of(&column, 0).items <= 8);
}

/* What a wide number costs stays within its own part. */
static void
outlier(void)
{
	PartColumn	column = int_column(PART_ROWS_MAX);

	fill(200, 0);
	ints[9000] = INT64_MAX;
	expect(&column, 0, PART_PLAIN, 1, 7936);
	expect(&column, 7936, PART_PLAIN, 1, 1024);
	expect(&column, 7936 + 1024, PART_PLAIN, 8, 960);
	expect(&column, 7936 + 1024 + 960, PART_PLAIN, 1, 7936);
}

static void
decimals(void)
{
	static double numbers[PART_ROWS_MAX];
	PartColumn	column = int_column(PART_ROWS_MAX);

	column.kind = PART_DOUBLE;
	column.values = numbers;
	for (uint32_t i = 0; i < PART_ROWS_MAX; i++)
		numbers[i] = (i % 251 - 50.0) / 10;
	expect(&column, 0, PART_PLAIN, 1, 7936);
	CHECK(plan_of(&column, 0).decimals == 1);
	for (uint32_t i = 0; i < PART_ROWS_MAX; i++)
		numbers[i] = 400000 + (double) (i * 7919 % 1000003) / 1000;
	expect(&column, 0, PART_PLAIN, 4, 1984);
	CHECK(plan_of(&column, 0).decimals == 3);
	numbers[1900] = -0.0;
	expect(&column, 0, PART_PLAIN, 4, 1856);
	expect(&column, 1856, PART_PLAIN, 8, 960);
	CHECK(plan_of(&column, 1856).decimals == 0);
}

static void
refused(void)
{
	PartColumn	column = int_column(1);
	PartPlan	plan;
	CoreError	error;

	CHECK(!part_plan(&column, 1, NULL, &plan, &error));
	column.rows = 0;
	CHECK(!part_plan(&column, 0, NULL, &plan, &error));
	CHECK_TEXT(error.reason, "Expected 1 to 65536 rows");
	CHECK(error.position == CORE_NO_POSITION);
	column.rows = PART_ROWS_MAX + 1;
	CHECK(!part_plan(&column, 0, NULL, &plan, &error));
	column.rows = 1;
	column.kind = (PartKind) 8;
	CHECK(!part_plan(&column, 0, NULL, &plan, &error));
	column.kind = (PartKind) 0;
	CHECK(!part_plan(&column, 0, NULL, &plan, &error));
	column.kind = PART_DECIMAL;
	column.detail = PART_SCALE_MAX + 1;
	CHECK(!part_plan(&column, 0, NULL, &plan, &error));
	column.kind = PART_FIXED;
	CHECK(!part_plan(&column, 0, NULL, &plan, &error));
	column.detail = 0;
	CHECK(!part_plan(&column, 0, NULL, &plan, &error));
	column.kind = PART_INT;
	CHECK(part_plan(&column, 0, NULL, &plan, &error));
}

int
main(void)
{
	unit_case("numbers take the narrowest width, and the rows of a page");
	page_rows_by_width();
	unit_case("values of any fixed length fit a page");
	page_sizes();
	unit_case("one value, and no value, take all rows");
	constant_and_nulls();
	unit_case("runs are taken where they pay");
	runs();
	unit_case("an outlier widens its own part alone");
	outlier();
	unit_case("floating point numbers of few decimals are scaled");
	decimals();
	unit_case("what is no column is refused");
	refused();
	return unit_finish();
}
