/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FNV-1a, 64 bits: spreads keys and names things apart. It is no digest: whoever chooses the text
 * can choose the value, so what is found by it is compared whole.
 */
#ifndef BASE_FNV_H
#define BASE_FNV_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

#define FNV_START UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

/* A value to begin with that nobody else knows, for tables of what strangers name: thousands of names
 * that would fall together without it do not. */
static inline uint64_t fnv_seed(void)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = (uint64_t)(uintptr_t)&seed;
	return seed;
}

/* Go on from hash (first: FNV_START) with len bytes. */
static inline uint64_t fnv_add(uint64_t hash, const void *data, size_t len)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * FNV_PRIME;
	return hash;
}

/* The same eight bytes at a time, for long texts: other values, eight times as fast. */
static inline uint64_t fnv_add_words(uint64_t hash, const void *data, size_t len)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < len; i += 8) {
		uint64_t word = 0;

		memcpy(&word, bytes + i, len - i < 8 ? len - i : 8);
		hash = (hash ^ word) * FNV_PRIME;
		hash ^= hash >> 32;
	}
	return hash;
}

static inline uint64_t fnv_words(const void *data, size_t len)
{
	return fnv_add_words(FNV_START ^ len, data, len);
}

#endif
