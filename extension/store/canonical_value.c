/*
 * canonical_value.c
 *		Values in canonical form, type by type, in the order of FORMAT.md.
 *
 * Databases with the extension are in UTF8 (sql/install/00-header.sql), so the
 * bytes of texts are those that FORMAT.md wants.  What is taken out of storage
 * on the way stays in the current memory context: canonical_row_put()'s caller
 * resets it.
 */
#include "postgres.h"

#include <sys/socket.h>

#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/cash.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/geo_decls.h"
#include "utils/inet.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/multirangetypes.h"
#include "utils/numeric.h"
#include "utils/rangetypes.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"
#include "utils/varbit.h"

#include "../core/ewkb.h"
#include "canonical.h"

/* The flags of a range */
#define RANGE_IS_EMPTY 1
#define RANGE_LOWER_INCLUDED 2
#define RANGE_UPPER_INCLUDED 4
#define RANGE_NO_LOWER 8
#define RANGE_NO_UPPER 16

#define IPV4_SIZE 4
#define IPV6_SIZE 16

static void
put_value(CanonicalType *type, Datum value, CanonicalBuffer *buffer)
{
	size_t		mark = canonical_begin_value(buffer);

	type->encode(type, value, buffer);
	canonical_end_value(buffer, mark);
}

/* Length and bytes of a text inside a value. */
static void
put_counted(CanonicalBuffer *buffer, const char *bytes, int length)
{
	canonical_put_u32(buffer, (uint32) length);
	canonical_put_bytes(buffer, bytes, (size_t) length);
}

void
canonical_encode_bool(CanonicalType *type, Datum value,
					  CanonicalBuffer *buffer)
{
	(void) type;
	canonical_put_u8(buffer, DatumGetBool(value) ? 1 : 0);
}

void
canonical_encode_char(CanonicalType *type, Datum value,
					  CanonicalBuffer *buffer)
{
	(void) type;
	canonical_put_u8(buffer, (uint8) DatumGetChar(value));
}

void
canonical_encode_int16(CanonicalType *type, Datum value,
					   CanonicalBuffer *buffer)
{
	(void) type;
	canonical_put_u16(buffer, DatumGetUInt16(value));
}

/* also date */
void
canonical_encode_int32(CanonicalType *type, Datum value,
					   CanonicalBuffer *buffer)
{
	(void) type;
	canonical_put_u32(buffer, DatumGetUInt32(value));
}

/* also money, time, timestamp and timestamptz */
void
canonical_encode_int64(CanonicalType *type, Datum value,
					   CanonicalBuffer *buffer)
{
	(void) type;
	canonical_put_u64(buffer, (uint64) DatumGetInt64(value));
}

void
canonical_encode_float4(CanonicalType *type, Datum value,
						CanonicalBuffer *buffer)
{
	canonical_put_f32(buffer, DatumGetFloat4(value), type->form);
}

void
canonical_encode_float8(CanonicalType *type, Datum value,
						CanonicalBuffer *buffer)
{
	canonical_put_f64(buffer, DatumGetFloat8(value), type->form);
}

static void
put_numeric(CanonicalType *type, Datum value, CanonicalBuffer *buffer)
{
	bytea	   *wire = DatumGetByteaP(DirectFunctionCall1(numeric_send, value));
	CoreError	error;

	if (!canonical_put_numeric(buffer, VARDATA(wire), VARSIZE(wire) - VARHDRSZ,
							   type->form, &error))
		elog(ERROR, "unexpected output of numeric_send: %s", error.reason);
	pfree(wire);
}

void
canonical_encode_numeric(CanonicalType *type, Datum value,
						 CanonicalBuffer *buffer)
{
	put_numeric(type, value, buffer);
}

