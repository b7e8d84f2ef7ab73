/*
 * convert.c
 *		From values of a store to values of today's columns.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "../errcodes.h"
#include "convert.h"

/* How a column is read in rows of one schema; resolved when it is first met. */
typedef struct ConvertColumn
{
	bool		resolved;
	const SchemaColumn *then;	/* NULL: the schema has no such column */
	CanonicalType *type;		/* that it had */
	bool		same;			/* as today */
	ExprState  *cast;			/* of its case value; NULL: none is needed */
} ConvertColumn;

typedef struct ConvertSchema
{
	int32		id;
	const Schema *schema;
	ConvertColumn *columns;		/* as in the converter's wanted */
} ConvertSchema;

/* A column of today that is wanted. */
typedef struct ConvertTarget
{
	AttrNumber	attnum;
	Oid			type;			/* of domains the base type */
	Oid			collation;
	const SchemaColumn *column;
	CanonicalType *canonical;	/* of today; NULL until it is asked for */
	bool		initial_known;
	bool		initial_null;
	Datum		initial;
} ConvertTarget;

struct Converter
{
	MemoryContext context;
	Snapshot	snapshot;
	const char *name;
	int			count;
	ConvertTarget *targets;
	uint32	   *ids;
	int		   *places;			/* of an attribute among targets, or -1 */
	List	   *schemas;		/* of ConvertSchema, the last one met first */
	ExprContext *expressions;
};

static const SchemaColumn *
find_by_name(const Schema *schema, const char *name)
{
	for (int i = 0; i < schema->count; i++)
	{
		if (strcmp(schema->columns[i].name, name) == 0)
			return &schema->columns[i];
	}
	return NULL;
}

static void
add_target(Converter *converter, Form_pg_attribute attribute,
		   const Schema *today)
{
	ConvertTarget *target = &converter->targets[converter->count];

	target->attnum = attribute->attnum;
	target->type = getBaseType(attribute->atttypid);
	target->collation = attribute->attcollation;
	target->column = find_by_name(today, NameStr(attribute->attname));
	if (target->column == NULL)
		elog(ERROR, "schema of \"%s\" lacks column \"%s\"", converter->name,
			 NameStr(attribute->attname));
	converter->ids[converter->count] = target->column->id;
	converter->places[attribute->attnum] = converter->count++;
}

Converter *
converter_create(const char *name, TupleDesc descriptor, const Schema *today,
				 const Bitmapset *wanted, Snapshot snapshot)
{
	Converter  *converter = palloc0(sizeof(*converter));

	converter->context = CurrentMemoryContext;
	converter->snapshot = snapshot;
	converter->name = pstrdup(name);
	converter->targets = palloc0(Max(descriptor->natts, 1) *
								 sizeof(ConvertTarget));
	converter->ids = palloc0(Max(descriptor->natts, 1) * sizeof(uint32));
	converter->places = palloc((descriptor->natts + 1) * sizeof(int));
	for (int i = 0; i <= descriptor->natts; i++)
		converter->places[i] = -1;
	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);

		if (!attribute->attisdropped && bms_is_member(i + 1, wanted))
			add_target(converter, attribute, today);
	}
	return converter;
}

const uint32 *
converter_column_ids(const Converter *converter, int *count)
{
	*count = converter->count;
	return converter->ids;
}

uint32
converter_column_id(const Converter *converter, AttrNumber attnum)
{
	return converter->ids[converter->places[attnum]];
}

static CanonicalType *
create_type(Converter *converter, const char *name, Oid type, Oid collation)
{
	CanonicalColumn column;

	column.name = name;
	column.type = type;
	column.form = CANONICAL_ROW_FORM;
	column.context = converter->context;
	return canonical_type_create(&column, type, collation);
}

static CanonicalType *
type_of_today(Converter *converter, ConvertTarget *target)
{
	if (target->canonical == NULL)
		target->canonical = create_type(converter, target->column->name,
										target->type, target->collation);
	return target->canonical;
}

static void
pg_attribute_noreturn()
refuse(const Converter *converter, const ConvertTarget *target,
	   const SchemaColumn *then, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_ALLMENDE_SCHEMA_MISMATCH),
			 errmsg("column \"%s\" of \"%s\" cannot be read as type %s",
					target->column->name, converter->name,
					format_type_be(target->type)),
			 errdetail("The version has rows in which it is of type %s.",
					   then->type),
			 errhint("%s", hint)));
}

/* The type that a column had; of domains the base type. */
static Oid
find_type(const Converter *converter, const ConvertTarget *target,
		  const SchemaColumn *then)
{
	Oid			type;
	int32		modifier;

	/* also keeps clear of rights on the schema of the type */
	if (strcmp(then->type, target->column->type) == 0)
		return target->type;
	parseTypeString(then->type, &type, &modifier, true);
	if (!OidIsValid(type))
		refuse(converter, target, then,
			   "That type is gone: create it again, or read the other columns only.");
	return getBaseType(type);
}

static ExprState *
create_cast(Converter *converter, const ConvertTarget *target,
			const SchemaColumn *then, Oid type)
{
	CaseTestExpr *value = makeNode(CaseTestExpr);
	Node	   *cast;

	value->typeId = type;
	value->typeMod = -1;
	value->collation = get_typcollation(type);
	cast = coerce_to_target_type(NULL, (Node *) value, type, target->type, -1,
								 COERCION_ASSIGNMENT, COERCE_IMPLICIT_CAST,
								 -1);
	if (cast == NULL)
		refuse(converter, target, then,
			   "There is no assignment cast between the two: read the other columns only, or create one with CREATE CAST.");
	if (converter->expressions == NULL)
		converter->expressions = CreateStandaloneExprContext();
	return ExecInitExpr(expression_planner((Expr *) cast), NULL);
}

