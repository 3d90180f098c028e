/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/resolve.h"

#include <criterion/criterion.h>
#include <errno.h>

#include "wished.h"

TestSuite(resolve, .init = wished_init, .fini = wished_fini);

static int resolved_is_at_return(const char *text, bool *ret)
{
	struct expression expression;
	struct reason why;
	int err;

	cr_assert_eq(expression_parse(text, &expression, &why), 0);
	err = resolve_is_at_return(typed_callee(), &expression, ret, &why);
	expression_fini(&expression);
	return err;
}

static const char *name_of(uint32_t i)
{
	static struct variable_name buffer;

	return variable_name(&buffer, typed_callee(), i);
}

Test(resolve, calls_results_without_a_name_by_their_place)
{
	typed_function("(a int, b int) (int, n int, _ int, string)");
	cr_assert_str_eq(name_of(0), "a");
	cr_assert_str_eq(name_of(1), "b");
	cr_assert_str_eq(name_of(2), "ret0");
	cr_assert_str_eq(name_of(3), "n");
	cr_assert_str_eq(name_of(4), "ret2");
	cr_assert_str_eq(name_of(5), "ret3");
}

Test(resolve, knows_which_parameters_nobody_can_name)
{
	static const char *const hidden[] = { "_", "~p0", ".this", "" }, *const named[] = { "a",
											    "größe",
											    "__" };
	struct go_variable variable = { 0 };

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		variable.name = hidden[i];
		cr_assert(variable_is_hidden(&variable), "%s", hidden[i]);
	}
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		variable.name = named[i];
		cr_assert_not(variable_is_hidden(&variable), "%s", named[i]);
	}
	variable = (struct go_variable){ .name = "~r0", .is_result = true };
	cr_assert_not(variable_is_hidden(&variable));
}

Test(resolve, takes_an_error_that_has_no_name_and_comes_last_for_err)
{
	bool is_at_return;

	typed_function("(a int) (int, error)");
	cr_assert_eq(resolved_is_at_return("err", &is_at_return), 0);
	cr_assert(is_at_return);
	typed_function("(err error) (int, error)");
	cr_assert_eq(resolved_is_at_return("err", &is_at_return), 0);
	cr_assert_not(is_at_return);
	typed_function("(a int) (e error)");
	cr_assert_eq(resolved_is_at_return("err", &is_at_return), -EINVAL);
	typed_function("(a int) (error, int)");
	cr_assert_eq(resolved_is_at_return("err", &is_at_return), -EINVAL);
}

Test(resolve, finds_parameters_and_results_by_name)
{
	typed_function("(a int, b int8) (n int, bool)");
	fetched_at_entry[RAX] = 12;
	fetched_at_entry[RBX] = 0x1ff;
	fetched_at_return[RAX] = 34;
	fetched_at_return[RBX] = 1;
	assert_shows("a", "12");
	assert_shows("b", "-1");
	assert_shows("n", "34");
	assert_shows("ret1", "true");
	assert_shows("~r1", "true");
}

Test(resolve, names_what_there_is_where_a_name_is_wrong)
{
	typed_function("(a int, _ bool, p *int) (n int, error)");
	assert_wish_refused("q.x", NULL,
			    "main.f has no 'q'; its parameters: a int, p *int; its results: n int, "
			    "ret1 error\n  q.x\n  ^");
	typed_function("()");
	assert_wish_refused("q", NULL,
			    "main.f has no 'q'; its parameters: none; its results: none\n  q\n  ^");
}

Test(resolve, tells_how_to_go_on_without_dwarf)
{
	assert_wish_refused("n", NULL,
			    "nothing is known of the parameters of main.f, for want of DWARF; name "
			    "registers and types, as in rax:int or rbx+rcx:string, or a program "
			    "with the same functions by --types\n  n\n  ^");
}

Test(resolve, says_when_a_parameter_is_nowhere)
{
	typed_function("(a int, b int)");
	TYPED_LIST("b", TYPED_IN(RAX));
	assert_shows("b", "0");
	assert_wish_refused("a", NULL,
			    "the compiler does not say where main.f's a is as it begins: it was "
			    "optimised away\n  a\n  ^");
}

static const uint64_t node_words[] = { 7, 0x2000, 9 }, next_words[] = { 8, 0, 10 };

/* A list of two nodes, the first at 0x1000. */
static void make_list(void)
{
	typed_define("main.node", "struct{n int; next *main.node; inner struct{x int}}");
	fetched_put(0x1000, node_words, sizeof(node_words));
	fetched_put(0x2000, next_words, sizeof(next_words));
}

