/*
 * canonical.h
 *		The canonical form of rows and values within the server.  postgres.h
 *		comes first.
 *
 * FORMAT.md fixes every byte.  A row's type is resolved once, into a tree of
 * CanonicalType; rows are then encoded without a look into the catalogue.
 */
#ifndef ALLMENDE_STORE_CANONICAL_H
#define ALLMENDE_STORE_CANONICAL_H

#include "access/htup.h"
#include "access/tupdesc.h"
#include "fmgr.h"
#include "utils/typcache.h"

#include "../core/canonical.h"
#include "../core/canonical_read.h"

typedef struct CanonicalType CanonicalType;
typedef struct CanonicalRow CanonicalRow;
typedef struct CanonicalRecord CanonicalRecord;
typedef struct CanonicalPoint CanonicalPoint;

/* Write the bytes of a value that is not NULL, without their length. */
typedef void (*CanonicalEncode) (CanonicalType *type, Datum value,
								 CanonicalBuffer *buffer);

/*
 * Read the bytes of a value that is not NULL, in row form; the reader has
 * nothing else.
 */
typedef Datum (*CanonicalDecode) (CanonicalType *type,
								  CanonicalReader *reader);

/* A label of an enum. */
typedef struct CanonicalLabel
{
	Oid			value;
	NameData	label;
} CanonicalLabel;

/* How the values of a type are encoded and decoded. */
struct CanonicalType
{
	CanonicalEncode encode;
	CanonicalDecode decode;
	CanonicalForm form;
	Oid			type;			/* of domains the base type */
	int16		length;			/* typlen */
	const char *column;			/* that it is in, for messages */
	int			floats;			/* types of nothing but floats: how many */

	/* arrays: element; ranges: subtype; multiranges: range */
	CanonicalType *element;
	Oid			element_type;
	int16		element_length;
	bool		element_by_value;
	char		element_align;

	TypeCacheEntry *range;		/* ranges and multiranges: the range */
	CanonicalRecord *record;	/* composites */
	CanonicalLabel *labels;		/* enums: by OID */
	CanonicalLabel *labels_by_name;
	int			label_count;
	FmgrInfo	send;			/* other types */
	char	   *name;

	/* receive or input function, where decode needs it; else no function */
	FmgrInfo	input;
	Oid			input_argument;
	CanonicalPoint *point;		/* geometries: one that was decoded */
};

/*
 * canonical.c: rows and records
 */

/*
 * What encodes rows of a descriptor, in memory below parent; columns that are
 * dropped are passed over.  column_ids has one id for each column, dropped ones
 * included, or is NULL: then the others are numbered from 1.  Raises RD201 or
 * RD202 for a column whose type has no canonical form, or no key form.
 */
extern CanonicalRow *canonical_row_create(MemoryContext parent,
										  TupleDesc descriptor,
										  const uint32 *column_ids,
										  CanonicalForm form);

/*
 * Write a row's columns.  Leaves memory behind in the current memory context,
 * which the caller resets now and then.
 */
extern void canonical_row_put(CanonicalRow *row, const Datum *values,
							  const bool *nulls, CanonicalBuffer *buffer);

/*
 * What encodes records, of any row type and of one after the other.  Where type
 * is valid, it is resolved at once, and what has no form is refused before a
 * value is met.  column names the column that the records are in, for messages,
 * and is NULL for whole rows.
 */
extern CanonicalRecord *canonical_record_create(MemoryContext parent,
												CanonicalForm form, Oid type,
												const char *column);

/* Write a record's columns; as canonical_row_put() does. */
extern void canonical_record_put(CanonicalRecord *record,
								 HeapTupleHeader tuple,
								 CanonicalBuffer *buffer);

/*
 * Read a row's columns, from behind the prefix up to the reader's end; values
 * has room for each column of the descriptor.  Columns are found by their ids:
 * those that the descriptor lacks are passed over, those that the bytes lack are
 * NULL.  Values are in the current memory context, in which garbage is left
 * behind as well.  Raises RD203 for a label that an enum lacks and RD204 for
 * bytes that are no row of the descriptor.
 */
extern void canonical_row_get(CanonicalRow *row, CanonicalReader *reader,
							  Datum *values, bool *nulls);

/* Read a row of a named row type, as canonical_row_get() does. */
extern Datum canonical_record_get(CanonicalRecord *record, Oid type,
								  CanonicalReader *reader);

/* Read a composite value inside of a row: its columns must be all there. */
extern Datum canonical_record_get_part(CanonicalType *type,
									   CanonicalReader *reader);

