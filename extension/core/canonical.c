/*
 * canonical.c
 *		The canonical form's buffer, numbers and sums of hashes.
 */
#include "canonical.h"

#include <string.h>

#include "little_endian.h"

#define FIRST_CAPACITY 256
#define LENGTH_SIZE 4			/* of the length before a value */
#define NULL_LENGTH UINT32_MAX	/* -1 */

#define MICROSECONDS_PER_DAY INT64_C(86400000000)
#define DAYS_PER_MONTH 30

/* numeric_send's signs, and what they become */
#define WIRE_POSITIVE 0x0000
#define WIRE_NEGATIVE 0x4000
#define WIRE_NAN 0xC000
#define WIRE_INFINITY 0xD000
#define WIRE_MINUS_INFINITY 0xF000
#define WIRE_HEADER 8
#define DIGITS_BASE 10000

typedef enum NumericKind
{
	NUMERIC_POSITIVE,
	NUMERIC_NEGATIVE,
	NUMERIC_NOT_A_NUMBER,
	NUMERIC_INFINITY,
	NUMERIC_MINUS_INFINITY
} NumericKind;

void
canonical_init(CanonicalBuffer *buffer, CanonicalGrow grow, void *owner)
{
	buffer->bytes = NULL;
	buffer->capacity = 0;
	buffer->grow = grow;
	buffer->owner = owner;
	canonical_reset(buffer);
}

void
canonical_reset(CanonicalBuffer *buffer)
{
	buffer->length = 0;
	buffer->failed = false;
}

/* Room for more bytes at the end; NULL where there is none. */
static unsigned char *
reserve(CanonicalBuffer *buffer, size_t more)
{
	size_t		capacity = buffer->capacity;

	if (buffer->failed || more > CANONICAL_SIZE_MAX - buffer->length)
	{
		buffer->failed = true;
		return NULL;
	}
	if (buffer->length + more > capacity)
	{
		unsigned char *bytes;

		if (capacity < FIRST_CAPACITY)
			capacity = FIRST_CAPACITY;
		while (capacity < buffer->length + more)
			capacity = capacity > CANONICAL_SIZE_MAX / 2 ?
				CANONICAL_SIZE_MAX : capacity * 2;
		bytes = buffer->grow(buffer->owner, buffer->bytes, capacity);
		if (bytes == NULL)
		{
			buffer->failed = true;
			return NULL;
		}
		buffer->bytes = bytes;
		buffer->capacity = capacity;
	}
	buffer->length += more;
	return buffer->bytes + buffer->length - more;
}

void
canonical_put_bytes(CanonicalBuffer *buffer, const void *bytes, size_t length)
{
	unsigned char *target = reserve(buffer, length);

	if (target != NULL && length > 0)
		memcpy(target, bytes, length);
}

void
canonical_put_u8(CanonicalBuffer *buffer, uint8_t number)
{
	unsigned char *target = reserve(buffer, sizeof(number));

	if (target != NULL)
		*target = number;
}

void
canonical_put_u16(CanonicalBuffer *buffer, uint16_t number)
{
	unsigned char *target = reserve(buffer, sizeof(number));

	if (target != NULL)
		le16_write(target, number);
}

void
canonical_put_u32(CanonicalBuffer *buffer, uint32_t number)
{
	unsigned char *target = reserve(buffer, sizeof(number));

	if (target != NULL)
		le32_write(target, number);
}

void
canonical_put_u64(CanonicalBuffer *buffer, uint64_t number)
{
	unsigned char *target = reserve(buffer, sizeof(number));

	if (target != NULL)
		le64_write(target, number);
}

void
canonical_put_f32(CanonicalBuffer *buffer, float number, CanonicalForm form)
{
	uint32_t	bits;

	if (form == CANONICAL_KEY_FORM && number == 0)
		number = 0;				/* -0 is equal to 0 */
	memcpy(&bits, &number, sizeof(bits));
	if (number != number)
		bits = UINT32_C(0x7FC00000);
	canonical_put_u32(buffer, bits);
}

void
canonical_put_f64(CanonicalBuffer *buffer, double number, CanonicalForm form)
{
	uint64_t	bits;

	if (form == CANONICAL_KEY_FORM && number == 0)
		number = 0;				/* -0 is equal to 0 */
	memcpy(&bits, &number, sizeof(bits));
	if (number != number)
		bits = UINT64_C(0x7FF8000000000000);
	canonical_put_u64(buffer, bits);
}

void
canonical_put_prefix(CanonicalBuffer *buffer, CanonicalForm form)
{
	canonical_put_u8(buffer, form == CANONICAL_KEY_FORM ? 'k' : 'r');
	canonical_put_u8(buffer, CANONICAL_VERSION);
}

size_t
canonical_begin_value(CanonicalBuffer *buffer)
{
	canonical_put_u32(buffer, 0);
	return buffer->length;
}

void
canonical_end_value(CanonicalBuffer *buffer, size_t mark)
{
	if (!buffer->failed)
		le32_write(buffer->bytes + mark - LENGTH_SIZE,
				   (uint32_t) (buffer->length - mark));
}

