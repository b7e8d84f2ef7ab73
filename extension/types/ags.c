/*
 * ags.c
 *		SQL types ags and ars: official keys of German municipalities.
 *
 * Comparison, hashing and sorting are those of int4 and int8: the codes of
 * core/ags_code.h are ordered as the hierarchy is.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "../core/ags_code.h"
#include "types.h"

#define DatumGetAgsCode(datum) DatumGetUInt32(datum)
#define AgsCodeGetDatum(code) UInt32GetDatum(code)
#define PG_GETARG_AGS(n) DatumGetAgsCode(PG_GETARG_DATUM(n))
#define PG_RETURN_AGS(code) return AgsCodeGetDatum(code)

#define DatumGetArsCode(datum) ((ArsCode) DatumGetInt64(datum))
#define ArsCodeGetDatum(code) Int64GetDatum((int64) (code))
#define PG_GETARG_ARS(n) DatumGetArsCode(PG_GETARG_DATUM(n))
#define PG_RETURN_ARS(code) return ArsCodeGetDatum(code)

PG_FUNCTION_INFO_V1(allmende_ags_in);
PG_FUNCTION_INFO_V1(allmende_ags_out);
PG_FUNCTION_INFO_V1(allmende_ags_recv);
PG_FUNCTION_INFO_V1(allmende_ags_send);
PG_FUNCTION_INFO_V1(allmende_ags_from_text);
PG_FUNCTION_INFO_V1(allmende_ags_to_text);
PG_FUNCTION_INFO_V1(allmende_ags_is_valid);
PG_FUNCTION_INFO_V1(allmende_ags_repair);
PG_FUNCTION_INFO_V1(allmende_ags_repair_in_state);
PG_FUNCTION_INFO_V1(allmende_ags_level);
PG_FUNCTION_INFO_V1(allmende_ags_parent);
PG_FUNCTION_INFO_V1(allmende_ags_state);
PG_FUNCTION_INFO_V1(allmende_ags_government_region);
PG_FUNCTION_INFO_V1(allmende_ags_district);
PG_FUNCTION_INFO_V1(allmende_ags_contains);
PG_FUNCTION_INFO_V1(allmende_ags_contained);
PG_FUNCTION_INFO_V1(allmende_ags_last_contained);
PG_FUNCTION_INFO_V1(allmende_ags_contains_support);
PG_FUNCTION_INFO_V1(allmende_ags_contained_support);
PG_FUNCTION_INFO_V1(allmende_ars_in);
PG_FUNCTION_INFO_V1(allmende_ars_out);
PG_FUNCTION_INFO_V1(allmende_ars_recv);
PG_FUNCTION_INFO_V1(allmende_ars_send);
PG_FUNCTION_INFO_V1(allmende_ars_from_text);
PG_FUNCTION_INFO_V1(allmende_ars_to_text);
PG_FUNCTION_INFO_V1(allmende_ars_is_valid);
PG_FUNCTION_INFO_V1(allmende_ars_to_ags);
PG_FUNCTION_INFO_V1(allmende_ars_from_ags);
PG_FUNCTION_INFO_V1(allmende_ars_association);
PG_FUNCTION_INFO_V1(allmende_ars_in_ags);
PG_FUNCTION_INFO_V1(allmende_ars_of_ags);
PG_FUNCTION_INFO_V1(allmende_ars_first);
PG_FUNCTION_INFO_V1(allmende_ars_last);
PG_FUNCTION_INFO_V1(allmende_ars_contains_support);
PG_FUNCTION_INFO_V1(allmende_ars_contained_support);

/* The names of the levels in SQL, in the order of AgsLevel. */
static const char *const ags_level_names[AGS_LEVELS] = {
	"state", "government_region", "district", "municipality"
};

/*
 * The AGS in a text; raises 22P02, with the way out where the text looks like
 * a key that went through a spreadsheet.
 */
static AgsCode
ags_read(const char *text)
{
	size_t		length = strlen(text);
	bool		shortened = length == 1 || length == 4 || length == 7;
	AgsCode		code;
	CoreError	error;

	if (!ags_parse(text, length, &code, &error))
		type_input_error("ags", text, &error,
						 shortened && error.position == CORE_NO_POSITION ?
						 "A key that has lost its leading zero is repaired by allmende.ags_repair(text)." : NULL);
	return code;
}

