/*
 * grid_code_test.c
 *		Tests of core/grid_code.c.
 */
#include "unit.h"

#include <math.h>

#include "../../extension/core/grid_code.h"

static const int32_t sizes[GRID_SIZES] = {
	100, 250, 500, 1000, 5000, 10000, 100000
};

static GridCode
read_cell(const char *text)
{
	GridCode	code = 0;
	CoreError	error = {"no error", CORE_NO_POSITION};

	if (!CHECK(grid_parse(text, strlen(text), &code, &error)))
		printf("# \"%s\": %s at %ld\n", text, error.reason, error.position);
	return code;
}

static const char *
long_form(GridCode code)
{
	static char text[GRID_TEXT_SIZE];

	CHECK(grid_format(code, text) == strlen(text));
	return text;
}

typedef struct Forms
{
	const char *expected;
	const char *forms[12];
} Forms;

static void
every_form(void)
{
	static const Forms cases[] = {
		{"CRS3035RES1000mN2689000E4337000", {
				"CRS3035RES1000mN2689000E4337000",
				"CRS3035RES1000mE4337000N2689000",
				"DE_CRS3035RES1000mN2689000E4337000",
				"CR_CRS3035RES1000mE4337000N2689000",
				"1kmN2689E4337", "1kmE4337N2689", "DE_1kmN2689E4337",
				"1000mN2689E4337", "1kmN2689000E4337000", "AT_1kmE4337000N2689000",
				"1000mN2689000E4337000"
		}},
		{"CRS3035RES100mN2689500E4337500", {
				"100mN26895E43375", "100mN2689500E4337500", "100mE43375N26895",
				"CRS3035RES100mE4337500N2689500", "DE_100mN26895E43375"
		}},
		{"CRS3035RES250mN2689500E4337500", {
				"250mN268950E433750", "250mE4337500N2689500"
		}},
		{"CRS3035RES500mN2689500E4337500", {
				"500mN26895E43375", "500mN2689500E4337500"
		}},
		{"CRS3035RES5000mN2685000E4335000", {"5kmN2685E4335",
		"5000mN2685000E4335000"}},
		{"CRS3035RES10000mN2700000E4400000", {"10kmN270E440",
		"10kmN2700000E4400000"}},
		{"CRS3035RES100000mN2700000E4400000", {"100kmN27E44",
		"100000mE44N27"}},
		{"CRS3035RES100000mN900000E900000", {"100kmN9E9", "100kmN900000E900000"}},
		{"CRS3035RES100mN5499900E7399900", {"100mN54999E73999"}}
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		for (size_t j = 0; j < 12 && cases[i].forms[j] != NULL; j++)
			CHECK_TEXT(long_form(read_cell(cases[i].forms[j])),
					   cases[i].expected);
	}
}

typedef struct BadText
{
	const char *text;
	long		position;
} BadText;

static void
errors_have_a_position(void)
{
	static const BadText cases[] = {
		{"", 0}, {" 1kmN2689E4337", 0}, {"1kmN2689E4337 ", 13}, {"de_1km", 0},
		{"DE1kmN2689E4337", 2}, {"DE", 2}, {"DE_", 3}, {"D", 0}, {"DE_x", 3},
		{"CRS3034RES", 6}, {"CRS3035RES1kmN2689000E4337000", 11},
		{"2kmN2689E4337", 0}, {"DE_200mN2689E4337", 3}, {"1kN2689E4337", 2},
		{"1KmN2689E4337", 1}, {"01kmN2689E4337", 0}, {"1km", 3},
		{"1kmn2689E4337", 3}, {"1kmN", 4}, {"1kmN02689E4337", 4},
		{"1kmN2689", 8}, {"1kmN2689N4337", 8}, {"1kmN2689E", 9},
		{"1kmN26890000", 11}, {"1kmN2689E4337000", 9}, {"1kmE4337N2689000", 9},
		{"1kmN899E4337", 4}, {"1kmN5500E4337", 4}, {"1kmN2689E899", 9},
		{"1kmN2689E7400", 9}, {"250mN268951E433750", 5},
		{"250mN268950E433751", 12}, {"CRS3035RES1000mN2689500E4337000", 16},
		{"CRS3035RES1000mN2689E4337", 16}, {"99999999mN2689E4337", 7}
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		GridCode	code;
		CoreError	error = {"no error", -2};

		CHECK(!grid_parse(cases[i].text, strlen(cases[i].text), &code,
						  &error));
		if (!CHECK(error.position == cases[i].position))
			printf("# \"%s\": %s at %ld, expected %ld\n", cases[i].text,
				   error.reason, error.position, cases[i].position);
	}
}

