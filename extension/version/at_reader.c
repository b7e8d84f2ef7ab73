/*
 * at_reader.c
 *		The rows of a version, one after the other, in the order of their row ids.
 */
#include "postgres.h"

#include "access/relation.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "../errcodes.h"
#include "at.h"
#include "resolve.h"

#define ROWS_OF_SEGMENT 65536
#define WORD_BITS 64

struct AtReader
{
	MemoryContext context;		/* of all this */
	MemoryContext version_context;	/* of what is of one version */
	MemoryContext head_context; /* of one reading of the head */
	MemoryContext row_context;	/* of one row */
	Relation	relation;
	Snapshot	snapshot;
	Dataset    *dataset;
	Schema	   *today;
	Store	   *store;
	Converter  *converter;
	StoreReader *reader;
	AtPolicy   *policy;			/* NULL: none */
	Bitmapset  *policy_columns;
	Bitmapset  *other_columns;
	TupleTableSlot *slot;

	/* conditions */
	AtPrune    *prune;			/* NULL: nothing to be spared */
	AtKey	   *key;			/* NULL: not by key */
	bool		is_never;		/* some condition is never true */

	/* the version */
	char	   *ref;			/* NULL: none yet */
	Version    *version;		/* NULL: WORKING */
	BitmapReader *bitmap;
	HeadReader *head;			/* of WORKING */
	TupleTableSlot *head_slot;

	/* where we are */
	bool		by_key;
	uint32	   *rids;			/* by key */
	Size		rid_count;
	Size		rid_next;
	const SegmentBits *segment;
	uint64		next;			/* row id to look at; beyond uint32 at the end */
	int64		kept_to;		/* last row id of an extent that is read */

	/* for EXPLAIN */
	bool		counts;
	int64		segments_total;
	int64		segments_read;
	int64		segment_read;	/* the last one of them, or -1 */

	int			condition_count;
	const AtCondition *conditions;
};

/* All attributes that are there, of a set in which 0 means all. */
static Bitmapset *
present_columns(TupleDesc descriptor, const Bitmapset *columns)
{
	Bitmapset  *present = NULL;
	bool		all = bms_is_member(0, columns);

	for (int i = 0; i < descriptor->natts; i++)
	{
		if (!TupleDescAttr(descriptor, i)->attisdropped &&
			(all || bms_is_member(i + 1, columns)))
			present = bms_add_member(present, i + 1);
	}
	return present;
}

/* Policies are asked before anything else of a row is read. */
static void
open_columns(AtReader *reader, const Bitmapset *columns)
{
	TupleDesc	descriptor = RelationGetDescr(reader->relation);
	Bitmapset  *wanted = present_columns(descriptor, columns);
	const uint32 *ids;
	int			count;

	reader->policy = at_policy_create(reader->relation);
	if (reader->policy != NULL)
		reader->policy_columns = present_columns(descriptor,
												 at_policy_columns(reader->policy));
	reader->other_columns = bms_difference(wanted, reader->policy_columns);
	wanted = bms_union(wanted, reader->policy_columns);
	reader->converter =
		converter_create(RelationGetRelationName(reader->relation), descriptor,
						 reader->today, wanted, reader->snapshot);
	ids = converter_column_ids(reader->converter, &count);
	reader->reader = store_reader_begin(reader->store, reader->snapshot, ids,
										count);
}

AtReader *
at_reader_begin(Oid table, const Bitmapset *columns, Snapshot snapshot,
				const AtCondition *conditions, int count)
{
	AtReader   *reader = palloc0(sizeof(*reader));

	reader->context = CurrentMemoryContext;
	reader->version_context = AllocSetContextCreate(CurrentMemoryContext,
													"allmende at version",
													ALLOCSET_DEFAULT_SIZES);
	reader->head_context = AllocSetContextCreate(CurrentMemoryContext,
												 "allmende at head",
												 ALLOCSET_DEFAULT_SIZES);
	reader->row_context = AllocSetContextCreate(CurrentMemoryContext,
												"allmende at row",
												ALLOCSET_DEFAULT_SIZES);
	reader->relation = relation_open(table, AccessShareLock);
	reader->snapshot = snapshot;
	reader->dataset = head_dataset(reader->relation, snapshot);
	reader->today = at_schema_today(reader->relation, reader->dataset,
									snapshot);
	reader->store = store_open(reader->dataset->store);
	open_columns(reader, columns);
	reader->conditions = conditions;
	reader->condition_count = count;
	reader->prune = at_prune_create(reader->relation, reader->converter,
									reader->reader, conditions, count);
	reader->key = at_key_create(reader->relation, reader->dataset,
								reader->today, reader->store, snapshot,
								conditions, count);
	reader->slot = MakeSingleTupleTableSlot(RelationGetDescr(reader->relation),
											&TTSOpsVirtual);
	return reader;
}

