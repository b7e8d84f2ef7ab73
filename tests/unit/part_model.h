/*
 * part_model.h
 *		What the tests of parts share: columns of many shapes, their parts in
 *		memory of the exact size, and a comparison row by row.
 */
#ifndef ALLMENDE_PART_MODEL_H
#define ALLMENDE_PART_MODEL_H

#include "../../extension/core/part_column.h"
#include "model.h"

#define MODEL_SHAPES 10
#define MODEL_NULL_SHAPES 8

/* A column, and the memory that its values are in. */
typedef struct ModelColumn
{
	PartColumn	column;
	void	   *values;
	double	   *values_y;
	uint64_t   *validity;
	unsigned char *text;
} ModelColumn;

/* One part in memory of its exact size, so that ASan sees overruns. */
typedef struct ModelPart
{
	PartPlan	plan;
	unsigned char *bytes;
	size_t		length;
	unsigned char *unpacked;
	Part		part;
} ModelPart;

/* The number of a row in a shape; they meet all widths and encodings. */
static inline int64_t
model_number(uint32_t shape, uint32_t row)
{
	switch (shape)
	{
		case 0:					/* constant */
			return -77;
		case 1:					/* alternating */
			return row % 2;
		case 2:					/* ascending */
			return (int64_t) row * 3 - 100000;
		case 3:					/* anything */
			return part_signed(model_random());
		case 4:					/* the ends */
			return row % 2 == 0 ? INT64_MIN : INT64_MAX;
		case 5:
			return 1000 + model_below(256);
		case 6:
			return -5000000000 + model_below(65536);
		case 7:
			return -1 + (int64_t) (model_random() >> 32);
		case 8:					/* runs */
			return (row / 700) * (row / 700) * 12345;
		default:				/* runs with an outlier */
			return row % 5000 == 4999 ? INT64_C(1) << 40 : row / 1000;
	}
}

/* Doubles that must come back bit by bit. */
static inline double
model_double(uint32_t shape, uint32_t row)
{
	static const uint64_t special[] = {
		UINT64_C(0x7FF8000000000000), UINT64_C(0xFFF8000000000000),
		UINT64_C(0x7FF8000000000123), UINT64_C(0x7FF0000000000000),
		UINT64_C(0xFFF0000000000000), UINT64_C(0x8000000000000000),
		0, 1, UINT64_C(0x7FEFFFFFFFFFFFFF), UINT64_C(0x3FF0000000000000)
	};

	if (shape == 3)
		return part_double_of_bits(model_random());
	if (shape == 4)
		return part_double_of_bits(special[model_below(10)]);
	if (shape == 2)
		return 390000.125 + row * 0.01;
	if (shape == 7)
		return (double) (model_random() >> 32) / 1000;
	if (shape == 9)
		return row % 5000 == 4999 ? -0.0 : row / 1000;
	return (double) model_number(shape, row) / 10;
}

static inline float
model_float(uint32_t shape, uint32_t row)
{
	static const uint32_t special[] = {
		0x7FC00000, 0xFFC00000, 0x7FC00123, 0x7F800000, 0xFF800000,
		0x80000000, 0, 1, 0x7F7FFFFF, 0x3F800000
	};

	if (shape == 3)
		return part_float_of_bits(0x3F800000 | model_below(0x800000));
	if (shape == 4)
		return part_float_of_bits(special[model_below(10)]);
	return (float) model_double(shape, row);
}

