/*
 * canonical_decode.c
 *		Values read back from the canonical row form, type by type, in the
 *		order of FORMAT.md.
 *
 * What has rules of its own is made by the type's own receive or input function,
 * so that no bytes make a value that PostgreSQL would not take.  No typmod and
 * no constraint of a domain is applied: values come back as they were, even where
 * the column has become stricter since.
 */
#include "postgres.h"

#include <sys/socket.h>

#include "catalog/pg_enum.h"
#include "catalog/pg_type.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/inet.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/multirangetypes.h"
#include "utils/numeric.h"
#include "utils/rangetypes.h"
#include "utils/timestamp.h"
#include "utils/varbit.h"
#include "utils/xml.h"

#include "../core/ewkb.h"
#include "../errcodes.h"
#include "canonical_decode.h"
#include "canonical_point.h"

void
canonical_decode_fail(const CanonicalType *type,
					  const CanonicalReader *reader)
{
	ereport(ERROR,
			(errcode(ERRCODE_ALLMENDE_CANONICAL_FORM_INVALID),
			 errmsg("column \"%s\" has bytes that are no value of type %s",
					type->column, format_type_be(type->type)),
			 errdetail("%s at byte %ld.", reader->error.reason,
					   reader->error.position + 1)));
}

/* Raise the reader's error unless what was read from it could be. */
static void
need(const CanonicalType *type, const CanonicalReader *reader, bool could)
{
	if (!could)
		canonical_decode_fail(type, reader);
}

/* The bytes do not make a value; it begins where the reader is. */
static void
pg_attribute_noreturn()
fail(const CanonicalType *type, CanonicalReader *reader, const char *reason)
{
	canonical_read_fail(reader, reason);
	canonical_decode_fail(type, reader);
}

static uint32
read_u32(const CanonicalType *type, CanonicalReader *reader)
{
	uint32		number;

	need(type, reader, canonical_read_u32(reader, &number));
	return number;
}

/* The last number of a value. */
static uint8
last_u8(const CanonicalType *type, CanonicalReader *reader)
{
	uint8		number;

	need(type, reader, canonical_read_u8(reader, &number) &&
		 canonical_read_end(reader));
	return number;
}

static uint32
last_u32(const CanonicalType *type, CanonicalReader *reader)
{
	uint32		number = read_u32(type, reader);

	need(type, reader, canonical_read_end(reader));
	return number;
}

static int64
read_i64(const CanonicalType *type, CanonicalReader *reader)
{
	uint64		number;

	need(type, reader, canonical_read_u64(reader, &number));
	return (int64) number;
}

static int64
last_i64(const CanonicalType *type, CanonicalReader *reader)
{
	int64		number = read_i64(type, reader);

	need(type, reader, canonical_read_end(reader));
	return number;
}

/* All that is left. */
static const char *
rest(CanonicalReader *reader, int *length)
{
	const char *bytes = (const char *) reader->bytes + reader->position;

	*length = (int) canonical_left(reader);
	reader->position = reader->end;
	return bytes;
}

/* All that is left, as characters that a text may have. */
static const char *
rest_of_text(const CanonicalType *type, CanonicalReader *reader, int *length)
{
	const char *bytes = (const char *) reader->bytes + reader->position;
	int			valid;

	*length = (int) canonical_left(reader);
	valid = pg_encoding_verifymbstr(GetDatabaseEncoding(), bytes, *length);
	reader->position += valid;
	if (valid != *length)
		fail(type, reader, "Expected a character of UTF-8 other than NUL");
	return bytes;
}

/* A value of a type, or of a part of it, that may be NULL. */
static Datum
read_value(CanonicalType *outer, CanonicalType *type, CanonicalReader *reader,
		   bool *is_null)
{
	CanonicalReader value;

	need(outer, reader, canonical_read_value(reader, &value, is_null));
	return *is_null ? (Datum) 0 : type->decode(type, &value);
}

static Datum
read_not_null(CanonicalType *outer, CanonicalType *type,
			  CanonicalReader *reader)
{
	size_t		start = reader->position;
	bool		is_null;
	Datum		value = read_value(outer, type, reader, &is_null);

	if (is_null)
	{
		reader->position = start;
		fail(outer, reader, "A part is null that must not be");
	}
	return value;
}

Datum
canonical_decode_bool(CanonicalType *type, CanonicalReader *reader)
{
	uint8		number = last_u8(type, reader);

	if (number > 1)
	{
		reader->position--;
		fail(type, reader, "Expected 0 or 1");
	}
	return BoolGetDatum(number == 1);
}

