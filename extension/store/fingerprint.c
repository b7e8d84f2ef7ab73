/*
 * fingerprint.c
 *		Hashes of rows and keys, and sums of them: SQL functions over the
 *		canonical form.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "common/cryptohash.h"
#include "common/sha2.h"
#include "fmgr.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "canonical.h"

PG_FUNCTION_INFO_V1(allmende_canonical_row);
PG_FUNCTION_INFO_V1(allmende_canonical_key);
PG_FUNCTION_INFO_V1(allmende_row_from_canonical);
PG_FUNCTION_INFO_V1(allmende_row_hash);
PG_FUNCTION_INFO_V1(allmende_key_hash);
PG_FUNCTION_INFO_V1(allmende_fingerprint_transition);
PG_FUNCTION_INFO_V1(allmende_fingerprint_inverse);
PG_FUNCTION_INFO_V1(allmende_fingerprint_combine);

/* What a function keeps from call to call, in fn_extra. */
typedef struct RecordCall
{
	CanonicalRecord *record;
	MemoryContext scratch;		/* all that one record needs */
} RecordCall;

StaticAssertDecl(CANONICAL_HASH_SIZE == PG_SHA256_DIGEST_LENGTH,
				 "a fingerprint is a sum of SHA-256");

static RecordCall *
record_call(FunctionCallInfo fcinfo, CanonicalForm form)
{
	RecordCall *call = fcinfo->flinfo->fn_extra;

	if (call == NULL)
	{
		MemoryContext context = fcinfo->flinfo->fn_mcxt;

		call = MemoryContextAlloc(context, sizeof(*call));
		call->record = canonical_record_create(context, form, InvalidOid,
											   NULL);
		call->scratch = AllocSetContextCreate(context, "canonical scratch",
											  ALLOCSET_DEFAULT_SIZES);
		fcinfo->flinfo->fn_extra = call;
	}
	return call;
}

/*
 * Write an argument in a form, into the call's scratch memory, which the caller
 * resets when it is done with the bytes.
 */
static void
encode_argument(FunctionCallInfo fcinfo, int n, RecordCall *call,
				CanonicalForm form, CanonicalBuffer *buffer)
{
	MemoryContext previous = MemoryContextSwitchTo(call->scratch);

	/* an error may have left something there */
	MemoryContextReset(call->scratch);
	canonical_buffer_create(call->scratch, buffer);
	canonical_put_prefix(buffer, form);
	canonical_record_put(call->record, PG_GETARG_HEAPTUPLEHEADER(n), buffer);
	MemoryContextSwitchTo(previous);
	canonical_buffer_check(buffer);
}

/*
 * SHA-256, in a context that lives as long as the session: making one costs half
 * as much again as hashing a short row.  The context belongs to a resource owner of its own,
 * which no end of a transaction releases; an error between begin and end does no
 * harm, since each hash begins anew.
 */
void
canonical_hash(const void *bytes, Size length,
			   unsigned char hash[CANONICAL_HASH_SIZE])
{
	static ResourceOwner owner = NULL;
	static pg_cryptohash_ctx *context = NULL;

	if (owner == NULL)
		owner = ResourceOwnerCreate(NULL, "allmende hash");
	if (context == NULL)
	{
		ResourceOwner previous = CurrentResourceOwner;

		CurrentResourceOwner = owner;
		context = pg_cryptohash_create(PG_SHA256);
		CurrentResourceOwner = previous;
	}
	if (context == NULL || pg_cryptohash_init(context) < 0 ||
		pg_cryptohash_update(context, bytes, length) < 0 ||
		pg_cryptohash_final(context, hash, CANONICAL_HASH_SIZE) < 0)
		elog(ERROR, "could not compute SHA-256: %s",
			 pg_cryptohash_error(context));
}

int64
canonical_key_hash(const void *key_form, Size length)
{
	unsigned char hash[CANONICAL_HASH_SIZE];
	uint64		first;

	canonical_hash(key_form, length, hash);
	memcpy(&first, hash, sizeof(first));
	return (int64) pg_ntoh64(first);
}

static void
hash_argument(FunctionCallInfo fcinfo, int n, uint8 hash[CANONICAL_HASH_SIZE])
{
	RecordCall *call = record_call(fcinfo, CANONICAL_ROW_FORM);
	CanonicalBuffer buffer;

	encode_argument(fcinfo, n, call, CANONICAL_ROW_FORM, &buffer);
	canonical_hash(buffer.bytes, buffer.length, hash);
	MemoryContextReset(call->scratch);
}

bytea *
canonical_bytea(const void *bytes, size_t length)
{
	bytea	   *result = palloc(add_size(length, VARHDRSZ));

	SET_VARSIZE(result, length + VARHDRSZ);
	memcpy(VARDATA(result), bytes, length);
	return result;
}

static Datum
return_form(FunctionCallInfo fcinfo, CanonicalForm form)
{
	RecordCall *call = record_call(fcinfo, form);
	CanonicalBuffer buffer;
	bytea	   *result;

	encode_argument(fcinfo, 0, call, form, &buffer);
	if (!AllocSizeIsValid(buffer.length + VARHDRSZ))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("canonical form of a row is too large for a value"),
				 errdetail("It has %zu bytes.", buffer.length)));
	result = canonical_bytea(buffer.bytes, buffer.length);
	MemoryContextReset(call->scratch);
	PG_RETURN_BYTEA_P(result);
}

