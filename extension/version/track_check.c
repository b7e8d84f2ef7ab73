/*
 * track_check.c
 *		Which tables can be tracked, and by which key.
 *
 * Refused is what triggers of a table do not see all changes of, what a dump does
 * not take along as it is, and what other sessions cannot read.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "../errcodes.h"
#include "track_check.h"
#include "tracking.h"

static void
pg_attribute_noreturn()
refuse(const char *kind, const char *name, const char *detail,
	   const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_ALLMENDE_CANNOT_TRACK),
			 errmsg("cannot track %s \"%s\"", _(kind), name),
			 errdetail("%s", _(detail)),
			 hint == NULL ? 0 : errhint("%s", _(hint))));
}

static void
check_kind(char kind, const char *name)
{
	switch (kind)
	{
		case RELKIND_RELATION:
		case RELKIND_PARTITIONED_TABLE:
			return;
		case RELKIND_VIEW:
			refuse("view", name, "A view has no rows of its own.",
				   "Track the tables that it reads.");
		case RELKIND_MATVIEW:
			refuse("materialized view", name,
				   "REFRESH fires no triggers.",
				   "Track the tables that it reads.");
		case RELKIND_FOREIGN_TABLE:
			refuse("foreign table", name,
				   "Its rows can change without this server knowing.",
				   "Track the table where it is, or copy it into a table here.");
		default:
			refuse("relation", name, "It is not a table.", NULL);
	}
}

static void
check_persistence(char persistence, const char *name)
{
	if (persistence == RELPERSISTENCE_TEMP)
		refuse("temporary table", name,
			   "Only one session can read a temporary table.", NULL);
	if (persistence == RELPERSISTENCE_UNLOGGED)
		refuse("unlogged table", name,
			   "An unlogged table is empty after a crash, and its history is not.",
			   "Call ALTER TABLE ... SET LOGGED.");
}

static void
check_place(Relation relation)
{
	const char *name = RelationGetRelationName(relation);
	char	   *schema = get_namespace_name(RelationGetNamespace(relation));

	if (IsSystemRelation(relation))
		refuse("system catalog", name, "Triggers on it are not fired.", NULL);
	if (OidIsValid(getExtensionOfObject(RelationRelationId,
										RelationGetRelid(relation))))
		refuse("table", name,
			   "It belongs to an extension, whose tables a dump leaves out.",
			   "Copy its rows into a table of your own.");
	if (schema != NULL && strcmp(schema, "allmende_store") == 0)
		refuse("table", name, "It holds versions of other tables.", NULL);
}

static void
check_inheritance(Relation relation)
{
	const char *name = RelationGetRelationName(relation);

	if (relation->rd_rel->relispartition)
		refuse("partition", name,
			   "Its rows are rows of the partitioned table as well.",
			   "Track the partitioned table.");
	if (relation->rd_rel->relkind == RELKIND_PARTITIONED_TABLE)
		return;
	if (has_superclass(RelationGetRelid(relation)))
		refuse("table", name, "It inherits from another table.",
			   "Use partitions, or call ALTER TABLE ... NO INHERIT.");
	if (find_inheritance_children(RelationGetRelid(relation), NoLock) != NIL)
		refuse("table", name, "Other tables inherit from it.",
			   "Use partitions, or call ALTER TABLE ... NO INHERIT for them.");
}

static void
check_partitions(Relation relation)
{
	List	   *tables = head_tables(RelationGetRelid(relation),
									 ShareRowExclusiveLock);
	ListCell   *cell;

	foreach(cell, tables)
	{
		Oid			table = lfirst_oid(cell);

		if (get_rel_relkind(table) == RELKIND_FOREIGN_TABLE)
			ereport(ERROR,
					(errcode(ERRCODE_ALLMENDE_CANNOT_TRACK),
					 errmsg("cannot track table \"%s\"",
							RelationGetRelationName(relation)),
					 errdetail("Its partition \"%s\" is a foreign table.",
							   get_rel_name(table)),
					 errhint("Detach the partition.")));
		check_persistence(get_rel_persistence(table), get_rel_name(table));
	}
}

void
track_check_table(Relation relation)
{
	const char *name = RelationGetRelationName(relation);

	check_kind(relation->rd_rel->relkind, name);
	check_place(relation);
	check_persistence(relation->rd_rel->relpersistence, name);
	check_inheritance(relation);
	check_partitions(relation);
}

/*
 * The key
 */

static bool
name_is_in(List *names, const char *name)
{
	ListCell   *cell;

	foreach(cell, names)
	{
		if (strcmp(lfirst(cell), name) == 0)
			return true;
	}
	return false;
}

static AttrNumber
require_column(Relation relation, const char *name, const char *argument)
{
	AttrNumber	attnum = head_attribute(RelationGetDescr(relation), name);

	if (attnum == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_CANNOT_TRACK),
				 errmsg("column \"%s\" of table \"%s\" does not exist", name,
						RelationGetRelationName(relation)),
				 errdetail("It is named in the argument \"%s\".", argument)));
	return attnum;
}

/* Names of the columns of an index, NIL where one is an expression. */
static List *
index_columns(Relation relation, Relation index)
{
	List	   *names = NIL;

	for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index); i++)
	{
		AttrNumber	attnum = index->rd_index->indkey.values[i];

		if (attnum <= 0)
			return NIL;
		names = lappend(names,
						pstrdup(NameStr(TupleDescAttr(RelationGetDescr(relation),
													  attnum - 1)->attname)));
	}
	return names;
}