static void
resolve_column(Converter *converter, ConvertTarget *target,
			   const Schema *schema, ConvertColumn *column)
{
	MemoryContext previous = MemoryContextSwitchTo(converter->context);
	const SchemaColumn *then = schema_column_find(schema, target->column->id);

	column->resolved = true;
	column->then = then;
	if (then != NULL)
	{
		Oid			type = find_type(converter, target, then);

		column->same = type == target->type;
		if (column->same)
			column->type = type_of_today(converter, target);
		else
		{
			column->type = create_type(converter, then->name, type,
									   get_typcollation(type));
			column->cast = create_cast(converter, target, then, type);
		}
	}
	MemoryContextSwitchTo(previous);
}

static ConvertSchema *
load_schema(Converter *converter, int32 id)
{
	MemoryContext previous = MemoryContextSwitchTo(converter->context);
	ConvertSchema *result = palloc0(sizeof(*result));

	result->id = id;
	result->schema = schema_find(id, converter->snapshot);
	if (result->schema == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_STORE_INCOMPLETE),
				 errmsg("schema %d of \"%s\" is missing", id,
						converter->name)));
	result->columns = palloc0(Max(converter->count, 1) *
							  sizeof(ConvertColumn));
	converter->schemas = lcons(result, converter->schemas);
	MemoryContextSwitchTo(previous);
	return result;
}

static ConvertSchema *
get_schema(Converter *converter, int32 id)
{
	ListCell   *cell;

	foreach(cell, converter->schemas)
	{
		ConvertSchema *schema = lfirst(cell);

		if (schema->id == id)
			return schema;
	}
	return load_schema(converter, id);
}

static ConvertColumn *
get_column(Converter *converter, ConvertSchema *schema, int place)
{
	ConvertColumn *column = &schema->columns[place];

	if (!column->resolved)
		resolve_column(converter, &converter->targets[place], schema->schema,
					   column);
	return column;
}

CanonicalType *
converter_same_type(Converter *converter, int32 schema, AttrNumber attnum)
{
	ConvertSchema *of_rows = get_schema(converter, schema);
	int			place = converter->places[attnum];
	const SchemaColumn *then = schema_column_find(of_rows->schema,
												  converter->ids[place]);
	const SchemaColumn *today = converter->targets[place].column;

	/* by name, so that a column that cannot be cast is not an error here */
	if (then == NULL || strcmp(then->type, today->type) != 0)
		return NULL;
	if (then->collation != today->collation &&
		(then->collation == NULL || today->collation == NULL ||
		 strcmp(then->collation, today->collation) != 0))
		return NULL;
	return get_column(converter, of_rows, place)->type;
}

Datum
convert_decode(CanonicalType *type, const void *bytes, Size length)
{
	CanonicalReader reader;

	canonical_reader_init(&reader, bytes, length);
	return type->decode(type, &reader);
}

/* The value of rows that are older than the column. */
static Datum
initial_value(Converter *converter, ConvertTarget *target, bool *is_null)
{
	if (!target->initial_known)
	{
		MemoryContext previous = MemoryContextSwitchTo(converter->context);
		bytea	   *initial = target->column->initial;

		target->initial_null = initial == NULL;
		if (initial != NULL)
			target->initial = convert_decode(type_of_today(converter, target),
											 VARDATA_ANY(initial),
											 VARSIZE_ANY_EXHDR(initial));
		target->initial_known = true;
		MemoryContextSwitchTo(previous);
	}
	*is_null = target->initial_null;
	return target->initial;
}

/* What is being cast, for messages. */
typedef struct CastContext
{
	const Converter *converter;
	const ConvertTarget *target;
	const SchemaColumn *then;
} CastContext;

static void
describe_cast(void *argument)
{
	const CastContext *context = argument;

	errcontext("column \"%s\" of \"%s\", in a version in which it was of type %s",
			   context->target->column->name, context->converter->name,
			   context->then->type);
}

static Datum
cast_value(Converter *converter, ConvertTarget *target, ConvertColumn *column,
		   Datum value, bool *is_null)
{
	ExprContext *expressions = converter->expressions;
	CastContext context = {converter, target, column->then};
	ErrorContextCallback callback;
	Datum		result;

	callback.callback = describe_cast;
	callback.arg = &context;
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	expressions->caseValue_datum = value;
	expressions->caseValue_isNull = false;
	result = ExecEvalExpr(column->cast, expressions, is_null);
	error_context_stack = callback.previous;
	return result;
}

static Datum
convert_value(Converter *converter, ConvertSchema *schema, int place,
			  const StoreValue *stored, bool *is_null)
{
	ConvertTarget *target = &converter->targets[place];
	ConvertColumn *column;
	Datum		value;

	*is_null = stored->length == STORE_VALUE_NULL;
	if (*is_null)
		return (Datum) 0;
	if (stored->length == STORE_VALUE_NONE)
		return initial_value(converter, target, is_null);
	column = get_column(converter, schema, place);
	if (column->then == NULL)
		elog(ERROR, "schema %d lacks column %u, which its rows have",
			 schema->id, target->column->id);
	value = convert_decode(column->type, stored->bytes, stored->length);
	if (column->cast == NULL)
		return value;
	return cast_value(converter, target, column, value, is_null);
}

void
converter_row(Converter *converter, int32 schema, const StoreValue *stored,
			  const Bitmapset *chosen, Datum *values, bool *nulls)
{
	ConvertSchema *of_row = get_schema(converter, schema);

	for (int i = 0; i < converter->count; i++)
	{
		int			column = converter->targets[i].attnum - 1;

		if (chosen == NULL || bms_is_member(column + 1, chosen))
			values[column] = convert_value(converter, of_row, i, &stored[i],
										   &nulls[column]);
	}
}
