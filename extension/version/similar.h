/*
 * similar.h
 *		Names that may be meant by one that is not there.  postgres.h comes
 *		first.
 */
#ifndef ALLMENDE_VERSION_SIMILAR_H
#define ALLMENDE_VERSION_SIMILAR_H

#include "nodes/pg_list.h"

/*
 * Those of names (List of char *) that are like a name, quoted, the most similar
 * ones first, most of them at most; NULL where there are none.
 */
extern char *similar_list(const char *name, List * names, int most);

#endif							/* ALLMENDE_VERSION_SIMILAR_H */