Datum
canonical_decode_char(CanonicalType *type, CanonicalReader *reader)
{
	return CharGetDatum((char) last_u8(type, reader));
}

Datum
canonical_decode_int16(CanonicalType *type, CanonicalReader *reader)
{
	uint16		number;

	need(type, reader, canonical_read_u16(reader, &number) &&
		 canonical_read_end(reader));
	return Int16GetDatum((int16) number);
}

Datum
canonical_decode_int32(CanonicalType *type, CanonicalReader *reader)
{
	return Int32GetDatum((int32) last_u32(type, reader));
}

/* also money */
Datum
canonical_decode_int64(CanonicalType *type, CanonicalReader *reader)
{
	return Int64GetDatum(last_i64(type, reader));
}

Datum
canonical_decode_float4(CanonicalType *type, CanonicalReader *reader)
{
	float		number;

	need(type, reader, canonical_read_f32(reader, &number) &&
		 canonical_read_end(reader));
	return Float4GetDatum(number);
}

Datum
canonical_decode_float8(CanonicalType *type, CanonicalReader *reader)
{
	double		number;

	need(type, reader, canonical_read_f64(reader, &number) &&
		 canonical_read_end(reader));
	return Float8GetDatum(number);
}

Datum
canonical_decode_date(CanonicalType *type, CanonicalReader *reader)
{
	DateADT		date = (DateADT) last_u32(type, reader);

	if (!DATE_NOT_FINITE(date) && !IS_VALID_DATE(date))
	{
		reader->position -= sizeof(uint32);
		fail(type, reader, "The date is out of range");
	}
	return DateADTGetDatum(date);
}

static TimeADT
checked_time(const CanonicalType *type, CanonicalReader *reader)
{
	TimeADT		time = read_i64(type, reader);

	if (time < 0 || time > USECS_PER_DAY)
	{
		reader->position -= sizeof(uint64);
		fail(type, reader, "The time is out of range");
	}
	return time;
}

Datum
canonical_decode_time(CanonicalType *type, CanonicalReader *reader)
{
	TimeADT		time = checked_time(type, reader);

	need(type, reader, canonical_read_end(reader));
	return TimeADTGetDatum(time);
}

Datum
canonical_decode_timetz(CanonicalType *type, CanonicalReader *reader)
{
	TimeTzADT  *result = palloc(sizeof(*result));

	result->time = checked_time(type, reader);
	result->zone = (int32) last_u32(type, reader);
	if (result->zone <= -TZDISP_LIMIT || result->zone >= TZDISP_LIMIT)
	{
		reader->position -= sizeof(uint32);
		fail(type, reader, "The time zone is out of range");
	}
	return TimeTzADTPGetDatum(result);
}

/* also timestamptz */
Datum
canonical_decode_timestamp(CanonicalType *type, CanonicalReader *reader)
{
	Timestamp	time = last_i64(type, reader);

	if (!TIMESTAMP_NOT_FINITE(time) && !IS_VALID_TIMESTAMP(time))
	{
		reader->position -= sizeof(uint64);
		fail(type, reader, "The timestamp is out of range");
	}
	return TimestampGetDatum(time);
}

Datum
canonical_decode_interval(CanonicalType *type, CanonicalReader *reader)
{
	Interval   *result = palloc(sizeof(*result));

	result->time = read_i64(type, reader);
	result->day = (int32) read_u32(type, reader);
	result->month = (int32) last_u32(type, reader);
	return IntervalPGetDatum(result);
}

/* A receive function's result, of bytes that are all used. */
static Datum
received(CanonicalType *type, CanonicalReader *reader, StringInfo wire)
{
	Datum		result = ReceiveFunctionCall(&type->input, wire,
											 type->input_argument, -1);

	if (wire->cursor != wire->len)
		fail(type, reader, "The type's receive function left bytes over");
	return result;
}

/* A numeric, of any type that holds one. */
static Datum
decode_number(const CanonicalType *type, CanonicalReader *reader)
{
	size_t		length;
	StringInfoData wire;
	Datum		result;

	initStringInfo(&wire);
	enlargeStringInfo(&wire,
					  (int) CANONICAL_NUMERIC_WIRE_SIZE(canonical_left(reader)));
	need(type, reader,
		 canonical_read_numeric(reader, (unsigned char *) wire.data, &length));
	wire.len = (int) length;
	result = DirectFunctionCall3(numeric_recv, PointerGetDatum(&wire),
								 ObjectIdGetDatum(InvalidOid),
								 Int32GetDatum(-1));
	pfree(wire.data);
	return result;
}

