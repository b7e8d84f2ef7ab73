/*
 * compare.c
 *		Which rows of the head differ from the last version, by their keys.
 */
#include "postgres.h"

#include "executor/tuptable.h"
#include "storage/shmem.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "../store/key_index.h"
#include "compare.h"

/*
 * With more keys in the journal than this, and than a part of the rows, all rows
 * are compared: one scan of both sides instead of a look-up for each key.
 */
#define COMPARE_KEYS_MAX 65536
#define COMPARE_ROWS_PER_KEY 16

/* A key of the journal, and its row on both sides. */
typedef struct Candidate
{
	int64		hash;
	const unsigned char *form;	/* key form */
	Size		length;
	Datum	   *key;			/* values */
	bool		has_head;
	bool		has_old;
	uint32		rid;
	HeadPosition position;
	unsigned char head_hash[CANONICAL_HASH_SIZE];
	unsigned char old_hash[CANONICAL_HASH_SIZE];
} Candidate;

/* An array with room for one more item of a size. */
static void *
make_room(void *items, Size count, Size *room, Size size)
{
	if (count < *room)
		return items;
	*room = Max(*room * 2, 256);
	if (items == NULL)
		return palloc_extended(mul_size(*room, size), MCXT_ALLOC_HUGE);
	return repalloc_huge(items, mul_size(*room, size));
}

void
changes_remove(HeadChanges *changes, uint32 rid, const unsigned char *hash)
{
	RemovedRow *row;

	changes->removed = make_room(changes->removed, changes->removed_count,
								 &changes->removed_room, sizeof(RemovedRow));
	row = &changes->removed[changes->removed_count++];
	row->rid = rid;
	memcpy(row->hash, hash, CANONICAL_HASH_SIZE);
}

void
changes_add(HeadChanges *changes, const HeadPosition *position)
{
	changes->added = make_room(changes->added, changes->added_count,
							   &changes->added_room, sizeof(HeadPosition));
	changes->added[changes->added_count++] = *position;
}

void
changes_rekey(HeadChanges *changes, int64 hash, uint32 rid)
{
	KeyEntry   *entry;

	changes->rekeyed = make_room(changes->rekeyed, changes->rekeyed_count,
								 &changes->rekeyed_room, sizeof(KeyEntry));
	entry = &changes->rekeyed[changes->rekeyed_count++];
	entry->hash = hash;
	entry->rid = rid;
}

Compare *
compare_begin(Relation head, const Dataset *dataset, const Schema *schema,
			  const Schema *previous, const Version *last, Store *store,
			  Snapshot snapshot)
{
	Compare    *compare = palloc0(sizeof(*compare));

	compare->head = head;
	compare->dataset = dataset;
	compare->schema = schema;
	compare->previous = previous;
	compare->last = last;
	compare->store = store;
	compare->snapshot = snapshot;
	compare->reader = head_reader_begin(head, schema, snapshot);
	compare->images = head_images(schema, RelationGetDescr(head));
	compare->slot = head_reader_slot(compare->reader);
	compare->scratch = AllocSetContextCreate(CurrentMemoryContext,
											 "allmende compare",
											 ALLOCSET_DEFAULT_SIZES);
	if (last != NULL)
	{
		VersionPath *path = version_path(last->branch, last->number, snapshot);

		compare->bitmap = bitmap_open(store, snapshot, path);
		compare->stored = stored_rows_begin(store, dataset->name, schema,
											compare->images,
											RelationGetDescr(head), snapshot);
	}
	return compare;
}

void
compare_end(Compare *compare)
{
	if (compare->stored != NULL)
		stored_rows_end(compare->stored);
	if (compare->bitmap != NULL)
		bitmap_close(compare->bitmap);
	ExecDropSingleTupleTableSlot(compare->slot);
	head_reader_end(compare->reader);
	MemoryContextDelete(compare->scratch);
}

void
compare_hash_slot(Compare *compare, TupleTableSlot *slot,
				  unsigned char hash[CANONICAL_HASH_SIZE])
{
	MemoryContext previous = MemoryContextSwitchTo(compare->scratch);
	CanonicalBuffer buffer;

	canonical_buffer_create(compare->scratch, &buffer);
	head_image_slot(compare->images, HEAD_IMAGE_COMPARED, slot, &buffer);
	canonical_hash(buffer.bytes, buffer.length, hash);
	MemoryContextSwitchTo(previous);
	MemoryContextReset(compare->scratch);
}

