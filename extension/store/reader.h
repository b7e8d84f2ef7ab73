/*
 * reader.h
 *		Reading rows of a store by their ids.  postgres.h comes first.
 *
 * Cheap where ids ascend: parts that are open are used until a row is beyond
 * them.  Lives in the memory context that is current at its beginning.
 */
#ifndef ALLMENDE_STORE_READER_H
#define ALLMENDE_STORE_READER_H

#include "../core/layout_value.h"
#include "../core/canonical.h"
#include "store.h"

typedef struct StoreReader StoreReader;

/* A canonical value: without its length, which stands beside it. */
typedef struct StoreValue
{
	const unsigned char *bytes;
	int32		length;			/* -1: null; -2: the row has no such column */
} StoreValue;

#define STORE_VALUE_NULL (-1)
#define STORE_VALUE_NONE (-2)

/*
 * Read these columns, ids in any order and none twice.  The snapshot is
 * registered until the end.
 */
extern StoreReader *store_reader_begin(const Store *store, Snapshot snapshot,
									   const uint32 *column_ids, int count);

/*
 * The values of a row, in the order of the column ids, until the next call;
 * *schema is the schema that it was written with.  Raises RD205 where the store
 * has no such row, and XX001 where bytes are damaged.
 */
extern const StoreValue *store_reader_row(StoreReader *reader, uint32 rid,
										  int32 *schema);

/*
 * The extent that a row is in: rows that share a zone map.  False for a row of
 * the tail, which has none.  first to last lie in one segment.
 */
typedef struct StoreExtent
{
	uint32		first;
	uint32		last;
	int32		schema;
} StoreExtent;

extern bool store_reader_extent(StoreReader *reader, uint32 rid,
								StoreExtent *extent);

/*
 * Zone map of a column of an extent, until the next call.  False where the
 * extent lacks the column.  FORMAT.md, section "Zones".
 */
typedef struct StoreZone
{
	ValueLayout layout;
	uint32		nulls;			/* of rows; gaps count as null */
	StoreValue	minimum;		/* canonical; length -1: not known */
	StoreValue	maximum;
	bool		coded;			/* are all values codes of the dictionary? */
	const void *codes;			/* then: a set, bytes of a rowset */
} StoreZone;

extern bool store_reader_zone(StoreReader *reader, const StoreExtent *extent,
							  uint32 column_id, StoreZone *zone);

/*
 * The codes of a canonical value in the dictionary of a column (there may be
 * several): returns their number, 0 where it has none.
 */
extern int	store_reader_codes(StoreReader *reader, uint32 column_id,
							   const void *bytes, Size length,
							   uint32 *codes, int room);

/* Has the reader met parts, tail rows?  For EXPLAIN. */
typedef struct StoreReaderCounts
{
	int64		parts;
	int64		tail_rows;
} StoreReaderCounts;

extern StoreReaderCounts store_reader_counts(const StoreReader *reader);
extern void store_reader_end(StoreReader *reader);

#endif							/* ALLMENDE_STORE_READER_H */
