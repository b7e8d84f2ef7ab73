/*
 * model.h
 *		What the models that tests compare with share: random numbers, the same
 *		in every run, and memory.
 */
#ifndef ALLMENDE_MODEL_H
#define ALLMENDE_MODEL_H

#include <stdint.h>
#include <stdlib.h>

static uint64_t model_state = UINT64_C(88172645463325252);

/* xorshift64 */
static inline uint64_t
model_random(void)
{
	model_state ^= model_state << 13;
	model_state ^= model_state >> 7;
	model_state ^= model_state << 17;
	return model_state;
}

static inline uint32_t
model_below(uint32_t limit)
{
	return (uint32_t) (model_random() >> 32) % limit;
}

/* Zeroed, and of that very size, so that ASan sees overruns. */
static inline void *
model_allocate(size_t size)
{
	void	   *memory = calloc(size > 0 ? size : 1, 1);

	if (memory == NULL)
		abort();
	return memory;
}

#endif							/* ALLMENDE_MODEL_H */
