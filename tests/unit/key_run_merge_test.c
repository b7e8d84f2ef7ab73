/*
 * key_run_merge_test.c
 *		Tests of core/key_run_merge.c: the merge, and the plan.
 */
#include "unit.h"

#include "../../extension/core/key_run_merge.h"
#include "key_run_model.h"

#define RUNS_MAX 40
#define COMMITS 10000

/* Runs, and the next chunk of each. */
typedef struct KeyFeed
{
	KeyModel	models[RUNS_MAX];
	uint32_t	next[RUNS_MAX];
} KeyFeed;

/* A run as the plan sees it, and what has been done to its entries. */
typedef struct PlannedRun
{
	uint64_t	size;
	uint32_t	most_rewrites;	/* of any entry */
	uint64_t	rewrites;		/* of all entries */
} PlannedRun;

static bool
feed(void *context, uint32_t run, const void **bytes, size_t * length)
{
	KeyFeed    *from = context;
	KeyModel   *model = &from->models[run];
	uint32_t	chunk = from->next[run]++;

	if (chunk >= model->chunks)
		return false;
	*bytes = model->bytes[chunk];
	*length = model->lengths[chunk];
	return true;
}

/* All entries of runs, sorted, each once. */
static KeyModel
union_of(const KeyFeed *from, uint32_t runs)
{
	KeyModel	all = {0};
	uint32_t	count = 0;

	for (uint32_t i = 0; i < runs; i++)
		count += from->models[i].count;
	all.entries = model_allocate(count * sizeof(KeyEntry));
	count = 0;
	for (uint32_t i = 0; i < runs; i++)
	{
		memcpy(all.entries + count, from->models[i].entries,
			   from->models[i].count * sizeof(KeyEntry));
		count += from->models[i].count;
	}
	qsort(all.entries, count, sizeof(KeyEntry), model_compare);
	for (uint32_t i = 0; i < count; i++)
	{
		if (i == 0 ||
			model_compare(&all.entries[i], &all.entries[i - 1]) != 0)
			all.entries[all.count++] = all.entries[i];
	}
	return all;
}

/* Merge runs whose models have been written, and compare with a sort. */
static void
check_merge(KeyFeed *from, uint32_t runs)
{
	KeyModel	expected = union_of(from, runs);
	KeyMergeRun *memory = model_allocate(runs * sizeof(KeyMergeRun));
	KeyMerge	merge;
	KeyEntry	entry;
	CoreError	error;
	uint32_t	at = 0;

	memset(from->next, 0, sizeof(from->next));
	key_merge_begin(&merge, memory, runs, 0, feed, from);
	while (key_merge_next(&merge, &entry, &error))
	{
		if (!CHECK(at < expected.count &&
				   key_entry_compare(entry, expected.entries[at]) == 0))
			break;
		at++;
	}
	CHECK(!merge.failed);
	CHECK(at == expected.count);
	CHECK(!key_merge_next(&merge, &entry, &error) && !merge.failed);
	free(memory);
	model_free(&expected);
}

static void
merges(void)
{
	static const uint32_t limits[] = {2, 10, 700, 2500};

	for (uint32_t round = 0; round < 120; round++)
	{
		uint32_t	runs = model_below(RUNS_MAX / (round % 4 + 1) + 1);
		KeyFeed    *from = model_allocate(sizeof(KeyFeed));

		for (uint32_t i = 0; i < runs; i++)
		{
			/* shapes 2 to 6 share entries between runs */
			uint32_t	shape = round % 2 == 0 ? model_below(MODEL_SHAPES) :
			round / 2 % MODEL_SHAPES;
			uint32_t	first_rid = model_below(2) * 500;

			from->models[i] = model_of_shape(shape,
											 model_below(limits[round % 4]),
											 first_rid);
			CHECK(model_write(&from->models[i]));
		}
		check_merge(from, runs);
		for (uint32_t i = 0; i < runs; i++)
			model_free(&from->models[i]);
		free(from);
	}
}

