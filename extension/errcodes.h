/*
 * errcodes.h
 *		SQLSTATEs of our own, class RD (regional data).
 *
 * Malformed text or binary input of a type is 22P02 or 22P03 and a number out
 * of range is 22003, as everywhere in PostgreSQL; the codes below are for what
 * PostgreSQL has no word for.  Number ranges follow those of the SQL parts:
 * RD1xx types, RD2xx store, RD3xx version, RD4xx geo, RD5xx aggregation,
 * RD6xx member.  Each is explained in docs/errors.md; tests/lint checks that.
 */
#ifndef ALLMENDE_ERRCODES_H
#define ALLMENDE_ERRCODES_H

/* an AGS that cannot be repaired without guessing */
#define ERRCODE_ALLMENDE_AGS_NOT_REPAIRABLE MAKE_SQLSTATE('R','D','1','0','1')
/* an AGS whose ARS does not follow from it */
#define ERRCODE_ALLMENDE_ARS_NOT_DEFINED MAKE_SQLSTATE('R','D','1','0','2')
/* an edge length that the GeoGitter does not have */
#define ERRCODE_ALLMENDE_GRIDCELL_SIZE MAKE_SQLSTATE('R','D','1','1','0')
/* two edge lengths of which one is not a multiple of the other */
#define ERRCODE_ALLMENDE_GRIDCELL_NESTING MAKE_SQLSTATE('R','D','1','1','1')
/* a geometry that has no cell, or too many of them */
#define ERRCODE_ALLMENDE_GRIDCELL_GEOMETRY MAKE_SQLSTATE('R','D','1','1','2')

/* a column whose type has no canonical form */
#define ERRCODE_ALLMENDE_TYPE_HAS_NO_CANONICAL_FORM MAKE_SQLSTATE('R','D','2','0','1')
/* a column whose type has no key form */
#define ERRCODE_ALLMENDE_TYPE_HAS_NO_KEY_FORM MAKE_SQLSTATE('R','D','2','0','2')
/* a label in canonical bytes that the enum lacks */
#define ERRCODE_ALLMENDE_LABEL_IS_MISSING MAKE_SQLSTATE('R','D','2','0','3')
/* bytes that are not the canonical form of such a row */
#define ERRCODE_ALLMENDE_CANONICAL_FORM_INVALID MAKE_SQLSTATE('R','D','2','0','4')

#endif							/* ALLMENDE_ERRCODES_H */
