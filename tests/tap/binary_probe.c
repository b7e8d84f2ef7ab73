/*
 * binary_probe.c
 *		Sends mutilated binary values to the receive function of a type.
 *
 * binary_probe TYPE SAMPLE...
 *
 * For each sample, every truncation, every flipped bit, every byte set to each
 * of some values and trailing bytes go through a binary parameter.  The server must
 * answer each with an error of the expected kind or with a value that its own
 * output and input reproduce.  Prints one line: the numbers of values sent,
 * accepted, refused and wrong.  Connection settings are libpq's.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

typedef struct Tally
{
	long		sent;
	long		accepted;
	long		refused;
	long		wrong;
} Tally;

static PGconn * connection;
static Oid type_oid;
static char query[512];

static void
die(const char *what)
{
	fprintf(stderr, "%s: %s", what, PQerrorMessage(connection));
	exit(1);
}

/*
 * Is this what a receive function may say?  22P03 is a value that is not of the
 * type, 08P01 a message that is too short or too long.
 */
static bool
is_expected_error(const PGresult * result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	return state != NULL &&
		(strcmp(state, "22P03") == 0 || strcmp(state, "08P01") == 0);
}

static void
probe(const char *bytes, int length, Tally *tally)
{
	const char *values[1] = {bytes};
	int			lengths[1] = {length};
	int			formats[1] = {1};
	PGresult   *result = PQexecParams(connection, query, 1, &type_oid, values,
									  lengths, formats, 0);

	tally->sent++;
	if (PQresultStatus(result) == PGRES_TUPLES_OK &&
		strcmp(PQgetvalue(result, 0, 0), "t") == 0)
		tally->accepted++;
	else if (PQresultStatus(result) == PGRES_FATAL_ERROR &&
			 PQstatus(connection) == CONNECTION_OK &&
			 is_expected_error(result))
		tally->refused++;
	else
	{
		tally->wrong++;
		fprintf(stderr, "# %d bytes: %s", length,
				PQresultErrorMessage(result));
		if (PQstatus(connection) != CONNECTION_OK)
			die("the server is gone");
	}
	PQclear(result);
}

/* All mutilations of one value. */
static void
probe_sample(const char *bytes, int length, Tally *tally)
{
	static const unsigned char planted[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	char	   *copy = malloc((size_t) length + 3);

	if (copy == NULL)
		die("out of memory");
	memcpy(copy, bytes, (size_t) length);
	for (int cut = 0; cut <= length; cut++)
		probe(copy, cut, tally);
	for (int i = 0; i < length; i++)
	{
		for (int bit = 0; bit < 8; bit++)
		{
			copy[i] = (char) (bytes[i] ^ (1 << bit));
			probe(copy, length, tally);
		}
		for (size_t j = 0; j < sizeof(planted); j++)
		{
			copy[i] = (char) planted[j];
			probe(copy, length, tally);
		}
		copy[i] = bytes[i];
	}
	memset(copy + length, 0, 3);
	for (int extra = 1; extra <= 3; extra++)
		probe(copy, length + extra, tally);
	free(copy);
}

int
main(int argc, char **argv)
{
	Tally		tally = {0, 0, 0, 0};
	PGresult   *result;

	if (argc < 3)
	{
		fputs("Usage: binary_probe TYPE SAMPLE...\n", stderr);
		return 1;
	}
	connection = PQconnectdb("");
	if (PQstatus(connection) != CONNECTION_OK)
		die("cannot connect");
	snprintf(query, sizeof(query), "SELECT '%s'::regtype::oid", argv[1]);
	result = PQexec(connection, query);
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		die(argv[1]);
	type_oid = (Oid) strtoul(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);

	for (int i = 2; i < argc; i++)
	{
		const char *values[1] = {argv[i]};

		snprintf(query, sizeof(query), "SELECT $1::text::%s", argv[1]);
		result = PQexecParams(connection, query, 1, NULL, values, NULL, NULL, 1);
		if (PQresultStatus(result) != PGRES_TUPLES_OK)
			die(argv[i]);
		snprintf(query, sizeof(query), "SELECT $1 = $1::text::%s", argv[1]);
		probe_sample(PQgetvalue(result, 0, 0), PQgetlength(result, 0, 0),
					 &tally);
		PQclear(result);
	}
	PQfinish(connection);
	printf("%ld sent, %ld accepted, %ld refused, %ld wrong\n", tally.sent,
		   tally.accepted, tally.refused, tally.wrong);
	return tally.wrong == 0 ? 0 : 1;
}
