/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/shape.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "objection.h"
#include "typed.h"

static struct fetch_program program;
static struct steps steps;
static struct shapes shapes;
static uint32_t made; /* the shape of the value as a whole */

static void init(void)
{
	typed_init();
	memset(&program, 0, sizeof(program));
	steps = (struct steps){ .program = &program,
				.max = FETCH_MAX_STEPS,
				.max_bytes = FETCH_MAX_BYTES };
}

static void fini(void)
{
	shapes_fini(&shapes);
	typed_fini();
}

TestSuite(shape, .init = init, .fini = fini);

/* Of a value of the type, whose own bytes have their place; no step takes them. */
static const struct shape *make(const char *text)
{
	uint32_t type = typed_as(text);
	uint16_t at;

	cr_assert_eq(steps_make_room(&steps, typed.types.types[type].n_bytes, &at), 0);
	cr_assert_eq(shapes_add(&shapes, &typed.types, type, at, &steps, &made), 0);
	program.at_return.first_step = program.at_entry.n_steps = (uint8_t)steps.n;
	program.n_bytes = (uint16_t)steps.n_bytes;
	cr_assert_null(objection_to(&program), "%s: %s", text, objection_to(&program));
	cr_assert_eq(shapes.at[made].type, type);
	cr_assert_eq(shapes.at[made].at, at);
	return &shapes.at[made];
}

static const struct shape *child(const struct shape *of, uint32_t i)
{
	cr_assert_lt(i, of->n_children);
	cr_assert_leq(of->first_child + of->n_children, shapes.n);
	return &shapes.at[of->first_child + i];
}

static void assert_step(size_t i, enum fetch_kind kind, uint16_t base_at, int64_t off,
			uint16_t n_bytes, uint16_t to)
{
	const struct fetch_step *step = &program.steps[i];

	cr_assert_lt(i, steps.n);
	cr_assert_eq(step->kind, kind);
	cr_assert_eq(step->base_at, base_at);
	cr_assert_eq(step->off, off);
	cr_assert_eq(step->n_bytes, n_bytes);
	cr_assert_eq(step->to, to);
}

Test(shape, of_what_leads_nowhere_needs_no_steps)
{
	static const char *const types[] = { "int",	   "float32",
					     "complex128", "[3]uint8",
					     "struct{}",   "struct{a int; b [2]struct{c bool}}",
					     "[0]string",  "unsafe.Pointer" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const struct shape *shape = make(types[i]);

		cr_assert_eq(steps.n, 0, "%s", types[i]);
		cr_assert_eq(shape->n_children, 0, "%s", types[i]);
		cr_assert_eq(shape->content_at, FETCH_NOWHERE);
	}
}

Test(shape, of_a_string_has_its_first_bytes)
{
	const struct shape *shape = make("string");

	cr_assert_eq(shape->content_at, 16);
	cr_assert_eq(shape->room, SHAPE_STRING_BYTES);
	cr_assert_eq(steps.n, 1);
	assert_step(0, FETCH_ELEMENTS, 0, 0, 1, 16);
	cr_assert_eq(program.steps[0].count_at, 8);
	cr_assert_eq(program.steps[0].max_count, SHAPE_STRING_BYTES);
}

Test(shape, of_bytes_is_as_that_of_a_string)
{
	const struct shape *shape = make("[]byte");

	cr_assert_eq(shape->room, SHAPE_STRING_BYTES);
	assert_step(0, FETCH_ELEMENTS, 0, 0, 1, 24);
}

Test(shape, of_a_slice_has_its_first_elements)
{
	const struct shape *shape = make("[]int32");

	cr_assert_eq(shape->room, SHAPE_ELEMENTS);
	cr_assert_eq(shape->n_children, 0);
	assert_step(0, FETCH_ELEMENTS, 0, 0, 4, 24);
	cr_assert_eq(program.steps[0].max_count, SHAPE_ELEMENTS);
	cr_assert_eq(program.steps[0].count_at, 8);
}

Test(shape, of_a_slice_has_fewer_elements_where_they_are_large)
{
	cr_assert_eq(make("[][200]int8")->room, 4);
	cr_assert_eq(make("[][1024]int8")->room, 1);
}

Test(shape, of_a_slice_has_no_elements_that_are_too_large_or_have_no_size)
{
	cr_assert_eq(make("[][1025]int8")->content_at, FETCH_NOWHERE);
	cr_assert_eq(make("[]struct{}")->content_at, FETCH_NOWHERE);
	cr_assert_eq(make("[]?")->content_at, FETCH_NOWHERE);
	cr_assert_eq(steps.n, 0);
}

Test(shape, of_a_slice_of_strings_has_shapes_of_these)
{
	const struct shape *shape = make("[]string");

	cr_assert_eq(shape->n_children, SHAPE_ELEMENTS);
	cr_assert_eq(steps.n, 1 + SHAPE_ELEMENTS);
	for (uint32_t i = 0; i < SHAPE_ELEMENTS; i++) {
		cr_assert_eq(child(shape, i)->at, shape->content_at + 16 * i);
		cr_assert_neq(child(shape, i)->content_at, FETCH_NOWHERE);
	}
}