bool
compare_head_has_rows(Compare *compare)
{
	HeadPosition position;
	bool		result = head_reader_next(compare->reader, compare->slot,
										  &position);

	ExecClearTuple(compare->slot);
	head_reader_rewind(compare->reader);
	return result;
}

/* The keys of the journal, taken apart; what they are made of stays. */
static Candidate *
candidates_of(Compare *compare, const Journal *journal)
{
	Candidate  *candidates = palloc_extended(journal->key_count *
											 sizeof(Candidate),
											 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	int			columns = head_image_key_count(compare->images);

	for (int64 i = 0; i < journal->key_count; i++)
	{
		Candidate  *candidate = &candidates[i];
		CanonicalBuffer buffer;

		candidate->key = palloc(columns * sizeof(Datum));
		head_image_get_key(compare->images, VARDATA_ANY(journal->keys[i]),
						   VARSIZE_ANY_EXHDR(journal->keys[i]),
						   candidate->key);
		canonical_buffer_create(CurrentMemoryContext, &buffer);
		head_image_put_key_form(compare->images, candidate->key, &buffer);
		candidate->form = buffer.bytes;
		candidate->length = buffer.length;
		candidate->hash = canonical_key_hash(buffer.bytes, buffer.length);
	}
	return candidates;
}

static int
compare_candidates(const void *a, const void *b)
{
	const Candidate *one = a;
	const Candidate *other = b;
	int			order;

	if (one->hash != other->hash)
		return one->hash < other->hash ? -1 : 1;
	order = memcmp(one->form, other->form, Min(one->length, other->length));
	if (order != 0)
		return order;
	return one->length < other->length ? -1 : one->length > other->length;
}

/*
 * Sort, and keep each key once: two images of one key (1.0 and 1.00) have one
 * key form.
 */
static Size
candidates_sort(Candidate *candidates, Size count)
{
	Size		kept = 0;

	qsort(candidates, count, sizeof(Candidate), compare_candidates);
	for (Size i = 0; i < count; i++)
	{
		if (kept > 0 && compare_candidates(&candidates[kept - 1],
										   &candidates[i]) == 0)
			continue;
		candidates[kept++] = candidates[i];
	}
	return kept;
}

/* The first candidate with a hash at or above this one. */
static Size
candidates_search(const Candidate *candidates, Size count, int64 hash)
{
	Size		low = 0;
	Size		high = count;

	while (low < high)
	{
		Size		middle = low + (high - low) / 2;

		if (candidates[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The last one first, as the reader likes it. */
static int
compare_by_rid(const void *a, const void *b)
{
	uint32		rid_a = ((const KeyEntry *) a)->rid;
	uint32		rid_b = ((const KeyEntry *) b)->rid;

	return rid_a > rid_b ? -1 : rid_a < rid_b;
}

/* A row of the last version with the hash of some candidate: is it its row? */
static void
candidates_take_old(Compare *compare, Candidate *candidates, Size count,
					const KeyEntry *entry)
{
	MemoryContext previous = MemoryContextSwitchTo(compare->scratch);
	unsigned char hash[CANONICAL_HASH_SIZE];
	CanonicalBuffer form;

	canonical_buffer_create(compare->scratch, &form);
	stored_row_hash_and_key(compare->stored, entry->rid, hash, &form);
	for (Size i = candidates_search(candidates, count, entry->hash);
		 i < count && candidates[i].hash == entry->hash; i++)
	{
		Candidate  *candidate = &candidates[i];

		if (candidate->length != form.length ||
			memcmp(candidate->form, form.bytes, form.length) != 0)
			continue;
		if (candidate->has_old && candidate->rid != entry->rid)
			ereport(ERROR,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("version %d of dataset \"%s\" has two rows with one key",
							compare->last->number, compare->dataset->name),
					 errdetail("Their row ids are %u and %u.",
							   candidate->rid, entry->rid)));
		candidate->has_old = true;
		candidate->rid = entry->rid;
		memcpy(candidate->old_hash, hash, sizeof(hash));
	}
	MemoryContextSwitchTo(previous);
	MemoryContextReset(compare->scratch);
}

/* Find the rows that the last version has for the candidates. */
static void
candidates_find_old(Compare *compare, Candidate *candidates, Size count)
{
	int64	   *hashes;
	Size		hash_count = 0;
	KeyEntry   *entries;
	Size		entry_count;

	if (compare->last == NULL || count == 0)
		return;
	hashes = palloc_extended(count * sizeof(int64), MCXT_ALLOC_HUGE);
	for (Size i = 0; i < count; i++)
		if (hash_count == 0 || hashes[hash_count - 1] != candidates[i].hash)
			hashes[hash_count++] = candidates[i].hash;
	entries = key_index_find(compare->store, compare->snapshot, hashes,
							 hash_count, &entry_count);
	pfree(hashes);

	/* parts and bitmaps are read in the order of row ids, from the end */
	qsort(entries, entry_count, sizeof(KeyEntry), compare_by_rid);
	for (Size i = 0; i < entry_count; i++)
		if (bitmap_contains(compare->bitmap, entries[i].rid))
			candidates_take_old(compare, candidates, count, &entries[i]);
	pfree(entries);
}

/* Find the rows that the head has for the candidates. */
static void
candidates_find_head(Compare *compare, Candidate *candidates, Size count)
{
	for (Size i = 0; i < count; i++)
	{
		Candidate  *candidate = &candidates[i];

		candidate->has_head = head_reader_find(compare->reader,
											   candidate->key, compare->slot,
											   &candidate->position);
		if (candidate->has_head)
			compare_hash_slot(compare, compare->slot, candidate->head_hash);
	}
	ExecClearTuple(compare->slot);
}

static void
candidate_judge(const Candidate *candidate, HeadChanges *changes)
{
	if (candidate->has_head && candidate->has_old &&
		memcmp(candidate->head_hash, candidate->old_hash,
			   CANONICAL_HASH_SIZE) == 0)
		return;
	if (candidate->has_head)
		changes_add(changes, &candidate->position);
	if (candidate->has_old)
		changes_remove(changes, candidate->rid, candidate->old_hash);
	if (candidate->has_head && candidate->has_old)
		changes->updated++;
	else if (candidate->has_head)
		changes->inserted++;
	else if (candidate->has_old)
		changes->deleted++;
}

static void
compare_keys(Compare *compare, const Journal *journal, HeadChanges *changes)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "allmende candidates",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext previous = MemoryContextSwitchTo(context);
	Candidate  *candidates = candidates_of(compare, journal);
	Size		count = candidates_sort(candidates, journal->key_count);

	candidates_find_old(compare, candidates, count);
	candidates_find_head(compare, candidates, count);
	MemoryContextSwitchTo(previous);
	for (Size i = 0; i < count; i++)
		candidate_judge(&candidates[i], changes);
	MemoryContextDelete(context);
}

static int
compare_removed(const void *a, const void *b)
{
	uint32		rid_a = ((const RemovedRow *) a)->rid;
	uint32		rid_b = ((const RemovedRow *) b)->rid;

	return rid_a < rid_b ? -1 : rid_a > rid_b;
}

static int
compare_positions(const void *a, const void *b)
{
	const HeadPosition *one = a;
	const HeadPosition *other = b;

	if (one->partition != other->partition)
		return one->partition < other->partition ? -1 : 1;
	return ItemPointerCompare(unconstify(ItemPointerData *, &one->tid),
							  unconstify(ItemPointerData *, &other->tid));
}

HeadChanges *
compare_head(Compare *compare, const Journal *journal, bool is_suspect)
{
	HeadChanges *changes = palloc0(sizeof(*changes));
	int64		rows = compare->last == NULL ? 0 : compare->last->total;

	if (is_suspect || journal->all || compare->last == NULL ||
		(journal->key_count > COMPARE_KEYS_MAX &&
		 journal->key_count > rows / COMPARE_ROWS_PER_KEY) ||
		(journal->key_count > 0 && !head_reader_can_find(compare->reader)))
		compare_all(compare, changes);
	else
		compare_keys(compare, journal, changes);

	if (changes->removed_count > 1)
		qsort(changes->removed, changes->removed_count, sizeof(RemovedRow),
			  compare_removed);
	if (changes->added_count > 1)
		qsort(changes->added, changes->added_count, sizeof(HeadPosition),
			  compare_positions);
	return changes;
}