Datum
canonical_decode_numeric(CanonicalType *type, CanonicalReader *reader)
{
	return decode_number(type, reader);
}

/* text, varchar, bpchar */
Datum
canonical_decode_text(CanonicalType *type, CanonicalReader *reader)
{
	int			length;
	const char *bytes = rest_of_text(type, reader, &length);

	return PointerGetDatum(cstring_to_text_with_len(bytes, length));
}

Datum
canonical_decode_name(CanonicalType *type, CanonicalReader *reader)
{
	NameData   *result = palloc0(sizeof(*result));
	int			length;
	const char *bytes;

	if (canonical_left(reader) >= NAMEDATALEN)
		fail(type, reader, "The name is too long");
	bytes = rest_of_text(type, reader, &length);
	memcpy(result->data, bytes, length);
	return NameGetDatum(result);
}

Datum
canonical_decode_bytea(CanonicalType *type, CanonicalReader *reader)
{
	int			length;
	const char *bytes = rest(reader, &length);

	(void) type;
	return PointerGetDatum(cstring_to_text_with_len(bytes, length));
}

Datum
canonical_decode_json(CanonicalType *type, CanonicalReader *reader)
{
	int			length;
	const char *bytes = rest_of_text(type, reader, &length);

	return DirectFunctionCall1(json_in,
							   CStringGetDatum(pnstrdup(bytes, length)));
}

static void
read_json(const CanonicalType *type, CanonicalReader *reader,
		  CanonicalJson *json)
{
	need(type, reader, canonical_read_json(reader, json));
}

static void
json_scalar(const CanonicalType *type, CanonicalJson *json, JsonbValue *scalar)
{
	Numeric		number;

	switch (json->tag)
	{
		case 'n':
			scalar->type = jbvNull;
			break;
		case 'd':
			number = DatumGetNumeric(decode_number(type, &json->content));
			if (numeric_is_nan(number) || numeric_is_inf(number))
				fail(type, &json->content, "A number in jsonb is not finite");
			scalar->type = jbvNumeric;
			scalar->val.numeric = number;
			break;
		case 's':
			scalar->type = jbvString;
			scalar->val.string.val = (char *)
				rest_of_text(type, &json->content, &scalar->val.string.len);
			break;
		default:
			scalar->type = jbvBool;
			scalar->val.boolean = json->tag == 't';
	}
}

static JsonbValue *push_json(const CanonicalType *type,
							 CanonicalReader *reader, CanonicalJson *json,
							 JsonbParseState **state,
							 JsonbIteratorToken token);

static JsonbValue *
push_json_array(const CanonicalType *type, CanonicalReader *reader,
				uint32 count, JsonbParseState **state)
{
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	for (uint32 i = 0; i < count; i++)
	{
		CanonicalJson element;

		read_json(type, reader, &element);
		push_json(type, reader, &element, state, WJB_ELEM);
	}
	return pushJsonbValue(state, WJB_END_ARRAY, NULL);
}

static JsonbValue *
push_json_object(const CanonicalType *type, CanonicalReader *reader,
				 uint32 count, JsonbParseState **state)
{
	CanonicalReader before;

	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	for (uint32 i = 0; i < count; i++)
	{
		CanonicalReader key;
		CanonicalJson value;
		JsonbValue	name;

		need(type, reader,
			 canonical_read_json_key(reader, i > 0 ? &before : NULL, &key));
		before = key;
		name.type = jbvString;
		name.val.string.val = (char *)
			rest_of_text(type, &key, &name.val.string.len);
		pushJsonbValue(state, WJB_KEY, &name);
		read_json(type, reader, &value);
		push_json(type, reader, &value, state, WJB_VALUE);
	}
	return pushJsonbValue(state, WJB_END_OBJECT, NULL);
}

static JsonbValue *
push_json(const CanonicalType *type, CanonicalReader *reader,
		  CanonicalJson *json, JsonbParseState **state,
		  JsonbIteratorToken token)
{
	JsonbValue	scalar;

	check_stack_depth();
	if (json->tag == '[')
		return push_json_array(type, reader, json->count, state);
	if (json->tag == '{')
		return push_json_object(type, reader, json->count, state);
	json_scalar(type, json, &scalar);
	return pushJsonbValue(state, token, &scalar);
}

