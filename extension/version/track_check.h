/*
 * track_check.h
 *		Which tables can be tracked, and by which key.  postgres.h comes first.
 */
#ifndef ALLMENDE_VERSION_TRACK_CHECK_H
#define ALLMENDE_VERSION_TRACK_CHECK_H

#include "nodes/pg_list.h"
#include "utils/relcache.h"

/* Raises RD306 for a table that cannot be tracked, whatever its key. */
extern void track_check_table(Relation relation);

/*
 * The columns of the key, as a List of char *: those that are named, else those
 * of the primary key.  Raises RD306 where no index makes them a key.
 */
extern List *track_key(Relation relation, List *names);

/* Raises RD306 for names that are no columns, or columns of the key. */
extern void track_check_ignored(Relation relation, List *names, List *key);

#endif							/* ALLMENDE_VERSION_TRACK_CHECK_H */
