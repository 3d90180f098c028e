/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_VALUE_STEPS_H
#define GOTRACED_VALUE_STEPS_H

#include "gotraced/fetch.h"
#include "value/abi.h"

/* A fetch program that is being written, one step after the other. */
struct steps {
	struct fetch_program *program; /* the caller's; all zero at first */
	size_t n, max; /* FETCH_MAX_STEPS at most */
	uint32_t n_bytes; /* of the capture that have their use */
	uint32_t max_bytes;
};

/* Gives some bytes of the capture their use: aligned to 8. -ENOSPC when there are not as many left. */
int steps_make_room(struct steps *steps, uint64_t n_bytes, uint16_t *ret_at);

/* -ENOSPC when there are too many. */
int steps_add(struct steps *steps, const struct fetch_step *step);

/* Where a value is before it is taken. */
enum location_kind {
	LOCATION_PIECES, /* as the ABI has it */
	LOCATION_MEMORY, /* from an address that was taken */
};

struct location {
	enum location_kind kind;
	struct abi_value value;
	uint64_t at; /* in that */
	uint16_t base_at; /* in the capture, of the address */
	int64_t off; /* from it */
	/* It is an element that may not be there: the word at count_at is to be more than index. */
	bool is_element;
	uint16_t count_at;
	uint32_t index;
	bool is_length; /* of a map or chan, which has none if the address is nil */
	uint16_t base_step; /* of the program, which takes the address */
};

/* The same, so many bytes further on. */
struct location location_further(const struct location *from, uint64_t n_bytes);

/*
 * Takes its first n_bytes to a place in the capture. -ENOSPC; -EDOM when some of them are in
 * a floating point register, out of our reach; -ENODATA when nothing is known of some, which may be
 * padding. Those that can be had are taken all the same after these two.
 */
int location_take(const struct location *from, struct steps *steps, uint64_t n_bytes, uint16_t to);

/* Takes the address that is there, and has *ret be where it leads to. As location_take. */
int location_follow(const struct location *from, struct steps *steps, struct location *ret);

/* The floating point register among its first n_bytes; -1: none. */
int location_xmm(const struct location *from, uint64_t n_bytes);

#endif