Test(resolve, goes_to_fields_of_values_and_of_what_pointers_lead_to)
{
	make_list();
	typed_function("(v main.node, p *main.node)");
	fetched_at_entry[RAX] = 5;
	fetched_at_entry[RBX] = 0x2000;
	fetched_at_entry[RCX] = 6;
	fetched_at_entry[RDI] = 0x1000;
	assert_shows("v.n", "5");
	assert_shows("v.inner.x", "6");
	assert_shows("v.next.n", "8");
	assert_shows("p.n", "7");
	assert_shows("p.inner.x", "9");
	assert_shows("p.next.inner.x", "10");
	assert_shows("(*p).n", "7");
	assert_shows("p.next.next", "nil");
}

Test(resolve, cannot_read_behind_a_nil_pointer)
{
	make_list();
	typed_function("(p *main.node)");
	fetched_at_entry[RAX] = 0x1000;
	assert_shows("p.next.next.n", "<unreadable>");
	assert_shows("p.next.next.inner", "<unreadable>");
}

Test(resolve, goes_to_fields_of_embedded_structs)
{
	typed_define("main.base", "struct{id int; name string}");
	typed_define("main.middle", "struct{main.base; x int}");
	typed_function("(v struct{y int; main.middle})");
	fetched_at_entry[RAX] = 1;
	fetched_at_entry[RBX] = 2;
	fetched_at_entry[RSI] = 3;
	assert_shows("v.id", "2");
	assert_shows("v.x", "3");
	assert_shows("v.middle.base.id", "2");
}

Test(resolve, says_which_fields_there_are)
{
	typed_define("main.point", "struct{x int; y int}");
	typed_function("(p *main.point, n int, pp **main.point)");
	assert_wish_refused("p.z", NULL,
			    "main.point has no field 'z'; it has x int, y int\n  p.z\n    ^");
	assert_wish_refused("n.x", NULL, "a value of type int has no fields\n  n.x\n    ^");
	assert_wish_refused("pp.x", NULL,
			    "a value of type *main.point has no fields\n  pp.x\n     ^");
	typed_function("(e struct{})");
	assert_wish_refused("e.x", NULL, "struct{} has no field 'x'; it has none\n  e.x\n    ^");
}

Test(resolve, follows_only_pointers_whose_target_is_known)
{
	typed_function("(n int, p *?, u unsafe.Pointer)");
	assert_wish_refused("*n", NULL, "a value of type int leads nowhere\n  *n\n  ^");
	assert_wish_refused("*p", NULL, "a value of type *? leads nowhere\n  *p\n  ^");
	assert_wish_refused("*u", NULL, "a value of type unsafe.Pointer leads nowhere\n  *u\n  ^");
	assert_wish_refused("p.x", NULL, "a value of type *? leads nowhere\n  p.x\n    ^");
}

Test(resolve, goes_to_elements_of_slices)
{
	static const uint64_t elements[] = { 10, 11, 12 };

	typed_function("(xs []int)");
	fetched_put(0x1000, elements, sizeof(elements));
	fetched_at_entry[RAX] = 0x1000;
	fetched_at_entry[RBX] = 2;
	assert_shows("xs[0]", "10");
	assert_shows("xs[1]", "11");
	assert_shows("xs[2]", "<unreadable>");
	fetched_at_entry[RBX] = (uint64_t)-1;
	assert_shows("xs[0]", "<unreadable>");
}

Test(resolve, goes_to_elements_of_arrays_also_through_pointers)
{
	static const uint16_t elements[] = { 10, 11, 12 };

	typed_function("(a [3]uint16, p *[3]uint16)");
	fetched_put(0x1000, elements, sizeof(elements));
	fetched_put(0x7008, elements, sizeof(elements));
	fetched_at_entry[RSP] = 0x7000;
	fetched_at_entry[RAX] = 0x1000;
	assert_shows("a[0]", "10");
	assert_shows("a[2]", "12");
	assert_shows("p[1]", "11");
	assert_wish_refused("a[3]", NULL, "[3]uint16 has no such element\n  a[3]\n    ^");
	assert_wish_refused("p[3]", NULL, "[3]uint16 has no such element\n  p[3]\n    ^");
}

Test(resolve, goes_through_elements_to_fields)
{
	static const uint64_t nodes[] = { 1, 0, 2, 3, 0x2000, 4 };

	make_list();
	typed_function("(nodes []main.node, ps []*main.node)");
	fetched_put(0x5000, nodes, sizeof(nodes));
	fetched_put(0x6000, nodes + 4, 8);
	fetched_at_entry[RAX] = 0x5000;
	fetched_at_entry[RBX] = 2;
	fetched_at_entry[RDI] = 0x6000;
	fetched_at_entry[RSI] = 1;
	assert_shows("nodes[1].inner.x", "4");
	assert_shows("nodes[1].next.n", "8");
	assert_shows("nodes[2].n", "<unreadable>");
	assert_shows("ps[0].inner.x", "10");
	assert_shows("ps[1].n", "<unreadable>");
}

