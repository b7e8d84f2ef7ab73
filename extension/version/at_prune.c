/*
 * at_prune.c
 *		Extents that cannot have rows which satisfy the conditions, by their zone
 *		maps and the codes in them.
 *
 * What is not known spares nothing.  Zones are compared in the order of the
 * default btree class of the column's type only where the order of its layout
 * is known to be the same, and only for rows that were written with the type that
 * the column has today.
 */
#include "postgres.h"

#include "access/nbtree.h"
#include "catalog/pg_type.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "../core/rowset_bytes.h"
#include "at.h"

#define PRUNE_CODES_MAX 16		/* codes of one value */

/* How a condition is asked of a zone. */
typedef struct PruneTest
{
	const AtCondition *condition;
	FmgrInfo	below;			/* minimum op value must be true; or no
								 * function */
	FmgrInfo	above;			/* maximum op value must be true; or no
								 * function */
	bool		identical;		/* are equal values the same bytes? */
	CanonicalType *type;		/* then: of the values */

	/* of the present values */
	bool		codes_looked_up;
	bool		codes_known;
	int			code_count;
	uint32	   *codes;
} PruneTest;

struct AtPrune
{
	MemoryContext context;
	MemoryContext values;		/* reset for new values */
	Converter  *converter;
	StoreReader *reader;
	int			count;
	PruneTest  *tests;
};

/* Families need not have each operator for each pair of types. */
static void
find_comparison(FmgrInfo * function, const AtCondition *condition,
				StrategyNumber strategy)
{
	Oid			operator = get_opfamily_member(condition->family,
											   condition->left_type,
											   condition->right_type,
											   strategy);

	if (OidIsValid(operator))
		fmgr_info(get_opcode(operator), function);
}

/* What must be true of minimum and maximum for some value in between. */
static void
prepare_comparison(PruneTest *test)
{
	const AtCondition *condition = test->condition;

	switch (condition->strategy)
	{
		case BTLessStrategyNumber:
		case BTLessEqualStrategyNumber:
			find_comparison(&test->below, condition, condition->strategy);
			break;
		case BTEqualStrategyNumber:
			find_comparison(&test->below, condition,
							BTLessEqualStrategyNumber);
			find_comparison(&test->above, condition,
							BTGreaterEqualStrategyNumber);
			break;
		default:
			find_comparison(&test->above, condition, condition->strategy);
	}
}

/*
 * Does "=" of a type say that canonical values are the same bytes?  Collations
 * that are not deterministic see to it that it does not.
 */
static bool
equal_is_identical(Oid type, Oid collation)
{
	if (OidIsValid(collation) && !get_collation_isdeterministic(collation))
		return false;
	switch (type)
	{
		case TEXTOID:
		case VARCHAROID:
		case NAMEOID:
		case BYTEAOID:
		case UUIDOID:
			return true;
		default:
			return get_typtype(type) == TYPTYPE_ENUM;
	}
}

static void
prepare_test(AtPrune *prune, PruneTest *test, Relation relation)
{
	const AtCondition *condition = test->condition;
	Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(relation),
												condition->attnum - 1);
	Oid			type = getBaseType(attribute->atttypid);
	CanonicalColumn column;

	if (condition->kind != AT_COMPARE && condition->kind != AT_ANY)
		return;
	prepare_comparison(test);
	if (condition->strategy != BTEqualStrategyNumber ||
		condition->left_type != condition->right_type ||
		!equal_is_identical(type, condition->collation))
		return;
	test->identical = true;
	column.name = pstrdup(NameStr(attribute->attname));
	column.type = type;
	column.form = CANONICAL_ROW_FORM;
	column.context = prune->context;
	test->type = canonical_type_create(&column, type,
									   attribute->attcollation);
}

AtPrune *
at_prune_create(Relation relation, Converter *converter, StoreReader *reader,
				const AtCondition *conditions, int count)
{
	AtPrune    *prune;

	if (count == 0)
		return NULL;
	prune = palloc0(sizeof(*prune));
	prune->context = CurrentMemoryContext;
	prune->values = AllocSetContextCreate(CurrentMemoryContext,
										  "allmende at codes",
										  ALLOCSET_SMALL_SIZES);
	prune->converter = converter;
	prune->reader = reader;
	prune->count = count;
	prune->tests = palloc0(count * sizeof(PruneTest));
	for (int i = 0; i < count; i++)
	{
		prune->tests[i].condition = &conditions[i];
		prepare_test(prune, &prune->tests[i], relation);
	}
	return prune;
}

