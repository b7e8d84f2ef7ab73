/*
 * layout.c
 *		How the values of a type are kept in parts.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/memutils.h"

#include "canonical.h"
#include "canonical_decode.h"
#include "layout.h"

/*
 * What encodes the values of a type fixes their bytes, and so the layout; types
 * that are not here have LAYOUT_BYTES.
 */
typedef struct EncodeLayout
{
	CanonicalEncode encode;
	ValueLayout layout;
} EncodeLayout;

static const EncodeLayout layouts[] = {
	{canonical_encode_bool, LAYOUT_UINT8},
	{canonical_encode_char, LAYOUT_UINT8},
	{canonical_encode_int16, LAYOUT_INT16},
	{canonical_encode_int32, LAYOUT_INT32},
	{canonical_encode_int64, LAYOUT_INT64},
	{canonical_encode_float4, LAYOUT_FLOAT4},
	{canonical_encode_float8, LAYOUT_FLOAT8},
	{canonical_encode_numeric, LAYOUT_NUMERIC},
	{canonical_encode_floats, LAYOUT_FIXED},
	{canonical_encode_uuid, LAYOUT_FIXED},
	{canonical_encode_macaddr, LAYOUT_FIXED},
	{canonical_encode_macaddr8, LAYOUT_FIXED},
	{canonical_encode_timetz, LAYOUT_FIXED},
	{canonical_encode_interval, LAYOUT_FIXED},
	{canonical_encode_geometry, LAYOUT_POINT}
};

ValueLayout
layout_of_type(Oid type)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "layout of a type",
												  ALLOCSET_SMALL_SIZES);
	CanonicalColumn column = {NULL, type, CANONICAL_ROW_FORM, scratch};
	ValueLayout result = LAYOUT_BYTES;
	CanonicalEncode encode;

	column.name = format_type_be(type);
	encode = canonical_type_create(&column, type, InvalidOid)->encode;
	for (size_t i = 0; i < lengthof(layouts); i++)
	{
		if (layouts[i].encode == encode)
			result = layouts[i].layout;
	}
	MemoryContextDelete(scratch);
	return result;
}