void
canonical_put_null(CanonicalBuffer *buffer)
{
	canonical_put_u32(buffer, NULL_LENGTH);
}

void
canonical_put_text(CanonicalBuffer *buffer, const char *text)
{
	if (text == NULL)
	{
		canonical_put_null(buffer);
		return;
	}
	canonical_put_u32(buffer, (uint32_t) strlen(text));
	canonical_put_bytes(buffer, text, strlen(text));
}

/* The n-th 16 bits of what numeric_send gives. */
static uint16_t
wire_number(const unsigned char *wire, size_t n)
{
	return (uint16_t) (wire[2 * n] << 8 | wire[2 * n + 1]);
}

static bool
numeric_kind(uint16_t sign, NumericKind *kind)
{
	switch (sign)
	{
		case WIRE_POSITIVE:
			*kind = NUMERIC_POSITIVE;
			return true;
		case WIRE_NEGATIVE:
			*kind = NUMERIC_NEGATIVE;
			return true;
		case WIRE_NAN:
			*kind = NUMERIC_NOT_A_NUMBER;
			return true;
		case WIRE_INFINITY:
			*kind = NUMERIC_INFINITY;
			return true;
		case WIRE_MINUS_INFINITY:
			*kind = NUMERIC_MINUS_INFINITY;
			return true;
		default:
			return false;
	}
}

/*
 * Kind, scale, weight and groups.  Groups of zero at either end are dropped
 * here, although PostgreSQL keeps none: it is what makes the form unique.
 */
static bool
put_finite(CanonicalBuffer *buffer, NumericKind kind,
		   const unsigned char *wire, CanonicalForm form, CoreError *error)
{
	const unsigned char *groups = wire + WIRE_HEADER;
	int			first = 0;
	int			end = wire_number(wire, 0);
	int			weight = (int16_t) wire_number(wire, 1);

	for (int i = 0; i < end; i++)
	{
		if (wire_number(groups, (size_t) i) >= DIGITS_BASE)
			return core_fail(error, "A group of four digits is above 9999",
							 (long) (WIRE_HEADER + 2 * i));
	}
	while (first < end && wire_number(groups, (size_t) first) == 0)
		first++;
	while (first < end && wire_number(groups, (size_t) end - 1) == 0)
		end--;
	weight = first == end ? 0 : weight - first;
	if (weight < INT16_MIN)
		return core_fail(error, "The number is too small", CORE_NO_POSITION);

	canonical_put_u8(buffer, (uint8_t) (first == end ? NUMERIC_POSITIVE : kind));
	if (form == CANONICAL_ROW_FORM)
		canonical_put_u16(buffer, wire_number(wire, 3));
	canonical_put_u16(buffer, (uint16_t) weight);
	for (int i = first; i < end; i++)
		canonical_put_u16(buffer, wire_number(groups, (size_t) i));
	return true;
}

bool
canonical_put_numeric(CanonicalBuffer *buffer, const void *wire, size_t length,
					  CanonicalForm form, CoreError *error)
{
	const unsigned char *bytes = wire;
	NumericKind kind;

	if (length < WIRE_HEADER)
		return core_fail(error, "The number ends too early", (long) length);
	if (!numeric_kind(wire_number(bytes, 2), &kind))
		return core_fail(error, "The sign of the number is none", 4);
	if (kind > NUMERIC_NEGATIVE)
	{
		canonical_put_u8(buffer, (uint8_t) kind);
		return true;
	}
	if (length != WIRE_HEADER + 2 * (size_t) wire_number(bytes, 0))
		return core_fail(error, "The number has not as many digits as it says",
						 (long) length);
	return put_finite(buffer, kind, bytes, form, error);
}

void
canonical_put_interval_key(CanonicalBuffer *buffer, int64_t microseconds,
						   int32_t days, int32_t months)
{
	int64_t		whole = microseconds / MICROSECONDS_PER_DAY;
	int64_t		rest = microseconds % MICROSECONDS_PER_DAY;

	if (rest < 0)
	{
		whole--;
		rest += MICROSECONDS_PER_DAY;
	}
	whole += (int64_t) months * DAYS_PER_MONTH + days;
	canonical_put_u64(buffer, (uint64_t) whole);
	canonical_put_u64(buffer, (uint64_t) rest);
}

void
canonical_sum_add(unsigned char sum[CANONICAL_HASH_SIZE],
				  const unsigned char hash[CANONICAL_HASH_SIZE])
{
	unsigned	carry = 0;

	for (int i = CANONICAL_HASH_SIZE - 1; i >= 0; i--)
	{
		carry += (unsigned) sum[i] + hash[i];
		sum[i] = (unsigned char) carry;
		carry >>= 8;
	}
}

void
canonical_sum_subtract(unsigned char sum[CANONICAL_HASH_SIZE],
					   const unsigned char hash[CANONICAL_HASH_SIZE])
{
	unsigned	borrow = 0;

	for (int i = CANONICAL_HASH_SIZE - 1; i >= 0; i--)
	{
		unsigned	difference = (unsigned) sum[i] - hash[i] - borrow;

		sum[i] = (unsigned char) difference;
		borrow = difference >> 8 & 1;
	}
}
