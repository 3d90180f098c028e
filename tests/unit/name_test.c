/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/name.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *in_form(enum name_form form, const char *name)
{
	static char written[NAME_MAX_BYTES];

	name_write(form, name, written);
	return written;
}

static void assert_form(enum name_form form, const char *name, const char *expected)
{
	cr_assert_str_eq(in_form(form, name), expected, "%s: %s", name, in_form(form, name));
}

Test(name, escapes_in_an_import_path_are_undone)
{
	assert_form(NAME_UNESCAPED, "gopkg.in/yaml%2ev2.Marshal", "gopkg.in/yaml.v2.Marshal");
	assert_form(NAME_UNESCAPED, "main.(*T).M", "main.(*T).M");
}

Test(name, what_is_no_escape_stays)
{
	assert_form(NAME_UNESCAPED, "main.100%", "main.100%");
	assert_form(NAME_UNESCAPED, "main.%2", "main.%2");
	assert_form(NAME_UNESCAPED, "main.%zz", "main.%zz");
	assert_form(NAME_UNESCAPED, "main.%1b[31m", "main.%1b[31m");
	assert_form(NAME_UNESCAPED, "main.%00", "main.%00");
}

Test(name, shapes_are_written_as_their_types)
{
	assert_form(NAME_SHAPED, "main.F[go.shape.int]", "main.F[int]");
	assert_form(NAME_SHAPED, "main.F[go.shape.int_0,go.shape.string_1]", "main.F[int,string]");
	assert_form(NAME_SHAPED, "main.(*L[go.shape.struct { A int }]).Push",
		    "main.(*L[struct{Aint}]).Push");
	assert_form(NAME_SHAPED, "main.F[int, string]", "main.F[int,string]");
}

Test(name, all_pointers_are_of_one_shape)
{
	assert_form(NAME_SHAPED, "main.F[go.shape.*uint8]", "main.F[*]");
	assert_form(NAME_SHAPED, "main.F[*main.T,int]", "main.F[*,int]");
	assert_form(NAME_SHAPED, "main.F[go.shape.*uint8_0]", "main.F[*]");
	assert_form(NAME_SHAPED, "main.F[*main.L[int,string],int]", "main.F[*,int]");
	assert_form(NAME_SHAPED, "main.F[*map[string]int]", "main.F[*]");
}

Test(name, numbers_in_type_names_are_no_positions)
{
	assert_form(NAME_SHAPED, "main.F[main.x_1y]", "main.F[main.x_1y]");
	assert_form(NAME_SHAPED, "main.f_0", "main.f_0");
}

Test(name, type_arguments_can_be_left_out)
{
	assert_form(NAME_WITHOUT_TYPE_ARGUMENTS, "main.F[...]", "main.F");
	assert_form(NAME_WITHOUT_TYPE_ARGUMENTS, "main.(*L[go.shape.[]int]).Push.func1",
		    "main.(*L).Push.func1");
	assert_form(NAME_WITHOUT_TYPE_ARGUMENTS, "type:.eq.[2]string", "type:.eq.[2]string");
	assert_form(NAME_WITHOUT_TYPE_ARGUMENTS, "main.F[go.shape.int", "main.F[go.shape.int");
	assert_form(NAME_WITHOUT_TYPE_ARGUMENTS, "[]", "[]");
}

Test(name, a_receiver_may_be_a_pointer_or_not)
{
	assert_form(NAME_WITHOUT_POINTER, "main.(*T).M", "main.T.M");
	assert_form(NAME_WITHOUT_POINTER, "main.(*L[...]).M", "main.L.M");
	assert_form(NAME_WITHOUT_POINTER, "main.T.M", "main.T.M");
}

Test(name, knows_what_is_generic)
{
	cr_assert(name_is_generic("main.F[...]"));
	cr_assert_not(name_has_type_arguments("main.F[...]"));
	cr_assert(name_has_type_arguments("main.F[int]"));
	cr_assert_not(name_is_generic("main.(*T).M"));
	cr_assert_not(name_is_generic("type:.eq.[2]string"));
}

Test(name, of_any_length_is_cut_to_fit)
{
	static char name[2 * NAME_MAX_BYTES];

	memset(name, 'x', sizeof(name) - 1);
	for (enum name_form form = 0; form < N_NAME_FORMS; form++)
		cr_assert_eq(strlen(in_form(form, name)), NAME_MAX_BYTES - 1);
}