Datum
canonical_decode_jsonb(CanonicalType *type, CanonicalReader *reader)
{
	JsonbParseState *state = NULL;
	CanonicalJson json;
	JsonbValue	scalar;
	JsonbValue *whole = &scalar;

	read_json(type, reader, &json);
	if (json.tag == '[' || json.tag == '{')
		whole = push_json(type, reader, &json, &state, WJB_ELEM);
	else
		json_scalar(type, &json, &scalar);
	need(type, reader, canonical_read_end(reader));
	return JsonbPGetDatum(JsonbValueToJsonb(whole));
}

/* as a dump restores it, whatever xmloption the session has */
Datum
canonical_decode_xml(CanonicalType *type, CanonicalReader *reader)
{
	int			length;
	const char *bytes = rest_of_text(type, reader, &length);

	return XmlPGetDatum(xmlparse(cstring_to_text_with_len(bytes, length),
								 XMLOPTION_CONTENT, true));
}

/* also varbit */
Datum
canonical_decode_bit(CanonicalType *type, CanonicalReader *reader)
{
	const unsigned char *bytes;
	uint32		count;
	VarBit	   *result;

	need(type, reader, canonical_read_bits(reader, &count, &bytes));
	if (count > VARBITMAXLEN)
		fail(type, reader, "The value has too many bits");
	result = palloc0(VARBITTOTALLEN(count));
	SET_VARSIZE(result, VARBITTOTALLEN(count));
	VARBITLEN(result) = (int32) count;
	memcpy(VARBITS(result), bytes, VARBITBYTES(result));
	return VarBitPGetDatum(result);
}

/* uuid, macaddr, macaddr8: bytes as they are in memory */
Datum
canonical_decode_fixed(CanonicalType *type, CanonicalReader *reader)
{
	const unsigned char *bytes;
	void	   *result = palloc(type->length);

	need(type, reader, canonical_read_bytes(reader, type->length, &bytes) &&
		 canonical_read_end(reader));
	memcpy(result, bytes, type->length);
	return PointerGetDatum(result);
}

/* also cidr */
Datum
canonical_decode_inet(CanonicalType *type, CanonicalReader *reader)
{
	StringInfoData wire;
	uint8		family;
	uint8		prefix;
	int			length;
	const char *address;

	need(type, reader, canonical_read_u8(reader, &family) &&
		 canonical_read_u8(reader, &prefix));
	if (family != 4 && family != 6)
		fail(type, reader, "The address is neither of version 4 nor of 6");
	address = rest(reader, &length);
	initStringInfo(&wire);
	pq_sendbyte(&wire, family == 4 ? PGSQL_AF_INET : PGSQL_AF_INET6);
	pq_sendbyte(&wire, prefix);
	pq_sendbyte(&wire, type->type == CIDROID);
	pq_sendbyte(&wire, (uint8) Min(length, 255));
	pq_sendbytes(&wire, address, length);
	return received(type, reader, &wire);
}

static void
copy_floats(const CanonicalType *type, CanonicalReader *reader, size_t count,
			StringInfo wire)
{
	for (size_t i = 0; i < count; i++)
	{
		double		number;

		need(type, reader, canonical_read_f64(reader, &number));
		pq_sendfloat8(wire, number);
	}
	need(type, reader, canonical_read_end(reader));
}

/* point, lseg, box, line, circle */
Datum
canonical_decode_floats(CanonicalType *type, CanonicalReader *reader)
{
	StringInfoData wire;

	initStringInfo(&wire);
	copy_floats(type, reader, (size_t) type->floats, &wire);
	return received(type, reader, &wire);
}

static Datum
decode_points(CanonicalType *type, CanonicalReader *reader, StringInfo wire)
{
	uint32		count;

	need(type, reader,
		 canonical_read_count(reader, 2 * sizeof(double), &count));
	pq_sendint32(wire, count);
	copy_floats(type, reader, (size_t) count * 2, wire);
	return received(type, reader, wire);
}

Datum
canonical_decode_path(CanonicalType *type, CanonicalReader *reader)
{
	StringInfoData wire;
	uint8		closed;

	need(type, reader, canonical_read_u8(reader, &closed));
	if (closed > 1)
		fail(type, reader, "A path is neither open nor closed");
	initStringInfo(&wire);
	pq_sendbyte(&wire, closed);
	return decode_points(type, reader, &wire);
}

