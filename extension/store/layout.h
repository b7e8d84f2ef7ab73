/*
 * layout.h
 *		How the values of a type are kept in parts.  postgres.h comes first.
 */
#ifndef ALLMENDE_STORE_LAYOUT_H
#define ALLMENDE_STORE_LAYOUT_H

#include "../core/layout_value.h"

/*
 * The layout that the canonical values of a type (of a domain: of its base type)
 * are best kept in.  Any type that canonical_type_create() takes has one.
 */
extern ValueLayout layout_of_type(Oid type);

#endif							/* ALLMENDE_STORE_LAYOUT_H */
