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

#endif							/* ALLMENDE_VERSION_RESOLVE_H */