Test(shape, of_a_string_is_smaller_the_deeper_it_lies)
{
	const struct shape *shape =
		make("struct{a string; b struct{c string; d struct{e string}}}");
	const struct shape *b = child(shape, 1), *d = child(b, 1);

	cr_assert_eq(child(shape, 0)->room, SHAPE_STRING_BYTES / 2);
	cr_assert_eq(child(b, 0)->room, SHAPE_STRING_BYTES / 4);
	cr_assert_eq(child(d, 0)->room, SHAPE_STRING_BYTES / 4);
}

Test(shape, of_a_struct_has_those_of_its_fields)
{
	const struct shape *shape = make("struct{n int; s string; p struct{x int8}}");

	cr_assert_eq(shape->n_children, 3);
	cr_assert_eq(child(shape, 0)->at, 0);
	cr_assert_eq(child(shape, 1)->at, 8);
	cr_assert_eq(child(shape, 2)->at, 24);
	cr_assert_eq(child(shape, 2)->n_children, 0);
}

Test(shape, follows_a_pointer_once)
{
	const struct shape *shape, *next;

	typed_define("main.node", "struct{n int; next *main.node}");
	shape = make("*main.node");
	assert_step(0, FETCH_MEMORY, 0, 0, 16, 8);
	cr_assert_eq(shape->n_children, 1);
	next = child(child(shape, 0), 1);
	cr_assert_eq(next->at, 16);
	cr_assert_eq(next->n_children, 0);
	cr_assert_eq(next->content_at, FETCH_NOWHERE);
	cr_assert_eq(steps.n, 1);
}

Test(shape, follows_no_pointer_to_what_is_large_or_unknown_or_nothing)
{
	cr_assert_eq(make("*[257]int8")->n_children, 0);
	cr_assert_eq(make("*?")->n_children, 0);
	cr_assert_eq(make("*struct{}")->n_children, 0);
	cr_assert_eq(make("*[256]int8")->n_children, 1);
}

Test(shape, has_a_bound_on_nesting)
{
	const struct shape *shape;
	int depth = 0;

	typed_define("main.n0", "struct{s string}");
	typed_define("main.n1", "struct{in main.n0}");
	typed_define("main.n2", "struct{in main.n1}");
	typed_define("main.n3", "struct{in main.n2}");
	typed_define("main.n4", "struct{in main.n3}");
	for (shape = make("main.n4"); shape->n_children; shape = child(shape, 0))
		depth++;
	cr_assert_eq(depth, 5);
	cr_assert_neq(shape->content_at, FETCH_NOWHERE);
	typed_define("main.n5", "struct{in main.n4}");
	for (shape = make("main.n5"), depth = 0; shape->n_children; shape = child(shape, 0))
		depth++;
	cr_assert_eq(shape->content_at, FETCH_NOWHERE);
}

Test(shape, has_a_bound_on_fields)
{
	char text[2048] = "struct{s string;";

	for (int i = 0; i < 70; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "f%d int8;", i);
	cr_assert_eq(make(strcat(text, "}"))->n_children, 64);
}

Test(shape, has_a_bound_on_elements_of_arrays)
{
	const struct shape *shape = make("[20]string");

	cr_assert_eq(shape->n_children, SHAPE_ELEMENTS);
	cr_assert_eq(child(shape, 7)->at, 7 * 16);
}

Test(shape, of_maps_chans_and_funcs_has_what_they_begin_with)
{
	cr_assert_eq(make("map[string]int")->content_at, 8);
	assert_step(0, FETCH_MEMORY, 0, 0, 8, 8);
	cr_assert_eq(make("func()")->content_at, 24);
	assert_step(1, FETCH_MEMORY, 16, 0, 8, 24);
	cr_assert_eq(make("chan int")->content_at, 40);
	assert_step(2, FETCH_MEMORY, 32, 0, 16, 40);
}

static const struct dynamic *dynamic_of(const struct shape *shape)
{
	cr_assert_lt(shape->dynamic, shapes.n_dynamics);
	return &shapes.dynamics[shape->dynamic];
}

Test(shape, of_an_interface_without_methods_has_its_type_and_first_words)
{
	const struct dynamic *dynamic = dynamic_of(make("any"));

	cr_assert_eq(dynamic->type_at, 0);
	cr_assert_eq(dynamic->data_at, 16);
	cr_assert_eq(dynamic->n_data_bytes, SHAPE_DYNAMIC_BYTES);
	cr_assert_eq(dynamic->string_at[0], 16 + SHAPE_DYNAMIC_BYTES);
	cr_assert_eq(dynamic->string_at[1], FETCH_NOWHERE);
	cr_assert_eq(dynamic->nested, SHAPE_NONE);
	cr_assert_eq(steps.n, 5);
	assert_step(0, FETCH_MEMORY, 8, 0, 8, 16);
	assert_step(1, FETCH_MEMORY, 8, 8, 8, 24);
	assert_step(2, FETCH_MEMORY, 8, 16, 16, 32);
	assert_step(3, FETCH_MEMORY, 8, 32, 16, 48);
	assert_step(4, FETCH_ELEMENTS, 16, 0, 1, 64);
}

