/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/dynamic.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "wished.h"

/*
 * Interfaces in the memory of a program. Its types are known by the address of their description, which
 * here is one from TYPES on, by the order in which a test names them.
 */
enum { HEAP = 0x10000, TYPES = 0x400000, ITABS = 0x500000, MAX_TYPES = 80, N_WORDS = 512 };

static struct decode_type types[MAX_TYPES];
static size_t n_types;
static uint64_t heap[N_WORDS];
static size_t n_words;
static uint64_t itabs[2 * MAX_TYPES]; /* the type is in the second word */

static bool find_type(void *context __attribute__((unused)), uint64_t ip, struct decode_type *ret)
{
	if (ip < TYPES || ip >= TYPES + n_types)
		return false;
	*ret = types[ip - TYPES];
	return true;
}

static const struct decode_program program = { .type = find_type };

static void init(void)
{
	wished_init();
	wished_program = &program;
	n_types = n_words = 0;
	for (size_t i = 0; i < MAX_TYPES; i++)
		itabs[2 * i + 1] = TYPES + i;
	fetched_put(HEAP, heap, sizeof(heap));
	fetched_put(ITABS, itabs, sizeof(itabs));
}

TestSuite(dynamic, .init = init, .fini = wished_fini);

static uint64_t type(const char *name, enum go_kind kind, uint64_t n_bytes)
{
	struct decode_type *made = &types[n_types];

	cr_assert_lt(n_types, MAX_TYPES);
	*made = (struct decode_type){
		.kind = kind,
		.n_bytes = n_bytes,
		.is_direct =
			kind == GO_POINTER || kind == GO_MAP || kind == GO_CHAN || kind == GO_FUNC,
	};
	snprintf(made->name, sizeof(made->name), "%s", name);
	return TYPES + n_types++;
}

/* The itab by which an interface with methods leads to a type. */
static uint64_t itab(const char *name)
{
	return ITABS + 16 * (type(name, GO_POINTER, 8) - TYPES);
}

static uint64_t word(uint64_t value)
{
	cr_assert_lt(n_words, N_WORDS);
	heap[n_words] = value;
	return HEAP + 8 * n_words++;
}

/* The address of a text's bytes. */
static uint64_t bytes(const char *text)
{
	uint64_t address = HEAP + 8 * n_words;
	size_t n = strlen(text) / 8 + 1;

	cr_assert_leq(n_words + n, N_WORDS);
	strcpy((char *)&heap[n_words], text);
	n_words += n;
	return address;
}

static void string(const char *text, uint64_t at)
{
	uint64_t address = bytes(text);

	heap[(at - HEAP) / 8] = address;
	heap[(at - HEAP) / 8 + 1] = strlen(text);
}

/* Room for so many words, behind which there is more. */
static uint64_t words(size_t n)
{
	uint64_t at = word(0);

	for (size_t i = 1; i < n; i++)
		word(0);
	return at;
}

static uint64_t word_of_string(const char *text)
{
	uint64_t at = words(2);

	string(text, at);
	return at;
}

static void assert_any_shows(uint64_t type_word, uint64_t data, const char *expected)
{
	if (!typed.n_signatures)
		typed_function("(v any, e error)");
	fetched_at_entry[RAX] = type_word;
	fetched_at_entry[RBX] = data;
	assert_shows("v", expected);
}

static void assert_error_shows(uint64_t itab_word, uint64_t data, const char *expected)
{
	if (!typed.n_signatures)
		typed_function("(v any, e error)");
	fetched_at_entry[RCX] = itab_word;
	fetched_at_entry[RDI] = data;
	assert_shows("e", expected);
}

Test(dynamic, is_nil_without_a_type)
{
	assert_any_shows(0, 0, "nil");
	assert_any_shows(0, HEAP, "nil");
	assert_error_shows(0, 0, "nil");
}

Test(dynamic, shows_numbers)
{
	const double real = 1.5;
	uint64_t bits;

	memcpy(&bits, &real, sizeof(bits));
	assert_any_shows(type("int", GO_INT, 8), word((uint64_t)-7), "-7");
	assert_any_shows(type("bool", GO_BOOL, 1), word(1), "true");
	assert_any_shows(type("uint8", GO_UINT8, 1), word(0xfff), "uint8(255)");
	assert_any_shows(type("float64", GO_FLOAT64, 8), word(bits), "float64(1.5)");
	assert_any_shows(type("main.celsius", GO_INT16, 2), word((uint64_t)-3), "main.celsius(-3)");
	assert_any_shows(type("time.Duration", GO_INT64, 8), word(1500000), "time.Duration(1.5ms)");
}

