/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/match.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A binary of nothing but names. */
static struct go_function functions[16];
static struct go_binary binary = { .functions = functions };
static struct match match;
static struct reason why;
static size_t n_meant;

static void has(const char *name)
{
	functions[binary.n_functions++].name = name;
}

static int add(const char *pattern)
{
	if (!match.is_chosen)
		cr_assert_eq(match_init(&match, &binary, &why), 0);
	return match_add(&match, &binary, pattern, &n_meant, &why);
}

static void fini(void)
{
	match_fini(&match);
}

TestSuite(match, .fini = fini);

Test(match, a_glob_without_a_star_is_the_whole_name)
{
	cr_assert(match_glob("main.main", "main.main"));
	cr_assert_not(match_glob("main.main", "main.main2"));
	cr_assert_not(match_glob("main.main", "main.mai"));
	cr_assert_not(match_glob("main.main", "amain.main"));
	cr_assert(match_glob("", ""));
	cr_assert_not(match_glob("", "a"));
	cr_assert_not(match_glob("a", ""));
}

Test(match, a_star_stands_for_any_run_of_characters)
{
	cr_assert(match_glob("*", ""));
	cr_assert(match_glob("*", "net/http.(*conn).serve"));
	cr_assert(match_glob("main.*", "main."));
	cr_assert(match_glob("main.*", "main.main.func1"));
	cr_assert(match_glob("*.serve", "net/http.(*conn).serve"));
	cr_assert_not(match_glob("*.serve", "net/http.(*conn).serve2"));
	cr_assert_not(match_glob("main.*", "domain.main"));
}

Test(match, several_stars_share_the_name_among_them)
{
	cr_assert(match_glob("*http*serve*", "net/http.(*conn).serve.func1"));
	cr_assert(match_glob("a*b*c", "aXbXbXc"));
	cr_assert(match_glob("**", "x"));
	cr_assert(match_glob("a**c", "ac"));
	cr_assert_not(match_glob("a*b*c", "acb"));
	cr_assert_not(match_glob("*ab*ab*", "aab"));
	cr_assert(match_glob("*aab", "aaab"));
}

Test(match, many_stars_take_no_exponential_time, .timeout = 5)
{
	char name[5001];

	memset(name, 'a', 5000);
	name[5000] = 0;
	cr_assert_not(match_glob("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", name));
}

Test(match, a_question_mark_stands_for_one_character)
{
	cr_assert(match_glob("main.?", "main.f"));
	cr_assert_not(match_glob("main.?", "main."));
	cr_assert_not(match_glob("main.?", "main.ff"));
	cr_assert(match_glob("*.?", "main.ff.g"));
}

Test(match, brackets_in_a_glob_stand_for_themselves)
{
	cr_assert(match_glob("main.F[...]", "main.F[...]"));
	cr_assert_not(match_glob("main.F[abc]", "main.Fa"));
	cr_assert(match_glob("main.F[*]", "main.F[go.shape.int]"));
	cr_assert(match_glob("main.(*T).M", "main.(*T).M"));
	cr_assert(match_glob("*.(?T).M", "main.(*T).M"));
	cr_assert_not(match_glob("main.\\*", "main.*"));
}

Test(match, an_exact_name_beats_the_glob_that_it_also_is)
{
	has("main.(*T).M");
	has("main.(*Tree).M");
	cr_assert_eq(add("main.(*T).M"), 0);
	cr_assert_eq(n_meant, 1);
	cr_assert(match.is_chosen[0]);
	cr_assert_not(match.is_chosen[1]);
}

Test(match, all_functions_of_one_name_are_meant)
{
	has("main.F[...]");
	has("main.G");
	has("main.F[...]");
	cr_assert_eq(add("main.F[...]"), 0);
	cr_assert_eq(n_meant, 2);
	cr_assert_not(match.is_chosen[1]);
}

Test(match, a_name_that_is_no_function_means_nothing)
{
	has("main.main");
	cr_assert_eq(add("main.mian"), 0);
	cr_assert_eq(n_meant, 0);
	cr_assert_eq(match.n_chosen, 0);
	cr_assert_eq(add(""), 0);
	cr_assert_eq(n_meant, 0);
}

Test(match, a_function_meant_twice_is_chosen_once)
{
	has("main.a");
	has("main.b");
	cr_assert_eq(add("main.*"), 0);
	cr_assert_eq(n_meant, 2);
	cr_assert_eq(add("main.b"), 0);
	cr_assert_eq(n_meant, 1);
	cr_assert_eq(match.n_chosen, 2);
}

Test(match, a_regex_is_found_anywhere_in_the_name)
{
	has("net/http.(*conn).serve");
	has("net/http.HandlerFunc.ServeHTTP");
	has("main.server.ServeHTTP.func1");
	cr_assert_eq(add("/ServeHTTP/"), 0);
	cr_assert_eq(n_meant, 2);
	cr_assert_not(match.is_chosen[0]);
}

Test(match, a_regex_can_be_anchored)
{
	has("main.ServeHTTP");
	has("main.ServeHTTP.func1");
	has("domain.ServeHTTP");
	cr_assert_eq(add("/^main\\..*HTTP$/"), 0);
	cr_assert_eq(n_meant, 1);
	cr_assert(match.is_chosen[0]);
}

