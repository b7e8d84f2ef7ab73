/*
 * images.c
 *		Rows of the head as bytes: what is stored, compared, journalled and
 *		looked up.
 *
 * Columns stand in the order of their ids, not of the table: a table that was
 * made anew with its columns in another order has the same images.
 */
#include "postgres.h"

#include "executor/tuptable.h"
#include "port/pg_bswap.h"

#include "../errcodes.h"
#include "tracking.h"

/* An image of one kind: which columns it has. */
typedef struct ImageColumns
{
	CanonicalRow *row;
	int			count;
	AttrNumber *attnums;		/* in the rows that are given */
	int		   *key;			/* place in the key, from 0; else -1 */
	Datum	   *values;
	bool	   *nulls;
} ImageColumns;

struct HeadImages
{
	ImageColumns kinds[HEAD_IMAGE_KINDS];
	int			key_count;
	AttrNumber *key_attributes;
};

static bool
is_in_image(const SchemaColumn *column, HeadImageKind kind)
{
	if (kind == HEAD_IMAGE_FULL)
		return true;
	if (kind == HEAD_IMAGE_COMPARED)
		return !column->ignored;
	return column->key > 0;
}

static AttrNumber
attribute_of(TupleDesc descriptor, const char *name)
{
	AttrNumber	attnum = head_attribute(descriptor, name);

	if (attnum == InvalidAttrNumber)
		elog(ERROR, "rows have no column \"%s\"", name);
	return attnum;
}

static void
image_columns(ImageColumns *image, const SchemaColumn **columns, int count,
			  TupleDesc descriptor, HeadImageKind kind)
{
	TupleDesc	part = CreateTemplateTupleDesc(Max(count, 1));
	uint32	   *ids = palloc0(Max(count, 1) * sizeof(uint32));

	image->attnums = palloc(count * sizeof(AttrNumber));
	image->key = palloc(count * sizeof(int));
	image->values = palloc(count * sizeof(Datum));
	image->nulls = palloc(count * sizeof(bool));
	image->count = 0;
	for (int i = 0; i < count; i++)
	{
		if (!is_in_image(columns[i], kind))
			continue;
		image->attnums[image->count] = attribute_of(descriptor,
													columns[i]->name);
		image->key[image->count] = columns[i]->key - 1;
		ids[image->count] = columns[i]->id;
		TupleDescCopyEntry(part, image->count + 1, descriptor,
						   image->attnums[image->count]);
		image->count++;
	}
	part->natts = image->count;
	image->row = canonical_row_create(CurrentMemoryContext, part, ids,
									  kind == HEAD_IMAGE_KEY_FORM ?
									  CANONICAL_KEY_FORM : CANONICAL_ROW_FORM);
	pfree(ids);
	pfree(part);
}

HeadImages *
head_images(const Schema *schema, TupleDesc descriptor)
{
	HeadImages *images = palloc0(sizeof(*images));
	const SchemaColumn **columns = schema_columns_by_id(schema);

	for (int i = 0; i < schema->count; i++)
	{
		if (columns[i]->key > 0)
			images->key_count++;
	}

	images->key_attributes = palloc0(Max(images->key_count, 1) *
									 sizeof(AttrNumber));
	for (int i = 0; i < schema->count; i++)
	{
		if (columns[i]->key > images->key_count)
			elog(ERROR, "key of schema %d has gaps", schema->id);
		if (columns[i]->key > 0)
			images->key_attributes[columns[i]->key - 1] =
				attribute_of(descriptor, columns[i]->name);
	}
	for (int kind = 0; kind < HEAD_IMAGE_KINDS; kind++)
		image_columns(&images->kinds[kind], columns, schema->count,
					  descriptor, (HeadImageKind) kind);
	pfree(columns);
	return images;
}

static void
put_values(ImageColumns *image, HeadImageKind kind, CanonicalBuffer *buffer)
{
	canonical_put_prefix(buffer, kind == HEAD_IMAGE_KEY_FORM ?
						 CANONICAL_KEY_FORM : CANONICAL_ROW_FORM);
	canonical_row_put(image->row, image->values, image->nulls, buffer);
	canonical_buffer_check(buffer);
}

void
head_image_put(HeadImages *images, HeadImageKind kind, const Datum *values,
			   const bool *nulls, CanonicalBuffer *buffer)
{
	ImageColumns *image = &images->kinds[kind];

	for (int i = 0; i < image->count; i++)
	{
		image->values[i] = values[image->attnums[i] - 1];
		image->nulls[i] = nulls[image->attnums[i] - 1];
	}
	put_values(image, kind, buffer);
}

void
head_image_slot(HeadImages *images, HeadImageKind kind, TupleTableSlot *slot,
				CanonicalBuffer *buffer)
{
	slot_getallattrs(slot);
	head_image_put(images, kind, slot->tts_values, slot->tts_isnull, buffer);
}

void
head_image_get_key(HeadImages *images, const void *bytes, Size length,
				   Datum *key)
{
	ImageColumns *image = &images->kinds[HEAD_IMAGE_KEY];
	CanonicalReader reader;

	canonical_reader_init(&reader, bytes, length);
	if (!canonical_read_prefix(&reader))
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_CANONICAL_FORM_INVALID),
				 errmsg("journal holds bytes that are no key")));
	canonical_row_get(image->row, &reader, image->values, image->nulls);
	for (int i = 0; i < image->count; i++)
	{
		if (image->nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_ALLMENDE_CANONICAL_FORM_INVALID),
					 errmsg("journal holds a key of which a column is null")));
		key[image->key[i]] = image->values[i];
	}
}

void
head_image_put_key_form(HeadImages *images, const Datum *key,
						CanonicalBuffer *buffer)
{
	ImageColumns *image = &images->kinds[HEAD_IMAGE_KEY_FORM];

	for (int i = 0; i < image->count; i++)
	{
		image->values[i] = key[image->key[i]];
		image->nulls[i] = false;
	}
	put_values(image, HEAD_IMAGE_KEY_FORM, buffer);
}

int
head_image_key_count(const HeadImages *images)
{
	return images->key_count;
}

AttrNumber
head_image_key_attribute(const HeadImages *images, int n)
{
	return images->key_attributes[n];
}