Test(dynamic, shows_strings)
{
	uint64_t data = word_of_string("alice");

	assert_any_shows(type("string", GO_STRING, 16), data, "\"alice\"");
	assert_any_shows(type("main.name", GO_STRING, 16), data, "main.name(\"alice\")");
	heap[(data - HEAP) / 8 + 1] = 1ULL << 63;
	assert_any_shows(TYPES, data, "<unreadable>");
}

Test(dynamic, shows_pointers_which_it_holds_themselves)
{
	assert_any_shows(type("*main.node", GO_POINTER, 8), HEAP, "*main.node(0x10000)");
	assert_any_shows(TYPES, 0, "*main.node(nil)");
	assert_any_shows(type("unsafe.Pointer", GO_UNSAFE_POINTER, 8), HEAP,
			 "unsafe.Pointer(0x10000)");
}

Test(dynamic, shows_only_the_type_of_other_values)
{
	assert_any_shows(type("main.point", GO_STRUCT, 16), words(2), "main.point");
	assert_any_shows(type("map[string]int", GO_MAP, 8), HEAP, "map[string]int");
	assert_any_shows(type("func()", GO_FUNC, 8), HEAP, "func()");
}

/* Gives a struct another field. */
static void field(uint64_t of, const char *name, uint64_t type_ip, uint64_t off)
{
	struct decode_type *made = &types[of - TYPES];
	struct decode_field *added = &made->fields[made->n_known_fields++];

	snprintf(added->name, sizeof(added->name), "%s", name);
	added->type_ip = type_ip;
	added->off = off;
	made->n_fields++;
}

static uint64_t pointer_to(const char *name, uint64_t element_ip)
{
	uint64_t made = type(name, GO_POINTER, 8);

	types[made - TYPES].element_ip = element_ip;
	return made;
}

/* A number and a text behind it, as their types say. */
static uint64_t type_of_failure(void)
{
	uint64_t made = type("main.failure", GO_STRUCT, 24);

	field(made, "Code", type("int32", GO_INT32, 4), 0);
	field(made, "Text", type("string", GO_STRING, 16), 8);
	return made;
}

Test(dynamic, shows_structs_as_far_as_they_were_taken)
{
	uint64_t point = type("main.point", GO_STRUCT, 64), integer = type("int", GO_INT, 8);
	uint64_t at = words(8);

	field(point, "Name", type("string", GO_STRING, 16), 0);
	field(point, "X", integer, 16);
	field(point, "Next", type("*main.point", GO_POINTER, 8), 24);
	field(point, "List", type("[]int", GO_SLICE, 24), 32);
	field(point, "Far", integer, 56);
	string("p", at);
	heap[(at - HEAP) / 8 + 2] = 7;
	assert_any_shows(point, at, "main.point{Name:\"p\" X:7 Next:nil List:… Far:…}");
	heap[(at - HEAP) / 8 + 3] = 0x123;
	types[point - TYPES].n_fields++;
	assert_any_shows(point, at, "main.point{Name:\"p\" X:7 Next:0x123 List:… Far:… …}");
}

Test(dynamic, shows_structs_within_structs)
{
	uint64_t outer = type("main.outer", GO_STRUCT, 32), inner = type_of_failure();
	uint64_t at = words(4);

	field(outer, "N", type("uint8", GO_UINT8, 1), 0);
	field(outer, "Inner", inner, 8);
	heap[(at - HEAP) / 8] = 9;
	heap[(at - HEAP) / 8 + 1] = 5;
	assert_any_shows(outer, at, "main.outer{N:9 Inner:{Code:5 Text:\"\"}}");
	assert_any_shows(type("struct {}", GO_STRUCT, 0), HEAP, "struct {}{}");
}

Test(dynamic, shows_what_pointers_point_to)
{
	uint64_t at = words(4), integer = type("int", GO_INT, 8);

	heap[(at - HEAP) / 8] = 42;
	assert_any_shows(pointer_to("*main.failure", type_of_failure()), at,
			 "&main.failure{Code:42 Text:\"\"}");
	assert_any_shows(pointer_to("*int", integer), at, "*int(&42)");
	assert_any_shows(pointer_to("*string", type("string", GO_STRING, 16)),
			 word_of_string("text"), "*string(&\"text\")");
	assert_any_shows(pointer_to("*int", integer), 0, "*int(nil)");
	assert_any_shows(pointer_to("*int", integer), 0x99998, "*int(0x99998)");
	assert_any_shows(pointer_to("*[4]int", type("[4]int", GO_ARRAY, 32)), HEAP,
			 "*[4]int(0x10000)");
	assert_any_shows(pointer_to("*main.odd", 0x77777), HEAP, "*main.odd(0x10000)");
}