Relation
at_reader_relation(const AtReader *reader)
{
	return reader->relation;
}

static void
close_head(AtReader *reader)
{
	if (reader->head == NULL)
		return;
	ExecDropSingleTupleTableSlot(reader->head_slot);
	head_reader_end(reader->head);
	reader->head = NULL;
	reader->head_slot = NULL;
	MemoryContextReset(reader->head_context);
}

static void
close_version(AtReader *reader)
{
	close_head(reader);
	if (reader->bitmap != NULL)
		bitmap_close(reader->bitmap);
	reader->bitmap = NULL;
	reader->segment = NULL;
	reader->version = NULL;
	reader->ref = NULL;
	reader->rids = NULL;
	MemoryContextReset(reader->version_context);
}

void
at_reader_resolve(AtReader *reader, const char *ref)
{
	MemoryContext previous;

	if (reader->ref != NULL && strcmp(reader->ref, ref) == 0)
		return;
	close_version(reader);
	previous = MemoryContextSwitchTo(reader->version_context);
	reader->version = resolve_ref(reader->dataset, ref, reader->snapshot);
	reader->ref = pstrdup(ref);
	MemoryContextSwitchTo(previous);
}

static void
open_head(AtReader *reader)
{
	MemoryContext previous;

	if (reader->head != NULL)
	{
		ExecClearTuple(reader->head_slot);
		head_reader_rewind(reader->head);
		return;
	}
	previous = MemoryContextSwitchTo(reader->head_context);
	reader->head = head_reader_begin(reader->relation, reader->today,
									 reader->snapshot);
	reader->head_slot = head_reader_slot(reader->head);
	MemoryContextSwitchTo(previous);
}

static void
open_bitmap(AtReader *reader)
{
	if (reader->bitmap != NULL)
		bitmap_rewind(reader->bitmap);
	else
		reader->bitmap = bitmap_open(reader->store, reader->snapshot,
									 version_path(reader->version->branch,
												  reader->version->number,
												  reader->snapshot));
	if (reader->counts)
	{
		while (bitmap_next(reader->bitmap) != NULL)
			reader->segments_total++;
		bitmap_rewind(reader->bitmap);
	}
}

/* Take up the values that the conditions have now. */
static void
start_conditions(AtReader *reader)
{
	reader->is_never = false;
	for (int i = 0; i < reader->condition_count; i++)
	{
		const AtCondition *condition = &reader->conditions[i];

		if (condition->is_null)
			reader->is_never = true;
	}
	reader->by_key = false;
	if (reader->is_never || reader->version == NULL)
		return;
	if (reader->prune != NULL)
		at_prune_start(reader->prune);
	if (reader->rids != NULL)
		pfree(reader->rids);
	reader->rids = NULL;
	if (reader->key != NULL)
		reader->by_key = at_key_find(reader->key, &reader->rids,
									 &reader->rid_count);
}

void
at_reader_start(AtReader *reader, const char *ref)
{
	MemoryContext previous;

	at_reader_resolve(reader, ref);
	previous = MemoryContextSwitchTo(reader->version_context);
	if (reader->version == NULL)
		open_head(reader);
	else
		open_bitmap(reader);
	start_conditions(reader);
	MemoryContextSwitchTo(previous);
	reader->rid_next = 0;
	reader->segment = NULL;
	reader->next = 0;
	reader->kept_to = -1;
	reader->segment_read = -1;
}

/* The next bit of the present segment from reader->next on. */
static bool
next_in_segment(AtReader *reader, uint32 *rid)
{
	uint64		base = (uint64) reader->segment->segment * ROWS_OF_SEGMENT;
	uint32		bit = (uint32) (reader->next - base);
	uint32		word = bit / WORD_BITS;
	uint64		bits;

	if (bit >= ROWS_OF_SEGMENT)
		return false;
	bits = reader->segment->words[word] &
		(~UINT64CONST(0) << (bit % WORD_BITS));
	while (bits == 0)
	{
		if (++word == ROWS_OF_SEGMENT / WORD_BITS)
			return false;
		bits = reader->segment->words[word];
	}
	*rid = (uint32) (base + word * WORD_BITS + pg_rightmost_one_pos64(bits));
	return true;
}

static bool
next_in_version(AtReader *reader, uint32 *rid)
{
	while (reader->segment == NULL || !next_in_segment(reader, rid))
	{
		reader->segment = bitmap_next(reader->bitmap);
		if (reader->segment == NULL)
			return false;
		reader->next = Max(reader->next,
						   (uint64) reader->segment->segment * ROWS_OF_SEGMENT);
	}
	return true;
}

