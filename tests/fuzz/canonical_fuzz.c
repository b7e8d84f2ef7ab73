/*
 * canonical_fuzz.c
 *		Arbitrary bytes as a serialized geometry or a numeric: they are written
 *		or refused, with a position inside of them.
 */
#include <stdlib.h>

#include "../../extension/core/ewkb.h"

extern int	LLVMFuzzerTestOneInput(const uint8_t * data, size_t size);

static void
expect(bool condition)
{
	if (!condition)
		abort();
}

static unsigned char *
grow(void *owner, unsigned char *bytes, size_t size)
{
	(void) owner;
	return realloc(bytes, size);
}

static void
expect_position(const CoreError *error, size_t size)
{
	expect(error->reason != NULL);
	expect(error->position == CORE_NO_POSITION ||
		   (error->position >= 0 && error->position <= (long) size));
}

int
LLVMFuzzerTestOneInput(const uint8_t * data, size_t size)
{
	CanonicalBuffer buffer;
	CoreError	error = {NULL, 0};

	canonical_init(&buffer, grow, NULL);
	/* an empty point of 8 bytes becomes 37; nothing grows more */
	if (ewkb_put(&buffer, data, size, &error))
		expect(!buffer.failed && buffer.length <= 5 * size + 4);
	else
		expect_position(&error, size);

	canonical_reset(&buffer);
	if (canonical_put_numeric(&buffer, data, size, CANONICAL_ROW_FORM, &error))
		expect(!buffer.failed && buffer.length <= size);
	else
		expect_position(&error, size);
	free(buffer.bytes);
	return 0;
}