Test(resolve, refuses_elements_of_what_has_none)
{
	typed_function("(s string, m map[int]int, xs []?, n []int)");
	assert_wish_refused("s[0]", NULL,
			    "a value of type string has no elements to be taken\n  s[0]\n    ^");
	assert_wish_refused(
		"m[0]", NULL,
		"a value of type map[int]int has no elements to be taken\n  m[0]\n    ^");
	assert_wish_refused("xs[0]", NULL,
			    "a value of type []? has no elements to be taken\n  xs[0]\n     ^");
	assert_wish_refused("n[2147483648]", NULL,
			    "[]int has no such element\n  n[2147483648]\n    ^");
}

Test(resolve, knows_lengths)
{
	static const uint64_t map_words[] = { 42 }, chan_words[] = { 43 };

	typed_function("(s string, xs []int, m map[int]int, c chan int, a [5]int, p *[]int)");
	fetched_put(0x1000, map_words, sizeof(map_words));
	fetched_put(0x2000, chan_words, sizeof(chan_words));
	fetched_put(0x3000, (const uint64_t[]){ 0, 44, 0 }, 24);
	fetched_at_entry[RBX] = 40;
	fetched_at_entry[RDI] = 41;
	fetched_at_entry[R8] = 0x1000;
	fetched_at_entry[R9] = 0x2000;
	fetched_at_entry[R10] = 0x3000;
	assert_shows("len(s)", "40");
	assert_shows("len(xs)", "41");
	assert_shows("len(m)", "42");
	assert_shows("len(c)", "43");
	assert_shows("len(a)", "5");
	assert_shows("len(*p)", "44");
	assert_wish_refused("len(a[0])", NULL,
			    "a value of type int has no length\n  len(a[0])\n  ^");
	assert_wish_refused("len(p)", NULL, "a value of type *[]int has no length\n  len(p)\n  ^");
}

Test(resolve, knows_that_a_map_that_is_nil_is_empty)
{
	typed_function("(m map[int]int)");
	assert_shows("len(m)", "0");
}

Test(resolve, takes_values_from_registers_and_the_stack_without_dwarf)
{
	static const uint64_t words[] = { 4711, 0x1000, 3 };

	fetched_put(0x7008, words, sizeof(words));
	fetched_put(0x1000, "abc", 3);
	fetched_at_entry[RSP] = 0x7000;
	fetched_at_entry[RAX] = 0xffffffff;
	fetched_at_entry[RBX] = 0x1000;
	fetched_at_entry[RCX] = 2;
	fetched_at_return[RAX] = 1;
	assert_shows("rax:int", "4294967295");
	assert_shows("rax:int32", "-1");
	assert_shows("rbx+rcx:string", "\"ab\"");
	assert_shows("stack+8:int", "4711");
	assert_shows("stack+16:string", "\"abc\"");
	assert_shows("rbx+stack+24:string", "\"abc\"");
	assert_shows("ret.rax:bool", "true");
	assert_shows("rbx:*int", "0x1000");
}

Test(resolve, wants_as_many_registers_as_a_value_takes)
{
	assert_wish_refused("rax:string", NULL,
			    "a value of type string takes 2 registers, or one place on the stack\n"
			    "  rax:string\n  ^");
	assert_wish_refused("rax+rbx:int", NULL,
			    "a value of type int takes 1 register, or one place on the stack\n"
			    "  rax+rbx:int\n  ^");
	assert_wish_refused("stack+8+rbx:string", NULL,
			    "a value of type string takes 2 registers, or one place on the stack\n"
			    "  stack+8+rbx:string\n  ^");
}

Test(resolve, shows_which_type_is_not_known)
{
	assert_wish_refused(
		"rax:main.odd", NULL,
		"there is no type 'main.odd' that is known; known are int, uint8, "
		"float64, string, error, []byte and their like\n  rax:main.odd\n      ^");
}

Test(resolve, says_what_is_in_a_floating_point_register)
{
	typed_function("(a float64, p struct{n int; f float64}, c complex128)");
	assert_wish_refused("a", NULL,
			    "this is in the floating point register X0, which the kernel does not "
			    "let BPF programs read\n  a\n  ^");
	assert_wish_refused("p.f", NULL,
			    "this is in the floating point register X1, which the kernel does not "
			    "let BPF programs read\n  p.f\n  ^");
	assert_wish_refused("c", NULL,
			    "this is in the floating point register X2, which the kernel does not "
			    "let BPF programs read\n  c\n  ^");
	assert_shows("p", "{n:0 f:<not reachable>}");
}