Datum
canonical_decode_polygon(CanonicalType *type, CanonicalReader *reader)
{
	StringInfoData wire;

	initStringInfo(&wire);
	return decode_points(type, reader, &wire);
}

static int
compare_to_name(const void *key, const void *label)
{
	return strcmp(key, NameStr(((const CanonicalLabel *) label)->label));
}

/*
 * The value of a label, invalid where the type has none.  One that was added in
 * this transaction must not get into indexes, as enum_in() has it.
 */
static Oid
enum_value(const CanonicalType *type, const char *bytes, int length)
{
	char		name[NAMEDATALEN];
	const CanonicalLabel *found;

	if (length >= NAMEDATALEN)
		return InvalidOid;
	memcpy(name, bytes, length);
	name[length] = '\0';
	found = bsearch(name, type->labels_by_name, (size_t) type->label_count,
					sizeof(CanonicalLabel), compare_to_name);
	if (found == NULL)
		return InvalidOid;
	if (EnumUncommitted(found->value))
		ereport(ERROR,
				(errcode(ERRCODE_UNSAFE_NEW_ENUM_VALUE_USAGE),
				 errmsg("unsafe use of new value \"%s\" of enum type %s",
						name, format_type_be(type->type)),
				 errhint("New enum values must be committed before they can be used.")));
	return found->value;
}

Datum
canonical_decode_enum(CanonicalType *type, CanonicalReader *reader)
{
	size_t		start = reader->position;
	int			length;
	const char *bytes = rest_of_text(type, reader, &length);
	Oid			value = enum_value(type, bytes, length);

	if (!OidIsValid(value))
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_LABEL_IS_MISSING),
				 errmsg("enum type %s has no label \"%s\"",
						format_type_be(type->type),
						pnstrdup(bytes, pg_mbcliplen(bytes, length, NAMEDATALEN - 1))),
				 errdetail("Column \"%s\" has it at byte %zu.", type->column,
						   start + 1),
				 errhint("The label was there when the row was written. Add it again, or give the one that replaced it its old name.")));
	return ObjectIdGetDatum(value);
}

/* An int2vector has one dimension, from 0, even where it is empty. */
static Datum
array_of(const CanonicalType *type, CanonicalReader *reader,
		 CanonicalArray *array, Datum *values, bool *nulls)
{
	if (type->type == INT2VECTOROID)
	{
		int16	   *numbers = palloc(sizeof(int16) * Max(array->count, 1));

		if (array->dimensions != 1 || array->lower_bounds[0] != 0)
			fail(type, reader, "The array has not one dimension from 0");
		for (uint32 i = 0; i < array->count; i++)
		{
			if (nulls[i])
				fail(type, reader, "An element is null");
			numbers[i] = DatumGetInt16(values[i]);
		}
		return PointerGetDatum(buildint2vector(numbers, (int) array->count));
	}
	if (array->dimensions == 0)
		return PointerGetDatum(construct_empty_array(type->element_type));
	if (array->count == 0)
		fail(type, reader, "A dimension has no elements");
	return PointerGetDatum(construct_md_array(values, nulls,
											  array->dimensions,
											  array->lengths,
											  array->lower_bounds,
											  type->element_type,
											  type->element_length,
											  type->element_by_value,
											  type->element_align));
}

Datum
canonical_decode_array(CanonicalType *type, CanonicalReader *reader)
{
	CanonicalArray array;
	Datum	   *values;
	bool	   *nulls;

	check_stack_depth();
	need(type, reader, canonical_read_array(reader, &array));
	values = palloc_extended(sizeof(Datum) * Max(array.count, 1),
							 MCXT_ALLOC_HUGE);
	nulls = palloc(Max(array.count, 1));
	for (uint32 i = 0; i < array.count; i++)
		values[i] = read_value(type, type->element, reader, &nulls[i]);
	need(type, reader, canonical_read_end(reader));
	return array_of(type, reader, &array, values, nulls);
}

/* also a literal without a type, which no column of a row type has */
Datum
canonical_decode_record(CanonicalType *type, CanonicalReader *reader)
{
	if (type->record == NULL || type->type == RECORDOID)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("column \"%s\" of type %s cannot be read from canonical form",
						type->column, format_type_be(type->type)),
				 errdetail("Types of columns are no part of the form.")));
	return canonical_record_get_part(type, reader);
}

