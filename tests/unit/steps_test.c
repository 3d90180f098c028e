/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/steps.h"

#include <criterion/criterion.h>
#include <errno.h>

enum { RAX = 0, RBX = 3, MAX_BYTES = 2560 };

static struct fetch_program program;
static struct steps steps;

static void init(void)
{
	steps = (struct steps){ .program = &program,
				.max = FETCH_MAX_STEPS,
				.max_bytes = MAX_BYTES };
}

TestSuite(steps, .init = init);

static struct location at_pieces(size_t n_pieces, const struct abi_piece *pieces)
{
	struct location location = { .kind = LOCATION_PIECES,
				     .value = { .n_pieces = n_pieces, .is_known = true } };

	for (size_t i = 0; i < n_pieces; i++)
		location.value.pieces[i] = pieces[i];
	return location;
}

#define AT_PIECES(...)                                                                             \
	at_pieces(sizeof((struct abi_piece[]){ __VA_ARGS__ }) / sizeof(struct abi_piece),          \
		  (struct abi_piece[]){ __VA_ARGS__ })
#define IN(register, at_byte, size)                                                                \
	{                                                                                          \
		.place = GO_PIECE_REGISTER, .number = (register), .at = (at_byte),                 \
		.n_bytes = (size)                                                                  \
	}
#define IN_XMM(register, at_byte, size)                                                            \
	{                                                                                          \
		.place = GO_PIECE_XMM, .number = (register), .at = (at_byte), .n_bytes = (size)    \
	}
#define ON_STACK(from_sp, at_byte, size)                                                           \
	{                                                                                          \
		.place = GO_PIECE_STACK, .off = (from_sp), .at = (at_byte), .n_bytes = (size)      \
	}

static void assert_register(size_t i, uint8_t number, uint16_t n_bytes, uint16_t to)
{
	const struct fetch_step *step = &program.steps[i];

	cr_assert_lt(i, steps.n);
	cr_assert_eq(step->kind, FETCH_REGISTER);
	cr_assert_eq(step->reg, number);
	cr_assert_eq(step->n_bytes, n_bytes);
	cr_assert_eq(step->to, to);
}

static void assert_memory(size_t i, uint16_t base_at, int64_t off, uint16_t n_bytes, uint16_t to)
{
	const struct fetch_step *step = &program.steps[i];

	cr_assert_lt(i, steps.n);
	cr_assert_eq(step->base_at, base_at);
	cr_assert_eq(step->off, off);
	cr_assert_eq(step->n_bytes, n_bytes);
	cr_assert_eq(step->to, to);
	if (base_at == FETCH_NOWHERE)
		cr_assert_eq(step->reg, FETCH_SP);
}

Test(steps, give_room_in_words)
{
	uint16_t first, second, third;

	cr_assert_eq(steps_make_room(&steps, 1, &first), 0);
	cr_assert_eq(steps_make_room(&steps, 0, &second), 0);
	cr_assert_eq(steps_make_room(&steps, 17, &third), 0);
	cr_assert_eq(first, 0);
	cr_assert_eq(second, 8);
	cr_assert_eq(third, 8);
	cr_assert_eq(steps.n_bytes, 32);
}

Test(steps, give_no_more_room_than_there_is)
{
	uint16_t at = 4711;

	cr_assert_eq(steps_make_room(&steps, MAX_BYTES + 1, &at), -ENOSPC);
	cr_assert_eq(steps_make_room(&steps, UINT64_MAX, &at), -ENOSPC);
	cr_assert_eq(steps_make_room(&steps, UINT64_MAX - 6, &at), -ENOSPC);
	cr_assert_eq(at, 4711);
	cr_assert_eq(steps_make_room(&steps, MAX_BYTES - 8, &at), 0);
	cr_assert_eq(steps_make_room(&steps, 9, &at), -ENOSPC);
	cr_assert_eq(steps_make_room(&steps, 8, &at), 0);
	cr_assert_eq(at, MAX_BYTES - 8);
	cr_assert_eq(steps_make_room(&steps, 1, &at), -ENOSPC);
}