Test(dynamic, believes_no_fields_that_lie_outside)
{
	uint64_t odd = type("main.odd", GO_STRUCT, 16), integer = type("int", GO_INT, 8);

	field(odd, "Huge", integer, UINT64_MAX - 3);
	field(odd, "Far", integer, 48);
	field(odd, "Half", integer, 44);
	field(odd, "Self", odd, 0);
	assert_any_shows(odd, words(6),
			 "main.odd{Huge:… Far:… Half:… Self:{Huge:… Far:… Half:… "
			 "Self:{Huge:… Far:… Half:… Self:…}}}");
}

Test(dynamic, shows_the_time)
{
	uint64_t at = words(3);

	heap[(at - HEAP) / 8 + 1] = 62135596800 + 1600000000;
	assert_any_shows(type("time.Time", GO_STRUCT, 24), at, "time.Time(2020-09-13T12:26:40Z)");
}

Test(dynamic, shows_no_time_of_which_half_was_taken)
{
	uint64_t record = type("main.record", GO_STRUCT, 64), at = words(8);

	field(record, "Name", type("string", GO_STRING, 16), 0);
	field(record, "Created", type("time.Time", GO_STRUCT, 24), 40);
	string("long enough to be taken", at);
	assert_any_shows(record, at, "main.record{Name:\"long enough to be taken\" Created:…}");
}

Test(dynamic, shows_values_at_the_end_of_memory)
{
	static const uint64_t last = 5;

	fetched_put(0x90000, &last, sizeof(last));
	assert_any_shows(type("int", GO_INT, 8), 0x90000, "5");
}

Test(dynamic, shows_what_cannot_be_read)
{
	assert_any_shows(type("int", GO_INT, 8), 0x99999, "<unreadable>");
	assert_any_shows(type("string", GO_STRING, 16), 0x99999, "<unreadable>");
	assert_error_shows(0x99999, HEAP, "…");
}

Test(dynamic, is_not_shown_where_its_type_is_not_known)
{
	assert_any_shows(0x77777, HEAP, "…");
	assert_error_shows(ITABS + 16 * 5, HEAP, "…");
	wished_program = NULL;
	assert_any_shows(TYPES, HEAP, "…");
}

Test(dynamic, believes_no_sizes_that_no_number_has)
{
	assert_any_shows(type("float64", GO_FLOAT64, 2), words(2), "float64");
	assert_any_shows(type("complex64", GO_COMPLEX64, 2), words(2), "complex64");
	assert_any_shows(type("main.odd", GO_INT, UINT64_MAX), words(2), "main.odd");
	assert_any_shows(type("main.none", GO_INT, 0), words(2), "main.none");
	assert_any_shows(type("complex128", GO_COMPLEX128, 16), words(2), "complex128((0+0i))");
}

Test(dynamic, shows_what_errors_say)
{
	uint64_t data = word_of_string("it is late");

	assert_error_shows(itab("*errors.errorString"), data,
			   "\"it is late\" (*errors.errorString)");
	assert_error_shows(itab("*fmt.wrapError"), data, "\"it is late\" (*fmt.wrapError)");
	assert_error_shows(itab("*main.failure"), data, "*main.failure(0x10000)");
}

Test(dynamic, shows_how_much_of_an_error_was_not_taken)
{
	char text[200], expected[200];

	memset(text, 'x', 150);
	text[150] = 0;
	snprintf(expected, sizeof(expected), "\"%.*s…\" (*errors.errorString)", SHAPE_STRING_BYTES,
		 text);
	assert_error_shows(itab("*errors.errorString"), word_of_string(text), expected);
}

/* op, path, and the error behind them. */
static uint64_t path_error(const char *op, const char *path, uint64_t itab_word, uint64_t data)
{
	uint64_t at = words(6);

	string(op, at);
	string(path, at + 16);
	heap[(at - HEAP) / 8 + 4] = itab_word;
	heap[(at - HEAP) / 8 + 5] = data;
	return at;
}

Test(dynamic, shows_errors_within_errors)
{
	uint64_t inner = word_of_string("no such thing");

	assert_error_shows(itab("*fs.PathError"),
			   path_error("open", "/x", itab("*errors.errorString"), inner),
			   "\"open /x: no such thing\" (*fs.PathError)");
	assert_error_shows(itab("*url.Error"),
			   path_error("Get", "http://x", itab("*errors.errorString"), inner),
			   "\"Get \\\"http://x\\\": no such thing\" (*url.Error)");
	assert_error_shows(itab("*strconv.NumError"),
			   path_error("Atoi", "x1", itab("*errors.errorString"), inner),
			   "\"strconv.Atoi: parsing \\\"x1\\\": no such thing\" "
			   "(*strconv.NumError)");
}

