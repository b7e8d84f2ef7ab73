/*
 * ags_code.h
 *		AGS and ARS, the official keys of German municipalities.
 *
 * Amtlicher Gemeindeschlüssel (AGS): LL R KK GGG, that is state, government
 * region, district, municipality.  Its prefixes of 2, 3 and 5 digits are keys
 * too.  Regionalschlüssel (ARS): LL R KK VVVV GGG, with the association of
 * municipalities between district and municipality; always 12 digits here.
 * Neither has a check digit.  Source: Statistisches Bundesamt,
 * Gemeindeverzeichnis-Informationssystem GV-ISys, and its file GV100AD.
 */
#ifndef ALLMENDE_AGS_CODE_H
#define ALLMENDE_AGS_CODE_H

#include "core.h"

/* The four levels of an AGS, from the top of the hierarchy down. */
typedef enum AgsLevel
{
	AGS_STATE,					/* Land, 2 digits */
	AGS_GOVERNMENT_REGION,		/* Regierungsbezirk, 3 digits */
	AGS_DISTRICT,				/* Kreis or kreisfreie Stadt, 5 digits */
	AGS_MUNICIPALITY			/* Gemeinde, 8 digits */
} AgsLevel;

#define AGS_LEVELS 4

/*
 * An AGS: the key, padded with zeros to 8 digits, times 4, plus its level.
 * The order of these numbers is that of the hierarchy: a key stands before
 * all it contains, and what it contains is one unbroken range.
 */
typedef uint32_t AgsCode;

/* An ARS: its 12 digits as a number.  Their order is that of the hierarchy. */
typedef uint64_t ArsCode;

#define AGS_TEXT_SIZE 9			/* 8 digits and the terminating NUL */
#define ARS_DIGITS 12
#define ARS_TEXT_SIZE (ARS_DIGITS + 1)

/*
 * Read an AGS of 2, 3, 5 or 8 digits; nothing may surround it.
 */
extern bool ags_parse(const char *text, size_t length, AgsCode *code,
					  CoreError *error);

/* Write an AGS with its terminating NUL; returns the number of digits. */
extern size_t ags_format(AgsCode code, char text[AGS_TEXT_SIZE]);

/* Is this number, from a file or the network, an AGS? */
extern bool ags_check(uint32_t number, CoreError *error);

extern AgsLevel ags_level(AgsCode code);

/*
 * The key of the given level that contains this one.  False where there is
 * none: the level is below that of the key, or it is that of the government
 * region and the state has none (the key's third digit is 0).
 */
extern bool ags_ancestor(AgsCode code, AgsLevel level, AgsCode *ancestor);

/* The nearest key above this one; false for a state. */
extern bool ags_parent(AgsCode code, AgsCode *parent);

/* Is inner the same as outer, or a part of it? */
extern bool ags_contains(AgsCode outer, AgsCode inner);

/* The last code of the range that outer contains; the first is outer itself. */
extern AgsCode ags_last_contained(AgsCode outer);

/*
 * Read a key that has lost its leading zero (7, 4, 2 or 1 digits) or, where
 * the state is given, the state (6 or 3 digits).  What is complete is read as
 * it is.  Never guesses: what can be read in two ways is an error.
 * state is NULL or points to a code of level AGS_STATE.
 */
extern bool ags_repair(const char *text, size_t length, const AgsCode *state,
					   AgsCode *code, CoreError *error);

/*
 * Read an ARS of 12 digits.  The sixth is 0 (the municipality belongs to no
 * association; then digits 7 to 9 repeat the last three), 5 (it belongs to
 * one) or 9 (an area without municipality).
 */
extern bool ars_parse(const char *text, size_t length, ArsCode *code,
					  CoreError *error);

extern void ars_format(ArsCode code, char text[ARS_TEXT_SIZE]);

/* Is this number, from a file or the network, an ARS? */
extern bool ars_check(uint64_t number, CoreError *error);

/* The AGS of a municipality: the ARS without its association. */
extern AgsCode ars_to_ags(ArsCode code);

/*
 * The ARS of a municipality.  Follows from the AGS only in North
 * Rhine-Westphalia, which has no associations of municipalities.
 */
extern bool ags_to_ars(AgsCode code, ArsCode *ars, CoreError *error);

/* Does the area of an AGS contain the municipality of an ARS? */
extern bool ags_contains_ars(AgsCode outer, ArsCode inner);

/*
 * The range of ARS in which all those lie that outer contains.  Returns true
 * if it contains nothing else, false if the range must be filtered.
 */
extern bool ags_ars_range(AgsCode outer, ArsCode *first, ArsCode *last);

#endif							/* ALLMENDE_AGS_CODE_H */