/* Text of a row: by shape from equal and empty to long and random. */
static inline PartString
model_string(uint32_t shape, uint32_t row, unsigned char *text)
{
	static const char *const words[] = {
		"", "Olpe", "Wenden", "Attendorn", "Kirchhundem, a longer one", "Olp"
	};
	PartString	string;

	string.bytes = text;
	string.length = 0;
	switch (shape)
	{
		case 0:
			string.bytes = (const unsigned char *) "Siegen-Wittgenstein";
			string.length = 19;
			break;
		case 1:
			string.bytes = (const unsigned char *) words[row % 6];
			string.length = strlen(words[row % 6]);
			break;
		case 2:
			string.length = (size_t) snprintf((char *) text, 40,
											  "05966000%08u street", row);
			break;
		case 3:
			string.length = model_below(40);
			for (size_t i = 0; i < string.length; i++)
				text[i] = (unsigned char) model_random();
			break;
		case 4:
			string.length = model_below(41);
			memset(text, 0xFF, string.length);
			break;
		case 5:					/* a dictionary with codes of two bytes */
			string.length = (size_t) snprintf((char *) text, 40,
											  "%016u", model_below(300));
			break;
		case 6:					/* empty */
			break;
		case 7:					/* one length, random */
			string.length = 8;
			for (size_t i = 0; i < string.length; i++)
				text[i] = (unsigned char) model_random();
			break;
		default:
			string.length = (size_t) snprintf((char *) text, 40, "%" PRId64,
											  model_number(shape, row));
			break;
	}
	return string;
}

static inline PartInt128
model_decimal(uint32_t shape, uint32_t row)
{
	int64_t		number = model_number(shape, row);
	PartInt128	decimal;

	decimal.low = (uint64_t) number;
	decimal.high = number < 0 ? -1 : 0;
	if (shape == 4)
		decimal.high = row % 2 == 0 ? INT64_MIN : INT64_MAX;
	else if (shape == 9 && row % 5000 == 4999)
		decimal.high = 5;
	return decimal;
}

/* Is a row null in a shape of nulls? */
static inline bool
model_is_null(uint32_t shape, uint32_t row, uint32_t rows)
{
	switch (shape)
	{
		case 0:
			return false;
		case 1:
			return true;
		case 2:
			return model_below(10) == 0;
		case 3:
			return row % 2 == 0;
		case 4:
			return row == 0;
		case 5:
			return row == rows - 1;
		case 6:
			return row < rows / 2;
		default:
			return row != rows / 3;
	}
}

static inline void
model_fill_row(ModelColumn *model, uint32_t shape, uint32_t row)
{
	void	   *values = model->values;

	switch (model->column.kind)
	{
		case PART_INT:
			((int64_t *) values)[row] = model_number(shape, row);
			break;
		case PART_DECIMAL:
			((PartInt128 *) values)[row] = model_decimal(shape, row);
			break;
		case PART_FLOAT:
			((float *) values)[row] = model_float(shape, row);
			break;
		case PART_POINT:
			model->values_y[row] = model_double(shape, row);
			((double *) values)[row] = model_double(shape, row / 2);
			break;
		case PART_DOUBLE:
			((double *) values)[row] = model_double(shape, row);
			break;
		case PART_FIXED:
			memset((unsigned char *) values +
				   (size_t) row * model->column.detail,
				   (int) (model_number(shape, row) & 0xFF),
				   model->column.detail);
			break;
		case PART_BYTES:
			((PartString *) values)[row] =
				model_string(shape, row, model->text + (size_t) row * 41);
			break;
	}
}

/* A column of a kind; detail is 16 for FIXED. */
static inline ModelColumn
model_column(PartKind kind, uint32_t rows, uint32_t shape,
			 uint32_t null_shape)
{
	ModelColumn model;

	memset(&model, 0, sizeof(model));
	model.values = model_allocate((size_t) rows * 16);
	model.values_y = model_allocate((size_t) rows * 8);
	model.text = model_allocate((size_t) rows * 41);
	model.validity = model_allocate((rows + 63) / 64 * 8);
	model.column.kind = kind;
	model.column.rows = rows;
	model.column.values = model.values;
	model.column.values_y = model.values_y;
	if (kind == PART_FIXED)
		model.column.detail = 16;
	else if (kind == PART_DECIMAL)
		model.column.detail = 2;
	else if (kind == PART_POINT)
		model.column.detail = 25832;
	for (uint32_t row = 0; row < rows; row++)
	{
		model_fill_row(&model, shape, row);
		if (!model_is_null(null_shape, row, rows))
			model.validity[row / 64] |= UINT64_C(1) << row % 64;
	}
	if (null_shape != 0)
		model.column.validity = model.validity;
	return model;
}

