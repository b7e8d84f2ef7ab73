/*
 * part_plan.c
 *		Choosing the encoding of the next part of a column.
 *
 * Each encoding, in each width of items, proposes how many rows it would take
 * and how many bytes for them; the cheapest per row wins.  All proposals come
 * from one walk over the rows, block by block: as long as the rows so far are
 * all null, are alike, have runs or are so many that they fit a page, they are
 * what that encoding proposes.
 */
#include "part_column.h"

#include <string.h>

#define BLOCK 64				/* rows: a word of validity */
#define WIDTHS 6				/* 1, 2, 4, 8, 16; and any other */

/* What is known of the rows from plan.first on, as many as plan.rows. */
typedef struct Survey
{
	const PartColumn *column;
	PartPlan	plan;			/* items counts runs */
	uint32_t	last;			/* the last row that is not null */
	PartRange	range;
} Survey;

static void
survey_begin(Survey *survey, const PartColumn *column, uint32_t first,
			 bool full)
{
	memset(survey, 0, sizeof(*survey));
	survey->column = column;
	survey->plan.first = first;
	part_range_begin(&survey->range, full);
}

/* Go on for so many rows. */
static void
survey_add(Survey *survey, uint32_t count)
{
	const PartColumn *column = survey->column;
	PartPlan   *plan = &survey->plan;
	uint32_t	row = plan->first + plan->rows;

	plan->rows += count;
	for (; count > 0; row++, count--)
	{
		if (part_column_is_null(column, row))
		{
			plan->nulls++;
			continue;
		}
		if (plan->items == 0 || !part_column_same(column, row, survey->last))
		{
			plan->items++;
			part_range_add(&survey->range, column, row);
		}
		survey->last = row;
	}
}

/* The survey's rows in a given encoding. */
static PartPlan
survey_plan(const Survey *survey, PartEncoding encoding)
{
	PartPlan	plan = survey->plan;
	size_t		axes = (size_t) part_column_axes(survey->column);

	plan.encoding = encoding;
	plan.size = PART_HEADER_SIZE;
	if (encoding == PART_NULLS)
	{
		plan.items = 0;
		return plan;
	}
	plan.width = part_range_width(&survey->range, survey->column, plan.base);
	if (part_kind_is_floating(survey->column->kind) &&
		plan.width < part_full_width(survey->column->kind, 0))
		plan.decimals = survey->range.decimals;
	if (encoding == PART_PLAIN)
		plan.items = plan.rows;
	if (part_plan_has_validity(&plan))
		plan.size += part_validity_size(plan.rows);
	plan.size += part_padded((size_t) plan.width * plan.items) * axes;
	if (encoding == PART_RUNS)
		plan.size += part_padded((size_t) plan.items * 2);
	return plan;
}

/* Widths of items in ascending order; FIXED has one of them only. */
static int
width_index(uint32_t width)
{
	int			index = 0;

	while (index < WIDTHS - 1 && width > UINT32_C(1) << index)
		index++;
	return index;
}

static bool
fits_page(const PartPlan *plan)
{
	return plan->size <= PART_HEADER_SIZE + PART_PAGE_SIZE;
}

/* Take the proposal if it costs less per row; the first one is always taken. */
static void
consider(PartPlan *best, const PartPlan *proposal)
{
	uint64_t	cost = proposal->size + PART_TUPLE_COST;
	uint64_t	best_cost = best->size + PART_TUPLE_COST;

	if (best->rows == 0 || cost * best->rows < best_cost * proposal->rows)
		*best = *proposal;
}

/* Note what a survey is good for; false where nothing fits a page any more. */
static bool
propose(const Survey *survey, PartEncoding encoding,
		PartPlan proposals[PART_PLAIN + 1][WIDTHS])
{
	PartPlan	plan = survey_plan(survey, encoding);

	if (!fits_page(&plan))
		return false;
	proposals[encoding][width_index(plan.width)] = plan;
	return true;
}

/* The encoding of a survey's runs. */
static PartEncoding
encoding_of_runs(const Survey *survey)
{
	if (survey->plan.items == 0)
		return PART_NULLS;
	return survey->plan.items == 1 ? PART_CONSTANT : PART_RUNS;
}

/* Where full is set, items have the full width. */
static void
choose(const PartColumn *column, uint32_t first, bool full, PartPlan *best)
{
	PartPlan	proposals[PART_PLAIN + 1][WIDTHS];
	Survey		survey;
	bool		runs_fit = true;
	bool		rows_fit = true;

	memset(proposals, 0, sizeof(proposals));
	survey_begin(&survey, column, first, full);
	while (runs_fit || rows_fit)
	{
		uint32_t	left = column->rows - first - survey.plan.rows;

		if (left == 0)
			break;
		survey_add(&survey, left < BLOCK ? left : BLOCK);
		if (runs_fit)
			runs_fit = propose(&survey, encoding_of_runs(&survey), proposals);
		if (rows_fit && survey.plan.items > 0)
			rows_fit = propose(&survey, PART_PLAIN, proposals);
	}

	memset(best, 0, sizeof(*best));
	for (int encoding = PART_NULLS; encoding <= PART_PLAIN; encoding++)
	{
		for (int width = 0; width < WIDTHS; width++)
		{
			if (proposals[encoding][width].rows > 0)
				consider(best, &proposals[encoding][width]);
		}
	}
}

/* Do all rows come back from scaled numbers? */
static bool
scaling_is_exact(const PartColumn *column, const PartPlan *plan)
{
	for (uint32_t row = plan->first; row < plan->first + plan->rows; row++)
	{
		if (!part_column_is_null(column, row) &&
			!part_column_scales(column, row, plan->decimals))
			return false;
	}
	return true;
}

static bool
check_column(const PartColumn *column, uint32_t first, CoreError *error)
{
	if (column->kind < PART_INT || column->kind > PART_POINT)
		return core_fail(error, "Expected a kind of part", CORE_NO_POSITION);
	if (column->rows == 0 || column->rows > PART_ROWS_MAX ||
		first >= column->rows)
		return core_fail(error, "Expected 1 to 65536 rows", CORE_NO_POSITION);
	if (column->kind == PART_DECIMAL && column->detail > PART_SCALE_MAX)
		return core_fail(error, "Expected a scale from 0 to 16383",
						 CORE_NO_POSITION);
	if (column->kind == PART_FIXED &&
		(column->detail == 0 || column->detail > PART_FIXED_MAX))
		return core_fail(error, "Expected 1 to 120 bytes per value",
						 CORE_NO_POSITION);
	return true;
}

bool
part_plan(const PartColumn *column, uint32_t first, void *scratch,
		  PartPlan *plan, CoreError *error)
{
	if (!check_column(column, first, error))
		return false;
	if (column->kind == PART_BYTES)
		return part_strings_plan(column, first, scratch, plan, error);
	choose(column, first, false, plan);

	/*
	 * Decimals grow with the rows, and nothing that fewer of them gave back
	 * is known to be lost with more (none of 270 million random numbers).
	 * That values come back is promised, so it is checked and not argued.
	 */
	if (part_kind_is_floating(column->kind) && plan->width > 0 &&
		plan->width < part_full_width(column->kind, 0) &&
		!scaling_is_exact(column, plan))
		choose(column, first, true, plan);
	return true;
}