/* SHA-256. */
extern void canonical_hash(const void *bytes, Size length,
						   unsigned char hash[CANONICAL_HASH_SIZE]);

/* The key hash of a key form. */
extern int64 canonical_key_hash(const void *key_form, Size length);

/* Bytes as a bytea, in the current memory context. */
extern bytea *canonical_bytea(const void *bytes, Size length);

/* Raise 54000 for a row that was too large for its buffer. */
extern void canonical_buffer_check(const CanonicalBuffer *buffer);

/* A buffer in a memory context. */
extern void canonical_buffer_create(MemoryContext context,
									CanonicalBuffer *buffer);

/*
 * canonical_type.c: from types to how they are encoded
 */

/* The column that is being resolved, for messages. */
typedef struct CanonicalColumn
{
	const char *name;
	Oid			type;
	CanonicalForm form;
	MemoryContext context;		/* where what is found is to live */
} CanonicalColumn;

extern CanonicalType *canonical_type_create(const CanonicalColumn *column,
											Oid type, Oid collation);

/*
 * canonical_value.c: encoders of values
 */

extern void canonical_encode_bool(CanonicalType *type, Datum value,
								  CanonicalBuffer *buffer);
extern void canonical_encode_char(CanonicalType *type, Datum value,
								  CanonicalBuffer *buffer);
extern void canonical_encode_int16(CanonicalType *type, Datum value,
								   CanonicalBuffer *buffer);
extern void canonical_encode_int32(CanonicalType *type, Datum value,
								   CanonicalBuffer *buffer);
extern void canonical_encode_int64(CanonicalType *type, Datum value,
								   CanonicalBuffer *buffer);
extern void canonical_encode_float4(CanonicalType *type, Datum value,
									CanonicalBuffer *buffer);
extern void canonical_encode_float8(CanonicalType *type, Datum value,
									CanonicalBuffer *buffer);
extern void canonical_encode_floats(CanonicalType *type, Datum value,
									CanonicalBuffer *buffer);
extern void canonical_encode_path(CanonicalType *type, Datum value,
								  CanonicalBuffer *buffer);
extern void canonical_encode_polygon(CanonicalType *type, Datum value,
									 CanonicalBuffer *buffer);
extern void canonical_encode_numeric(CanonicalType *type, Datum value,
									 CanonicalBuffer *buffer);
extern void canonical_encode_varlena(CanonicalType *type, Datum value,
									 CanonicalBuffer *buffer);
extern void canonical_encode_bpchar(CanonicalType *type, Datum value,
									CanonicalBuffer *buffer);
extern void canonical_encode_name(CanonicalType *type, Datum value,
								  CanonicalBuffer *buffer);
extern void canonical_encode_unknown(CanonicalType *type, Datum value,
									 CanonicalBuffer *buffer);
extern void canonical_encode_xml(CanonicalType *type, Datum value,
								 CanonicalBuffer *buffer);
extern void canonical_encode_bit(CanonicalType *type, Datum value,
								 CanonicalBuffer *buffer);
extern void canonical_encode_uuid(CanonicalType *type, Datum value,
								  CanonicalBuffer *buffer);
extern void canonical_encode_inet(CanonicalType *type, Datum value,
								  CanonicalBuffer *buffer);
extern void canonical_encode_macaddr(CanonicalType *type, Datum value,
									 CanonicalBuffer *buffer);
extern void canonical_encode_macaddr8(CanonicalType *type, Datum value,
									  CanonicalBuffer *buffer);
extern void canonical_encode_timetz(CanonicalType *type, Datum value,
									CanonicalBuffer *buffer);
extern void canonical_encode_interval(CanonicalType *type, Datum value,
									  CanonicalBuffer *buffer);
extern void canonical_encode_jsonb(CanonicalType *type, Datum value,
								   CanonicalBuffer *buffer);
extern void canonical_encode_enum(CanonicalType *type, Datum value,
								  CanonicalBuffer *buffer);
extern void canonical_encode_array(CanonicalType *type, Datum value,
								   CanonicalBuffer *buffer);
extern void canonical_encode_record(CanonicalType *type, Datum value,
									CanonicalBuffer *buffer);
extern void canonical_encode_range(CanonicalType *type, Datum value,
								   CanonicalBuffer *buffer);
extern void canonical_encode_multirange(CanonicalType *type, Datum value,
										CanonicalBuffer *buffer);
extern void canonical_encode_geometry(CanonicalType *type, Datum value,
									  CanonicalBuffer *buffer);
extern void canonical_encode_send(CanonicalType *type, Datum value,
								  CanonicalBuffer *buffer);

#endif							/* ALLMENDE_STORE_CANONICAL_H */
