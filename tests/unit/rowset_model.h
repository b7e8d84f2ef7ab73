/*
 * rowset_model.h
 *		What the tests of rowsets share: sets as arrays of bool, of which
 *		nothing can be wrong, and their bytes.
 *
 * A model covers the ids of MODEL_KEYS containers: the first three, one in the
 * middle and the last one.
 */
#ifndef ALLMENDE_ROWSET_MODEL_H
#define ALLMENDE_ROWSET_MODEL_H

#include "../../extension/core/rowset_write.h"
#include "model.h"

#define MODEL_KEYS 5
#define MODEL_IDS (MODEL_KEYS * ROWSET_CONTAINER_IDS)
#define MODEL_SHAPES 10

static const uint32_t model_keys[MODEL_KEYS] = {0, 1, 2, 40000, 65535};
static bool model[MODEL_IDS];

/* A set as bytes, in memory of its exact size, so that ASan sees overruns. */
typedef struct ModelBytes
{
	unsigned char *bytes;
	size_t		length;
} ModelBytes;

static uint32_t
model_id(size_t index)
{
	return model_keys[index / ROWSET_CONTAINER_IDS] << 16 |
		(uint32_t) (index % ROWSET_CONTAINER_IDS);
}

/* Fill one container of the model; shapes meet each kind and its borders. */
static void
model_fill(bool *ids, uint32_t shape)
{
	uint32_t	share[MODEL_SHAPES] = {0, 1, 100, 4000, 30000, 65536};

	for (uint32_t i = 0; i < ROWSET_CONTAINER_IDS; i++)
	{
		switch (shape)
		{
			case 6:				/* a few runs */
				ids[i] = i % 20000 < 15000;
				break;
			case 7:				/* both ends only */
				ids[i] = i == 0 || i == ROWSET_CONTAINER_IDS - 1;
				break;
			case 8:				/* 4096 ids, the largest array */
				ids[i] = i % 16 == 3;
				break;
			case 9:				/* 4097 ids, the smallest bitset */
				ids[i] = i % 16 == 3 || i == 65535;
				break;
			default:
				ids[i] = model_below(ROWSET_CONTAINER_IDS) < share[shape];
				break;
		}
	}
}

static void
model_randomize(void)
{
	for (size_t i = 0; i < MODEL_KEYS; i++)
		model_fill(model + i * ROWSET_CONTAINER_IDS,
				   model_below(MODEL_SHAPES));
}

static ModelBytes
model_bytes(size_t length)
{
	ModelBytes	result;

	result.bytes = malloc(length > 0 ? length : 1);
	result.length = length;
	if (result.bytes == NULL)
		abort();
	return result;
}

/* The ids of the model, ascending. */
static uint32_t *
model_ids(size_t * count)
{
	uint32_t   *ids = (uint32_t *) model_bytes(MODEL_IDS * 4).bytes;

	*count = 0;
	for (size_t i = 0; i < MODEL_IDS; i++)
	{
		if (model[i])
			ids[(*count)++] = model_id(i);
	}
	return ids;
}

static ModelBytes
bytes_of_ids(const uint32_t * ids, size_t count)
{
	ModelBytes	scratch = model_bytes(count * sizeof(RowsetRange));
	RowsetRange *ranges = (RowsetRange *) scratch.bytes;
	size_t		n = rowset_ranges_from_ids(ids, count, ranges);
	ModelBytes	result = model_bytes(rowset_ranges_size(ranges, n));

	rowset_ranges_write(ranges, n, result.bytes);
	free(scratch.bytes);
	return result;
}

static ModelBytes
bytes_of_model(void)
{
	size_t		count;
	uint32_t   *ids = model_ids(&count);
	ModelBytes	result = bytes_of_ids(ids, count);

	free(ids);
	return result;
}

#endif							/* ALLMENDE_ROWSET_MODEL_H */
