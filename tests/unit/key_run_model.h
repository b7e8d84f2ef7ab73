/*
 * key_run_model.h
 *		What the tests of the key index share: sorted entries of many shapes, and
 *		runs as chunks in memory of their exact size.
 */
#ifndef ALLMENDE_KEY_RUN_MODEL_H
#define ALLMENDE_KEY_RUN_MODEL_H

#include "../../extension/core/key_run_write.h"
#include "model.h"

#define MODEL_SHAPES 8

/* Sorted entries, and the chunks of the run that they are. */
typedef struct KeyModel
{
	KeyEntry   *entries;
	uint32_t	count;
	uint32_t	chunks;
	unsigned char **bytes;
	size_t	   *lengths;
} KeyModel;

static inline int
model_compare(const void *a, const void *b)
{
	return key_entry_compare(*(const KeyEntry *) a, *(const KeyEntry *) b);
}

/* One entry; shapes differ in how hashes and row ids are distributed. */
static inline KeyEntry
model_entry(uint32_t shape, uint32_t number)
{
	KeyEntry	entry = {(int64_t) model_random(), number};

	switch (shape)
	{
		case 1:					/* row ids anywhere */
			entry.rid = (uint32_t) model_random();
			break;
		case 2:					/* few hashes */
			entry.hash = (int64_t) model_below(5) - 2;
			break;
		case 3:					/* one hash */
			entry.hash = INT64_MIN;
			break;
		case 4:					/* the ends of all numbers */
			entry.hash = model_below(2) == 0 ? INT64_MIN : INT64_MAX;
			entry.rid = UINT32_MAX - number;
			break;
		case 5:					/* hashes in clusters */
			entry.hash = (int64_t) model_below(3) * (INT64_MAX / 3) +
				(int64_t) model_below(1000);
			break;
		case 6:					/* exponential, bad for interpolation */
			entry.hash = (int64_t) (UINT64_C(1) << model_below(63)) +
				(int64_t) model_below(7);
			break;
		case 7:					/* now and then a row id far away */
			if (model_below(1000) == 0)
				entry.rid = (uint32_t) model_random();
			break;
	}
	return entry;
}

static inline void
model_keep_chunk(KeyModel *model, const unsigned char *chunk, size_t length)
{
	model->bytes[model->chunks] = model_allocate(length);
	memcpy(model->bytes[model->chunks], chunk, length);
	model->lengths[model->chunks++] = length;
}

/* Write the entries of a model as chunks; does the writer take them? */
static inline bool
model_write(KeyModel *model)
{
	KeyRunWriter writer;
	unsigned char chunk[KEY_RUN_SIZE_MAX];
	size_t		length;
	CoreError	error;

	model->chunks = 0;
	model->bytes = model_allocate((model->count + 1) * sizeof(*model->bytes));
	model->lengths = model_allocate((model->count + 1) *
									sizeof(*model->lengths));
	key_run_begin(&writer);
	for (uint32_t i = 0; i < model->count; i++)
	{
		if (!key_run_add(&writer, model->entries[i], &error))
			return false;
		while ((length = key_run_take(&writer, false, chunk)) > 0)
			model_keep_chunk(model, chunk, length);
	}
	while ((length = key_run_take(&writer, true, chunk)) > 0)
		model_keep_chunk(model, chunk, length);
	return writer.entries == model->count && writer.chunks == model->chunks;
}

/* At most so many entries: equal ones are left out. */
static inline KeyModel
model_of_shape(uint32_t shape, uint32_t count, uint32_t first_rid)
{
	KeyModel	model = {0};

	model.entries = model_allocate(count * sizeof(KeyEntry));
	for (uint32_t i = 0; i < count; i++)
		model.entries[i] = model_entry(shape, first_rid + i);
	qsort(model.entries, count, sizeof(KeyEntry), model_compare);
	for (uint32_t i = 0; i < count; i++)
	{
		if (i == 0 || model_compare(&model.entries[i],
									&model.entries[i - 1]) != 0)
			model.entries[model.count++] = model.entries[i];
	}
	return model;
}

static inline void
model_free(KeyModel *model)
{
	for (uint32_t i = 0; i < model->chunks; i++)
		free(model->bytes[i]);
	free(model->bytes);
	free(model->lengths);
	free(model->entries);
}

#endif							/* ALLMENDE_KEY_RUN_MODEL_H */
