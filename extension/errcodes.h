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
/* a table or row of a store that is gone */
#define ERRCODE_ALLMENDE_STORE_INCOMPLETE MAKE_SQLSTATE('R','D','2','0','5')

/* two tables that claim to be the head of one dataset */
#define ERRCODE_ALLMENDE_HEAD_AMBIGUOUS MAKE_SQLSTATE('R','D','3','0','1')
/* a table or dataset that is not tracked */
#define ERRCODE_ALLMENDE_NOT_TRACKED MAKE_SQLSTATE('R','D','3','0','2')
/* several rows of a head with one key */
#define ERRCODE_ALLMENDE_KEY_NOT_UNIQUE MAKE_SQLSTATE('R','D','3','0','3')
/* a ref that names no version */
#define ERRCODE_ALLMENDE_REF_NOT_FOUND MAKE_SQLSTATE('R','D','3','0','4')
/* a ref or name that may mean several versions or datasets */
#define ERRCODE_ALLMENDE_REF_AMBIGUOUS MAKE_SQLSTATE('R','D','3','0','5')
/* a table that cannot be tracked */
#define ERRCODE_ALLMENDE_CANNOT_TRACK MAKE_SQLSTATE('R','D','3','0','6')
/* nothing has changed since the last commit */
#define ERRCODE_ALLMENDE_NOTHING_TO_COMMIT MAKE_SQLSTATE('R','D','3','0','7')
/* a table that is already tracked */
#define ERRCODE_ALLMENDE_ALREADY_TRACKED MAKE_SQLSTATE('R','D','3','0','8')
/* rows whose values at a version do not fit the columns of today */
#define ERRCODE_ALLMENDE_SCHEMA_MISMATCH MAKE_SQLSTATE('R','D','3','0','9')

#endif							/* ALLMENDE_ERRCODES_H */