/* text, varchar, json, bytea: what is stored */
void
canonical_encode_varlena(CanonicalType *type, Datum value,
						 CanonicalBuffer *buffer)
{
	struct varlena *bytes = PG_DETOAST_DATUM_PACKED(value);

	(void) type;
	canonical_put_bytes(buffer, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
}

void
canonical_encode_bpchar(CanonicalType *type, Datum value,
						CanonicalBuffer *buffer)
{
	BpChar	   *text = DatumGetBpCharPP(value);
	int			length = VARSIZE_ANY_EXHDR(text);

	if (type->form == CANONICAL_KEY_FORM)
		length = bpchartruelen(VARDATA_ANY(text), length);
	canonical_put_bytes(buffer, VARDATA_ANY(text), (size_t) length);
}

void
canonical_encode_name(CanonicalType *type, Datum value,
					  CanonicalBuffer *buffer)
{
	const char *name = NameStr(*DatumGetName(value));

	(void) type;
	canonical_put_bytes(buffer, name, strnlen(name, NAMEDATALEN));
}

/* a literal in ROW(...) that nothing has given a type: a C string */
void
canonical_encode_unknown(CanonicalType *type, Datum value,
						 CanonicalBuffer *buffer)
{
	const char *text = DatumGetCString(value);

	(void) type;
	canonical_put_bytes(buffer, text, strlen(text));
}

/* xml_out eats one line feed a time; a second dump would eat the next one */
void
canonical_encode_xml(CanonicalType *type, Datum value,
					 CanonicalBuffer *buffer)
{
	const char *text = DatumGetCString(DirectFunctionCall1(xml_out, value));

	(void) type;
	text += strspn(text, "\n");
	canonical_put_bytes(buffer, text, strlen(text));
}

void
canonical_encode_bit(CanonicalType *type, Datum value,
					 CanonicalBuffer *buffer)
{
	VarBit	   *bits = DatumGetVarBitP(value);

	(void) type;
	canonical_put_u32(buffer, (uint32) VARBITLEN(bits));
	canonical_put_bytes(buffer, VARBITS(bits), VARBITBYTES(bits));
}

void
canonical_encode_uuid(CanonicalType *type, Datum value,
					  CanonicalBuffer *buffer)
{
	(void) type;
	canonical_put_bytes(buffer, DatumGetUUIDP(value)->data, UUID_LEN);
}

/* also cidr */
void
canonical_encode_inet(CanonicalType *type, Datum value,
					  CanonicalBuffer *buffer)
{
	inet	   *address = DatumGetInetPP(value);
	bool		is_v4 = ip_family(address) == PGSQL_AF_INET;

	(void) type;
	canonical_put_u8(buffer, is_v4 ? 4 : 6);
	canonical_put_u8(buffer, ip_bits(address));
	canonical_put_bytes(buffer, ip_addr(address),
						is_v4 ? IPV4_SIZE : IPV6_SIZE);
}

void
canonical_encode_macaddr(CanonicalType *type, Datum value,
						 CanonicalBuffer *buffer)
{
	const		macaddr *address = DatumGetMacaddrP(value);
	const unsigned char bytes[] = {
		address->a, address->b, address->c,
		address->d, address->e, address->f
	};

	(void) type;
	canonical_put_bytes(buffer, bytes, sizeof(bytes));
}

void
canonical_encode_macaddr8(CanonicalType *type, Datum value,
						  CanonicalBuffer *buffer)
{
	const		macaddr8 *address = DatumGetMacaddr8P(value);
	const unsigned char bytes[] = {
		address->a, address->b, address->c, address->d,
		address->e, address->f, address->g, address->h
	};

	(void) type;
	canonical_put_bytes(buffer, bytes, sizeof(bytes));
}

void
canonical_encode_timetz(CanonicalType *type, Datum value,
						CanonicalBuffer *buffer)
{
	const		TimeTzADT *time = DatumGetTimeTzADTP(value);

	(void) type;
	canonical_put_u64(buffer, (uint64) time->time);
	canonical_put_u32(buffer, (uint32) time->zone);
}

void
canonical_encode_interval(CanonicalType *type, Datum value,
						  CanonicalBuffer *buffer)
{
	const		Interval *interval = DatumGetIntervalP(value);

	if (type->form == CANONICAL_KEY_FORM)
	{
		canonical_put_interval_key(buffer, interval->time, interval->day,
								   interval->month);
		return;
	}
	canonical_put_u64(buffer, (uint64) interval->time);
	canonical_put_u32(buffer, (uint32) interval->day);
	canonical_put_u32(buffer, (uint32) interval->month);
}

static void
put_floats(CanonicalBuffer *buffer, const double *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		canonical_put_f64(buffer, numbers[i], CANONICAL_ROW_FORM);
}

/* point, lseg, box, line, circle: nothing but floats */
void
canonical_encode_floats(CanonicalType *type, Datum value,
						CanonicalBuffer *buffer)
{
	put_floats(buffer, (const double *) DatumGetPointer(value), type->floats);
}

void
canonical_encode_path(CanonicalType *type, Datum value,
					  CanonicalBuffer *buffer)
{
	const		PATH *path = DatumGetPathP(value);

	(void) type;
	canonical_put_u8(buffer, path->closed ? 1 : 0);
	canonical_put_u32(buffer, (uint32) path->npts);
	put_floats(buffer, (const double *) path->p, (size_t) path->npts * 2);
}

void
canonical_encode_polygon(CanonicalType *type, Datum value,
						 CanonicalBuffer *buffer)
{
	const		POLYGON *polygon = DatumGetPolygonP(value);

	(void) type;
	canonical_put_u32(buffer, (uint32) polygon->npts);
	put_floats(buffer, (const double *) polygon->p,
			   (size_t) polygon->npts * 2);
}

static void
put_jsonb_scalar(CanonicalType *type, const JsonbValue * scalar,
				 CanonicalBuffer *buffer)
{
	size_t		mark;

	switch (scalar->type)
	{
		case jbvNull:
			canonical_put_u8(buffer, 'n');
			break;
		case jbvBool:
			canonical_put_u8(buffer, scalar->val.boolean ? 't' : 'f');
			break;
		case jbvNumeric:
			canonical_put_u8(buffer, 'd');
			mark = canonical_begin_value(buffer);
			put_numeric(type, NumericGetDatum(scalar->val.numeric), buffer);
			canonical_end_value(buffer, mark);
			break;
		case jbvString:
			canonical_put_u8(buffer, 's');
			put_counted(buffer, scalar->val.string.val,
						scalar->val.string.len);
			break;
		default:
			elog(ERROR, "unexpected type of jsonb value: %d",
				 (int) scalar->type);
	}
}

void
canonical_encode_jsonb(CanonicalType *type, Datum value,
					   CanonicalBuffer *buffer)
{
	Jsonb	   *jsonb = DatumGetJsonbP(value);
	JsonbIterator *iterator = JsonbIteratorInit(&jsonb->root);
	JsonbIteratorToken token;
	JsonbValue	item;

	while ((token = JsonbIteratorNext(&iterator, &item, false)) != WJB_DONE)
	{
		switch (token)
		{
			case WJB_BEGIN_ARRAY:
				/* a scalar on its own is kept as an array of it */
				if (item.val.array.rawScalar)
					break;
				canonical_put_u8(buffer, '[');
				canonical_put_u32(buffer, (uint32) item.val.array.nElems);
				break;
			case WJB_BEGIN_OBJECT:
				canonical_put_u8(buffer, '{');
				canonical_put_u32(buffer, (uint32) item.val.object.nPairs);
				break;
			case WJB_KEY:
				put_counted(buffer, item.val.string.val, item.val.string.len);
				break;
			case WJB_ELEM:
			case WJB_VALUE:
				put_jsonb_scalar(type, &item, buffer);
				break;
			default:			/* counts say where an array or object ends */
				break;
		}
	}
}

static int
compare_to_label(const void *key, const void *label)
{
	Oid			value = *(const Oid *) key;
	Oid			other = ((const CanonicalLabel *) label)->value;

	return value < other ? -1 : value > other;
}

void
canonical_encode_enum(CanonicalType *type, Datum value,
					  CanonicalBuffer *buffer)
{
	Oid			oid = DatumGetObjectId(value);
	const CanonicalLabel *found = bsearch(&oid, type->labels,
										  (size_t) type->label_count,
										  sizeof(CanonicalLabel),
										  compare_to_label);

	if (found == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid internal value for enum: %u", oid)));
	canonical_put_bytes(buffer, NameStr(found->label),
						strlen(NameStr(found->label)));
}

void
canonical_encode_array(CanonicalType *type, Datum value,
					   CanonicalBuffer *buffer)
{
	ArrayType  *array = DatumGetArrayTypeP(value);
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	canonical_put_u32(buffer, (uint32) ARR_NDIM(array));
	for (int i = 0; i < ARR_NDIM(array); i++)
	{
		canonical_put_u32(buffer, (uint32) ARR_DIMS(array)[i]);
		canonical_put_u32(buffer, (uint32) ARR_LBOUND(array)[i]);
	}
	deconstruct_array(array, ARR_ELEMTYPE(array), type->element_length,
					  type->element_by_value, type->element_align,
					  &elements, &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		if (nulls[i])
			canonical_put_null(buffer);
		else
			put_value(type->element, elements[i], buffer);
	}
	pfree(elements);
	pfree(nulls);
}

void
canonical_encode_record(CanonicalType *type, Datum value,
						CanonicalBuffer *buffer)
{
	canonical_record_put(type->record, DatumGetHeapTupleHeader(value), buffer);
}

void
canonical_encode_range(CanonicalType *type, Datum value,
					   CanonicalBuffer *buffer)
{
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;

	range_deserialize(type->range, DatumGetRangeTypeP(value), &lower, &upper,
					  &empty);
	if (empty)
	{
		canonical_put_u8(buffer, RANGE_IS_EMPTY);
		return;
	}
	canonical_put_u8(buffer,
					 (lower.inclusive ? RANGE_LOWER_INCLUDED : 0) |
					 (upper.inclusive ? RANGE_UPPER_INCLUDED : 0) |
					 (lower.infinite ? RANGE_NO_LOWER : 0) |
					 (upper.infinite ? RANGE_NO_UPPER : 0));
	if (!lower.infinite)
		put_value(type->element, lower.val, buffer);
	if (!upper.infinite)
		put_value(type->element, upper.val, buffer);
}

void
canonical_encode_multirange(CanonicalType *type, Datum value,
							CanonicalBuffer *buffer)
{
	RangeType **ranges;
	int32		count;

	multirange_deserialize(type->range, DatumGetMultirangeTypeP(value),
						   &count, &ranges);
	canonical_put_u32(buffer, (uint32) count);
	for (int32 i = 0; i < count; i++)
		put_value(type->element, RangeTypePGetDatum(ranges[i]), buffer);
}

void
canonical_encode_geometry(CanonicalType *type, Datum value,
						  CanonicalBuffer *buffer)
{
	struct varlena *geometry = PG_DETOAST_DATUM_PACKED(value);
	CoreError	error;

	(void) type;
	if (!ewkb_put(buffer, VARDATA_ANY(geometry), VARSIZE_ANY_EXHDR(geometry),
				  &error))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("geometry has no canonical form"),
				 errdetail("%s at byte %ld.", error.reason,
						   error.position + 1)));
}

/*
 * What the type's send function gives, whatever the session's client_encoding
 * is: text in it, if any, would be converted.  The server's own parallel workers
 * set their encoding in the same way.
 */
static bytea *
send_in_database_encoding(CanonicalType *type, Datum value)
{
	int			client = pg_get_client_encoding();
	bytea	   *volatile result = NULL;

	if (client == GetDatabaseEncoding())
		return SendFunctionCall(&type->send, value);

	SetClientEncoding(GetDatabaseEncoding());
	PG_TRY();
	{
		result = SendFunctionCall(&type->send, value);
	}
	PG_FINALLY();
	{
		SetClientEncoding(client);
	}
	PG_END_TRY();
	return result;
}

void
canonical_encode_send(CanonicalType *type, Datum value,
					  CanonicalBuffer *buffer)
{
	bytea	   *bytes = send_in_database_encoding(type, value);

	canonical_put_bytes(buffer, type->name, strlen(type->name) + 1);
	canonical_put_bytes(buffer, VARDATA(bytes), VARSIZE(bytes) - VARHDRSZ);
	pfree(bytes);
}
