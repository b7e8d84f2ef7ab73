/*
 * ags_code_test.c
 *		Tests of core/ags_code.c.
 */
#include "unit.h"

#include "../../extension/core/ags_code.h"

static AgsCode
read_ags(const char *text)
{
	AgsCode		code = 0;
	CoreError	error;

	CHECK(ags_parse(text, strlen(text), &code, &error));
	return code;
}

/* Every key of 1 to 8 digits with the given state is read or refused. */
static void
round_trip(void)
{
	char		text[AGS_TEXT_SIZE];
	AgsCode		code;
	AgsCode		previous = 0;
	CoreError	error;

	for (uint32_t number = 0; number < (UINT32_C(1) << 27) + 4; number++)
	{
		if (!ags_check(number, &error))
			continue;
		ags_format(number, text);
		if (!ags_parse(text, strlen(text), &code, &error) || code != number ||
			number <= previous)
			break;
		previous = number;
	}
	CHECK_TEXT((ags_format(previous, text), text), "16999999");
}

static void
order_is_that_of_text(void)
{
	static const char *const sorted[] = {
		"01", "01001", "01001000", "05", "051", "05111", "05111000", "059",
		"05958", "05958004", "05966", "05966024", "06", "16", "16077999"
	};
	size_t		n = sizeof(sorted) / sizeof(sorted[0]);

	for (size_t i = 0; i < n; i++)
	{
		for (size_t j = 0; j < n; j++)
		{
			AgsCode		a = read_ags(sorted[i]);
			AgsCode		b = read_ags(sorted[j]);
			bool		prefix = strncmp(sorted[i], sorted[j],
										 strlen(sorted[i])) == 0;

			CHECK((a < b) == (i < j));
			CHECK(ags_contains(a, b) == prefix);
		}
	}
}

static void
hierarchy(void)
{
	AgsCode		code = read_ags("05966024");
	AgsCode		above;
	char		text[AGS_TEXT_SIZE];

	CHECK(ags_level(code) == AGS_MUNICIPALITY);
	CHECK(ags_parent(code, &above));
	CHECK_TEXT((ags_format(above, text), text), "05966");
	CHECK(ags_parent(above, &above));
	CHECK_TEXT((ags_format(above, text), text), "059");
	CHECK(ags_parent(above, &above));
	CHECK_TEXT((ags_format(above, text), text), "05");
	CHECK(!ags_parent(above, &above));

	/* Schleswig-Holstein has no government regions */
	CHECK(ags_parent(read_ags("01001"), &above));
	CHECK_TEXT((ags_format(above, text), text), "01");
	CHECK(!ags_ancestor(read_ags("01001000"), AGS_GOVERNMENT_REGION, &above));
	CHECK(!ags_ancestor(read_ags("059"), AGS_DISTRICT, &above));
}

typedef struct RepairCase
{
	const char *key;
	const char *state;
	const char *expected;		/* NULL: refused */
} RepairCase;

static void
repair(void)
{
	static const RepairCase cases[] = {
		{"5966024", NULL, "05966024"},
		{"05966024", NULL, "05966024"},
		{"5966", NULL, "05966"},
		{"5", NULL, "05"},
		{"59", NULL, "059"},
		{"11", NULL, "11"},
		{"059", NULL, "059"},
		{"966024", NULL, NULL},
		{"966024", "05", "05966024"},
		{"966", "05", "05966"},
		{"966", NULL, NULL},
		{"059", "05", NULL},
		{"050", "05", "05050"},
		{"5966024", "05", "05966024"},
		{"5966024", "06", NULL},
		{"06631009", "05", NULL},
		{"059660240", NULL, NULL},
		{"99999999", NULL, NULL},
		{"", NULL, NULL},
		{"5966 24", NULL, NULL}
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		const RepairCase *c = &cases[i];
		AgsCode		state = c->state ? read_ags(c->state) : 0;
		AgsCode		code;
		CoreError	error;
		char		text[AGS_TEXT_SIZE] = "refused";

		if (ags_repair(c->key, strlen(c->key), c->state ? &state : NULL,
					   &code, &error))
			ags_format(code, text);
		CHECK_TEXT(text, c->expected ? c->expected : "refused");
	}
}

static void
errors_have_a_position(void)
{
	AgsCode		code;
	CoreError	error;

	CHECK(!ags_parse("0596602x", 8, &code, &error));
	CHECK(error.position == 7);
	CHECK(!ags_parse("0596602", 7, &code, &error));
	CHECK(error.position == CORE_NO_POSITION);
}

static void
ars(void)
{
	ArsCode		code;
	ArsCode		first;
	ArsCode		last;
	AgsCode		ags;
	CoreError	error;
	char		text[ARS_TEXT_SIZE];

	CHECK(ars_parse("059660024024", 12, &code, &error));
	ars_format(code, text);
	CHECK_TEXT(text, "059660024024");
	CHECK(ars_to_ags(code) == read_ags("05966024"));
	CHECK(ags_to_ars(read_ags("05966024"), &code, &error));
	ars_format(code, text);
	CHECK_TEXT(text, "059660024024");
	CHECK(!ags_to_ars(read_ags("01051011"), &code, &error));
	CHECK(!ags_to_ars(read_ags("05966"), &code, &error));

	/* a member of an association */
	CHECK(ars_parse("010515163003", 12, &code, &error));
	ags = ars_to_ags(code);
	CHECK(ags == read_ags("01051003"));
	CHECK(ags_contains_ars(ags, code));
	CHECK(!ags_ars_range(ags, &first, &last));
	CHECK(first <= code && code <= last);
	CHECK(ags_ars_range(read_ags("01"), &first, &last));
	CHECK(first == UINT64_C(10000000000) && last == UINT64_C(19999999999));

	CHECK(!ars_parse("059660024025", 12, &code, &error));
	CHECK(!ars_parse("059664024024", 12, &code, &error));
	CHECK(!ars_check(UINT64_MAX, &error));
	CHECK(!ars_check(0, &error));
}

int
main(void)
{
	unit_case("every code is read back from its text, in ascending order");
	round_trip();
	unit_case("codes sort and contain as their texts do");
	order_is_that_of_text();
	unit_case("hierarchy");
	hierarchy();
	unit_case("repair");
	repair();
	unit_case("errors name the position");
	errors_have_a_position();
	unit_case("regional keys");
	ars();
	return unit_finish();
}