static bool
same_names(List *a, List *b)
{
	ListCell   *cell;

	if (list_length(a) != list_length(b))
		return false;
	foreach(cell, a)
	{
		if (!name_is_in(b, lfirst(cell)))
			return false;
	}
	return true;
}

/* Why an index makes no key of its columns, as a sentence; NULL where it does. */
static char *
index_fault(Relation index)
{
	const char *name = RelationGetRelationName(index);

	if (index->rd_rel->relam != BTREE_AM_OID)
		return psprintf(_("Index \"%s\" is no btree index."), name);
	if (!index->rd_index->indisunique)
		return psprintf(_("Index \"%s\" is not unique."), name);
	if (!heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL))
		return psprintf(_("Index \"%s\" is partial."), name);
	if (!index->rd_index->indisvalid)
		return psprintf(_("Index \"%s\" is not valid."), name);
	if (!index->rd_index->indimmediate)
		return psprintf(_("Index \"%s\" is deferrable."), name);
	return NULL;
}

/* Is there an index that makes the columns a key?  Else raises what is wrong. */
static void
require_index(Relation relation, List *names)
{
	List	   *indexes = RelationGetIndexList(relation);
	char	   *detail = NULL;
	ListCell   *cell;

	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);
		char	   *fault;

		if (same_names(index_columns(relation, index), names))
		{
			fault = index_fault(index);
			if (fault == NULL)
			{
				index_close(index, AccessShareLock);
				return;
			}
			detail = fault;
		}
		index_close(index, AccessShareLock);
	}
	ereport(ERROR,
			(errcode(ERRCODE_ALLMENDE_CANNOT_TRACK),
			 errmsg("columns that are named are no key of table \"%s\"",
					RelationGetRelationName(relation)),
			 detail != NULL ? errdetail_internal("%s", detail) :
			 errdetail("No index is on exactly these columns."),
			 errhint("Create a unique index on them, without WHERE and not deferrable.")));
}

static void
require_not_null(Relation relation, List *names)
{
	ListCell   *cell;

	foreach(cell, names)
	{
		AttrNumber	attnum = require_column(relation, lfirst(cell), "key");

		if (!TupleDescAttr(RelationGetDescr(relation), attnum - 1)->attnotnull)
			ereport(ERROR,
					(errcode(ERRCODE_ALLMENDE_CANNOT_TRACK),
					 errmsg("column \"%s\" cannot be part of the key of table \"%s\"",
							(char *) lfirst(cell),
							RelationGetRelationName(relation)),
					 errdetail("It may be null."),
					 errhint("Call ALTER TABLE ... ALTER COLUMN ... SET NOT NULL.")));
	}
}

/* The index of the primary key, also one that is no key for us; locked. */
static Relation
primary_index(Relation relation)
{
	List	   *indexes = RelationGetIndexList(relation);
	ListCell   *cell;

	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);

		if (index->rd_index->indisprimary)
			return index;
		index_close(index, AccessShareLock);
	}
	ereport(ERROR,
			(errcode(ERRCODE_ALLMENDE_CANNOT_TRACK),
			 errmsg("table \"%s\" has no primary key",
					RelationGetRelationName(relation)),
			 errhint("Add one, or name the columns of a unique index in the argument \"key\".")));
}

/* The columns of the primary key, in its order. */
static List *
primary_key(Relation relation)
{
	Relation	index = primary_index(relation);
	char	   *fault = index_fault(index);
	List	   *names;

	if (fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_CANNOT_TRACK),
				 errmsg("primary key of table \"%s\" cannot be used",
						RelationGetRelationName(relation)),
				 errdetail_internal("%s", fault),
				 errhint("Name the columns of another unique index in the argument \"key\".")));
	names = index_columns(relation, index);
	index_close(index, AccessShareLock);
	return names;
}

static void
check_names(Relation relation, List *names, const char *argument)
{
	ListCell   *cell;
	List	   *seen = NIL;

	foreach(cell, names)
	{
		require_column(relation, lfirst(cell), argument);
		if (name_is_in(seen, lfirst(cell)))
			ereport(ERROR,
					(errcode(ERRCODE_ALLMENDE_CANNOT_TRACK),
					 errmsg("column \"%s\" is named twice in the argument \"%s\"",
							(char *) lfirst(cell), argument)));
		seen = lappend(seen, lfirst(cell));
	}
	list_free(seen);
}

List *
track_key(Relation relation, List *names)
{
	if (names == NIL)
		return primary_key(relation);
	check_names(relation, names, "key");
	require_index(relation, names);
	require_not_null(relation, names);
	return names;
}

void
track_check_ignored(Relation relation, List *names, List *key)
{
	ListCell   *cell;

	check_names(relation, names, "ignore");
	foreach(cell, names)
	{
		if (name_is_in(key, lfirst(cell)))
			ereport(ERROR,
					(errcode(ERRCODE_ALLMENDE_CANNOT_TRACK),
					 errmsg("column \"%s\" cannot be ignored",
							(char *) lfirst(cell)),
					 errdetail("It is part of the key, by which rows are found.")));
	}
}