Test(steps, are_so_many_at_most)
{
	const struct fetch_step step = { .n_bytes = 8 };

	steps.max = 2;
	cr_assert_eq(steps_add(&steps, &step), 0);
	cr_assert_eq(steps_add(&steps, &step), 0);
	cr_assert_eq(steps_add(&steps, &step), -ENOSPC);
	cr_assert_eq(steps.n, 2);
}

Test(steps, take_registers_each_to_its_place)
{
	const struct location location = AT_PIECES(IN(RAX, 0, 1), IN(RBX, 8, 8));

	cr_assert_eq(location_take(&location, &steps, 16, 24), -ENODATA);
	cr_assert_eq(steps.n, 2);
	assert_register(0, RAX, 1, 24);
	assert_register(1, RBX, 8, 32);
}

Test(steps, take_the_stack_from_sp)
{
	const struct location location = AT_PIECES(ON_STACK(16, 0, 40));

	cr_assert_eq(location_take(&location, &steps, 40, 8), 0);
	cr_assert_eq(steps.n, 1);
	assert_memory(0, FETCH_NOWHERE, 16, 40, 8);
}

Test(steps, take_as_much_as_is_asked_for)
{
	const struct location location = AT_PIECES(ON_STACK(16, 0, 40)),
			      in_registers = AT_PIECES(IN(RAX, 0, 8), IN(RBX, 8, 8));

	cr_assert_eq(location_take(&location, &steps, 8, 0), 0);
	assert_memory(0, FETCH_NOWHERE, 16, 8, 0);
	cr_assert_eq(location_take(&in_registers, &steps, 12, 8), 0);
	assert_register(1, RAX, 8, 8);
	assert_register(2, RBX, 4, 16);
	cr_assert_eq(steps.n, 3);
}

Test(steps, take_what_is_further_on)
{
	const struct location location =
		AT_PIECES(IN(RAX, 0, 8), IN(RBX, 8, 8), ON_STACK(16, 16, 8));
	const struct location second = location_further(&location, 8),
			      third = location_further(&second, 12);

	cr_assert_eq(location_take(&second, &steps, 8, 0), 0);
	cr_assert_eq(steps.n, 1);
	assert_register(0, RBX, 8, 0);
	cr_assert_eq(location_take(&third, &steps, 4, 8), 0);
	cr_assert_eq(steps.n, 2);
	assert_memory(1, FETCH_NOWHERE, 20, 4, 8);
}

Test(steps, do_not_take_the_upper_part_of_a_register)
{
	const struct location location = AT_PIECES(IN(RAX, 0, 8)),
			      upper = location_further(&location, 4);

	cr_assert_eq(location_take(&upper, &steps, 4, 0), -ENODATA);
	cr_assert_eq(location_take(&location, &steps, 3, 0), -ENODATA);
	cr_assert_eq(steps.n, 0);
}

Test(steps, say_what_is_in_a_floating_point_register)
{
	const struct location location = AT_PIECES(IN(RAX, 0, 8), IN_XMM(3, 8, 8), IN(RBX, 16, 8)),
			      second = location_further(&location, 8);

	cr_assert_eq(location_take(&location, &steps, 24, 0), -EDOM);
	cr_assert_eq(steps.n, 2);
	assert_register(0, RAX, 8, 0);
	assert_register(1, RBX, 8, 16);
	cr_assert_eq(location_xmm(&location, 24), 3);
	cr_assert_eq(location_xmm(&location, 8), -1);
	cr_assert_eq(location_xmm(&second, 8), 3);
}

Test(steps, know_nothing_where_nothing_is_known)
{
	const struct location location = { .kind = LOCATION_PIECES };

	cr_assert_eq(location_take(&location, &steps, 8, 0), -ENODATA);
	cr_assert_eq(steps.n, 0);
}