/* A bound, which is infinite where there is none. */
static RangeBound
read_bound(CanonicalType *type, CanonicalReader *reader, bool has, bool lower,
		   bool included)
{
	RangeBound	bound;

	bound.infinite = !has;
	bound.inclusive = included;
	bound.lower = lower;
	bound.val = has ? read_not_null(type, type->element, reader) : (Datum) 0;
	return bound;
}

Datum
canonical_decode_range(CanonicalType *type, CanonicalReader *reader)
{
	CanonicalRange range;
	RangeBound	lower;
	RangeBound	upper;

	check_stack_depth();
	need(type, reader, canonical_read_range(reader, &range));
	lower = read_bound(type, reader, range.has_lower, true,
					   range.lower_included);
	upper = read_bound(type, reader, range.has_upper, false,
					   range.upper_included);
	need(type, reader, canonical_read_end(reader));
	return RangeTypePGetDatum(make_range(type->range, &lower, &upper,
										 range.empty));
}

Datum
canonical_decode_multirange(CanonicalType *type, CanonicalReader *reader)
{
	uint32		count;
	RangeType **ranges;

	need(type, reader, canonical_read_count(reader, sizeof(uint32), &count));
	ranges = palloc(sizeof(RangeType *) * Max(count, 1));
	for (uint32 i = 0; i < count; i++)
		ranges[i] = DatumGetRangeTypeP(read_not_null(type, type->element,
													 reader));
	need(type, reader, canonical_read_end(reader));
	return MultirangeTypePGetDatum(make_multirange(type->type, type->range,
												   (int32) count, ranges));
}

/*
 * By PostGIS' input function, in hexadecimal, as a dump brings it in: unlike the
 * receive function it takes lines of one point and rings that are not closed,
 * which tables have.  It ignores what follows a geometry and repairs some of
 * what it reads, hence the comparison.
 */
Datum
canonical_decode_geometry(CanonicalType *type, CanonicalReader *reader)
{
	const unsigned char *start = reader->bytes + reader->position;
	int			length;
	const char *bytes = rest(reader, &length);
	char	   *text;
	struct varlena *result;
	CanonicalBuffer again;
	CoreError	error;

	if (length == 0 || *start != 1)
		fail(type, reader, "The geometry is not EWKB of byte order NDR");
	result = canonical_point_copy(type, start, length);
	if (result != NULL)
		return PointerGetDatum(result);
	text = palloc_extended((Size) length * 2 + 1, MCXT_ALLOC_HUGE);
	text[hex_encode(bytes, length, text)] = '\0';
	result = (struct varlena *)
		DatumGetPointer(InputFunctionCall(&type->input, text,
										  type->input_argument, -1));
	pfree(text);

	canonical_buffer_create(CurrentMemoryContext, &again);
	if (!ewkb_put(&again, VARDATA_ANY(result), VARSIZE_ANY_EXHDR(result),
				  &error) ||
		again.failed || again.length != (size_t) length ||
		memcmp(again.bytes, bytes, length) != 0)
		fail(type, reader, "The geometry does not come back as it is");
	pfree(again.bytes);
	canonical_point_keep(type, start, length, result);
	return PointerGetDatum(result);
}

/* Receive, with texts in the database's encoding, as they were sent. */
static Datum
receive_in_database_encoding(CanonicalType *type, CanonicalReader *reader,
							 StringInfo wire)
{
	int			client = pg_get_client_encoding();
	volatile Datum result = (Datum) 0;

	if (client == GetDatabaseEncoding())
		return received(type, reader, wire);

	SetClientEncoding(GetDatabaseEncoding());
	PG_TRY();
	{
		result = received(type, reader, wire);
	}
	PG_FINALLY();
	{
		SetClientEncoding(client);
	}
	PG_END_TRY();
	return result;
}

Datum
canonical_decode_receive(CanonicalType *type, CanonicalReader *reader)
{
	size_t		name_length = strlen(type->name) + 1;
	const unsigned char *name;
	const char *bytes;
	int			length;
	StringInfoData wire;

	if (!OidIsValid(type->input.fn_oid))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("column \"%s\" of type %s cannot be read from canonical form",
						type->column, format_type_be(type->type)),
				 errdetail("The type has no receive function.")));
	need(type, reader, canonical_read_bytes(reader, name_length, &name));
	if (memcmp(name, type->name, name_length) != 0)
	{
		reader->position -= name_length;
		fail(type, reader, "The value is of a type of another name");
	}
	bytes = rest(reader, &length);
	initStringInfo(&wire);
	appendBinaryStringInfo(&wire, bytes, length);
	return receive_in_database_encoding(type, reader, &wire);
}
