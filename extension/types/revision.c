/*
 * revision.c
 *		SQL type revision: the SHA-256 sum that is a commit's id.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/sortsupport.h"

#include "../core/revision_code.h"
#include "types.h"

#define DatumGetRevision(datum) ((RevisionId *) DatumGetPointer(datum))
#define PG_GETARG_REVISION(n) DatumGetRevision(PG_GETARG_DATUM(n))

PG_FUNCTION_INFO_V1(allmende_revision_in);
PG_FUNCTION_INFO_V1(allmende_revision_out);
PG_FUNCTION_INFO_V1(allmende_revision_recv);
PG_FUNCTION_INFO_V1(allmende_revision_send);
PG_FUNCTION_INFO_V1(allmende_revision_from_text);
PG_FUNCTION_INFO_V1(allmende_revision_to_text);
PG_FUNCTION_INFO_V1(allmende_revision_from_bytea);
PG_FUNCTION_INFO_V1(allmende_revision_is_valid);
PG_FUNCTION_INFO_V1(allmende_revision_lt);
PG_FUNCTION_INFO_V1(allmende_revision_le);
PG_FUNCTION_INFO_V1(allmende_revision_eq);
PG_FUNCTION_INFO_V1(allmende_revision_ne);
PG_FUNCTION_INFO_V1(allmende_revision_ge);
PG_FUNCTION_INFO_V1(allmende_revision_gt);
PG_FUNCTION_INFO_V1(allmende_revision_cmp);
PG_FUNCTION_INFO_V1(allmende_revision_sortsupport);
PG_FUNCTION_INFO_V1(allmende_revision_hash);
PG_FUNCTION_INFO_V1(allmende_revision_hash_extended);
PG_FUNCTION_INFO_V1(allmende_revision_starts_with);
PG_FUNCTION_INFO_V1(allmende_revision_first);
PG_FUNCTION_INFO_V1(allmende_revision_last);
PG_FUNCTION_INFO_V1(allmende_revision_starts_with_support);

/* The revision in a text; raises 22P02. */
static RevisionId *
revision_read(const char *text)
{
	RevisionId *id = palloc(sizeof(RevisionId));
	CoreError	error;

	if (!revision_parse(text, strlen(text), id, &error))
		type_input_error("revision", text, &error, NULL);
	return id;
}

static char *
revision_write(const RevisionId *id)
{
	char	   *text = palloc(REVISION_TEXT_SIZE);

	revision_format(id, text);
	return text;
}

Datum
allmende_revision_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(revision_read(PG_GETARG_CSTRING(0)));
}

Datum
allmende_revision_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(revision_write(PG_GETARG_REVISION(0)));
}

/* Any 32 bytes are a revision; recv's caller refuses what is behind them. */
Datum
allmende_revision_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	RevisionId *id = palloc(sizeof(RevisionId));

	pq_copymsgbytes(buffer, (char *) id->bytes, REVISION_SIZE);
	PG_RETURN_POINTER(id);
}

/* Also the cast to bytea. */
Datum
allmende_revision_send(PG_FUNCTION_ARGS)
{
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendbytes(&buffer, (char *) PG_GETARG_REVISION(0)->bytes,
				 REVISION_SIZE);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

Datum
allmende_revision_from_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(revision_read(text_to_cstring(PG_GETARG_TEXT_PP(0))));
}

Datum
allmende_revision_to_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(revision_write(PG_GETARG_REVISION(0))));
}

Datum
allmende_revision_from_bytea(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	RevisionId *id = palloc(sizeof(RevisionId));

	if (VARSIZE_ANY_EXHDR(bytes) != REVISION_SIZE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value of type %s", "revision"),
				 errdetail("A revision has %d bytes, not %zu.", REVISION_SIZE,
						   (Size) VARSIZE_ANY_EXHDR(bytes))));
	memcpy(id->bytes, VARDATA_ANY(bytes), REVISION_SIZE);
	PG_RETURN_POINTER(id);
}

Datum
allmende_revision_is_valid(PG_FUNCTION_ARGS)
{
	text	   *key = PG_GETARG_TEXT_PP(0);
	RevisionId	id;
	CoreError	error;

	PG_RETURN_BOOL(revision_parse(VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key),
								  &id, &error));
}