/* The text is not terminated, and may hold anything. */
static void
truncated_and_changed_texts(void)
{
	static const char text[] = "DE_CRS3035RES1000mN2689000E4337000";
	size_t		length = sizeof(text) - 1;
	GridCode	code;
	CoreError	error;

	for (size_t shorter = 0; shorter < length; shorter++)
	{
		CHECK(!grid_parse(text, shorter, &code, &error));
		CHECK(error.position >= 0 && error.position <= (long) shorter);
	}
	for (size_t at = 0; at < length; at++)
	{
		for (int c = 0; c < 256; c++)
		{
			char		changed[sizeof(text)];

			memcpy(changed, text, sizeof(text));
			changed[at] = (char) c;
			if (grid_parse(changed, length, &code, &error))
				CHECK(grid_check(code, &error));
			else
				CHECK(error.position >= 0 && error.position <= (long) length);
		}
	}
}

/*
 * Every cell of 5 km and more, and every 9973rd of the smaller ones, in ascending
 * order: both forms are read back, and it is found by its centre and corner.
 */
static void
round_trip(void)
{
	GridCode	last = 0;
	bool		passed = true;

	for (int i = 0; i < GRID_SIZES && passed; i++)
	{
		int32_t		size = sizes[i];
		int64_t		step = size < 5000 ? 9973 : 1;
		GridBlock	all;

		CHECK(grid_cover(0, 0, 1e9, 1e9, size, &all));
		CHECK(grid_block_count(&all) ==
			  INT64_C(4600000) / size * (6500000 / size));
		for (int64_t k = 0; k < grid_block_count(&all) && passed; k += step)
		{
			GridCode	code = grid_block_cell(&all, k);
			GridCode	read;
			CoreError	error;
			char		id[GRID_TEXT_SIZE];
			double		northing = grid_northing(code);
			double		easting = grid_easting(code);

			passed = code > last && grid_check(code, &error) &&
				grid_size(code) == size;
			passed = passed &&
				grid_parse(id, grid_format(code, id), &read, &error) &&
				read == code;
			passed = passed &&
				grid_parse(id, grid_format_short(code, id), &read,
						   &error) && read == code;
			passed = passed &&
				grid_of_point(northing, easting, size, &read) && read == code;
			passed = passed &&
				grid_of_point(northing + size / 2.0, easting + size / 2.0,
							  size, &read) && read == code;
			last = code;
		}
	}
	CHECK(passed);
	CHECK_TEXT(long_form(last), "CRS3035RES100000mN5400000E7300000");
}

/* What a number from outside may not be. */
static void
numbers_are_checked(void)
{
	GridCode	code = read_cell("1kmN2689E4337");
	CoreError	error;

	CHECK(grid_check(code, &error));
	CHECK(!grid_check(0, &error));
	CHECK(!grid_check(UINT64_MAX, &error));
	CHECK(!grid_check(code & ((UINT64_C(1) << 38) - 1), &error));
	CHECK(!grid_check(code + (UINT64_C(4) << 38), &error));
	CHECK(!grid_check(code + (UINT64_C(16) << 38), &error));
	CHECK(!grid_check(code | UINT64_C(1) << 63, &error));
	CHECK(!grid_check(code + 1, &error));
	CHECK(!grid_check(code + (UINT64_C(1) << 19), &error));
	CHECK(!grid_check(code - 4337000 / 25, &error));
	CHECK(!grid_check(code + 4000000 / 25, &error));
	CHECK(!grid_check(code + (UINT64_C(4000000) / 25 << 19), &error));
	CHECK(error.position == CORE_NO_POSITION);
}