Test(match, a_regex_is_an_extended_one)
{
	has("main.a");
	has("main.b");
	has("main.c");
	cr_assert_eq(add("/[.](a|c)$/"), 0);
	cr_assert_eq(n_meant, 2);
	cr_assert_not(match.is_chosen[1]);
}

Test(match, a_bad_regex_is_refused_with_its_text)
{
	has("main.main");
	cr_assert_eq(add("/main.(/"), -EINVAL);
	cr_assert_not_null(strstr(why.text, "/main.(/"));
	cr_assert_eq(match.n_chosen, 0);
}

Test(match, slashes_within_a_name_make_no_regex)
{
	has("net/http.serve");
	cr_assert_eq(add("net/http.serve"), 0);
	cr_assert_eq(n_meant, 1);
	cr_assert_eq(add("/"), 0);
	cr_assert_eq(n_meant, 0);
	cr_assert_eq(add("//"), 0);
	cr_assert_eq(n_meant, 0);
}

Test(match, the_nearest_name_is_the_one_misspelt)
{
	const char *names[3] = { NULL };

	has("main.init");
	has("main.handleRequest");
	has("main.handleResponse");
	has("os.Open");
	cr_assert_geq(match_nearest(&binary, "main.handelRequest", names, 3), 1);
	cr_assert_str_eq(names[0], "main.handleRequest");
}

Test(match, letter_case_counts_for_nothing)
{
	const char *names[1];

	has("main.HandlE");
	has("main.hindle");
	cr_assert_eq(match_nearest(&binary, "main.handle", names, 1), 1);
	cr_assert_str_eq(names[0], "main.HandlE");
	cr_assert_eq(match_nearest(&binary, "MAIN.HINDLE", names, 1), 1);
	cr_assert_str_eq(names[0], "main.hindle");
}

Test(match, a_left_out_import_path_counts_for_little)
{
	const char *names[1];

	has("github.com/prometheus/prometheus/promql.(*Engine).exec");
	has("github.com/prometheus/prometheus/tsdb.(*Head).Init");
	cr_assert_eq(match_nearest(&binary, "promql.(*Engine).exec", names, 1), 1);
	cr_assert_str_eq(names[0], functions[0].name);
	cr_assert_eq(match_nearest(&binary, "(*Head).init", names, 1), 1);
	cr_assert_str_eq(names[0], functions[1].name);
}

Test(match, nothing_near_is_nothing_found)
{
	const char *names[3];

	has("runtime.mallocgc");
	has("net/http.(*Server).ListenAndServe");
	cr_assert_eq(match_nearest(&binary, "xyzzy", names, 3), 0);
}

Test(match, no_more_names_are_given_than_asked_for_and_the_nearest_first)
{
	const char *names[2];

	has("main.abcXYZ");
	has("main.abcdeX");
	has("main.abcXef");
	has("main.abcdef2");
	cr_assert_eq(match_nearest(&binary, "main.abcdef", names, 2), 2);
	/* Of the three at a distance of one, each is as good as the others; that of three is not.
	 */
	cr_assert_str_neq(names[0], "main.abcXYZ");
	cr_assert_str_neq(names[1], "main.abcXYZ");
}

Test(match, a_repeated_name_is_given_once)
{
	const char *names[4];

	has("main.f1");
	has("main.f2");
	has("main.f1");
	cr_assert_eq(match_nearest(&binary, "main.f", names, 4), 2);
	cr_assert_str_neq(names[0], names[1]);
}

Test(match, very_long_names_are_compared_without_harm)
{
	char name[4096], pattern[4096];
	const char *names[1];

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	memset(pattern, 'a', sizeof(pattern) - 1);
	pattern[sizeof(pattern) - 2] = 0;
	has(name);
	cr_assert_eq(match_nearest(&binary, pattern, names, 1), 1);
}

Test(match, works_on_a_binary_without_functions)
{
	const char *names[1];

	cr_assert_eq(add("*"), 0);
	cr_assert_eq(n_meant, 0);
	cr_assert_eq(match_nearest(&binary, "main.main", names, 1), 0);
}

Test(match, the_star_of_a_pointer_stands_for_itself_in_a_glob)
{
	cr_assert(match_glob("main.(*Conn).*", "main.(*Conn).Serve"));
	cr_assert_not(match_glob("main.(*Conn).*", "main.(*PersistConn).Serve"));
	cr_assert(match_glob("main.(*).Serve", "main.(*PersistConn).Serve"));
	cr_assert(match_glob("main.(*", "main.(*PersistConn).Serve"));
}

Test(match, knows_what_a_pattern_means_in_any_form)
{
	cr_assert(match_means("main.F", "main.F[...]"));
	cr_assert(match_means("main.F[int]", "main.F[go.shape.int]"));
	cr_assert(match_means("main.T.M", "main.(*T).M"));
	cr_assert(match_means("main.*", "main.F[go.shape.int]"));
	cr_assert(match_means("main.F[*]", "main.F[go.shape.int]"));
	cr_assert_not(match_means("main.F[int]", "main.F[go.shape.string]"));
	cr_assert_not(match_means("main.F", "main.G"));
}