Test(shape, of_an_interface_with_methods_has_the_type_that_its_itab_tells)
{
	const struct dynamic *dynamic = dynamic_of(make("interface{Read}"));

	cr_assert_eq(dynamic->type_at, 16);
	assert_step(0, FETCH_MEMORY, 0, 8, 8, 16);
	cr_assert_eq(dynamic->data_at, 24);
}

Test(shape, of_an_error_has_two_strings_and_an_error_within)
{
	const struct dynamic *dynamic = dynamic_of(make("error")), *nested;

	cr_assert_eq(dynamic->n_data_bytes, SHAPE_DYNAMIC_BYTES);
	cr_assert_neq(dynamic->string_at[1], FETCH_NOWHERE);
	nested = &shapes.dynamics[dynamic->nested];
	cr_assert_eq(nested->n_data_bytes, SHAPE_DYNAMIC_BYTES);
	nested = &shapes.dynamics[nested->nested];
	cr_assert_eq(nested->n_data_bytes, 16);
	cr_assert_eq(nested->nested, SHAPE_NONE);
	cr_assert_eq(shapes.n_dynamics, 3);
}

Test(shape, of_an_error_within_another_value_has_less)
{
	const struct shape *shape = make("struct{n int; err error}");
	const struct dynamic *dynamic = dynamic_of(child(shape, 1));

	cr_assert_eq(dynamic->n_data_bytes, SHAPE_DYNAMIC_BYTES);
	cr_assert_eq(shapes.dynamics[dynamic->nested].n_data_bytes, 16);
	cr_assert_eq(shapes.n_dynamics, 2);
}

Test(shape, leaves_out_what_has_no_room)
{
	const struct shape *shape;

	steps.max_bytes = 16 + SHAPE_STRING_BYTES - 1;
	shape = make("string");
	cr_assert_eq(shape->content_at, FETCH_NOWHERE);
	cr_assert_eq(steps.n, 0);
	cr_assert_eq(steps.n_bytes, 16);
}

Test(shape, leaves_out_what_has_no_steps_left)
{
	steps.max = 3;
	make("[]string");
	cr_assert_eq(steps.n, 3);
	cr_assert_neq(child(&shapes.at[made], 1)->content_at, FETCH_NOWHERE);
	cr_assert_eq(child(&shapes.at[made], 2)->content_at, FETCH_NOWHERE);
	make("*int");
	cr_assert_eq(shapes.at[made].n_children, 0);
	make("any");
	cr_assert_eq(shapes.at[made].dynamic, SHAPE_NONE);
	make("error");
	cr_assert_eq(shapes.at[made].dynamic, SHAPE_NONE);
	make("map[int]int");
	cr_assert_eq(shapes.at[made].content_at, FETCH_NOWHERE);
}

/* However little there is of either, what comes of it is sound, as make makes sure. */
Test(shape, is_sound_whatever_there_is_room_for)
{
	typed_define("main.all", "struct{s string; e error; xs []string; m map[int]int; p *string; "
				 "f func(); a [3]any; n struct{in []*int}}");
	for (size_t max = 0; max <= FETCH_MAX_STEPS; max++) {
		steps.n = steps.n_bytes = 0;
		steps.max = max;
		make("main.all");
		cr_assert_leq(steps.n, max);
	}
	steps.max = FETCH_MAX_STEPS;
	for (uint32_t max_bytes = 512; max_bytes <= 2048; max_bytes += 8) {
		steps.n = steps.n_bytes = 0;
		steps.max_bytes = max_bytes;
		make("main.all");
		cr_assert_leq(steps.n_bytes, max_bytes);
	}
}

/* Structs without size, many in each, that seem to lead to strings. */
Test(shape, is_made_soon_of_endless_fields_without_bytes, .timeout = 10)
{
	typed_define("main.z0", "struct{s [0]string}");
	for (int i = 0; i < 8; i++) {
		char fields[1024] = "struct{", name[16];

		for (int k = 0; k < 60; k++)
			snprintf(fields + strlen(fields), sizeof(fields) - strlen(fields),
				 "f main.z%d;", i);
		snprintf(name, sizeof(name), "main.z%d", i + 1);
		typed_define(name, strcat(fields, "}"));
	}
	cr_assert_eq(make("main.z8")->n_children, 0);
	cr_assert_eq(make("struct{z main.z8; s string}")->n_children, 2);
	cr_assert_eq(shapes.n, 4);
}

Test(shape, are_no_more_than_can_be_decoded)
{
	char text[2048] = "struct{p func();";

	for (int i = 0; i < 63; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "f%d [0]int;", i);
	typed_define("main.sparse", strcat(text, "n int8}"));
	steps.max_bytes = FETCH_MAX_BYTES;
	for (int i = 0; i < 16; i++)
		make("[8]main.sparse");
	cr_assert_leq(shapes.n, SHAPES_MAX + 16);
	cr_assert_gt(shapes.n, SHAPES_MAX - 8 * 65);
	cr_assert_eq(shapes.at[made].n_children, 0);
}