static void
edges_of_a_point(void)
{
	GridCode	code;

	CHECK(grid_of_point(2689000.0, 4337999.999, 1000, &code));
	CHECK(code == read_cell("1kmN2689E4337"));
	CHECK(grid_of_point(2689999.999, 4338000.0, 1000, &code));
	CHECK(code == read_cell("1kmN2689E4338"));
	CHECK(grid_of_point(900000.0, 900000.0, 100000, &code));
	CHECK(!grid_of_point(899999.999, 900000.0, 100, &code));
	CHECK(!grid_of_point(900000.0, 899999.999, 100, &code));
	CHECK(grid_of_point(5499999.999, 7399999.999, 100, &code));
	CHECK(!grid_of_point(5500000.0, 7399999.999, 100, &code));
	CHECK(!grid_of_point(5499999.999, 7400000.0, 100, &code));
	CHECK(!grid_of_point(NAN, 4337000.0, 100, &code));
	CHECK(!grid_of_point(2689000.0, NAN, 100, &code));
	CHECK(!grid_of_point(INFINITY, 4337000.0, 100, &code));
	CHECK(!grid_of_point(2689000.0, -1e300, 100, &code));
}

static void
hierarchy(void)
{
	GridCode	code = read_cell("250mN2689750E4337250");
	GridCode	above;
	GridBlock	block;

	CHECK(grid_parent(code, 500, &above));
	CHECK_TEXT(long_form(above), "CRS3035RES500mN2689500E4337000");
	CHECK(grid_parent(code, 100000, &above));
	CHECK_TEXT(long_form(above), "CRS3035RES100000mN2600000E4300000");
	CHECK(grid_parent(code, 250, &above) && above == code);
	CHECK(!grid_parent(code, 100, &above));
	CHECK(!grid_parent(read_cell("100mN26895E43375"), 250, &above));

	CHECK(grid_parent_size(100) == 500);
	CHECK(grid_parent_size(250) == 500);
	CHECK(grid_parent_size(500) == 1000);
	CHECK(grid_parent_size(1000) == 5000);
	CHECK(grid_parent_size(5000) == 10000);
	CHECK(grid_parent_size(10000) == 100000);
	CHECK(grid_parent_size(100000) == 0);

	CHECK(!grid_children(code, 100, &block));
	CHECK(!grid_children(code, 500, &block));
	CHECK(grid_children(code, 250, &block));
	CHECK(grid_block_count(&block) == 1);
	CHECK(grid_block_cell(&block, 0) == code);
}

/* Children have their parent, and make up nothing else. */
static void
children_of_parents(void)
{
	for (int i = 0; i < GRID_SIZES; i++)
	{
		for (int j = 0; j < GRID_SIZES; j++)
		{
			GridCode	code;
			GridCode	above;
			GridBlock	block;

			CHECK(grid_of_point(3123456.0, 4234567.0, sizes[i], &code));
			if (sizes[i] % sizes[j] != 0)
			{
				CHECK(!grid_children(code, sizes[j], &block));
				continue;
			}
			CHECK(grid_children(code, sizes[j], &block));
			CHECK(grid_block_count(&block) * sizes[j] * sizes[j] ==
				  (int64_t) sizes[i] * sizes[i]);
			for (int64_t k = 0; k < grid_block_count(&block); k++)
			{
				GridCode	child = grid_block_cell(&block, k);

				if (!grid_parent(child, sizes[i], &above) || above != code ||
					!grid_contains(code, child))
				{
					CHECK(false);
					break;
				}
			}
		}
	}
}