Test(dynamic, names_the_type_of_an_error_within_that_it_does_not_know)
{
	assert_error_shows(itab("*fs.PathError"), path_error("open", "/x", itab("*main.odd"), HEAP),
			   "\"open /x: *main.odd\" (*fs.PathError)");
	assert_error_shows(itab("*fs.PathError"), path_error("open", "/x", 0, 0),
			   "\"open /x\" (*fs.PathError)");
}

Test(dynamic, shows_error_numbers_as_go_does)
{
	uint64_t number = word(2), none = word(0), odd = word(UINT64_MAX);

	assert_error_shows(itab("syscall.Errno"), number,
			   "\"no such file or directory\" (syscall.Errno)");
	assert_error_shows(itab("*fs.PathError"),
			   path_error("open", "/x", itab("syscall.Errno"), number),
			   "\"open /x: no such file or directory\" (*fs.PathError)");
	heap[(number - HEAP) / 8] = 5;
	assert_error_shows(ITABS, number, "\"input/output error\" (syscall.Errno)");
	assert_error_shows(ITABS, none, "\"errno 0\" (syscall.Errno)");
	assert_error_shows(ITABS, odd, "\"errno 18446744073709551615\" (syscall.Errno)");
}

Test(dynamic, shows_no_error_whose_message_cannot_be_read)
{
	uint64_t data = word_of_string("x");

	heap[(data - HEAP) / 8] = 0x99999;
	assert_error_shows(itab("*errors.errorString"), data, "*errors.errorString(0x10000)");
	assert_error_shows(ITABS, 0x99999, "*errors.errorString(0x99999)");
	assert_error_shows(ITABS, 0, "*errors.errorString(nil)");
}

Test(dynamic, follows_errors_within_errors_only_so_far)
{
	uint64_t path = itab("*fs.PathError");
	uint64_t data = path_error("d", "4", itab("*errors.errorString"), word_of_string("end"));

	data = path_error("c", "3", path, data);
	data = path_error("b", "2", path, data);
	data = path_error("a", "1", path, data);
	assert_error_shows(path, data, "\"a 1: b 2: *fs.PathError\" (*fs.PathError)");
}

Test(dynamic, is_not_led_astray_by_errors_that_hold_themselves)
{
	uint64_t path = itab("*fs.PathError"), data = path_error("a", "1", path, 0);

	heap[(data - HEAP) / 8 + 5] = data;
	assert_error_shows(path, data, "\"a 1: a 1: *fs.PathError\" (*fs.PathError)");
}

Test(dynamic, keeps_the_texts_of_several_errors_apart)
{
	uint64_t one = word_of_string("one"), other = word_of_string("other");

	typed_function("(a error, b error, c error)");
	fetched_at_entry[RAX] = fetched_at_entry[RCX] = itab("*errors.errorString");
	fetched_at_entry[RSI] = itab("*main.odd");
	fetched_at_entry[RBX] = one;
	fetched_at_entry[RDI] = other;
	wish(WISHED_ALL, NULL);
	cr_assert_str_eq(wished_values(fetched_call(&wished.program)),
			 "a=\"one\" (*errors.errorString), b=\"other\" (*errors.errorString), "
			 "c=*main.odd(nil)");
}

Test(dynamic, has_room_for_the_texts_of_as_many_errors_as_a_capture_has)
{
	char text[SHAPE_STRING_BYTES + 1] = "", shown[64] = "e";
	uint64_t path = itab("*fs.PathError"), plain = itab("*errors.errorString"), data;
	const char *values;
	size_t n = 0;

	memset(text, 'x', SHAPE_STRING_BYTES);
	data = path_error(text, text, plain, word_of_string(text));
	typed_function("(e error)");
	fetched_at_entry[RAX] = path;
	fetched_at_entry[RBX] = path_error(text, text, path, data);
	for (int i = 1; i < 5; i++)
		strcat(shown, ",e");
	wish(shown, NULL);
	values = wished_values(fetched_call(&wished.program));
	for (const char *at = values; (at = strstr(at, text)); at += SHAPE_STRING_BYTES)
		n++;
	cr_assert_eq(n, 5 * 5, "%s", values);
}

Test(dynamic, escapes_what_errors_say)
{
	assert_error_shows(itab("*errors.errorString"), word_of_string("\x1b[31mred\n"),
			   "\"\\x1b[31mred\\n\" (*errors.errorString)");
}
