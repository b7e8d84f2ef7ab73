/*
 * rowset_croaring.c
 *		Algebra of sets, by CRoaring; the only file that knows it.
 *
 * CRoaring allocates with malloc and does not validate what it reads.  So each
 * function here checks all bytes, hands them over, takes a result as bytes
 * back and frees what CRoaring holds.  Between the first and the last of its
 * calls nothing may raise an error: no palloc() but without one, no
 * CHECK_FOR_INTERRUPTS().  Only then errors are raised and results made
 * canonical.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include <roaring/roaring.h>

#include "rowset.h"

StaticAssertDecl(ROWSET_SIZE_MAX + VARHDRSZ < MaxAllocSize,
				 "every set fits into a value");

/* CRoaring trusts its input, so what is stored is checked before each use. */
static void
check_stored(const Rowset *rowset)
{
	uint64_t	cardinality;
	CoreError	error;

	if (!rowset_check(ROWSET_BYTES(rowset), ROWSET_LENGTH(rowset),
					  &cardinality, &error))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("stored rowset is damaged"),
				 errdetail("%s at byte %ld.", error.reason,
						   error.position + 1)));
}

static void
out_of_memory(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_OUT_OF_MEMORY),
			 errmsg("out of memory"),
			 errdetail("Failed in an operation on rowsets.")));
}

/* A checked set in CRoaring's memory; NULL where there is none left. */
static roaring_bitmap_t *
bitmap_read(const Rowset *rowset)
{
	return roaring_bitmap_portable_deserialize_safe(ROWSET_BYTES(rowset),
													ROWSET_LENGTH(rowset));
}

static void
bitmap_free(roaring_bitmap_t * bitmap)
{
	if (bitmap != NULL)
		roaring_bitmap_free(bitmap);
}

/*
 * Free a bitmap that may be NULL, and return it as a value that is not yet
 * canonical; NULL where memory is short.  Raises nothing.
 */
static Rowset *
bitmap_release(roaring_bitmap_t * bitmap)
{
	Rowset	   *rowset = NULL;
	size_t		size;

	if (bitmap == NULL)
		return NULL;
	size = roaring_bitmap_portable_size_in_bytes(bitmap);
	if (AllocSizeIsValid(size) && AllocSizeIsValid(size + VARHDRSZ))
		rowset = palloc_extended(size + VARHDRSZ, MCXT_ALLOC_NO_OOM);
	if (rowset != NULL)
	{
		SET_VARSIZE(rowset, size + VARHDRSZ);
		(void) roaring_bitmap_portable_serialize(bitmap, VARDATA(rowset));
	}
	roaring_bitmap_free(bitmap);
	return rowset;
}

/* Make a result canonical; raises the error that had to wait. */
static Rowset *
finish_result(Rowset *result)
{
	uint64_t	cardinality;
	CoreError	error;
	Rowset	   *canonical;
	size_t		size;

	if (result == NULL)
		out_of_memory();
	if (!rowset_check(VARDATA(result), VARSIZE(result) - VARHDRSZ,
					  &cardinality, &error))
		elog(ERROR, "CRoaring returned an invalid bitmap: %s at byte %ld",
			 error.reason, error.position + 1);
	if (rowset_is_canonical(VARDATA(result)))
		return result;
	size = rowset_canonical_size(VARDATA(result)) + VARHDRSZ;
	canonical = palloc(size);
	SET_VARSIZE(canonical, size);
	rowset_canonical_write(VARDATA(result), VARDATA(canonical));
	pfree(result);
	return canonical;
}

static roaring_bitmap_t *
bitmap_operate(RowsetOperation operation, const roaring_bitmap_t * a,
			   const roaring_bitmap_t * b)
{
	switch (operation)
	{
		case ROWSET_UNION:
			return roaring_bitmap_or(a, b);
		case ROWSET_INTERSECTION:
			return roaring_bitmap_and(a, b);
		case ROWSET_DIFFERENCE:
			return roaring_bitmap_andnot(a, b);
		case ROWSET_XOR:
			break;
	}
	return roaring_bitmap_xor(a, b);
}

Rowset *
rowset_operate(RowsetOperation operation, const Rowset *a, const Rowset *b)
{
	roaring_bitmap_t *bitmap_a;
	roaring_bitmap_t *bitmap_b;
	roaring_bitmap_t *result = NULL;

	check_stored(a);
	check_stored(b);
	bitmap_a = bitmap_read(a);
	bitmap_b = bitmap_read(b);
	if (bitmap_a != NULL && bitmap_b != NULL)
		result = bitmap_operate(operation, bitmap_a, bitmap_b);
	bitmap_free(bitmap_a);
	bitmap_free(bitmap_b);
	return finish_result(bitmap_release(result));
}

Rowset *
rowset_unite(Rowset *const *sets, int count)
{
	roaring_bitmap_t *result;

	for (int i = 0; i < count; i++)
		check_stored(sets[i]);
	result = bitmap_read(sets[0]);
	for (int i = 1; i < count && result != NULL; i++)
	{
		roaring_bitmap_t *next = bitmap_read(sets[i]);

		if (next == NULL)
		{
			roaring_bitmap_free(result);
			result = NULL;
			break;
		}
		roaring_bitmap_or_inplace(result, next);
		roaring_bitmap_free(next);
	}
	return finish_result(bitmap_release(result));
}

/* Ask CRoaring a question about two sets. */
static bool
ask(bool (*question) (const roaring_bitmap_t *, const roaring_bitmap_t *),
	const Rowset *a, const Rowset *b)
{
	roaring_bitmap_t *bitmap_a;
	roaring_bitmap_t *bitmap_b;
	bool		known;
	bool		answer = false;

	check_stored(a);
	check_stored(b);
	bitmap_a = bitmap_read(a);
	bitmap_b = bitmap_read(b);
	known = bitmap_a != NULL && bitmap_b != NULL;
	if (known)
		answer = question(bitmap_a, bitmap_b);
	bitmap_free(bitmap_a);
	bitmap_free(bitmap_b);
	if (!known)
		out_of_memory();
	return answer;
}

bool
rowset_is_subset(const Rowset *inner, const Rowset *outer)
{
	return ask(roaring_bitmap_is_subset, inner, outer);
}

bool
rowset_overlaps(const Rowset *a, const Rowset *b)
{
	return ask(roaring_bitmap_intersect, a, b);
}
