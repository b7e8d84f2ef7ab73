/*
 * bitmap.h
 *		Which row ids a version has, in the tables of a store.  postgres.h comes
 *		first.
 *
 * For every segment that a version changes there is a row (branch, segment,
 * version) with the ids that it added and removed, and now and then with all
 * that it has.
 */
#ifndef ALLMENDE_STORE_BITMAP_H
#define ALLMENDE_STORE_BITMAP_H

#include "../core/rowset_write.h"
#include "store.h"

/*
 * A version's place: the branch and its number there, then those that the
 * branch began at, up to the trunk.
 */
typedef struct VersionPlace
{
	int32		branch;
	int32		number;
} VersionPlace;

typedef struct VersionPath
{
	int			count;			/* at least 1 */
	VersionPlace places[FLEXIBLE_ARRAY_MEMBER];
} VersionPath;

/*
 * Write what a version changes against the version that path[0].number - 1 of
 * the same branch is (or, where that is 0, path[1], or nothing).  path[0] is the
 * new version.  Ranges are ascending and do not overlap or touch.
 */
extern void bitmap_write(const Store *store, Snapshot snapshot,
						 const VersionPath *path,
						 const RowsetRange *added, Size added_count,
						 const RowsetRange *removed, Size removed_count);

/* A segment of a version: one bit per row id. */
typedef struct SegmentBits
{
	uint32		segment;
	uint32		cardinality;	/* 1 to 65,536 */
	uint64		words[1024];
} SegmentBits;

/* Reading the row ids of one version; lives in the current memory context. */
typedef struct BitmapReader BitmapReader;

extern BitmapReader *bitmap_open(const Store *store, Snapshot snapshot,
								 const VersionPath *path);

/* The next segment that has rows, ascending; NULL at the end. */
extern const SegmentBits *bitmap_next(BitmapReader *reader);

/* Begin again with the first segment. */
extern void bitmap_rewind(BitmapReader *reader);

/* Has the version this row id?  Cheap where segments do not alternate. */
extern bool bitmap_contains(BitmapReader *reader, uint32 rid);
extern void bitmap_close(BitmapReader *reader);

/*
 * What a version changed: ranges added and removed, ascending, in the current
 * memory context.
 */
typedef struct BitmapDelta
{
	RowsetRange *added;
	Size		added_count;
	RowsetRange *removed;
	Size		removed_count;
} BitmapDelta;

extern void bitmap_delta(const Store *store, Snapshot snapshot,
						 VersionPlace place, BitmapDelta *delta);

#endif							/* ALLMENDE_STORE_BITMAP_H */
