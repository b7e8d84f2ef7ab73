/*
 * resolve.h
 *		From refs to versions of a dataset.  postgres.h comes first.
 */
#ifndef ALLMENDE_VERSION_RESOLVE_H
#define ALLMENDE_VERSION_RESOLVE_H

#include "catalog.h"

/*
 * The version that a ref names.  NULL for WORKING.  Raises RD304 where it names
 * none (candidates in the HINT), RD305 where it names several (they are listed),
 * 22023 where it is no ref (with the position).
 */
extern Version *resolve_ref(const Dataset *dataset, const char *ref,
							Snapshot snapshot);

/* The same; WORKING is an error as well, 22023. */
extern Version *resolve_committed(const Dataset *dataset, const char *ref,
								  Snapshot snapshot);

/*
 * A ref that names a version for good: its number on the trunk (branch main), or
 * its revision.
 */
extern char *resolve_name(const Version *version, const Branch *trunk);

/* Raise 22023 for a text that is no ref or no name. */
extern void resolve_syntax_error(const char *what, const char *text,
								 const CoreError *error)
			pg_attribute_noreturn();

#endif							/* ALLMENDE_VERSION_RESOLVE_H */