static void
containment(void)
{
	GridCode	outer = read_cell("250mN2689750E4337250");

	CHECK(grid_contains(outer, outer));
	CHECK(grid_contains(outer, read_cell("100mN26898E43373")));
	CHECK(grid_contains(outer, read_cell("100mN26899E43374")));
	CHECK(!grid_contains(outer, read_cell("100mN26897E43373")));
	CHECK(!grid_contains(outer, read_cell("100mN26898E43372")));
	CHECK(!grid_contains(outer, read_cell("100mN26898E43375")));
	CHECK(!grid_contains(outer, read_cell("100mN26900E43373")));
	CHECK(!grid_contains(outer, read_cell("500mN26895E43370")));
	CHECK(grid_contains(read_cell("500mN26895E43370"), outer));
	CHECK(!grid_contains(outer, read_cell("250mN2689750E4337500")));
}

static void
neighbours(void)
{
	GridCode	found[GRID_NEIGHBOURS];
	GridCode	code = read_cell("1kmN2689E4337");

	CHECK(grid_neighbours(code, found) == 8);
	CHECK(found[0] == read_cell("1kmN2688E4336"));
	CHECK(found[3] == read_cell("1kmN2689E4336"));
	CHECK(found[7] == read_cell("1kmN2690E4338"));
	for (int i = 1; i < 8; i++)
		CHECK(found[i - 1] < found[i]);

	CHECK(grid_neighbours(read_cell("100kmN9E9"), found) == 3);
	CHECK(found[0] == read_cell("100kmN9E10"));
	CHECK(grid_neighbours(read_cell("100mN54999E73999"), found) == 3);
	CHECK(grid_neighbours(read_cell("100mN54999E43375"), found) == 5);
}

static void
boxes(void)
{
	GridBlock	block;

	CHECK(grid_cover(2689000, 4337000, 2690999, 4337500, 1000, &block));
	CHECK(block.rows == 2 && block.columns == 1);
	CHECK(grid_block_cell(&block, 1) == read_cell("1kmN2690E4337"));
	CHECK(grid_cover(2689000, 4337000, 2690000, 4338000, 1000, &block));
	CHECK(block.rows == 2 && block.columns == 2);
	CHECK(grid_cover(2689100, 4337100, 2689100, 4337100, 1000, &block));
	CHECK(grid_block_count(&block) == 1);
	CHECK(grid_cover(-1e300, -1e300, 1e300, 1e300, 100, &block));
	CHECK(grid_block_count(&block) == INT64_C(46000) * 65000);
	CHECK(grid_cover(5499999.9, 7399999.9, 1e9, 1e9, 100, &block));
	CHECK(grid_block_count(&block) == 1);
	CHECK(grid_cover(0, 0, 900000, 900000, 100, &block));
	CHECK(grid_block_count(&block) == 1);
	CHECK(!grid_cover(0, 0, 899999.9, 900000, 100, &block));
	CHECK(!grid_cover(5500000, 4337000, 5600000, 4338000, 100, &block));
	CHECK(!grid_cover(2690000, 4337000, 2689000, 4338000, 100, &block));
	CHECK(!grid_cover(NAN, 4337000, 2690000, 4338000, 100, &block));
	CHECK(!grid_cover(2689000, 4337000, 2690000, NAN, 100, &block));
}

int
main(void)
{
	unit_case("every form is read");
	every_form();
	unit_case("errors name the position");
	errors_have_a_position();
	unit_case("truncated and changed texts");
	truncated_and_changed_texts();
	unit_case("cells are read back from their texts, in ascending order");
	round_trip();
	unit_case("numbers are checked");
	numbers_are_checked();
	unit_case("lower and left edges belong to a cell");
	edges_of_a_point();
	unit_case("hierarchy");
	hierarchy();
	unit_case("children have their parent");
	children_of_parents();
	unit_case("containment, of sizes that do not nest too");
	containment();
	unit_case("neighbours");
	neighbours();
	unit_case("boxes");
	boxes();
	return unit_finish();
}