static ArsCode
ars_read(const char *text)
{
	ArsCode		code;
	CoreError	error;

	if (!ars_parse(text, strlen(text), &code, &error))
		type_input_error("ars", text, &error, NULL);
	return code;
}

static char *
ags_write(AgsCode code)
{
	char	   *text = palloc(AGS_TEXT_SIZE);

	ags_format(code, text);
	return text;
}

static char *
ars_write(ArsCode code)
{
	char	   *text = palloc(ARS_TEXT_SIZE);

	ars_format(code, text);
	return text;
}

Datum
allmende_ags_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_AGS(ags_read(PG_GETARG_CSTRING(0)));
}

Datum
allmende_ags_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(ags_write(PG_GETARG_AGS(0)));
}

Datum
allmende_ags_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	uint32		number = pq_getmsgint(buffer, sizeof(number));
	CoreError	error;

	if (!ags_check(number, &error))
		type_binary_error("ags", &error);
	PG_RETURN_AGS(number);
}

Datum
allmende_ags_send(PG_FUNCTION_ARGS)
{
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint32(&buffer, PG_GETARG_AGS(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

Datum
allmende_ags_from_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_AGS(ags_read(text_to_cstring(PG_GETARG_TEXT_PP(0))));
}

Datum
allmende_ags_to_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(ags_write(PG_GETARG_AGS(0))));
}

Datum
allmende_ags_is_valid(PG_FUNCTION_ARGS)
{
	text	   *key = PG_GETARG_TEXT_PP(0);
	AgsCode		code;
	CoreError	error;

	PG_RETURN_BOOL(ags_parse(VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key), &code,
							 &error));
}

static AgsCode
ags_repair_datum(Datum datum, const AgsCode *state)
{
	text	   *key = DatumGetTextPP(datum);
	AgsCode		code;
	CoreError	error;

	if (!ags_repair(VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key), state, &code,
					&error))
	{
		char	   *shown = text_to_cstring(key);

		if (error.position != CORE_NO_POSITION)
			type_input_error("ags", shown, &error, NULL);
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_AGS_NOT_REPAIRABLE),
				 errmsg("cannot repair AGS \"%s\"", shown),
				 errdetail("%s.", error.reason)));
	}
	return code;
}

Datum
allmende_ags_repair(PG_FUNCTION_ARGS)
{
	PG_RETURN_AGS(ags_repair_datum(PG_GETARG_DATUM(0), NULL));
}

Datum
allmende_ags_repair_in_state(PG_FUNCTION_ARGS)
{
	AgsCode		state = PG_GETARG_AGS(1);

	if (ags_level(state) != AGS_STATE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("AGS \"%s\" is not that of a state",
						ags_write(state)),
				 errdetail("A state has two digits.")));
	PG_RETURN_AGS(ags_repair_datum(PG_GETARG_DATUM(0), &state));
}

Datum
allmende_ags_level(PG_FUNCTION_ARGS)
{
	AgsLevel	level = ags_level(PG_GETARG_AGS(0));

	PG_RETURN_TEXT_P(cstring_to_text(ags_level_names[level]));
}

Datum
allmende_ags_parent(PG_FUNCTION_ARGS)
{
	AgsCode		parent;

	if (!ags_parent(PG_GETARG_AGS(0), &parent))
		PG_RETURN_NULL();
	PG_RETURN_AGS(parent);
}

/* The key of a level that contains the argument, or null. */
static Datum
ags_ancestor_or_null(FunctionCallInfo fcinfo, AgsLevel level)
{
	AgsCode		ancestor;

	if (!ags_ancestor(PG_GETARG_AGS(0), level, &ancestor))
		PG_RETURN_NULL();
	PG_RETURN_AGS(ancestor);
}

Datum
allmende_ags_state(PG_FUNCTION_ARGS)
{
	return ags_ancestor_or_null(fcinfo, AGS_STATE);
}

Datum
allmende_ags_government_region(PG_FUNCTION_ARGS)
{
	return ags_ancestor_or_null(fcinfo, AGS_GOVERNMENT_REGION);
}

Datum
allmende_ags_district(PG_FUNCTION_ARGS)
{
	return ags_ancestor_or_null(fcinfo, AGS_DISTRICT);
}