/* Equal runs come out once. */
static void
equal_runs(void)
{
	KeyFeed    *from = model_allocate(sizeof(KeyFeed));
	uint64_t	state = model_state;

	for (uint32_t i = 0; i < 7; i++)
	{
		model_state = state;
		from->models[i] = model_of_shape(1, 1500, 0);
		CHECK(model_write(&from->models[i]));
	}
	check_merge(from, 7);
	for (uint32_t i = 0; i < 7; i++)
		model_free(&from->models[i]);
	free(from);
}

/* Merge until it fails, and see where that is. */
static void
check_failure(KeyFeed *from, uint32_t runs, uint32_t failed_run,
			  const char *reason)
{
	KeyMergeRun *memory = model_allocate(runs * sizeof(KeyMergeRun));
	KeyMerge	merge;
	KeyEntry	entry;
	CoreError	error = {"", 0};

	memset(from->next, 0, sizeof(from->next));
	key_merge_begin(&merge, memory, runs, 0, feed, from);
	while (key_merge_next(&merge, &entry, &error))
		;
	CHECK(merge.failed);
	CHECK(merge.failed_run == failed_run);
	CHECK_TEXT(error.reason, reason);
	CHECK(!key_merge_next(&merge, &entry, &error));
	free(memory);
}

static void
failures(void)
{
	KeyFeed    *from = model_allocate(sizeof(KeyFeed));
	KeyModel   *bad = &from->models[1];
	unsigned char *kept;
	size_t		kept_length;

	for (uint32_t i = 0; i < 3; i++)
	{
		from->models[i] = model_of_shape(0, 2000, i * 5000);
		CHECK(model_write(&from->models[i]));
		CHECK(from->models[i].chunks == 3);
	}

	/* damaged, in the first chunk and in the last */
	bad->bytes[0][100] ^= 1;
	check_failure(from, 3, 1, "Checksum differs from that in the header");
	bad->bytes[0][100] ^= 1;
	bad->bytes[2][100] ^= 1;
	check_failure(from, 3, 1, "Checksum differs from that in the header");
	bad->bytes[2][100] ^= 1;

	/* swapped, or twice the same */
	kept = bad->bytes[1];
	kept_length = bad->lengths[1];
	bad->bytes[1] = bad->bytes[2];
	bad->lengths[1] = bad->lengths[2];
	check_failure(from, 3, 1, "Chunk not behind the one before it");
	bad->bytes[2] = kept;
	bad->lengths[2] = kept_length;
	check_failure(from, 3, 1, "Chunk not behind the one before it");

	for (uint32_t i = 0; i < 3; i++)
		model_free(&from->models[i]);
	free(from);
}

/* Sizes of runs, how many of them to merge, and with what limit. */
static void
plans(void)
{
	static const struct
	{
		uint64_t	sizes[6];
		uint32_t	count;
		uint64_t	limit;
		uint32_t	merged;
	}			cases[] = {
		{{0}, 0, UINT64_MAX, 0},
		{{1}, 1, UINT64_MAX, 0},
		{{1, 1}, 2, UINT64_MAX, 2},
		{{2, 1}, 2, UINT64_MAX, 0},
		{{1, 2}, 2, UINT64_MAX, 2},
		{{2, 1, 1}, 3, UINT64_MAX, 3},
		{{3, 1, 1}, 3, UINT64_MAX, 2},
		{{100, 10, 5}, 3, UINT64_MAX, 0},
		{{100, 10, 90}, 3, UINT64_MAX, 3},
		{{101, 10, 90}, 3, UINT64_MAX, 2},
		{{40, 20, 10, 5, 3, 1}, 6, UINT64_MAX, 0},
		{{40, 20, 10, 5, 3, 2}, 6, UINT64_MAX, 6},
		{{40, 20, 10, 5, 3, 2}, 6, 80, 6},
		{{40, 20, 10, 5, 3, 2}, 6, 79, 5},
		{{40, 20, 10, 5, 3, 2}, 6, 10, 3},
		{{40, 20, 10, 5, 3, 2}, 6, 9, 0},
		{{UINT64_C(1) << 52, (UINT64_C(1) << 52) - 1, 1}, 3, UINT64_MAX, 3}
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		uint32_t	merged = key_run_merge_plan(cases[i].sizes, cases[i].count,
												cases[i].limit);

		if (!CHECK(merged == cases[i].merged))
			printf("# case %d: %u\n", (int) i, merged);
	}
}