Test(steps, tell_of_bytes_that_are_nowhere)
{
	const struct location location = AT_PIECES(IN(RAX, 8, 8));
	struct location target;

	cr_assert_eq(location_take(&location, &steps, 8, 0), -ENODATA);
	cr_assert_eq(location_follow(&location, &steps, &target), -ENODATA);
	cr_assert_eq(steps.n, 0);
	cr_assert_eq(location_take(&location, &steps, 16, 0), -ENODATA);
	cr_assert_eq(steps.n, 1);
	assert_register(0, RAX, 8, 8);
}

Test(steps, take_large_values_in_several)
{
	const struct location on_stack = AT_PIECES(ON_STACK(8, 0, 2500)),
			      in_memory = { .kind = LOCATION_MEMORY, .base_at = 8, .off = 100 };

	cr_assert_eq(location_take(&on_stack, &steps, 2500, 16), 0);
	cr_assert_eq(steps.n, 3);
	assert_memory(0, FETCH_NOWHERE, 8, 1024, 16);
	assert_memory(1, FETCH_NOWHERE, 1032, 1024, 1040);
	assert_memory(2, FETCH_NOWHERE, 2056, 452, 2064);
	cr_assert_eq(location_take(&in_memory, &steps, 1025, 0), 0);
	assert_memory(3, 8, 100, 1024, 0);
	assert_memory(4, 8, 1124, 1, 1024);
}

Test(steps, take_nothing_of_what_has_no_bytes)
{
	const struct location known = { .kind = LOCATION_PIECES, .value = { .is_known = true } };
	const struct location memory = { .kind = LOCATION_MEMORY };

	cr_assert_eq(location_take(&known, &steps, 0, 0), 0);
	cr_assert_eq(location_take(&memory, &steps, 0, 0), 0);
	cr_assert_eq(steps.n, 0);
}

Test(steps, follow_an_address)
{
	const struct location location = AT_PIECES(IN(RBX, 0, 8));
	struct location target;
	uint16_t at;

	steps_make_room(&steps, 24, &at);
	cr_assert_eq(location_follow(&location, &steps, &target), 0);
	assert_register(0, RBX, 8, 24);
	target = location_further(&target, 16);
	cr_assert_eq(location_take(&target, &steps, 4, 0), 0);
	cr_assert_eq(program.steps[1].kind, FETCH_MEMORY);
	assert_memory(1, 24, 16, 4, 0);
}

Test(steps, take_an_element_only_if_it_is_there)
{
	const struct location location = { .kind = LOCATION_MEMORY,
					   .base_at = 8,
					   .off = 24,
					   .is_element = true,
					   .count_at = 16,
					   .index = 3 };
	const struct location field = location_further(&location, 4);

	cr_assert_eq(location_take(&field, &steps, 4, 32), 0);
	cr_assert_eq(program.steps[0].kind, FETCH_ELEMENT);
	cr_assert_eq(program.steps[0].count_at, 16);
	cr_assert_eq(program.steps[0].max_count, 3);
	assert_memory(0, 8, 28, 4, 32);
}

Test(steps, fail_when_there_are_too_many)
{
	const struct location location = AT_PIECES(ON_STACK(8, 0, 2500)),
			      in_registers = AT_PIECES(IN(RAX, 0, 8), IN(RBX, 8, 8));
	struct location target;

	steps.max = 2;
	cr_assert_eq(location_take(&location, &steps, 2500, 0), -ENOSPC);
	steps.n = 1;
	cr_assert_eq(location_take(&in_registers, &steps, 16, 0), -ENOSPC);
	cr_assert_eq(location_follow(&in_registers, &steps, &target), -ENOSPC);
	steps.n = 0;
	steps.n_bytes = MAX_BYTES;
	cr_assert_eq(location_follow(&in_registers, &steps, &target), -ENOSPC);
}