/* The next row id that is not spared by a zone map. */
static bool
next_unspared(AtReader *reader, uint32 *rid)
{
	StoreExtent extent;

	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		if (reader->segment == NULL && reader->next > 0)
			return false;		/* the end was met before */
		if (!next_in_version(reader, rid))
			return false;
		reader->next = (uint64) *rid + 1;
		if (reader->prune == NULL || (int64) *rid <= reader->kept_to ||
			!store_reader_extent(reader->reader, *rid, &extent))
			return true;
		if (at_prune_keeps(reader->prune, &extent))
		{
			reader->kept_to = extent.last;
			return true;
		}
		reader->next = (uint64) extent.last + 1;
	}
}

/* The next row id of those with a key, as far as the version has them. */
static bool
next_of_key(AtReader *reader, uint32 *rid)
{
	while (reader->rid_next < reader->rid_count)
	{
		*rid = reader->rids[reader->rid_next++];
		if (bitmap_contains(reader->bitmap, *rid))
			return true;
	}
	return false;
}

static bool
next_rid(AtReader *reader, uint32 *rid)
{
	if (reader->by_key ? !next_of_key(reader, rid) :
		!next_unspared(reader, rid))
		return false;
	if (reader->segment_read != *rid / ROWS_OF_SEGMENT)
	{
		reader->segment_read = *rid / ROWS_OF_SEGMENT;
		reader->segments_read++;
	}
	return true;
}

/* Read a row into the slot; false where a policy hides it. */
static bool
load_row(AtReader *reader, uint32 rid)
{
	TupleTableSlot *slot = reader->slot;
	MemoryContext previous;
	const StoreValue *stored;
	int32		schema;
	bool		passes = true;

	ExecClearTuple(slot);
	stored = store_reader_row(reader->reader, rid, &schema);
	MemoryContextReset(reader->row_context);
	previous = MemoryContextSwitchTo(reader->row_context);
	memset(slot->tts_isnull, true,
		   slot->tts_tupleDescriptor->natts * sizeof(bool));
	slot->tts_tableOid = RelationGetRelid(reader->relation);
	if (reader->policy != NULL)
	{
		if (reader->policy_columns != NULL)
			converter_row(reader->converter, schema, stored,
						  reader->policy_columns, slot->tts_values,
						  slot->tts_isnull);
		ExecStoreVirtualTuple(slot);
		passes = at_policy_passes(reader->policy, slot);
		ExecClearTuple(slot);
	}
	if (passes && reader->other_columns != NULL)
		converter_row(reader->converter, schema, stored,
					  reader->other_columns, slot->tts_values,
					  slot->tts_isnull);
	MemoryContextSwitchTo(previous);
	if (passes)
		ExecStoreVirtualTuple(slot);
	return passes;
}

static TupleTableSlot *
next_of_version(AtReader *reader)
{
	uint32		rid;

	while (next_rid(reader, &rid))
	{
		if (load_row(reader, rid))
			return reader->slot;
	}
	return NULL;
}

static TupleTableSlot *
next_of_head(AtReader *reader)
{
	HeadPosition position;

	while (head_reader_next(reader->head, reader->head_slot, &position))
	{
		CHECK_FOR_INTERRUPTS();
		reader->head_slot->tts_tableOid = RelationGetRelid(reader->relation);
		slot_getallattrs(reader->head_slot);
		if (reader->policy == NULL ||
			at_policy_passes(reader->policy, reader->head_slot))
			return reader->head_slot;
	}
	return NULL;
}

TupleTableSlot *
at_reader_next(AtReader *reader)
{
	if (reader->is_never)
		return NULL;
	return reader->version == NULL ? next_of_head(reader) :
		next_of_version(reader);
}

void
at_reader_end(AtReader *reader)
{
	close_version(reader);
	ExecDropSingleTupleTableSlot(reader->slot);
	store_reader_end(reader->reader);
	relation_close(reader->relation, NoLock);
}

void
at_reader_count_segments(AtReader *reader)
{
	reader->counts = true;
}

void
at_reader_state(const AtReader *reader, AtReaderState *state)
{
	StoreReaderCounts counts = store_reader_counts(reader->reader);

	state->dataset = reader->dataset->name;
	state->version = reader->version;
	state->by_key = reader->key != NULL;
	state->prunes = reader->prune != NULL;
	state->has_policy = reader->policy != NULL;
	state->segments_total = reader->segments_total;
	state->segments_read = reader->segments_read;
	state->parts = counts.parts;
	state->tail_rows = counts.tail_rows;
}
