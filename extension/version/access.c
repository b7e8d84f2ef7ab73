/*
 * access.c
 *		Who may do what with a dataset, and datasets by name.
 */
#include "postgres.h"

#include "access/relation.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/rel.h"
#include "utils/rls.h"

#include "../errcodes.h"
#include "access.h"
#include "head.h"

#define WRITING (ACL_INSERT | ACL_UPDATE | ACL_DELETE | ACL_TRUNCATE)

static void
deny(AclResult result, Oid head)
{
	aclcheck_error(result, get_relkind_objtype(get_rel_relkind(head)),
				   get_rel_name(head));
}

bool
access_may_read(Oid head)
{
	return pg_class_aclcheck(head, GetUserId(), ACL_SELECT) == ACLCHECK_OK;
}

void
access_read(Oid head)
{
	if (!access_may_read(head))
		deny(ACLCHECK_NO_PRIV, head);
}

/* Several privileges are asked for as one: any of them will do. */
bool
access_may_write(Oid head)
{
	return pg_class_aclcheck(head, GetUserId(), WRITING) == ACLCHECK_OK ||
		pg_class_ownercheck(head, GetUserId());
}

void
access_write(Oid head)
{
	if (!access_may_write(head))
		deny(ACLCHECK_NO_PRIV, head);
}

void
access_own(Oid head)
{
	if (!pg_class_ownercheck(head, GetUserId()))
		deny(ACLCHECK_NOT_OWNER, head);
}

bool
access_may_own_dataset(const Dataset *dataset)
{
	Oid			head = head_find_sole(&dataset->uuid);
	Oid			owner;

	if (OidIsValid(head))
		return pg_class_ownercheck(head, GetUserId());
	if (superuser())
		return true;
	owner = get_role_oid(dataset->owner, true);
	return OidIsValid(owner) && has_privs_of_role(GetUserId(), owner);
}

void
access_own_dataset(const Dataset *dataset)
{
	if (!access_may_own_dataset(dataset))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be owner of dataset \"%s\"", dataset->name)));
}

bool
access_is_partial(Oid head)
{
	return check_enable_rls(head, InvalidOid, true) == RLS_ENABLED;
}

/* Has a text the form that uuid_out() writes, in either case? */
static bool
is_uuid(const char *text)
{
	if (strlen(text) != 36)
		return false;
	for (int i = 0; i < 36; i++)
	{
		if (i == 8 || i == 13 || i == 18 || i == 23)
		{
			if (text[i] != '-')
				return false;
		}
		else if (!isxdigit((unsigned char) text[i]))
			return false;
	}
	return true;
}

static Dataset *
dataset_by_uuid(const char *text, Snapshot snapshot)
{
	Datum		uuid = DirectFunctionCall1(uuid_in, CStringGetDatum(text));
	Dataset    *dataset = dataset_find(DatumGetUUIDP(uuid), snapshot);

	if (dataset == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_NOT_TRACKED),
				 errmsg("there is no dataset %s", text)));
	return dataset;
}

/* The dataset of a table if that is a head; *exists: is there the table? */
static Dataset *
dataset_by_head(RangeVar *name, Snapshot snapshot, bool *exists)
{
	Oid			oid = RangeVarGetRelid(name, NoLock, true);
	Relation	relation = OidIsValid(oid) ?
	try_relation_open(oid, AccessShareLock) : NULL;
	Dataset    *dataset = NULL;
	pg_uuid_t	uuid;
	bool		is_partition;

	*exists = relation != NULL;
	if (relation == NULL)
		return NULL;
	if (head_uuid(relation, &uuid, &is_partition))
		dataset = head_dataset(relation, snapshot);
	relation_close(relation, AccessShareLock);
	return dataset;
}

/*
 * Those that were last called so: of a name without schema, in the first schema
 * of the search path that has any.
 */
static List *
datasets_by_last_name(RangeVar *name, Snapshot snapshot)
{
	List	   *schemas = name->schemaname != NULL ?
	list_make1_oid(get_namespace_oid(name->schemaname, true)) :
	fetch_search_path(false);
	List	   *datasets = dataset_list(snapshot);
	ListCell   *schema;

	foreach(schema, schemas)
	{
		/* a schema that was dropped has only the name left that was given */
		char	   *schema_name = name->schemaname != NULL ?
		name->schemaname : get_namespace_name(lfirst_oid(schema));
		List	   *found = NIL;
		ListCell   *cell;
		char	   *full;

		if (schema_name == NULL)
			continue;
		full = quote_qualified_identifier(schema_name, name->relname);
		foreach(cell, datasets)
			if (strcmp(((Dataset *) lfirst(cell))->name, full) == 0)
			found = lappend(found, lfirst(cell));
		if (found != NIL)
			return found;
	}
	return NIL;
}

static void
fail_not_found(const char *name, bool exists)
{
	ereport(ERROR,
			(errcode(ERRCODE_ALLMENDE_NOT_TRACKED),
			 errmsg("there is no dataset \"%s\"", name),
			 exists ? errdetail("A relation of this name exists, but is not tracked.") : 0,
			 exists ? errhint("Track it with allmende.track().") :
			 errhint("The view allmende.datasets lists those that you may read.")));
}

static void
fail_several(const char *name, List *datasets)
{
	StringInfoData uuids;
	ListCell   *cell;

	initStringInfo(&uuids);
	foreach(cell, datasets)
	{
		Dataset    *dataset = lfirst(cell);

		appendStringInfo(&uuids, "%s%s", uuids.len == 0 ? "" : ", ",
						 DatumGetCString(DirectFunctionCall1(uuid_out,
															 UUIDPGetDatum(&dataset->uuid))));
	}
	ereport(ERROR,
			(errcode(ERRCODE_ALLMENDE_REF_AMBIGUOUS),
			 errmsg("%d datasets were last called \"%s\"",
					list_length(datasets), name),
			 errhint("Name one by its uuid: %s.", uuids.data)));
}

Dataset *
access_dataset(const char *name, Snapshot snapshot)
{
	RangeVar   *relation_name;
	List	   *datasets;
	Dataset    *dataset;
	bool		exists;

	if (is_uuid(name))
		return dataset_by_uuid(name, snapshot);
	relation_name =
		makeRangeVarFromNameList(stringToQualifiedNameList(name));
	dataset = dataset_by_head(relation_name, snapshot, &exists);
	if (dataset != NULL)
		return dataset;
	datasets = datasets_by_last_name(relation_name, snapshot);
	if (datasets == NIL)
		fail_not_found(name, exists);
	if (list_length(datasets) > 1)
		fail_several(name, datasets);
	return linitial(datasets);
}

char *
access_dataset_name(const Dataset *dataset)
{
	Oid			head = head_find_sole(&dataset->uuid);
	char	   *name = OidIsValid(head) ? get_rel_name(head) : NULL;
	char	   *schema = name != NULL ?
	get_namespace_name(get_rel_namespace(head)) : NULL;

	if (schema == NULL)
		return pstrdup(dataset->name);
	return quote_qualified_identifier(schema, name);
}