/* Size of a commit. */
static uint64_t
commit_size(uint32_t mix, uint32_t commit)
{
	switch (mix)
	{
		case 0:
			return 1;
		case 1:
			return 1000;
		case 2:					/* one load and small edits */
			return commit == 0 ? 10000000 : 1 + model_below(1000);
		case 3:					/* loads in between */
			return commit % 1000 == 999 ? 1000000 : 1 + model_below(10);
		case 4:					/* falling */
			return COMMITS - commit;
		case 5:					/* rising */
			return commit + 1;
	}
	return UINT64_C(1) << model_below(20);	/* mixed */
}

/* The last runs become one; the newest of them has not been written before. */
static void
merge_planned(PlannedRun *runs, uint32_t * count, uint32_t merged)
{
	PlannedRun *into = &runs[*count - merged];

	for (uint32_t i = 0; i < merged; i++)
	{
		PlannedRun *run = into + i;
		bool		is_new = i == merged - 1;
		uint32_t	most = run->most_rewrites + (is_new ? 0 : 1);

		run->rewrites += is_new ? 0 : run->size;
		if (i == 0)
			into->most_rewrites = most;
		else
		{
			into->size += run->size;
			into->rewrites += run->rewrites;
			if (most > into->most_rewrites)
				into->most_rewrites = most;
		}
	}
	*count -= merged - 1;
}

static uint32_t
log2_floor(uint64_t number)
{
	return 63 - (uint32_t) __builtin_clzll(number);
}

/*
 * Commit 10,000 times; a merge is put off by a limit, unless that is without
 * end.  Checks the bounds that the header gives; shows what came out.
 */
static void
simulate(uint32_t mix, uint64_t limit)
{
	PlannedRun *runs = model_allocate((COMMITS + 1) * sizeof(PlannedRun));
	uint64_t   *sizes = model_allocate((COMMITS + 1) * sizeof(uint64_t));
	uint64_t	total = 0;
	uint64_t	rewrites = 0;
	uint32_t	count = 0;
	uint32_t	most_runs = 0;
	uint32_t	most_rewrites = 0;

	for (uint32_t commit = 0; commit < COMMITS; commit++)
	{
		uint64_t	now = commit == COMMITS - 1 ? UINT64_MAX : limit;
		uint32_t	merged;

		memset(&runs[count], 0, sizeof(PlannedRun));
		runs[count].size = commit_size(mix, commit);
		total += runs[count++].size;
		for (uint32_t i = 0; i < count; i++)
			sizes[i] = runs[i].size;
		merged = key_run_merge_plan(sizes, count, now);
		if (merged > 0)
			merge_planned(runs, &count, merged);
		if (now == UINT64_MAX)
		{
			CHECK(count <= 1 + log2_floor(total));
			most_runs = count > most_runs ? count : most_runs;
		}
		else
			CHECK(count <= 1 + log2_floor(limit) + 2 * total / limit);
	}
	for (uint32_t i = 0; i < count; i++)
	{
		rewrites += runs[i].rewrites;
		if (runs[i].most_rewrites > most_rewrites)
			most_rewrites = runs[i].most_rewrites;
	}
	CHECK(most_rewrites <= log2_floor(total));
	printf("# mix %u: %" PRIu64 " entries, at most %u runs, %u rewrites, %.2f on average\n",
		   mix, total, most_runs, most_rewrites,
		   (double) rewrites / (double) total);
	free(runs);
	free(sizes);
}

int
main(void)
{
	unit_case("a merge is a sorted union");
	merges();
	unit_case("equal runs come out once");
	equal_runs();
	unit_case("bad chunks end a merge");
	failures();
	unit_case("what is merged, run by run");
	plans();
	unit_case("runs and rewrites stay below the logarithm of the entries");
	for (uint32_t mix = 0; mix <= 6; mix++)
		simulate(mix, UINT64_MAX);
	unit_case("merges that were put off can be made up for");
	for (uint32_t mix = 0; mix <= 6; mix++)
		simulate(mix, 50000);
	return unit_finish();
}