Test(resolve, says_when_a_part_is_nowhere)
{
	typed_function("(p struct{a *int; b *int; s string; xs []int})");
	TYPED_LIST("p", TYPED_IN(RBX), TYPED_NOWHERE, TYPED_NOWHERE, TYPED_IN(RCX), TYPED_NOWHERE);
	assert_shows("p.a", "nil");
	assert_wish_refused("p.b", NULL, "the compiler does not say where this is\n  p.b\n  ^");
	assert_wish_refused("*p.b", NULL, "the compiler does not say where this is\n  *p.b\n  ^");
	assert_wish_refused("p.xs[0]", NULL,
			    "the compiler does not say where this is\n  p.xs[0]\n       ^");
	assert_wish_refused(NULL, "p.b != nil",
			    "the compiler does not say where this is\n  p.b != nil\n  ^");
	assert_wish_refused(NULL, "p.s == \"a\"",
			    "the compiler does not say where this is\n  p.s == \"a\"\n  ^");
	fetched_at_entry[RCX] = 1;
	assert_shows("p.s", "<not reachable>");
	assert_shows("len(p.s)", "1");
}

Test(resolve, knows_what_is_there_as_the_function_returns)
{
	struct expression expression;
	bool is_at_return;

	typed_function("(a int) (n int)");
	cr_assert_eq(expression_parse("a", &expression, &wished_why), 0);
	cr_assert_eq(resolve_is_at_return(typed_callee(), &expression, &is_at_return, &wished_why),
		     0);
	cr_assert_not(is_at_return);
	expression_fini(&expression);
	cr_assert_eq(expression_parse("n", &expression, &wished_why), 0);
	cr_assert_eq(resolve_is_at_return(typed_callee(), &expression, &is_at_return, &wished_why),
		     0);
	cr_assert(is_at_return);
	expression_fini(&expression);
	cr_assert_eq(expression_parse("m", &expression, &wished_why), 0);
	cr_assert_eq(resolve_is_at_return(typed_callee(), &expression, &is_at_return, &wished_why),
		     -EINVAL);
	expression_fini(&expression);
}

Test(resolve, does_not_take_a_blank_parameter_for_a_result)
{
	typed_function("(_ int, b int) (int, _ int)");
	fetched_at_entry[RAX] = 1;
	fetched_at_entry[RBX] = 2;
	fetched_at_return[RAX] = 3;
	fetched_at_return[RBX] = 4;
	assert_shows("ret0", "3");
	assert_shows("ret1", "4");
	typed_function("(_ int, b int)");
	assert_wish_refused(
		"ret0", NULL,
		"main.f has no 'ret0'; its parameters: b int; its results: none\n  ret0\n  ^");
	assert_wish_refused(
		"_", NULL, "main.f has no '_'; its parameters: b int; its results: none\n  _\n  ^");
}

Test(resolve, takes_the_least_deep_of_the_fields_of_a_name)
{
	typed_define("main.deep", "struct{x int}");
	typed_define("main.first", "struct{main.deep}");
	typed_define("main.second", "struct{x int}");
	typed_function("(v struct{main.first; main.second})");
	fetched_at_entry[RAX] = 1;
	fetched_at_entry[RBX] = 2;
	assert_shows("v.x", "2");
	assert_shows("v.first.x", "1");
}

Test(resolve, ends_soon_for_structs_of_endless_embedded_ones, .timeout = 10)
{
	typed_define("main.e0", "struct{}");
	for (int i = 0; i < 8; i++) {
		char fields[1024] = "struct{", name[16];

		for (int k = 0; k < 40; k++)
			snprintf(fields + strlen(fields), sizeof(fields) - strlen(fields),
				 "main.e%d;", i);
		snprintf(name, sizeof(name), "main.e%d", i + 1);
		typed_define(name, strcat(fields, "}"));
	}
	typed_function("(v main.e8)");
	cr_assert_eq(wished_try("v.x", NULL), -EINVAL);
}

Test(resolve, refuses_elements_beyond_all_memory)
{
	typed_function("(xs []struct{a [4294967297]int8; b int8}, ys [][0]int)");
	assert_wish_refused("xs[2147483647].b", NULL,
			    "[]struct{a [4294967297]int8; b int8} has no such element\n"
			    "  xs[2147483647].b\n     ^");
	fetched_put(0x1000 + 3 * 4294967298 + 4294967297, "\7", 1);
	fetched_at_entry[RAX] = 0x1000;
	fetched_at_entry[RBX] = 4;
	assert_shows("xs[3].b", "7");
	fetched_at_entry[RDI] = 0x1000;
	fetched_at_entry[RSI] = 1;
	assert_shows("ys[2147483647]", "[]");
}
