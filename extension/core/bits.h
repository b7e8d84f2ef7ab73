/*
 * bits.h
 *		Bits of words.
 */
#ifndef ALLMENDE_BITS_H
#define ALLMENDE_BITS_H

#include "core.h"

/* Number of bits that are set; no builtin, which needs a flag to be fast. */
static inline uint32_t
count_bits(uint64_t word)
{
	word -= word >> 1 & UINT64_C(0x5555555555555555);
	word = (word & UINT64_C(0x3333333333333333)) +
		(word >> 2 & UINT64_C(0x3333333333333333));
	word = (word + (word >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F);
	return (uint32_t) (word * UINT64_C(0x0101010101010101) >> 56);
}

#endif							/* ALLMENDE_BITS_H */
