/*
 * canonical_type.c
 *		From types to how their values are encoded; what is refused, and why.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/nbtree.h"
#include "catalog/dependency.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "../errcodes.h"
#include "canonical_decode.h"

/*
 * Types of PostgreSQL that have a form of their own.  keyed: has the type a
 * btree equality?  The encoder is true to it where CanonicalType.form wants the
 * key form.
 */
typedef struct BuiltinType
{
	Oid			type;
	CanonicalEncode encode;
	CanonicalDecode decode;
	bool		keyed;
	int			floats;			/* where a value is nothing but them: how many */
} BuiltinType;

static const BuiltinType builtin_types[] = {
	{BOOLOID, canonical_encode_bool, canonical_decode_bool, true, 0},
	{CHAROID, canonical_encode_char, canonical_decode_char, true, 0},
	{INT2OID, canonical_encode_int16, canonical_decode_int16, true, 0},
	{INT4OID, canonical_encode_int32, canonical_decode_int32, true, 0},
	{INT8OID, canonical_encode_int64, canonical_decode_int64, true, 0},
	{CASHOID, canonical_encode_int64, canonical_decode_int64, true, 0},
	{FLOAT4OID, canonical_encode_float4, canonical_decode_float4, true, 0},
	{FLOAT8OID, canonical_encode_float8, canonical_decode_float8, true, 0},
	{NUMERICOID, canonical_encode_numeric, canonical_decode_numeric, true, 0},
	{TEXTOID, canonical_encode_varlena, canonical_decode_text, true, 0},
	{VARCHAROID, canonical_encode_varlena, canonical_decode_text, true, 0},
	{BPCHAROID, canonical_encode_bpchar, canonical_decode_text, true, 0},
	{NAMEOID, canonical_encode_name, canonical_decode_name, true, 0},
	{JSONOID, canonical_encode_varlena, canonical_decode_json, false, 0},
	{JSONBOID, canonical_encode_jsonb, canonical_decode_jsonb, true, 0},
	{XMLOID, canonical_encode_xml, canonical_decode_xml, false, 0},
	{BYTEAOID, canonical_encode_varlena, canonical_decode_bytea, true, 0},
	{BITOID, canonical_encode_bit, canonical_decode_bit, true, 0},
	{VARBITOID, canonical_encode_bit, canonical_decode_bit, true, 0},
	{UUIDOID, canonical_encode_uuid, canonical_decode_fixed, true, 0},
	{INETOID, canonical_encode_inet, canonical_decode_inet, true, 0},
	{CIDROID, canonical_encode_inet, canonical_decode_inet, true, 0},
	{MACADDROID, canonical_encode_macaddr, canonical_decode_fixed, true, 0},
	{MACADDR8OID, canonical_encode_macaddr8, canonical_decode_fixed, true, 0},
	{DATEOID, canonical_encode_int32, canonical_decode_date, true, 0},
	{TIMEOID, canonical_encode_int64, canonical_decode_time, true, 0},
	{TIMETZOID, canonical_encode_timetz, canonical_decode_timetz, true, 0},
	{TIMESTAMPOID, canonical_encode_int64, canonical_decode_timestamp, true, 0},
	{TIMESTAMPTZOID, canonical_encode_int64, canonical_decode_timestamp, true, 0},
	{INTERVALOID, canonical_encode_interval, canonical_decode_interval, true, 0},
	{POINTOID, canonical_encode_floats, canonical_decode_floats, false, 2},
	{LSEGOID, canonical_encode_floats, canonical_decode_floats, false, 4},
	{BOXOID, canonical_encode_floats, canonical_decode_floats, false, 4},
	{LINEOID, canonical_encode_floats, canonical_decode_floats, false, 3},
	{CIRCLEOID, canonical_encode_floats, canonical_decode_floats, false, 3},
	{PATHOID, canonical_encode_path, canonical_decode_path, false, 0},
	{POLYGONOID, canonical_encode_polygon, canonical_decode_polygon, false, 0}
};

