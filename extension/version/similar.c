/*
 * similar.c
 *		Names that may be meant by one that is not there.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/varlena.h"

#include "similar.h"

/* Edits between names that may be meant for each other, as in hints of PostgreSQL. */
#define DISTANCE_MAX 3

typedef struct Similar
{
	char	   *name;
	int			distance;
} Similar;

/*
 * Edits from one name to another; 0 where one begins as the other.  DISTANCE_MAX
 * + 1 where they are not alike.
 */
static int
name_distance(const char *name, const char *other)
{
	int			length = (int) strlen(name);
	int			other_length = (int) strlen(other);
	int			common = Min(length, other_length);
	int			distance;

	if (common >= DISTANCE_MAX && pg_strncasecmp(name, other, common) == 0)
		return 0;
	distance = varstr_levenshtein_less_equal(name, length, other, other_length,
											 1, 1, 1, DISTANCE_MAX, true);
	/* else short names were like any other */
	return distance <= length / 2 ? distance : DISTANCE_MAX + 1;
}

static int
compare_similar(const ListCell * a, const ListCell * b)
{
	const Similar *one = lfirst(a);
	const Similar *other = lfirst(b);

	if (one->distance != other->distance)
		return one->distance - other->distance;
	return strcmp(one->name, other->name);
}

char *
similar_list(const char *name, List * names, int most)
{
	List	   *found = NIL;
	ListCell   *cell;
	StringInfoData list;

	foreach(cell, names)
	{
		int			distance = name_distance(name, lfirst(cell));
		Similar    *similar;

		if (distance > DISTANCE_MAX)
			continue;
		similar = palloc(sizeof(*similar));
		similar->name = lfirst(cell);
		similar->distance = distance;
		found = lappend(found, similar);
	}
	if (found == NIL)
		return NULL;
	list_sort(found, compare_similar);
	initStringInfo(&list);
	foreach(cell, found)
	{
		if (foreach_current_index(cell) == most)
			break;
		appendStringInfo(&list, "%s\"%s\"", list.len == 0 ? "" : ", ",
						 ((Similar *) lfirst(cell))->name);
	}
	return list.data;
}
