/*
 * witness.c
 *		What a head is, as far as it can be seen without reading its rows.
 *
 * A witness is bytes that are only ever compared with those of another time:
 *
 *	u8		version, 1
 *	u32		number of tables: the head, and by OID its partitions; for each
 *	u32		OID, u32 file node
 *	value	u32 number of attributes; for each u32 number, type, modifier and
 *			collation, u8 is it dropped, name as u32 length and characters
 *	value	for each of our triggers u32 OID, function and xmin of its row, u8
 *			state, name
 *
 * The row of a trigger is another after DISABLE and ENABLE TRIGGER.  VACUUM FULL
 * changes the file node though no row: the next commit then compares more than it
 * would have to.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"

#include "tracking.h"

#define WITNESS_VERSION 1

static void
put_attributes(CanonicalBuffer *buffer, TupleDesc descriptor)
{
	canonical_put_u32(buffer, (uint32) descriptor->natts);
	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);

		canonical_put_u32(buffer, (uint32) attribute->attnum);
		canonical_put_u32(buffer, attribute->atttypid);
		canonical_put_u32(buffer, (uint32) attribute->atttypmod);
		canonical_put_u32(buffer, attribute->attcollation);
		canonical_put_u8(buffer, attribute->attisdropped);
		canonical_put_text(buffer, NameStr(attribute->attname));
	}
}

static void
put_triggers(CanonicalBuffer *buffer, Oid relid)
{
	Relation	triggers = table_open(TriggerRelationId, AccessShareLock);
	Oid			functions[HEAD_FUNCTIONS];
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	if (!head_trigger_functions(functions))
		elog(ERROR, "functions of triggers are missing");
	ScanKeyInit(&key, Anum_pg_trigger_tgrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	scan = systable_beginscan(triggers, TriggerRelidNameIndexId, true, NULL, 1,
							  &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_trigger form = (Form_pg_trigger) GETSTRUCT(tuple);
		bool		ours = false;

		for (int i = 0; i < HEAD_FUNCTIONS; i++)
			ours |= form->tgfoid == functions[i];
		if (!ours)
			continue;
		canonical_put_u32(buffer, form->oid);
		canonical_put_u32(buffer, form->tgfoid);
		canonical_put_u32(buffer, HeapTupleHeaderGetRawXmin(tuple->t_data));
		canonical_put_u8(buffer, (uint8) form->tgenabled);
		canonical_put_text(buffer, NameStr(form->tgname));
	}
	systable_endscan(scan);
	table_close(triggers, AccessShareLock);
}

static void
put_part(CanonicalBuffer *buffer, Oid relid)
{
	Relation	relation = table_open(relid, AccessShareLock);
	size_t		piece;

	canonical_put_u32(buffer, relid);
	canonical_put_u32(buffer, relation->rd_node.relNode);
	piece = canonical_begin_value(buffer);
	put_attributes(buffer, RelationGetDescr(relation));
	canonical_end_value(buffer, piece);
	piece = canonical_begin_value(buffer);
	put_triggers(buffer, relid);
	canonical_end_value(buffer, piece);
	table_close(relation, NoLock);
}

bytea *
head_witness(Relation relation)
{
	List	   *relids = find_all_inheritors(RelationGetRelid(relation),
											 AccessShareLock, NULL);
	CanonicalBuffer buffer;
	bytea	   *witness;
	ListCell   *cell;

	canonical_buffer_create(CurrentMemoryContext, &buffer);
	canonical_put_u8(&buffer, WITNESS_VERSION);
	canonical_put_u32(&buffer, (uint32) list_length(relids));
	foreach(cell, relids)
		put_part(&buffer, lfirst_oid(cell));
	witness = canonical_bytea(buffer.bytes, buffer.length);
	pfree(buffer.bytes);
	return witness;
}

/* A part of a witness, taken apart. */
typedef struct WitnessPart
{
	uint32_t	relid;
	uint32_t	node;
	CanonicalReader attributes;
	CanonicalReader triggers;
} WitnessPart;

static bool
read_part(CanonicalReader *reader, WitnessPart *part)
{
	bool		is_null;

	return canonical_read_u32(reader, &part->relid) &&
		canonical_read_u32(reader, &part->node) &&
		canonical_read_value(reader, &part->attributes, &is_null) &&
		canonical_read_value(reader, &part->triggers, &is_null);
}

static bool
pieces_differ(const CanonicalReader *a, const CanonicalReader *b)
{
	return canonical_left(a) != canonical_left(b) ||
		memcmp(a->bytes + a->position, b->bytes + b->position,
			   canonical_left(a)) != 0;
}

char *
head_witness_fault(const bytea *before, const bytea *now)
{
	CanonicalReader a;
	CanonicalReader b;
	uint8_t		version;
	uint32_t	count_a;
	uint32_t	count_b;

	if (before == NULL)
		return pstrdup("the table has never been seen by a commit");
	canonical_reader_init(&a, VARDATA_ANY(before), VARSIZE_ANY_EXHDR(before));
	canonical_reader_init(&b, VARDATA_ANY(now), VARSIZE_ANY_EXHDR(now));
	if (!pieces_differ(&a, &b))
		return NULL;
	if (!canonical_read_u8(&a, &version) || version != WITNESS_VERSION ||
		!canonical_read_u8(&b, &version) ||
		!canonical_read_u32(&a, &count_a) || !canonical_read_u32(&b, &count_b))
		return pstrdup("what the last commit saw of the table cannot be read");
	if (count_a != count_b)
		return pstrdup("partitions were added or removed");
	for (uint32_t i = 0; i < count_a; i++)
	{
		WitnessPart part_a;
		WitnessPart part_b;

		if (!read_part(&a, &part_a) || !read_part(&b, &part_b))
			return pstrdup("what the last commit saw of the table cannot be read");
		if (part_a.relid != part_b.relid)
			return pstrdup(i == 0 ? "the table was replaced or restored" :
						   "partitions were replaced");
		if (pieces_differ(&part_a.attributes, &part_b.attributes))
			return pstrdup("columns were added, dropped, renamed or changed");
		if (pieces_differ(&part_a.triggers, &part_b.triggers))
			return pstrdup("triggers of allmende were disabled, enabled or replaced");
		if (part_a.node != part_b.node)
			return pstrdup("the table was rewritten");
	}
	return pstrdup("the table was changed");
}
