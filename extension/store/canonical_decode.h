/*
 * canonical_decode.h
 *		Values read back from the canonical row form.  postgres.h comes first.
 *
 * Each takes a type and a reader of exactly the bytes of a value that is not
 * NULL, and returns the value in the current memory context.  Bytes that are
 * none of the type's raise RD204, a label that an enum lacks RD203.  What a
 * function of the type itself raises is turned into RD204 by the row's reader,
 * canonical_row_get().
 */
#ifndef ALLMENDE_STORE_CANONICAL_DECODE_H
#define ALLMENDE_STORE_CANONICAL_DECODE_H

#include "canonical.h"

/* Raise RD204 for a type's column, with what is in the reader's error. */
extern void canonical_decode_fail(const CanonicalType *type,
								  const CanonicalReader *reader)
			pg_attribute_noreturn();

extern Datum canonical_decode_bool(CanonicalType *type,
								   CanonicalReader *reader);
extern Datum canonical_decode_char(CanonicalType *type,
								   CanonicalReader *reader);
extern Datum canonical_decode_int16(CanonicalType *type,
									CanonicalReader *reader);
extern Datum canonical_decode_int32(CanonicalType *type,
									CanonicalReader *reader);
extern Datum canonical_decode_int64(CanonicalType *type,
									CanonicalReader *reader);
extern Datum canonical_decode_float4(CanonicalType *type,
									 CanonicalReader *reader);
extern Datum canonical_decode_float8(CanonicalType *type,
									 CanonicalReader *reader);
extern Datum canonical_decode_date(CanonicalType *type,
								   CanonicalReader *reader);
extern Datum canonical_decode_time(CanonicalType *type,
								   CanonicalReader *reader);
extern Datum canonical_decode_timetz(CanonicalType *type,
									 CanonicalReader *reader);
extern Datum canonical_decode_timestamp(CanonicalType *type,
										CanonicalReader *reader);
extern Datum canonical_decode_interval(CanonicalType *type,
									   CanonicalReader *reader);
extern Datum canonical_decode_numeric(CanonicalType *type,
									  CanonicalReader *reader);
extern Datum canonical_decode_text(CanonicalType *type,
								   CanonicalReader *reader);
extern Datum canonical_decode_name(CanonicalType *type,
								   CanonicalReader *reader);
extern Datum canonical_decode_bytea(CanonicalType *type,
									CanonicalReader *reader);
extern Datum canonical_decode_json(CanonicalType *type,
								   CanonicalReader *reader);
extern Datum canonical_decode_jsonb(CanonicalType *type,
									CanonicalReader *reader);
extern Datum canonical_decode_xml(CanonicalType *type,
								  CanonicalReader *reader);
extern Datum canonical_decode_bit(CanonicalType *type,
								  CanonicalReader *reader);
extern Datum canonical_decode_fixed(CanonicalType *type,
									CanonicalReader *reader);
extern Datum canonical_decode_inet(CanonicalType *type,
								   CanonicalReader *reader);
extern Datum canonical_decode_floats(CanonicalType *type,
									 CanonicalReader *reader);
extern Datum canonical_decode_path(CanonicalType *type,
								   CanonicalReader *reader);
extern Datum canonical_decode_polygon(CanonicalType *type,
									  CanonicalReader *reader);
extern Datum canonical_decode_enum(CanonicalType *type,
								   CanonicalReader *reader);
extern Datum canonical_decode_array(CanonicalType *type,
									CanonicalReader *reader);
extern Datum canonical_decode_record(CanonicalType *type,
									 CanonicalReader *reader);
extern Datum canonical_decode_range(CanonicalType *type,
									CanonicalReader *reader);
extern Datum canonical_decode_multirange(CanonicalType *type,
										 CanonicalReader *reader);
extern Datum canonical_decode_geometry(CanonicalType *type,
									   CanonicalReader *reader);
extern Datum canonical_decode_receive(CanonicalType *type,
									  CanonicalReader *reader);

#endif							/* ALLMENDE_STORE_CANONICAL_DECODE_H */
