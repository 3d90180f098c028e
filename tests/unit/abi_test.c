/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/abi.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "typed.h"

/* What Go's compiler does is told by src/cmd/compile/abi-internal.md, and by what it compiles. */
TestSuite(abi, .init = typed_init, .fini = typed_fini);

enum { MAX_VALUES = 64 };

static struct abi_value values[MAX_VALUES];
static char text[4096];

static void print_piece(FILE *to, const struct abi_piece *piece)
{
	/* As DWARF numbers them. */
	static const char *const registers[] = { "RAX", "RDX", "RCX", "RBX", "RSI", "RDI",
						 "RBP", "RSP", "R8",  "R9",  "R10", "R11",
						 "R12", "R13", "R14", "R15" };

	if (piece->place == GO_PIECE_REGISTER)
		fprintf(to, " %s", registers[piece->number]);
	else if (piece->place == GO_PIECE_XMM)
		fprintf(to, " X%u", piece->number);
	else
		fprintf(to, " SP+%ld", piece->off);
	if (piece->n_bytes != 8)
		fprintf(to, ":%lu", piece->n_bytes);
}

/* Each value with the places of its pieces, which follow one another without gaps unless told. */
static void print(FILE *to, const struct go_signature *signature)
{
	for (uint32_t i = 0; i < signature->n_variables; i++) {
		const struct abi_value *value = &values[i];
		uint64_t end = 0;

		fprintf(to, "%s%s", i ? ", " : "",
			typed.variables[signature->first_variable + i].name);
		for (size_t k = 0; k < value->n_pieces; k++) {
			if (value->pieces[k].at != end)
				fprintf(to, " @%lu", value->pieces[k].at);
			print_piece(to, &value->pieces[k]);
			end = value->pieces[k].at + value->pieces[k].n_bytes;
		}
		if (!value->n_pieces)
			fputs(value->is_known ? " none" : " ?", to);
	}
}

static void assert_places_by(const struct abi_rules *rules, const struct go_signature *signature,
			     const char *expected)
{
	FILE *to = fmemopen(text, sizeof(text), "w");

	abi_assign(&typed, signature, rules, values);
	print(to, signature);
	fclose(to);
	cr_assert_str_eq(text, expected, "%s\ninstead of %s", text, expected);
}

static void assert_places_of(const struct go_signature *signature, bool has_registers,
			     const char *expected)
{
	assert_places_by(&(struct abi_rules){ .has_registers = has_registers }, signature,
			 expected);
}

static void assert_places(const char *function, const char *expected)
{
	assert_places_of(typed_function(function), true, expected);
}

static void assert_stack_places(const char *function, const char *expected)
{
	assert_places_of(typed_function(function), false, expected);
}

Test(abi, takes_the_registers_of_integers_in_their_order)
{
	assert_places("(a int, b int, c int, d int, e int, f int, g int, h int, i int, j int)",
		      "a RAX, b RBX, c RCX, d RDI, e RSI, f R8, g R9, h R10, i R11, j SP+8");
}

Test(abi, gives_small_integers_a_register_each)
{
	assert_places("(a bool, b int8, c uint16, d int32, e uintptr)",
		      "a RAX:1, b RBX:1, c RCX:2, d RDI:4, e RSI");
}

Test(abi, gives_floats_registers_of_their_own)
{
	assert_places("(a float64, b int, c float32, d float64)", "a X0, b RAX, c X1:4, d X2");
}

Test(abi, has_fifteen_registers_for_floats)
{
	assert_places("(a float64, b float64, c float64, d float64, e float64, f float64, "
		      "g float64, h float64, i float64, j float64, k float64, l float64, "
		      "m float64, n float64, o float64, p float64, q int)",
		      "a X0, b X1, c X2, d X3, e X4, f X5, g X6, h X7, i X8, j X9, k X10, l X11, "
		      "m X12, n X13, o X14, p SP+8, q RAX");
}

Test(abi, puts_complex_numbers_into_two_registers)
{
	assert_places("(a complex64, b complex128)", "a X0:4 X1:4, b X2 X3");
}

Test(abi, puts_a_string_into_two_registers)
{
	assert_places("(s string, n int)", "s RAX RBX, n RCX");
}

Test(abi, puts_an_interface_into_two_registers)
{
	assert_places("(e error, a any)", "e RAX RBX, a RCX RDI");
}

Test(abi, puts_a_slice_into_three_registers)
{
	assert_places("(b []byte, n int)", "b RAX RBX RCX, n RDI");
}