/* How the two arguments of a comparison stand to each other. */
static int
compare_arguments(FunctionCallInfo fcinfo)
{
	return revision_compare(PG_GETARG_REVISION(0), PG_GETARG_REVISION(1));
}

Datum
allmende_revision_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) < 0);
}

Datum
allmende_revision_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) <= 0);
}

Datum
allmende_revision_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) == 0);
}

Datum
allmende_revision_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) != 0);
}

Datum
allmende_revision_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) >= 0);
}

Datum
allmende_revision_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) > 0);
}

Datum
allmende_revision_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_arguments(fcinfo));
}

static int
compare_for_sort(Datum a, Datum b, SortSupport sort pg_attribute_unused())
{
	return revision_compare(DatumGetRevision(a), DatumGetRevision(b));
}

/* The first bytes, as a number that is ordered as they are. */
static Datum
abbreviate(Datum original, SortSupport sort pg_attribute_unused())
{
	Datum		abbreviated;

	memcpy(&abbreviated, DatumGetRevision(original)->bytes,
		   sizeof(abbreviated));
	return DatumBigEndianToNative(abbreviated);
}

/* SHA-256 sums differ in their first bytes if they differ at all. */
static bool
abbreviation_aborts(int memtuples pg_attribute_unused(),
					SortSupport sort pg_attribute_unused())
{
	return false;
}

Datum
allmende_revision_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport sort = (SortSupport) PG_GETARG_POINTER(0);

	sort->comparator = compare_for_sort;
	if (sort->abbreviate)
	{
		sort->comparator = ssup_datum_unsigned_cmp;
		sort->abbrev_converter = abbreviate;
		sort->abbrev_abort = abbreviation_aborts;
		sort->abbrev_full_comparator = compare_for_sort;
	}
	PG_RETURN_VOID();
}

Datum
allmende_revision_hash(PG_FUNCTION_ARGS)
{
	return hash_any(PG_GETARG_REVISION(0)->bytes, REVISION_SIZE);
}

Datum
allmende_revision_hash_extended(PG_FUNCTION_ARGS)
{
	return hash_any_extended(PG_GETARG_REVISION(0)->bytes, REVISION_SIZE,
							 PG_GETARG_INT64(1));
}

/* The revisions that begin with the prefix in argument n; raises 22023. */
static void
read_prefix(FunctionCallInfo fcinfo, int n, RevisionId *first,
			RevisionId *last)
{
	text	   *prefix = PG_GETARG_TEXT_PP(n);
	const char *digits = VARDATA_ANY(prefix);
	CoreError	error;

	if (revision_prefix_range(digits, VARSIZE_ANY_EXHDR(prefix), first, last,
							  &error))
		return;
	if (error.position == CORE_NO_POSITION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid prefix of a revision: \"%s\"",
						text_to_cstring(prefix)),
				 errdetail("%s.", error.reason)));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid prefix of a revision: \"%s\"",
					text_to_cstring(prefix)),
			 errdetail("%s at character %d, found \"%.*s\".", error.reason,
					   pg_mbstrlen_with_len(digits, (int) error.position) + 1,
					   pg_mblen(digits + error.position),
					   digits + error.position)));
}

Datum
allmende_revision_starts_with(PG_FUNCTION_ARGS)
{
	RevisionId *id = PG_GETARG_REVISION(0);
	RevisionId	first;
	RevisionId	last;

	read_prefix(fcinfo, 1, &first, &last);
	PG_RETURN_BOOL(revision_compare(&first, id) <= 0 &&
				   revision_compare(id, &last) <= 0);
}

Datum
allmende_revision_first(PG_FUNCTION_ARGS)
{
	RevisionId *first = palloc(sizeof(RevisionId));
	RevisionId	last;

	read_prefix(fcinfo, 0, first, &last);
	PG_RETURN_POINTER(first);
}

Datum
allmende_revision_last(PG_FUNCTION_ARGS)
{
	RevisionId	first;
	RevisionId *last = palloc(sizeof(RevisionId));

	read_prefix(fcinfo, 0, &first, last);
	PG_RETURN_POINTER(last);
}

/* "column ^@ prefix" is a range of a btree index */
Datum
allmende_revision_starts_with_support(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(type_index_range((Node *) PG_GETARG_POINTER(0), 0,
									   "revision_first", "revision_last", false));
}