/* Types whose numbers mean something else in another database. */
static const Oid local_types[] = {
	OIDOID, REGPROCOID, REGPROCEDUREOID, REGOPEROID, REGOPERATOROID,
	REGCLASSOID, REGCOLLATIONOID, REGTYPEOID, REGCONFIGOID, REGDICTIONARYOID,
	REGNAMESPACEOID, REGROLEOID, XIDOID, XID8OID, CIDOID, TIDOID,
	PG_SNAPSHOTOID, TXID_SNAPSHOTOID
};

/*
 * Raise that a column has no such form, since a type in it is or has something.
 * reason ends "type x ...", as a clause without full stop.
 */
static void
pg_attribute_noreturn()
refuse(const CanonicalColumn *column, Oid type, const char *reason)
{
	if (column->form == CANONICAL_KEY_FORM)
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_TYPE_HAS_NO_KEY_FORM),
				 errmsg("column \"%s\" of type %s has no key form",
						column->name, format_type_be(column->type)),
				 errdetail("Type %s %s.", format_type_be(type), reason),
				 errhint("Use a key of other columns.")));

	ereport(ERROR,
			(errcode(ERRCODE_ALLMENDE_TYPE_HAS_NO_CANONICAL_FORM),
			 errmsg("column \"%s\" of type %s has no canonical form",
					column->name, format_type_be(column->type)),
			 errdetail("Type %s %s.", format_type_be(type), reason),
			 errhint("Leave the column out, or cast it to a type that has one, such as text, in a subquery.")));
}

/* Texts that a collation calls equal must have the same characters. */
static void
check_collation(const CanonicalColumn *column, Oid type, Oid collation)
{
	if (column->form != CANONICAL_KEY_FORM)
		return;
	if (!OidIsValid(collation))
		collation = get_typcollation(type);
	if (OidIsValid(collation) && !get_collation_isdeterministic(collation))
		refuse(column, type,
			   psprintf("calls different texts equal under collation \"%s\", which is not deterministic",
						get_collation_name(collation)));
}

static const BuiltinType *
find_builtin(Oid type)
{
	for (size_t i = 0; i < lengthof(builtin_types); i++)
	{
		if (builtin_types[i].type == type)
			return &builtin_types[i];
	}
	return NULL;
}

static bool
is_local(Oid type)
{
	for (size_t i = 0; i < lengthof(local_types); i++)
	{
		if (local_types[i] == type)
			return true;
	}
	return false;
}

/*
 * Has the type's default btree class an equality under which equal values are
 * the same bytes?  The class says so itself, in the function that lets a btree
 * index store duplicates once.
 */
static bool
equal_is_identical(Oid type, Oid collation)
{
	TypeCacheEntry *cache = lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY);
	Oid			function;

	if (!OidIsValid(cache->btree_opf))
		return false;
	if (!OidIsValid(collation))
		collation = get_typcollation(type);
	function = get_opfamily_proc(cache->btree_opf, cache->btree_opintype,
								 cache->btree_opintype, BTEQUALIMAGE_PROC);
	return OidIsValid(function) &&
		DatumGetBool(OidFunctionCall1Coll(function, collation,
										  ObjectIdGetDatum(cache->btree_opintype)));
}

static int
compare_labels(const void *a, const void *b)
{
	Oid			one = ((const CanonicalLabel *) a)->value;
	Oid			other = ((const CanonicalLabel *) b)->value;

	return one < other ? -1 : one > other;
}

static int
compare_names_of_labels(const void *a, const void *b)
{
	return strcmp(NameStr(((const CanonicalLabel *) a)->label),
				  NameStr(((const CanonicalLabel *) b)->label));
}

