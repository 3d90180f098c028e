/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/captures.h"

#include <criterion/criterion.h>
#include <dwarf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/calls.h"
#include "planned.h"

/* A program of some functions that do nothing, and DWARF that tells of main.f and main.g. */
static struct captures captures;
static struct reason why;
static struct options_calls calls;
static struct capture_wish wish;

static void init(void)
{
	planned_init();
	wish.max_bytes = FETCH_MAX_BYTES;
}

static void fini(void)
{
	captures_fini(&captures);
	calls_fini(&calls);
	planned_fini();
}

TestSuite(captures, .init = init, .fini = fini);

static void add_functions(void)
{
	static const char *const names[] = { "main.f", "main.g", "main.h" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		GO_IMAGE_ADD(&image, names[i], 0x55, 0x48, 0x89, 0xe5, 0x5d, 0xc3);
}

static struct {
	uint8_t bytes[1024];
	size_t n;
} information;

static void add(const void *data, size_t n_bytes)
{
	cr_assert_leq(information.n + n_bytes, sizeof(information.bytes));
	memcpy(information.bytes + information.n, data, n_bytes);
	information.n += n_bytes;
}

static void add_u8(uint8_t value)
{
	add(&value, sizeof(value));
}

static void add_range(uint64_t va, uint64_t n_bytes)
{
	add(&va, sizeof(va));
	add(&n_bytes, sizeof(n_bytes));
}

enum { UNIT = 1, TYPE, FUNCTION, VARIABLE };

static const uint8_t abbreviations[] = {
	/* clang-format off */
	UNIT, DW_TAG_compile_unit, DW_CHILDREN_yes,
	DW_AT_low_pc, DW_FORM_addr, DW_AT_high_pc, DW_FORM_data8, 0, 0,
	TYPE, DW_TAG_base_type, DW_CHILDREN_no,
	DW_AT_name, DW_FORM_string, DW_AT_byte_size, DW_FORM_data1,
	0x80, 0x52 /* DW_AT_go_kind */, DW_FORM_data1, 0, 0,
	FUNCTION, DW_TAG_subprogram, DW_CHILDREN_yes,
	DW_AT_low_pc, DW_FORM_addr, DW_AT_high_pc, DW_FORM_data8, 0, 0,
	VARIABLE, DW_TAG_formal_parameter, DW_CHILDREN_no,
	DW_AT_name, DW_FORM_string, DW_AT_variable_parameter, DW_FORM_flag,
	DW_AT_type, DW_FORM_ref4, 0, 0,
	0
	/* clang-format on */
};

static void add_function(size_t i, const char *parameter, const char *result, uint32_t type)
{
	add_u8(FUNCTION);
	add_range(image.functions[i].va, image.functions[i].n_bytes);
	for (int k = 0; k < 2; k++) {
		const char *name = k ? result : parameter;

		if (!name)
			continue;
		add_u8(VARIABLE);
		add(name, strlen(name) + 1);
		add_u8((uint8_t)k);
		add(&type, sizeof(type));
	}
	add_u8(0);
}

/* func f(a int8) (n int8), func g(b int8) */
static void describe_functions(void)
{
	uint32_t type, n_bytes;
	uint64_t off;

	information.n = 0;
	add("\0\0\0\0\4\0\0\0\0\0\10", 11);
	add_u8(UNIT);
	add_range(image.functions[0].va, image.n_text);
	type = (uint32_t)information.n;
	add_u8(TYPE);
	add("int8", 5);
	add_u8(1);
	add_u8(GO_INT8);
	add_function(0, "a", "n", type);
	add_function(1, "b", NULL, type);
	add_u8(0);
	n_bytes = (uint32_t)information.n - 4;
	memcpy(information.bytes, &n_bytes, sizeof(n_bytes));
	off = elf_image_append(&image.elf, abbreviations, sizeof(abbreviations));
	elf_image_section(&image.elf, ".debug_abbrev", SHT_PROGBITS, 0, off, sizeof(abbreviations),
			  0);
	off = elf_image_append(&image.elf, information.bytes, information.n);
	elf_image_section(&image.elf, ".debug_info", SHT_PROGBITS, 0, off, information.n, 0);
}

static void make_program(bool has_dwarf)
{
	add_functions();
	if (has_dwarf)
		describe_functions();
	cr_assert_eq(plan_only("main.*")->index, 0);
	cr_assert_eq(plan.n_traced, 3);
}

static int try_shown(const char *shown)
{
	calls_fini(&calls);
	captures_fini(&captures);
	cr_assert_eq(calls_add_shown(&calls, shown, &why), 0, "%s", why.text);
	wish.shown = calls.shown;
	wish.n_shown = calls.n_shown;
	return captures_init(&captures, &plan, &wish, &why);
}

static int try_conditions(const char *conditions)
{
	calls_fini(&calls);
	captures_fini(&captures);
	cr_assert_eq(calls_add_conditions(&calls, conditions, &why), 0, "%s", why.text);
	wish.conditions = calls.conditions;
	wish.n_conditions = calls.n_conditions;
	return captures_init(&captures, &plan, &wish, &why);
}

static void assert_labels(size_t function, const char *expected)
{
	const struct capture *of = &captures.of[function];
	char labels[256] = "";

	for (size_t i = 0; i < of->n_values; i++)
		snprintf(labels + strlen(labels), sizeof(labels) - strlen(labels), "%s%s",
			 i ? " " : "", of->values[i].label);
	cr_assert_str_eq(labels, expected);
	cr_assert_eq(captures.programs[function], &of->program);
}

Test(captures, are_wanted_when_anything_is_to_be_taken)
{
	const struct expression expression = { 0 };
	const struct condition condition = { 0 };
	struct capture_wish none = { .max_bytes = 1 }, wanted = none;

	cr_assert_not(captures_are_wanted(&none));
	wanted.is_all = true;
	cr_assert(captures_are_wanted(&wanted));
	wanted = (struct capture_wish){ .shown = &expression, .n_shown = 1 };
	cr_assert(captures_are_wanted(&wanted));
	wanted = (struct capture_wish){ .conditions = &condition, .n_conditions = 1 };
	cr_assert(captures_are_wanted(&wanted));
	wanted = (struct capture_wish){ .by = &expression };
	cr_assert(captures_are_wanted(&wanted));
}

Test(captures, of_nothing_are_none)
{
	make_program(true);
	cr_assert_eq(captures_init(&captures, &plan, &wish, &why), 0);
	cr_assert_null(captures.of);
	cr_assert_eq(captures_n_bytes(&captures), 0);
}

Test(captures, of_all_have_what_dwarf_tells_of_each_function)
{
	make_program(true);
	wish.is_all = true;
	cr_assert_eq(captures_init(&captures, &plan, &wish, &why), 0, "%s", why.text);
	cr_assert_eq(captures.n, 3);
	assert_labels(0, "a n");
	assert_labels(1, "b");
	assert_labels(2, "");
	cr_assert_eq(captures.of[0].program.n_bytes, 16);
	cr_assert_eq(captures.of[1].program.n_bytes, 8);
	cr_assert_eq(captures_n_bytes(&captures), 16);
}

Test(captures, take_the_registers_that_the_go_version_has)
{
	make_program(true);
	wish.is_all = true;
	cr_assert_eq(captures_init(&captures, &plan, &wish, &why), 0);
	cr_assert_eq(captures.of[0].program.steps[0].kind, FETCH_REGISTER);
	cr_assert_eq(captures.of[0].program.steps[0].reg, 0);
}

Test(captures, are_of_the_stack_before_go_1_17)
{
	planned_fini();
	go_image_init(&image, 16);
	make_program(true);
	wish.is_all = true;
	cr_assert_eq(captures_init(&captures, &plan, &wish, &why), 0, "%s", why.text);
	assert_labels(0, "a n");
	cr_assert_eq(captures.of[0].program.steps[0].kind, FETCH_MEMORY);
	cr_assert_eq(captures.of[0].program.steps[0].off, 8);
	cr_assert_eq(captures.of[0].program.steps[1].off, 16);
}

Test(captures, show_what_each_function_has)
{
	make_program(true);
	cr_assert_eq(try_shown("b,rax:int,n"), 0, "%s", why.text);
	assert_labels(0, "rax:int n");
	assert_labels(1, "b rax:int");
	assert_labels(2, "rax:int");
}

Test(captures, refuse_to_show_what_no_function_has)
{
	make_program(true);
	cr_assert_eq(try_shown("a,c"), -EINVAL);
	cr_assert(strstr(why.text, "for want of DWARF"), "%s", why.text);
	cr_assert_null(captures.of);
	cr_assert_eq(captures.n, 0);
}

Test(captures, want_conditions_of_all_functions)
{
	make_program(true);
	cr_assert_eq(try_conditions("rax:int > 3"), 0, "%s", why.text);
	for (size_t i = 0; i < 3; i++)
		cr_assert_eq(captures.of[i].program.at_entry.n_conditions, 1);
	cr_assert_eq(try_conditions("a > 3"), -EINVAL);
	cr_assert(strstr(why.text, "main.g has no 'a'; its parameters: b int8; its results: none\n"
				   "  a > 3\n  ^"),
		  "%s", why.text);
}

Test(captures, without_dwarf_are_of_places)
{
	make_program(false);
	cr_assert_eq(try_shown("rbx+rcx:string,ret.rax+rbx:error"), 0, "%s", why.text);
	assert_labels(0, "rbx+rcx:string ret.rax+rbx:error");
	assert_labels(2, "rbx+rcx:string ret.rax+rbx:error");
	cr_assert_eq(try_shown("a"), -EINVAL);
	cr_assert(strstr(why.text, "for want of DWARF; name registers"), "%s", why.text);
	wish.n_shown = 0;
	wish.is_all = true;
	cr_assert_eq(captures_init(&captures, &plan, &wish, &why), 0, "%s", why.text);
	assert_labels(0, "");
}

Test(captures, refuse_what_has_no_room)
{
	make_program(true);
	wish.max_bytes = 8;
	cr_assert_eq(try_shown("rax:int"), 0, "%s", why.text);
	cr_assert_eq(try_shown("rax:int,rbx:int"), -E2BIG);
}