Test(abi, puts_whatever_is_a_pointer_into_one_register)
{
	assert_places("(p *int, m map[string]int, c chan int, f func(), u unsafe.Pointer)",
		      "p RAX, m RBX, c RCX, f RDI, u RSI");
}

Test(abi, spreads_structs_over_registers)
{
	assert_places("(p struct{x int; y int}, n int)", "p RAX RBX, n RCX");
	assert_places("(p struct{a int8; b int64; c float32}, n int)",
		      "p RAX:1 @8 RBX X0:4, n RCX");
	assert_places("(p struct{a struct{s string; b bool}; f float64})",
		      "p RAX RBX RCX:1 @24 X0");
}

Test(abi, spreads_arrays_of_one_element)
{
	assert_places("(a [1]int, b [1]string, c [1][1]float64, d [1]struct{a int8; b int16})",
		      "a RAX, b RBX RCX, c X0, d RDI:1 @2 RSI:2");
}

Test(abi, puts_arrays_of_more_elements_on_the_stack)
{
	assert_places("(a [2]int, b int, c struct{a [2]int8; n int})",
		      "a SP+8:16, b RAX, c SP+24:16");
}

Test(abi, gives_what_has_no_bytes_no_place)
{
	assert_places("(a [0]int, b struct{}, c int, d struct{a [0]int; n int})",
		      "a none, b none, c RAX, d RBX");
}

Test(abi, aligns_the_stack_even_to_what_has_no_bytes)
{
	assert_places("(a [2]int8, b [0]int, c [2]int8)", "a SP+8:2, b none, c SP+16:2");
}

Test(abi, puts_a_value_on_the_stack_whole_when_it_does_not_fit)
{
	assert_places("(a int, b int, c int, d int, e int, f int, g int, h int, s string, n int)",
		      "a RAX, b RBX, c RCX, d RDI, e RSI, f R8, g R9, h R10, s SP+8:16, n R11");
}

Test(abi, gives_registers_back_when_a_later_part_does_not_fit)
{
	assert_places("(p struct{a [1]int; f float64; b [2]int8}, n int, f float64)",
		      "p SP+8:24, n RAX, f X0");
}

Test(abi, takes_registers_anew_for_results)
{
	assert_places("(a int, f float64) (n int, err error, g float64)",
		      "a RAX, f X0, n RAX, err RBX RCX, g X0");
}

Test(abi, puts_results_on_the_stack_behind_the_parameters)
{
	assert_places("(a [3]int8) (b [2]int8, c [2]int32, n int)",
		      "a SP+8:3, b SP+16:2, c SP+20, n RAX");
}

Test(abi, has_all_values_on_the_stack_where_there_are_no_registers)
{
	assert_stack_places("(a int8, b int32, s string, c bool) (n int, ok bool, f float64)",
			    "a SP+8:1, b SP+12:4, s SP+16:16, c SP+32:1, n SP+40, ok SP+48:1, "
			    "f SP+56");
}

Test(abi, aligns_on_the_stack_as_the_types_want_it)
{
	assert_stack_places("(a int8, b complex64, c int8, d [3]int16, e int8, f complex128, "
			    "g int8, h struct{a int8; b int32})",
			    "a SP+8:1, b SP+12, c SP+20:1, d SP+22:6, e SP+28:1, f SP+32:16, "
			    "g SP+48:1, h SP+52");
}

Test(abi, aligns_interfaces_pointers_and_strings_to_words)
{
	static const char *const of_words[] = { "*int",	  "error",	 "string",    "[]int",
						"func()", "map[int]int", "[2]string", "float64" };

	for (size_t i = 0; i < sizeof(of_words) / sizeof(of_words[0]); i++)
		cr_assert_eq(abi_alignment(&typed.types, typed_as(of_words[i])), 8, "%s",
			     of_words[i]);
	cr_assert_eq(abi_alignment(&typed.types, typed_as("struct{a int8; b [3]int16}")), 2);
	cr_assert_eq(abi_alignment(&typed.types, typed_as("struct{}")), 1);
	cr_assert_eq(abi_alignment(&typed.types, typed_as("complex64")), 4);
}

Test(abi, knows_no_registers_of_a_type_that_is_not_known)
{
	typed_add((struct go_type){ .name = "main.odd", .n_bytes = 8, .element = GO_TYPE_NONE });
	assert_places("(a main.odd, b int)", "a SP+8, b RAX");
}

Test(abi, agrees_with_location_lists_that_say_the_same)
{
	const struct go_signature *signature = typed_function("(s string, n int8)");

	TYPED_LIST("s", TYPED_IN(0), TYPED_IN(3));
	TYPED_LIST("n", TYPED_IN(2));
	assert_places_of(signature, true, "s RAX RBX, n RCX:1");
}