static void
create_enum(CanonicalType *result, Oid type)
{
	CatCList   *members = SearchSysCacheList1(ENUMTYPOIDNAME,
											  ObjectIdGetDatum(type));

	result->encode = canonical_encode_enum;
	result->decode = canonical_decode_enum;
	result->labels = palloc(members->n_members * sizeof(CanonicalLabel));
	result->label_count = members->n_members;
	for (int i = 0; i < members->n_members; i++)
	{
		HeapTuple	tuple = &members->members[i]->tuple;
		Form_pg_enum member = (Form_pg_enum) GETSTRUCT(tuple);

		result->labels[i].value = member->oid;
		result->labels[i].label = member->enumlabel;
	}
	ReleaseSysCacheList(members);
	result->labels_by_name = palloc(result->label_count * sizeof(CanonicalLabel));
	memcpy(result->labels_by_name, result->labels,
		   result->label_count * sizeof(CanonicalLabel));
	qsort(result->labels, result->label_count, sizeof(CanonicalLabel),
		  compare_labels);
	qsort(result->labels_by_name, result->label_count,
		  sizeof(CanonicalLabel), compare_names_of_labels);
}

static void
create_array(CanonicalType *result, const CanonicalColumn *column,
			 Oid element, Oid collation)
{
	result->encode = canonical_encode_array;
	result->decode = canonical_decode_array;
	result->element_type = element;
	result->element = canonical_type_create(column, element, collation);
	get_typlenbyvalalign(element, &result->element_length,
						 &result->element_by_value, &result->element_align);
}

/* A range's equality is that of its operator class, which any may be. */
static void
create_range(CanonicalType *result, const CanonicalColumn *column, Oid type)
{
	TypeCacheEntry *range = lookup_type_cache(type, TYPECACHE_RANGE_INFO);
	Oid			subtype = range->rngelemtype->type_id;
	TypeCacheEntry *cache = lookup_type_cache(subtype, TYPECACHE_CMP_PROC);

	if (column->form == CANONICAL_KEY_FORM &&
		cache->cmp_proc != range->rng_cmp_proc_finfo.fn_oid)
		refuse(column, type,
			   "compares with an operator class that is not the default of its subtype");
	result->encode = canonical_encode_range;
	result->decode = canonical_decode_range;
	result->range = range;
	result->element = canonical_type_create(column, subtype,
											range->rng_collation);
}

static void
create_multirange(CanonicalType *result, const CanonicalColumn *column,
				  Oid type)
{
	TypeCacheEntry *cache = lookup_type_cache(type,
											  TYPECACHE_MULTIRANGE_INFO);

	result->encode = canonical_encode_multirange;
	result->decode = canonical_decode_multirange;
	result->range = cache->rngtype;
	result->element = canonical_type_create(column, cache->rngtype->type_id,
											InvalidOid);
}

static bool
is_of_postgis(Oid type, const char *name)
{
	Oid			extension;

	if (strcmp(name, "geometry") != 0 && strcmp(name, "geography") != 0)
		return false;
	extension = get_extension_oid("postgis", true);
	return OidIsValid(extension) &&
		getExtensionOfObject(TypeRelationId, type) == extension;
}

/* The function that makes values of what is sent to it, if the type has it. */
static void
set_input(CanonicalType *result, Form_pg_type form, Oid function)
{
	if (!OidIsValid(function))
		return;
	fmgr_info(function, &result->input);
	result->input_argument = OidIsValid(form->typelem) ?
		form->typelem : form->oid;
}

static void
create_other(CanonicalType *result, const CanonicalColumn *column, Oid type,
			 Form_pg_type form, Oid collation)
{
	if (form->typcategory == TYPCATEGORY_INTERNAL)
		refuse(column, type, "is for PostgreSQL's internal use");
	if (!OidIsValid(form->typsend))
		refuse(column, type, "has no send function");
	if (func_volatile(form->typsend) == PROVOLATILE_VOLATILE)
		refuse(column, type, "has a send function that is marked VOLATILE");
	if (column->form == CANONICAL_KEY_FORM &&
		!equal_is_identical(type, collation))
		refuse(column, type,
			   "has no btree equality that is known to be that of its bytes");

	result->encode = canonical_encode_send;
	result->decode = canonical_decode_receive;
	set_input(result, form, form->typreceive);
	result->name = pstrdup(NameStr(form->typname));
	fmgr_info_cxt(form->typsend, &result->send, column->context);
}

