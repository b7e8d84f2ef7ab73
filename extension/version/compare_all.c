/*
 * compare_all.c
 *		Which rows of the head differ from the last version: all of them, by
 *		sorting both sides by the hashes of keys and rows.
 *
 * What is sorted are strings of bytes: key hash, row hash, and where the row is.
 * The sorts use maintenance_work_mem and then the disk.
 */
#include "postgres.h"

#include "catalog/pg_operator_d.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/tuplesort.h"

#include "../errcodes.h"
#include "compare.h"

#define KEY_AT 0
#define HASH_AT 8
#define PLACE_AT (HASH_AT + CANONICAL_HASH_SIZE)
#define SIDE_SIZE (PLACE_AT + sizeof(HeadPosition))

/* operator < of bytea */
#define BYTEA_LESS_OPERATOR 1957

/* One side of the comparison, sorted; it is read key by key. */
typedef struct Side
{
	Tuplesortstate *sort;
	bool		has_next;
	unsigned char next[SIDE_SIZE];	/* the row to come */
	unsigned char *rows;		/* those of the current key */
	int			count;
	int			room;
} Side;

static Side *
side_begin(void)
{
	Side	   *side = palloc0(sizeof(*side));

	side->sort = tuplesort_begin_datum(BYTEAOID, BYTEA_LESS_OPERATOR,
									   InvalidOid, false,
									   maintenance_work_mem / 2, NULL,
									   TUPLESORT_NONE);
	return side;
}

static void
side_put(Side *side, int64 key_hash, const unsigned char *row_hash,
		 const void *place, Size size)
{
	union
	{
		bytea		header;
		char		bytes[VARHDRSZ + SIDE_SIZE];
	}			row;
	char	   *data = VARDATA(&row);
	uint64		key = pg_hton64((uint64) key_hash);

	memset(&row, 0, sizeof(row));
	SET_VARSIZE(&row, VARHDRSZ + SIDE_SIZE);
	memcpy(data + KEY_AT, &key, sizeof(key));
	memcpy(data + HASH_AT, row_hash, CANONICAL_HASH_SIZE);
	memcpy(data + PLACE_AT, place, size);
	tuplesort_putdatum(side->sort, PointerGetDatum(&row), false);
}

static void
side_read(Side *side)
{
	Datum		value;
	bool		isnull;

	side->has_next = tuplesort_getdatum(side->sort, true, &value, &isnull,
										NULL);
	if (side->has_next)
	{
		memcpy(side->next, VARDATA_ANY(DatumGetPointer(value)), SIDE_SIZE);
		pfree(DatumGetPointer(value));
	}
}

static void
side_sorted(Side *side)
{
	tuplesort_performsort(side->sort);
	side_read(side);
}

/* Gather the rows with a key hash; none where the next has another. */
static void
side_take(Side *side, const unsigned char *key)
{
	side->count = 0;
	while (side->has_next && memcmp(side->next, key, HASH_AT) == 0)
	{
		if (side->count == side->room)
		{
			side->room = Max(side->room * 2, 4);
			side->rows = side->rows == NULL ?
				palloc(side->room * SIDE_SIZE) :
				repalloc(side->rows, side->room * SIDE_SIZE);
		}
		memcpy(side->rows + side->count * SIDE_SIZE, side->next, SIDE_SIZE);
		side->count++;
		side_read(side);
	}
}

static unsigned char *
side_row(const Side *side, int number)
{
	return side->rows + number * SIDE_SIZE;
}

static HeadPosition
row_position(const unsigned char *row)
{
	HeadPosition position;

	memcpy(&position, row + PLACE_AT, sizeof(position));
	return position;
}

static uint32
row_rid(const unsigned char *row)
{
	uint32		rid;

	memcpy(&rid, row + PLACE_AT, sizeof(rid));
	return rid;
}

static int64
row_key_hash(const unsigned char *row)
{
	uint64		key;

	memcpy(&key, row + KEY_AT, sizeof(key));
	return (int64) pg_ntoh64(key);
}

/* All rows of the head, hashed; their fingerprint on the way. */
static Side *
head_side(Compare *compare, HeadChanges *changes)
{
	Side	   *side = side_begin();
	HeadPosition position;

	while (head_reader_next(compare->reader, compare->slot, &position))
	{
		MemoryContext previous = MemoryContextSwitchTo(compare->scratch);
		unsigned char hash[CANONICAL_HASH_SIZE];
		CanonicalBuffer buffer;
		int64		key_hash;

		CHECK_FOR_INTERRUPTS();
		canonical_buffer_create(compare->scratch, &buffer);
		head_image_slot(compare->images, HEAD_IMAGE_KEY_FORM, compare->slot,
						&buffer);
		key_hash = canonical_key_hash(buffer.bytes, buffer.length);
		canonical_reset(&buffer);
		head_image_slot(compare->images, HEAD_IMAGE_COMPARED, compare->slot,
						&buffer);
		canonical_hash(buffer.bytes, buffer.length, hash);
		MemoryContextSwitchTo(previous);
		MemoryContextReset(compare->scratch);

		canonical_sum_add(changes->fingerprint, hash);
		side_put(side, key_hash, hash, &position, sizeof(position));
	}
	side_sorted(side);
	return side;
}

