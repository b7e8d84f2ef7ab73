/*
 * init.c
 *		Module magic, and what happens when the library is loaded.
 */
#include "postgres.h"

#include "commands/extension.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/varlena.h"

#include "preload.h"
#include "version/at.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(allmende_library_version);

extern PGDLLEXPORT void _PG_init(void);

/* Does a setting that lists libraries name this one? */
static bool
libraries_name_us(const char *setting)
{
	List	   *libraries;

	return setting != NULL &&
		SplitGUCList(pstrdup(setting), ',', &libraries) &&
		preload_list_has_us(libraries);
}

/*
 * Called once in each session, when the library is loaded.
 *
 * That should be at its start, through session_preload_libraries: planner hooks
 * exist, and settings of ours are known, only from here on.  A session in which
 * a function's first call brings us in has run without them until now, and
 * nobody would notice; so it is told.  CREATE EXTENSION sets the preload, and
 * parallel workers load what their leader has.
 */
void
_PG_init(void)
{
	at_install_hooks();
	MarkGUCPrefixReserved("allmende");

	if (MyBackendType != B_BACKEND || creating_extension ||
		libraries_name_us(session_preload_libraries_string) ||
		libraries_name_us(shared_preload_libraries_string) ||
		libraries_name_us(local_preload_libraries_string))
		return;

	ereport(WARNING,
			(errmsg("library \"allmende\" was not loaded at the start of this session"),
			 errdetail("Until now the session ran without it."),
			 errhint("Let a superuser call allmende.preload() once in this database; new sessions will load it.")));
}

/*
 * The version that the library was built as, for comparison with the version
 * of the extension's SQL objects in pg_extension.
 */
Datum
allmende_library_version(PG_FUNCTION_ARGS)
{
	(void) fcinfo;				/* takes no arguments */
	PG_RETURN_TEXT_P(cstring_to_text(ALLMENDE_VERSION));
}
