/*
 * preload.h
 *		The settings of a database that the extension needs.
 */
#ifndef ALLMENDE_PRELOAD_H
#define ALLMENDE_PRELOAD_H

#include "nodes/pg_list.h"

/* Does a list of libraries or schemas name us? */
extern bool preload_list_has_us(List * names);

#endif							/* ALLMENDE_PRELOAD_H */