Test(abi, believes_location_lists_where_a_parameter_was_left_out)
{
	const struct go_signature *signature = typed_function("(s string, n int) (m int)");

	TYPED_LIST("s", TYPED_IN(3), TYPED_IN(2));
	TYPED_LIST("n", TYPED_IN(5));
	assert_places_of(signature, true, "s RBX RCX, n RDI, m RAX");
}

Test(abi, knows_nothing_of_parameters_without_a_list_where_one_was_left_out)
{
	const struct go_signature *signature = typed_function("(a int, b int, c int)");

	TYPED_LIST("b", TYPED_IN(2));
	assert_places_of(signature, true, "a ?, b RCX, c ?");
}

Test(abi, leaves_out_what_the_lists_say_is_nowhere)
{
	const struct go_signature *signature = typed_function("(a int, s string, b int)");

	TYPED_LIST("a", TYPED_NOWHERE);
	TYPED_LIST("s", TYPED_NOWHERE, TYPED_IN(5));
	TYPED_LIST("b", TYPED_IN(4));
	assert_places_of(signature, true, "a ?, s @8 RDI, b RSI");
}

Test(abi, believes_the_compiler_of_places_on_the_stack)
{
	const struct go_signature *signature = typed_function("(a [2]int, b [2]int) (c [2]int)");
	const struct go_piece at_16 = { .place = GO_PIECE_STACK, .off = 16, .n_bytes = 16 },
			      at_48 = { .place = GO_PIECE_STACK, .off = 48, .n_bytes = 16 };
	/* There is one more parameter than DWARF has. */
	const struct abi_rules rules = { .has_registers = true,
					 .is_size_known = true,
					 .n_bytes = 64 };

	typed_say("a", false, 1, &(struct go_piece){ GO_PIECE_STACK, 0, 0, 16 });
	typed_say("b", false, 1, &at_16);
	typed_say("c", false, 1, &at_48);
	assert_places_by(&rules, signature, "a SP+8:16, b SP+24:16, c SP+56:16");
}

Test(abi, does_not_take_a_place_in_the_own_frame_for_the_callers)
{
	const struct go_signature *signature = typed_function("(a [2]int) (n int)");
	const struct go_piece local = { .place = GO_PIECE_STACK, .off = -24, .n_bytes = 16 };

	typed_say("a", false, 1, &local);
	typed_say("n", false, 1, &local);
	assert_places_of(signature, true, "a SP+8:16, n RAX");
}

/* A struct in a struct, and so on, so many times; the innermost has the field. */
static uint32_t nested(int n, const char *innermost)
{
	uint32_t type = typed_as(innermost);

	for (int i = 0; i < n; i++) {
		char inner[32], within[64], outer[32];

		snprintf(inner, sizeof(inner), "main.nested%d", i);
		snprintf(outer, sizeof(outer), "main.nested%d", i + 1);
		snprintf(within, sizeof(within), "struct{in %s}", i ? inner : innermost);
		type = typed_define(outer, within);
	}
	return type;
}

Test(abi, finds_a_register_for_what_is_nested_deep)
{
	nested(GO_MAX_DEPTH - 1, "int8");
	assert_places("(a main.nested99, b int)", "a RAX:1, b RBX");
	assert_stack_places("(a int8, b main.nested99)", "a SP+8:1, b SP+9:1");
}

/* Each of them has many of the one before: no size, but more parts than can ever be looked at. */
static void define_bombs(const char *innermost)
{
	typed_define("main.bomb0", innermost);
	for (int i = 0; i < 30; i++) {
		char fields[512] = "struct{", name[32];

		for (int k = 0; k < 16; k++)
			snprintf(fields + strlen(fields), sizeof(fields) - strlen(fields),
				 "f main.bomb%d;", i);
		snprintf(name, sizeof(name), "main.bomb%d", i + 1);
		typed_define(name, strcat(fields, "}"));
	}
}

Test(abi, is_found_soon_for_a_value_of_endless_parts, .timeout = 10)
{
	define_bombs("struct{}");
	assert_places("(a main.bomb30, b int)", "a none, b RAX");
	assert_places("(a main.bomb2, b int)", "a none, b RAX");
	typed_define("main.large", "struct{a [0]main.bomb30; n int8}");
	assert_places("(a main.large, b int)", "a RAX:1, b RBX");
	typed_define("main.hopeless", "struct{a main.bomb30; n int8}");
	assert_places("(a main.hopeless, b int)", "a SP+8:1, b RAX");
}
