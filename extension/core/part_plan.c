/*
 * part_plan.c
 *		Choosing the encoding of the next part of a column.
 *
 * Each encoding proposes how many rows it would take and how many bytes for
 * them; the cheapest per row wins.
 */
#include "part_column.h"

#include <string.h>

#define BLOCK 64				/* rows: a word of validity */

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

/*
 * NULLS, CONSTANT and RUNS: go on, block by block, as long as the rows are all
 * null, are alike, or have runs that fit.
 */
static void
propose_runs(const PartColumn *column, uint32_t first, bool full,
			 PartPlan *best)
{
	PartPlan	proposals[PART_RUNS + 1];
	Survey		survey;

	memset(proposals, 0, sizeof(proposals));
	survey_begin(&survey, column, first, full);
	for (;;)
	{
		uint32_t	left = column->rows - first - survey.plan.rows;
		PartEncoding encoding = PART_RUNS;
		PartPlan	plan;

		if (left == 0)
			break;
		survey_add(&survey, left < BLOCK ? left : BLOCK);
		if (survey.plan.items == 0)
			encoding = PART_NULLS;
		else if (survey.plan.items == 1)
			encoding = PART_CONSTANT;
		plan = survey_plan(&survey, encoding);
		if (!fits_page(&plan))
			break;
		proposals[encoding] = plan;
	}
	for (int encoding = PART_NULLS; encoding <= PART_RUNS; encoding++)
	{
		if (proposals[encoding].rows > 0)
			consider(best, &proposals[encoding]);
	}
}

/* Rows of so many bytes that fit a page. */
static uint32_t
page_rows(uint32_t bytes, bool nulls)
{
	return PART_PAGE_SIZE / (bytes * BLOCK + (nulls ? BLOCK / 8 : 0)) * BLOCK;
}

/*
 * Look at the rows that a page takes with items of this width.  False if some
 * of them need more.
 */
static bool
survey_page(Survey *survey, const PartColumn *column, uint32_t first,
			bool full, uint32_t width)
{
	uint32_t	bytes = width * (uint32_t) part_column_axes(column);
	uint32_t	left = column->rows - first;
	uint32_t	rows = page_rows(bytes, false);

	if (rows > left)
		rows = left;
	if (part_column_nulls(column, first, rows) > 0 &&
		rows > page_rows(bytes, true))
		rows = page_rows(bytes, true);
	survey_begin(survey, column, first, full);
	while (survey->plan.rows < rows)
	{
		uint32_t	rest = rows - survey->plan.rows;
		int64_t		base[2];

		survey_add(survey, rest < BLOCK ? rest : BLOCK);
		if (part_range_width(&survey->range, column, base) > width)
			return false;
	}
	return true;
}

/* PLAIN, in the narrowest width that its rows fit. */
static void
propose_plain(const PartColumn *column, uint32_t first, bool full,
			  PartPlan *best)
{
	uint32_t	full_width = part_full_width(column->kind, column->detail);
	PartPlan	plan;
	Survey		survey;

	if (full || column->kind == PART_FIXED ||
		(!survey_page(&survey, column, first, full, 1) &&
		 !survey_page(&survey, column, first, full, 2) &&
		 !survey_page(&survey, column, first, full, 4) &&
		 !(full_width == 16 && survey_page(&survey, column, first, full, 8))))
		(void) survey_page(&survey, column, first, full, full_width);
	plan = survey_plan(&survey, PART_PLAIN);

	/* rows that are all null have been proposed as such */
	if (plan.nulls < plan.rows)
		consider(best, &plan);
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

static void
choose(const PartColumn *column, uint32_t first, bool full, PartPlan *plan)
{
	memset(plan, 0, sizeof(*plan));
	propose_runs(column, first, full, plan);
	propose_plain(column, first, full, plan);
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
	 * Decimals grow while the range is measured, and what fewer of them gave
	 * back more of them do too, but for rounding at the very edge.
	 */
	if (part_kind_is_floating(column->kind) && plan->width > 0 &&
		plan->width < part_full_width(column->kind, 0) &&
		!scaling_is_exact(column, plan))
		choose(column, first, true, plan);
	return true;
}
