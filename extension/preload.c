/*
 * preload.c
 *		The settings of a database that the extension needs: its library loaded
 *		when a session starts, its schema in the search path.
 */
#include "postgres.h"

#include "commands/dbcommands.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/varlena.h"

#include "preload.h"

PG_FUNCTION_INFO_V1(allmende_preload);

bool
preload_list_has_us(List * names)
{
	ListCell   *cell;

	foreach(cell, names)
	{
		const char *name = (const char *) lfirst(cell);
		const char *slash = strrchr(name, '/');

		if (strcmp(slash ? slash + 1 : name, "allmende") == 0)
			return true;
	}
	return false;
}

/*
 * What a setting is in every new session of this database, but for what its
 * role or client asks for: ALTER DATABASE, else postgresql.conf, else the
 * built-in default.
 */
static char *
preload_present_value(const char *setting)
{
	static const char *const query =
	"SELECT COALESCE("
	" (SELECT pg_catalog.substr(c.entry, pg_catalog.length($1) OPERATOR(pg_catalog.+) 2)"
	"  FROM pg_catalog.pg_db_role_setting AS s"
	"   JOIN pg_catalog.pg_database AS d ON d.oid OPERATOR(pg_catalog.=) s.setdatabase"
	"   CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS c(entry)"
	"  WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()"
	"   AND s.setrole OPERATOR(pg_catalog.=) 0::pg_catalog.oid"
	"   AND pg_catalog.starts_with(c.entry, $1 OPERATOR(pg_catalog.||) '=')),"
	" (SELECT f.setting FROM pg_catalog.pg_file_settings AS f"
	"  WHERE f.name OPERATOR(pg_catalog.=) $1 AND f.applied"
	"  ORDER BY f.seqno DESC LIMIT 1),"
	" (SELECT v.boot_val FROM pg_catalog.pg_settings AS v"
	"  WHERE v.name OPERATOR(pg_catalog.=) $1))";
	Oid			types[1] = {TEXTOID};
	Datum		values[1];

	values[0] = CStringGetTextDatum(setting);
	if (SPI_execute_with_args(query, 1, types, values, NULL, true, 1) != SPI_OK_SELECT ||
		SPI_processed != 1)
		elog(ERROR, "could not read setting \"%s\"", setting);
	return SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
}

/* Append a name to the list that a setting of this database holds. */
static bool
preload_add_to(const char *setting, const char *name)
{
	char	   *present = preload_present_value(setting);
	List	   *names = NIL;
	ListCell   *cell;
	StringInfoData command;

	if (present != NULL && !SplitGUCList(present, ',', &names))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("setting \"%s\" of this database is not a list of names",
						setting)));
	if (preload_list_has_us(names))
		return false;

	initStringInfo(&command);
	appendStringInfo(&command, "ALTER DATABASE %s SET %s = ",
					 quote_identifier(get_database_name(MyDatabaseId)),
					 setting);
	foreach(cell, names)
		appendStringInfo(&command, "%s, ",
						 quote_literal_cstr((const char *) lfirst(cell)));
	appendStringInfoString(&command, quote_literal_cstr(name));
	if (SPI_execute(command.data, false, 0) != SPI_OK_UTILITY)
		elog(ERROR, "could not execute \"%s\"", command.data);
	return true;
}

/*
 * allmende.preload(): keep what the two settings hold and append us.  Only a
 * superuser may; ALTER DATABASE itself sees to that.
 */
Datum
allmende_preload(PG_FUNCTION_ARGS)
{
	bool		changed;

	(void) fcinfo;				/* takes no arguments */
	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be superuser to change which libraries a database loads")));
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	changed = preload_add_to("session_preload_libraries", "$libdir/allmende");
	changed |= preload_add_to("search_path", "allmende");
	SPI_finish();

	/* INFO, since CREATE EXTENSION silences notices of its script */
	if (changed)
		ereport(INFO,
				(errmsg("database \"%s\" now loads library \"allmende\" and has schema \"allmende\" in its search path",
						get_database_name(MyDatabaseId)),
				 errdetail("session_preload_libraries and search_path of the database were extended; sessions that start from now on use them.")));
	PG_RETURN_VOID();
}
