/*
 * part_value.c
 *		Parts as values of the tables of a store.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "fmgr.h"
#include "port/pg_crc32c.h"
#include "utils/memutils.h"

#include "../core/part_format.h"
#include "part_value.h"

/* The tuple that a value is put into has a header as well. */
static void
check_size(Size size)
{
	if (size > MaxAllocSize - BLCKSZ)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("value or row is too large for a store"),
				 errdetail("It has %zu bytes; there may be %zu.",
						   size, MaxAllocSize - BLCKSZ)));
}

struct varlena *
store_bytea(const void *bytes, Size length)
{
	struct varlena *result;

	check_size(length);
	result = palloc(VARHDRSZ + length);
	SET_VARSIZE(result, VARHDRSZ + length);
	memcpy(VARDATA(result), bytes, length);
	return result;
}

struct varlena *
store_part_write(const PartColumn *column, uint32 first, void *scratch,
				 PartPlan *plan)
{
	struct varlena *result;
	CoreError	error;
	size_t		length;

	if (!part_plan(column, first, scratch, plan, &error))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("values are too large for a store"),
				 errdetail("%s.", error.reason)));
	check_size(plan->size);
	result = palloc(VARHDRSZ + plan->size);
	length = part_write(column, plan, scratch, VARDATA(result));
	SET_VARSIZE(result, VARHDRSZ + length);
	return result;
}

/* The server's CRC-32C uses the machine's instruction for it, the core's does not. */
static bool
check_crc(const unsigned char *bytes, Size length)
{
	pg_crc32c	crc;

	if (length < PART_HEADER_SIZE)
		return true;			/* part_open() says what is wrong */
	INIT_CRC32C(crc);
	COMP_CRC32C(crc, bytes + PART_AT_LENGTH, length - PART_AT_LENGTH);
	FIN_CRC32C(crc);
	return le32_read(bytes + PART_AT_CRC) == crc;
}

bool
store_part_open(Datum value, Part *part, CoreError *error)
{
	struct varlena *attribute = (struct varlena *) DatumGetPointer(value);
	const unsigned char *bytes;
	Size		length;
	Size		unpacked;

	if (VARATT_IS_EXTERNAL(attribute) || VARATT_IS_COMPRESSED(attribute))
		attribute = detoast_attr(attribute);
	bytes = (const unsigned char *) VARDATA_ANY(attribute);
	length = VARSIZE_ANY_EXHDR(attribute);
	if (!part_open(part, bytes, length, PART_SKIP_CRC, error))
		return false;
	if (!check_crc(bytes, length))
		return core_fail(error, "Checksum differs from that in the header",
						 PART_AT_CRC);
	if (part->kind != PART_BYTES)
		return true;
	unpacked = part_unpack_size(part);
	return unpacked == 0 ||
		part_unpack(part, MemoryContextAllocHuge(CurrentMemoryContext,
												 unpacked), error);
}