static inline void
model_free(ModelColumn *model)
{
	free(model->values);
	free(model->values_y);
	free(model->validity);
	free(model->text);
}

/* Open the bytes of a part, and unpack it. */
static inline bool
model_open(ModelPart *part, int flags, CoreError *error)
{
	part->unpacked = NULL;
	if (!part_open(&part->part, part->bytes, part->length, flags, error))
		return false;
	part->unpacked = model_allocate(part_unpack_size(&part->part));
	if (part_unpack(&part->part, part->unpacked, error))
		return true;
	free(part->unpacked);
	part->unpacked = NULL;
	return false;
}

/* The part from row first on, open. */
static inline ModelPart
model_part(const PartColumn *column, uint32_t first)
{
	ModelPart	result;
	CoreError	error;
	void	   *scratch = model_allocate(part_scratch_size(column));
	unsigned char *roomy;

	if (!part_plan(column, first, scratch, &result.plan, &error))
		abort();
	roomy = model_allocate(result.plan.size);
	result.length = part_write(column, &result.plan, scratch, roomy);
	free(scratch);
	result.bytes = model_allocate(result.length);
	memcpy(result.bytes, roomy, result.length);
	free(roomy);
	if (result.length > result.plan.size || !model_open(&result, 0, &error))
		abort();
	return result;
}

static inline void
model_free_part(ModelPart *part)
{
	free(part->bytes);
	free(part->unpacked);
}

/* Is row i of a part the same as that of the column, in every bit? */
static inline bool
model_same(const PartColumn *column, const Part *part, uint32_t row,
		   uint32_t i)
{
	const unsigned char *bytes;
	const PartString *string;
	size_t		length;
	double		numbers[2];
	float		number;
	int64_t		integer;
	PartInt128	decimal;

	if (part_is_null(part, i) != part_column_is_null(column, row))
		return false;
	if (part_is_null(part, i))
		return true;
	switch (column->kind)
	{
		case PART_INT:
			integer = part_get_int(part, i);
			return ((const int64_t *) column->values)[row] == integer;
		case PART_DECIMAL:
			decimal = part_get_decimal(part, i);
			return memcmp((const PartInt128 *) column->values + row,
						  &decimal, 16) == 0;
		case PART_FLOAT:
			number = part_get_float(part, i);
			return memcmp((const float *) column->values + row, &number,
						  4) == 0;
		case PART_DOUBLE:
			numbers[0] = part_get_double(part, 0, i);
			return memcmp((const double *) column->values + row, numbers,
						  8) == 0;
		case PART_POINT:
			numbers[0] = part_get_double(part, 0, i);
			numbers[1] = part_get_double(part, 1, i);
			return memcmp((const double *) column->values + row, numbers,
						  8) == 0 &&
				memcmp(column->values_y + row, numbers + 1, 8) == 0;
		case PART_FIXED:
			return memcmp((const unsigned char *) column->values +
						  (size_t) row * column->detail,
						  part_get_fixed(part, i), column->detail) == 0;
		case PART_BYTES:
			break;
	}
	string = (const PartString *) column->values + row;
	part_get_bytes(part, i, &bytes, &length);
	return length == string->length &&
		(length == 0 || memcmp(bytes, string->bytes, length) == 0);
}

/* Is a part what its rows of the column say? */
static inline bool
model_matches(const PartColumn *column, const ModelPart *model)
{
	const Part *part = &model->part;
	bool		same = part->kind == column->kind &&
	part->rows == model->plan.rows &&
	part->nulls == part_column_nulls(column, model->plan.first,
									 part->rows);

	for (uint32_t i = 0; i < part->rows && same; i++)
		same = model_same(column, part, model->plan.first + i, i);
	return same;
}

#endif							/* ALLMENDE_PART_MODEL_H */