Datum
allmende_ags_contains(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(ags_contains(PG_GETARG_AGS(0), PG_GETARG_AGS(1)));
}

Datum
allmende_ags_contained(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(ags_contains(PG_GETARG_AGS(1), PG_GETARG_AGS(0)));
}

Datum
allmende_ags_last_contained(PG_FUNCTION_ARGS)
{
	PG_RETURN_AGS(ags_last_contained(PG_GETARG_AGS(0)));
}

/* "x @> column" is a range of a btree index, from x to the last in x */
Datum
allmende_ags_contains_support(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(type_index_range((Node *) PG_GETARG_POINTER(0), 1,
									   NULL, "ags_last_contained", false));
}

/* "column <@ x", the same from the other side */
Datum
allmende_ags_contained_support(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(type_index_range((Node *) PG_GETARG_POINTER(0), 0,
									   NULL, "ags_last_contained", false));
}

Datum
allmende_ars_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_ARS(ars_read(PG_GETARG_CSTRING(0)));
}

Datum
allmende_ars_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(ars_write(PG_GETARG_ARS(0)));
}

Datum
allmende_ars_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	ArsCode		number = (ArsCode) pq_getmsgint64(buffer);
	CoreError	error;

	if (!ars_check(number, &error))
		type_binary_error("ars", &error);
	PG_RETURN_ARS(number);
}

Datum
allmende_ars_send(PG_FUNCTION_ARGS)
{
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint64(&buffer, PG_GETARG_ARS(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

Datum
allmende_ars_from_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_ARS(ars_read(text_to_cstring(PG_GETARG_TEXT_PP(0))));
}

Datum
allmende_ars_to_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(ars_write(PG_GETARG_ARS(0))));
}

Datum
allmende_ars_is_valid(PG_FUNCTION_ARGS)
{
	text	   *key = PG_GETARG_TEXT_PP(0);
	ArsCode		code;
	CoreError	error;

	PG_RETURN_BOOL(ars_parse(VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key), &code,
							 &error));
}

Datum
allmende_ars_to_ags(PG_FUNCTION_ARGS)
{
	PG_RETURN_AGS(ars_to_ags(PG_GETARG_ARS(0)));
}

Datum
allmende_ars_from_ags(PG_FUNCTION_ARGS)
{
	AgsCode		ags = PG_GETARG_AGS(0);
	ArsCode		ars;
	CoreError	error;

	if (!ags_to_ars(ags, &ars, &error))
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_ARS_NOT_DEFINED),
				 errmsg("the ARS of AGS \"%s\" does not follow from it",
						ags_write(ags)),
				 errdetail("%s.", error.reason),
				 errhint("Look it up in a register of municipalities such as GV100AD.")));
	PG_RETURN_ARS(ars);
}

/* The first nine digits: the key of the association (Gemeindeverband). */
Datum
allmende_ars_association(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text_with_len(ars_write(PG_GETARG_ARS(0)), 9));
}

Datum
allmende_ars_in_ags(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(ags_contains_ars(PG_GETARG_AGS(1), PG_GETARG_ARS(0)));
}

Datum
allmende_ars_of_ags(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(ags_contains_ars(PG_GETARG_AGS(0), PG_GETARG_ARS(1)));
}

Datum
allmende_ars_first(PG_FUNCTION_ARGS)
{
	ArsCode		first;
	ArsCode		last;

	ags_ars_range(PG_GETARG_AGS(0), &first, &last);
	PG_RETURN_ARS(first);
}

Datum
allmende_ars_last(PG_FUNCTION_ARGS)
{
	ArsCode		first;
	ArsCode		last;

	ags_ars_range(PG_GETARG_AGS(0), &first, &last);
	PG_RETURN_ARS(last);
}

/*
 * An ARS column within an AGS.  The range is filtered, since the ARS of one
 * municipality's AGS need not be neighbours.
 */
Datum
allmende_ars_contains_support(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(type_index_range((Node *) PG_GETARG_POINTER(0), 1,
									   "ars_first", "ars_last", true));
}

Datum
allmende_ars_contained_support(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(type_index_range((Node *) PG_GETARG_POINTER(0), 0,
									   "ars_first", "ars_last", true));
}