static void
create_base(CanonicalType *result, const CanonicalColumn *column, Oid type,
			Form_pg_type form, Oid collation)
{
	const BuiltinType *builtin = find_builtin(type);
	Oid			element;

	if (builtin != NULL)
	{
		if (column->form == CANONICAL_KEY_FORM && !builtin->keyed)
			refuse(column, type, "has no btree equality");
		check_collation(column, type, collation);
		result->encode = builtin->encode;
		result->decode = builtin->decode;
		result->floats = builtin->floats;
		set_input(result, form, form->typreceive);
		return;
	}
	if (is_local(type))
		refuse(column, type,
			   "holds numbers that mean something else in another database");
	element = get_element_type(type);
	if (OidIsValid(element))
		create_array(result, column, element,
					 OidIsValid(collation) ? collation :
					 get_typcollation(type));
	else if (is_of_postgis(type, NameStr(form->typname)))
	{
		if (column->form == CANONICAL_KEY_FORM)
			refuse(column, type,
				   "has no btree equality that is known to be that of its bytes");
		result->encode = canonical_encode_geometry;
		result->decode = canonical_decode_geometry;
		set_input(result, form, form->typinput);
	}
	else
		create_other(result, column, type, form, collation);
}

static void
create_composite(CanonicalType *result, const CanonicalColumn *column,
				 Oid type)
{
	result->encode = canonical_encode_record;
	result->decode = canonical_decode_record;
	result->record = canonical_record_create(column->context, column->form,
											 type == RECORDOID ? InvalidOid : type,
											 pstrdup(column->name));
}

/* What an expression ROW(...) can have for columns, beside columns' types. */
static void
create_pseudo(CanonicalType *result, const CanonicalColumn *column, Oid type,
			  Oid collation)
{
	if (type == RECORDOID)
		create_composite(result, column, type);
	else if (type == RECORDARRAYOID)
		create_array(result, column, RECORDOID, InvalidOid);
	else if (type == UNKNOWNOID)
	{
		check_collation(column, TEXTOID, collation);
		result->encode = canonical_encode_unknown;
		result->decode = canonical_decode_record;
	}
	else
		refuse(column, type, "is a pseudo-type");
}

static void
create_of_kind(CanonicalType *result, const CanonicalColumn *column, Oid type,
			   Form_pg_type form, Oid collation)
{
	switch (form->typtype)
	{
		case TYPTYPE_BASE:
			create_base(result, column, type, form, collation);
			break;
		case TYPTYPE_ENUM:
			create_enum(result, type);
			break;
		case TYPTYPE_RANGE:
			create_range(result, column, type);
			break;
		case TYPTYPE_MULTIRANGE:
			create_multirange(result, column, type);
			break;
		case TYPTYPE_COMPOSITE:
			create_composite(result, column, type);
			break;
		case TYPTYPE_PSEUDO:
			create_pseudo(result, column, type, collation);
			break;
		default:
			elog(ERROR, "unexpected kind of type %u: %c", type,
				 form->typtype);
	}
}

CanonicalType *
canonical_type_create(const CanonicalColumn *column, Oid type, Oid collation)
{
	MemoryContext previous = MemoryContextSwitchTo(column->context);
	CanonicalType *result = palloc0(sizeof(*result));
	HeapTuple	tuple;

	check_stack_depth();
	result->form = column->form;
	result->column = column->name;
	type = getBaseType(type);
	result->type = type;
	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", type);
	result->length = ((Form_pg_type) GETSTRUCT(tuple))->typlen;
	create_of_kind(result, column, type, (Form_pg_type) GETSTRUCT(tuple),
				   collation);
	ReleaseSysCache(tuple);
	MemoryContextSwitchTo(previous);
	return result;
}