Datum
allmende_canonical_row(PG_FUNCTION_ARGS)
{
	return return_form(fcinfo, CANONICAL_ROW_FORM);
}

Datum
allmende_canonical_key(PG_FUNCTION_ARGS)
{
	return return_form(fcinfo, CANONICAL_KEY_FORM);
}

/* The row type that a polymorphic call is for. */
static Oid
row_type_argument(FunctionCallInfo fcinfo)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, 0);

	if (!OidIsValid(type))
		elog(ERROR, "could not determine type of argument");
	if (type == RECORDOID ||
		get_typtype(getBaseType(type)) != TYPTYPE_COMPOSITE)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("type %s is not a named row type",
						format_type_be(type)),
				 errhint("Call it with a null of the type of the rows: row_from_canonical(NULL::olpe.trees, bytes).")));
	return getBaseType(type);
}

/* The value outlives the scratch memory, in which it is made. */
static Datum
copy_record(Datum record)
{
	HeapTupleHeader tuple = DatumGetHeapTupleHeader(record);
	Size		size = HeapTupleHeaderGetDatumLength(tuple);

	return PointerGetDatum(memcpy(palloc(size), tuple, size));
}

Datum
allmende_row_from_canonical(PG_FUNCTION_ARGS)
{
	Oid			type = row_type_argument(fcinfo);
	RecordCall *call = record_call(fcinfo, CANONICAL_ROW_FORM);
	MemoryContext previous;
	CanonicalReader reader;
	bytea	   *bytes;
	Datum		record;

	if (PG_ARGISNULL(1))
		PG_RETURN_NULL();
	/* an error may have left something there */
	MemoryContextReset(call->scratch);
	previous = MemoryContextSwitchTo(call->scratch);
	bytes = PG_GETARG_BYTEA_PP(1);
	canonical_reader_init(&reader, VARDATA_ANY(bytes),
						  VARSIZE_ANY_EXHDR(bytes));
	record = canonical_record_get(call->record, type, &reader);
	MemoryContextSwitchTo(previous);
	record = copy_record(record);
	MemoryContextReset(call->scratch);
	PG_RETURN_DATUM(record);
}

Datum
allmende_row_hash(PG_FUNCTION_ARGS)
{
	uint8		hash[CANONICAL_HASH_SIZE];

	hash_argument(fcinfo, 0, hash);
	PG_RETURN_BYTEA_P(canonical_bytea(hash, sizeof(hash)));
}

Datum
allmende_key_hash(PG_FUNCTION_ARGS)
{
	RecordCall *call = record_call(fcinfo, CANONICAL_KEY_FORM);
	CanonicalBuffer buffer;
	int64		hash;

	encode_argument(fcinfo, 0, call, CANONICAL_KEY_FORM, &buffer);
	hash = canonical_key_hash(buffer.bytes, buffer.length);
	MemoryContextReset(call->scratch);
	PG_RETURN_INT64(hash);
}

/* A sum may also come from SQL, where it can be anything. */
static void
check_sum(const bytea *sum)
{
	if (VARSIZE_ANY_EXHDR(sum) != CANONICAL_HASH_SIZE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("fingerprint has %d bytes",
						(int) VARSIZE_ANY_EXHDR(sum)),
				 errdetail("A fingerprint has %d bytes.",
						   CANONICAL_HASH_SIZE)));
}

/* The sum in the first argument; an aggregate's own may be changed in place. */
static bytea *
sum_argument(FunctionCallInfo fcinfo)
{
	bytea	   *sum = AggCheckCallContext(fcinfo, NULL) ?
	PG_GETARG_BYTEA_P(0) : PG_GETARG_BYTEA_P_COPY(0);

	check_sum(sum);
	return sum;
}

Datum
allmende_fingerprint_transition(PG_FUNCTION_ARGS)
{
	bytea	   *sum = sum_argument(fcinfo);
	uint8		hash[CANONICAL_HASH_SIZE];

	hash_argument(fcinfo, 1, hash);
	canonical_sum_add((unsigned char *) VARDATA(sum), hash);
	PG_RETURN_BYTEA_P(sum);
}

Datum
allmende_fingerprint_inverse(PG_FUNCTION_ARGS)
{
	bytea	   *sum = sum_argument(fcinfo);
	uint8		hash[CANONICAL_HASH_SIZE];

	hash_argument(fcinfo, 1, hash);
	canonical_sum_subtract((unsigned char *) VARDATA(sum), hash);
	PG_RETURN_BYTEA_P(sum);
}

Datum
allmende_fingerprint_combine(PG_FUNCTION_ARGS)
{
	bytea	   *sum = sum_argument(fcinfo);
	bytea	   *other = PG_GETARG_BYTEA_PP(1);

	check_sum(other);
	canonical_sum_add((unsigned char *) VARDATA(sum),
					  (const unsigned char *) VARDATA_ANY(other));
	PG_RETURN_BYTEA_P(sum);
}