/* All rows of the last version, hashed. */
static Side *
stored_side(Compare *compare)
{
	Side	   *side = side_begin();
	const SegmentBits *bits;

	if (compare->bitmap != NULL)
		bitmap_rewind(compare->bitmap);
	while (compare->bitmap != NULL &&
		   (bits = bitmap_next(compare->bitmap)) != NULL)
	{
		for (uint32 i = 0; i < 65536; i++)
		{
			uint32		rid = bits->segment << 16 | i;
			unsigned char hash[CANONICAL_HASH_SIZE];
			MemoryContext previous;
			CanonicalBuffer form;
			int64		key_hash;

			if ((bits->words[i / 64] >> i % 64 & 1) == 0)
				continue;
			CHECK_FOR_INTERRUPTS();
			previous = MemoryContextSwitchTo(compare->scratch);
			canonical_buffer_create(compare->scratch, &form);
			stored_row_hash_and_key(compare->stored, rid, hash, &form);
			key_hash = canonical_key_hash(form.bytes, form.length);
			MemoryContextSwitchTo(previous);
			MemoryContextReset(compare->scratch);
			side_put(side, key_hash, hash, &rid, sizeof(rid));
		}
	}
	side_sorted(side);
	return side;
}

/*
 * Several rows of the head have one key hash.  Their keys differ, unless
 * somebody dropped the unique index.
 */
static void
check_keys_differ(Compare *compare, const Side *head)
{
	CanonicalBuffer *forms = palloc(head->count * sizeof(CanonicalBuffer));

	for (int i = 0; i < head->count; i++)
	{
		HeadPosition position = row_position(side_row(head, i));

		canonical_buffer_create(CurrentMemoryContext, &forms[i]);
		head_reader_fetch(compare->reader, &position, compare->slot);
		head_image_slot(compare->images, HEAD_IMAGE_KEY_FORM, compare->slot,
						&forms[i]);
		for (int j = 0; j < i; j++)
			if (forms[i].length == forms[j].length &&
				memcmp(forms[i].bytes, forms[j].bytes, forms[i].length) == 0)
				ereport(ERROR,
						(errcode(ERRCODE_ALLMENDE_KEY_NOT_UNIQUE),
						 errmsg("table \"%s\" has several rows with one key",
								RelationGetRelationName(compare->head)),
						 errdetail("One of them is at ctid (%u,%u).",
								   ItemPointerGetBlockNumber(&position.tid),
								   ItemPointerGetOffsetNumber(&position.tid)),
						 errhint("Make the key unique again.")));
	}
	pfree(forms);
}

/*
 * Did the key change since the last version, so that rows that stay have other
 * key hashes than the key index knows?
 */
static bool
key_has_changed(const Schema *a, const Schema *b)
{
	int			keys = 0;

	for (int i = 0; i < a->count; i++)
		keys += a->columns[i].key > 0;
	for (int i = 0; i < b->count; i++)
	{
		bool		same = false;

		if (b->columns[i].key == 0)
			continue;
		keys--;
		for (int j = 0; j < a->count && !same; j++)
			same = a->columns[j].id == b->columns[i].id &&
				a->columns[j].key > 0 &&
				strcmp(a->columns[j].type, b->columns[i].type) == 0;
		if (!same)
			return true;
	}
	return keys != 0;
}

/* What differs among the rows of one key hash, on both sides. */
static void
judge_key(HeadChanges *changes, const Side *head, const Side *stored,
		  bool rekey)
{
	int			h = 0;
	int			s = 0;
	int			added = 0;
	int			removed = 0;

	/* both are sorted by row hash */
	while (h < head->count || s < stored->count)
	{
		const unsigned char *head_row = side_row(head, h);
		const unsigned char *stored_row = side_row(stored, s);
		int			order;

		if (h == head->count)
			order = 1;
		else if (s == stored->count)
			order = -1;
		else
			order = memcmp(head_row + HASH_AT, stored_row + HASH_AT,
						   CANONICAL_HASH_SIZE);
		if (order < 0)
		{
			HeadPosition position = row_position(head_row);

			changes_add(changes, &position);
			added++;
		}
		else if (order > 0)
		{
			changes_remove(changes, row_rid(stored_row), stored_row + HASH_AT);
			removed++;
		}
		else if (rekey)
			changes_rekey(changes, row_key_hash(stored_row),
						  row_rid(stored_row));
		h += order <= 0;
		s += order >= 0;
	}
	changes->updated += Min(added, removed);
	changes->inserted += added - Min(added, removed);
	changes->deleted += removed - Min(added, removed);
}

static void
merge_sides(Compare *compare, HeadChanges *changes, Side *head, Side *stored)
{
	bool		rekey = compare->previous != NULL &&
	key_has_changed(compare->schema, compare->previous);

	while (head->has_next || stored->has_next)
	{
		unsigned char key[HASH_AT];

		CHECK_FOR_INTERRUPTS();
		if (!stored->has_next ||
			(head->has_next && memcmp(head->next, stored->next, HASH_AT) < 0))
			memcpy(key, head->next, HASH_AT);
		else
			memcpy(key, stored->next, HASH_AT);
		side_take(head, key);
		side_take(stored, key);
		if (head->count > 1)
			check_keys_differ(compare, head);
		judge_key(changes, head, stored, rekey);
	}
}

void
compare_all(Compare *compare, HeadChanges *changes)
{
	Side	   *head;
	Side	   *stored;

	changes->complete = true;
	memset(changes->fingerprint, 0, CANONICAL_HASH_SIZE);
	head = head_side(compare, changes);
	stored = stored_side(compare);
	merge_sides(compare, changes, head, stored);
	tuplesort_end(head->sort);
	tuplesort_end(stored->sort);
	ExecClearTuple(compare->slot);
}