void
at_prune_start(AtPrune *prune)
{
	MemoryContextReset(prune->values);
	for (int i = 0; i < prune->count; i++)
		prune->tests[i].codes_looked_up = false;
}

/* The codes that a column's dictionary has for the values of a condition. */
static void
look_up_codes(AtPrune *prune, PruneTest *test)
{
	const AtCondition *condition = test->condition;
	uint32		column = converter_column_id(prune->converter,
											 condition->attnum);
	MemoryContext previous = MemoryContextSwitchTo(prune->values);
	CanonicalBuffer buffer;

	canonical_buffer_create(prune->values, &buffer);
	test->codes_looked_up = true;
	test->codes_known = true;
	test->code_count = 0;
	test->codes = palloc(Max(condition->count, 1) * PRUNE_CODES_MAX *
						 sizeof(uint32));
	for (int i = 0; i < condition->count && test->codes_known; i++)
	{
		int			found;

		canonical_reset(&buffer);
		test->type->encode(test->type, condition->values[i], &buffer);
		found = store_reader_codes(prune->reader, column, buffer.bytes,
								   buffer.length,
								   test->codes + test->code_count,
								   PRUNE_CODES_MAX);
		if (buffer.failed || found >= PRUNE_CODES_MAX)
			test->codes_known = false;
		else
			test->code_count += found;
	}
	MemoryContextSwitchTo(previous);
}

static bool
has_some_code(AtPrune *prune, PruneTest *test, const void *codes)
{
	if (!test->codes_looked_up)
		look_up_codes(prune, test);
	if (!test->codes_known)
		return true;
	for (int i = 0; i < test->code_count; i++)
	{
		if (rowset_contains(codes, test->codes[i]))
			return true;
	}
	return false;
}

/* Has a layout the order of the type's default btree class? */
static bool
layout_is_ordered(ValueLayout layout, Oid type)
{
	switch (layout)
	{
		case LAYOUT_INT8:
		case LAYOUT_INT16:
		case LAYOUT_INT32:
		case LAYOUT_INT64:
		case LAYOUT_UINT8:
		case LAYOUT_FLOAT4:
		case LAYOUT_FLOAT8:
		case LAYOUT_NUMERIC:
			return true;
		case LAYOUT_FIXED:
			return type == UUIDOID || type == MACADDROID ||
				type == MACADDR8OID;
		default:
			return false;
	}
}

static bool
compare(FmgrInfo * function, const AtCondition *condition,
		CanonicalType *type, const StoreValue *bound, Datum value)
{
	if (!OidIsValid(function->fn_oid) || bound->length < 0)
		return true;
	return DatumGetBool(FunctionCall2Coll(function, condition->collation,
										  convert_decode(type, bound->bytes,
														 bound->length),
										  value));
}

/* May one of the values be in between? */
static bool
zone_may_match(PruneTest *test, CanonicalType *type, const StoreZone *zone)
{
	const AtCondition *condition = test->condition;

	for (int i = 0; i < condition->count; i++)
	{
		if (compare(&test->below, condition, type, &zone->minimum,
					condition->values[i]) &&
			compare(&test->above, condition, type, &zone->maximum,
					condition->values[i]))
			return true;
	}
	return false;
}

static bool
test_values(AtPrune *prune, PruneTest *test, const StoreExtent *extent,
			const StoreZone *zone)
{
	CanonicalType *type = converter_same_type(prune->converter,
											  extent->schema,
											  test->condition->attnum);

	if (type == NULL)
		return true;
	if (zone->coded)
		return !test->identical || has_some_code(prune, test, zone->codes);
	if (!layout_is_ordered(zone->layout, type->type))
		return true;
	return zone_may_match(test, type, zone);
}

static bool
test_zone(AtPrune *prune, PruneTest *test, const StoreExtent *extent,
		  const StoreZone *zone)
{
	bool		all_null = zone->nulls == extent->last - extent->first + 1;

	switch (test->condition->kind)
	{
		case AT_IS_NULL:
			return zone->nulls > 0;
		case AT_IS_NOT_NULL:
			return !all_null;
		default:
			/* btree takes all its operators for strict, and so do we */
			return !all_null && test_values(prune, test, extent, zone);
	}
}

bool
at_prune_keeps(AtPrune *prune, const StoreExtent *extent)
{
	for (int i = 0; i < prune->count; i++)
	{
		PruneTest  *test = &prune->tests[i];
		StoreZone	zone;

		if (store_reader_zone(prune->reader, extent,
							  converter_column_id(prune->converter,
												  test->condition->attnum),
							  &zone) &&
			!test_zone(prune, test, extent, &zone))
			return false;
	}
	return true;
}
