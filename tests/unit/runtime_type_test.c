/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime_type.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "go_image.h"

enum {
	TYPES_VA = GO_IMAGE_DATA_VA + GO_IMAGE_TYPES_AT,
	EXTRA_STAR = 2,
	DIRECT = 32, /* in the flags from Go 1.26 on, beside the kind before */
	NAME_OFF = 40, /* in a descriptor */
	DESCRIPTOR_BYTES = 72,
};

static struct go_image image;
static struct go_binary *binary;
static struct runtime_type type;

static void fini(void)
{
	runtime_type_fini(&type);
	go_binary_close(binary);
	binary = NULL;
	go_image_fini(&image);
}

TestSuite(runtime_type, .fini = fini, .timeout = 60);

/* Go releases of all formats. */
static const int minors[] = { 15, 16, 17, 18, 19, 20, 22, 25, 26, 27 };

#define N_MINORS (sizeof(minors) / sizeof(minors[0]))

static void make(int go_minor)
{
	go_image_init(&image, go_minor);
	GO_IMAGE_ADD(&image, "main.main", 0x90, 0xc3);
}

static uint64_t add(const char *name, uint8_t kind, uint8_t flags, uint64_t n_bytes)
{
	return go_image_add_type(
		&image, &(struct go_image_type){
				.name = name, .kind = kind, .flags = flags, .n_bytes = n_bytes });
}

/* A type whose values stand in interfaces themselves. */
static uint64_t add_direct(const char *name, uint8_t kind, uint64_t element_va)
{
	bool is_flag = image.go_minor >= 26;

	return go_image_add_type(&image, &(struct go_image_type){
						 .name = name,
						 .kind = kind | (is_flag ? 0 : DIRECT),
						 .flags = is_flag ? DIRECT : 0,
						 .n_bytes = 8,
						 .pointer_bytes = 8,
						 .element_va = element_va,
					 });
}

static int read_at(uint64_t va)
{
	runtime_type_fini(&type);
	return runtime_type_read(binary, va, &type);
}

static void assert_read(uint64_t va, const char *name, enum go_kind kind, uint64_t n_bytes)
{
	cr_assert_eq(read_at(va), 0, "1.%d: %s", image.go_minor, name);
	cr_assert_str_eq(type.name, name, "1.%d", image.go_minor);
	cr_assert_eq(type.kind, kind);
	cr_assert_eq(type.n_bytes, n_bytes);
}

Test(runtime_type, is_read_as_each_release_writes_it)
{
	for (size_t i = 0; i < N_MINORS; i++) {
		uint64_t point, pointer, slice, array;

		make(minors[i]);
		point = add("*main.point", GO_STRUCT, EXTRA_STAR, 16);
		pointer = add_direct("*main.point", GO_POINTER, point);
		slice = go_image_add_type(&image, &(struct go_image_type){ .name = "[]main.point",
									   .kind = GO_SLICE,
									   .n_bytes = 24,
									   .pointer_bytes = 8,
									   .element_va = point });
		array = go_image_add_type(&image, &(struct go_image_type){ .name = "[3]main.point",
									   .kind = GO_ARRAY,
									   .n_bytes = 48,
									   .element_va = point,
									   .n_elements = 3 });
		binary = go_image_open(&image);
		assert_read(point, "main.point", GO_STRUCT, 16);
		cr_assert(!type.is_direct && type.element_va == 0 && type.n_elements == 0);
		assert_read(pointer, "*main.point", GO_POINTER, 8);
		cr_assert(type.is_direct && type.element_va == point && type.n_elements == 0);
		assert_read(slice, "[]main.point", GO_SLICE, 24);
		cr_assert(!type.is_direct && type.element_va == point && type.n_elements == 0);
		assert_read(array, "[3]main.point", GO_ARRAY, 48);
		cr_assert(!type.is_direct && type.element_va == point && type.n_elements == 3);
		fini();
	}
}

static uint64_t add_struct(const char *name, uint64_t n_bytes, uint64_t fields_va,
			   uint64_t n_fields)
{
	return go_image_add_type(&image, &(struct go_image_type){ .name = name,
								  .kind = GO_STRUCT,
								  .n_bytes = n_bytes,
								  .fields_va = fields_va,
								  .n_fields = n_fields });
}

Test(runtime_type, of_a_struct_has_its_fields)
{
	for (size_t i = 0; i < N_MINORS; i++) {
		uint64_t number, text, fields, point;

		make(minors[i]);
		number = add("int", GO_INT, 0, 8);
		text = add("string", GO_STRING, 0, 16);
		fields = go_image_add_fields(
			&image,
			(struct go_image_field[]){ { "X", number, 0 }, { "Name", text, 8 } }, 2);
		point = add_struct("main.point", 24, fields, 2);
		binary = go_image_open(&image);
		assert_read(point, "main.point", GO_STRUCT, 24);
		cr_assert_eq(type.n_fields, 2, "1.%d", image.go_minor);
		cr_assert_eq(type.n_read, 2);
		cr_assert_str_eq(type.fields[0].name, "X");
		cr_assert_str_eq(type.fields[1].name, "Name");
		cr_assert(type.fields[0].type_va == number && type.fields[0].off == 0);
		cr_assert(type.fields[1].type_va == text && type.fields[1].off == 8);
		fini();
	}
}

Test(runtime_type, has_only_the_fields_that_are_in_the_file)
{
	struct go_image_field sound[] = { { "A", 0, 0 }, { "B", 0, 8 }, { "C", 0, 16 } };
	uint64_t number, fields, of_none, cut, far, many;

	make(22);
	number = add("int", GO_INT, 0, 8);
	for (size_t i = 0; i < 3; i++)
		sound[i].type_va = number;
	fields = go_image_add_fields(&image, sound, 3);
	sound[1].type_va = 0x1000;
	cut = add_struct("main.cut", 24, go_image_add_fields(&image, sound, 3), 3);
	far = add_struct("main.far", 12, fields, 3);
	of_none = add_struct("main.none", 24, 0x1000, 3);
	many = add_struct("main.many", 24, fields, UINT64_MAX);
	binary = go_image_open(&image);
	assert_read(cut, "main.cut", GO_STRUCT, 24);
	cr_expect(type.n_fields == 3 && type.n_read == 1);
	assert_read(far, "main.far", GO_STRUCT, 12);
	cr_expect(type.n_fields == 3 && type.n_read == 2);
	assert_read(of_none, "main.none", GO_STRUCT, 24);
	cr_expect(type.n_fields == 3 && type.n_read == 0);
	assert_read(many, "main.many", GO_STRUCT, 24);
	cr_expect(type.n_fields == UINT64_MAX && type.n_read >= 3 &&
		  type.n_read <= RUNTIME_TYPE_MAX_FIELDS);
}

Test(runtime_type, tells_by_its_release_what_stands_in_an_interface_itself)
{
	for (size_t i = 0; i < N_MINORS; i++) {
		uint64_t by_kind, by_flag;

		make(minors[i]);
		by_kind = add("main.a", GO_MAP | DIRECT, 0, 8);
		by_flag = add("main.b", GO_MAP, DIRECT, 8);
		binary = go_image_open(&image);
		cr_assert_eq(read_at(by_kind), 0);
		cr_assert_eq(type.is_direct, minors[i] <= 25);
		cr_assert_eq(read_at(by_flag), 0);
		cr_assert_eq(type.is_direct, minors[i] >= 26);
		fini();
	}
}

Test(runtime_type, may_have_a_long_name)
{
	char name[301];

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (size_t i = 0; i < N_MINORS; i++) {
		uint64_t va;

		make(minors[i]);
		va = add(name, GO_STRUCT, 0, 8);
		binary = go_image_open(&image);
		assert_read(va, name, GO_STRUCT, 8);
		fini();
	}
}

Test(runtime_type, whose_element_is_not_among_the_types_has_none_that_is_known)
{
	uint64_t outside, cut_off;

	make(22);
	outside = add_direct("*main.a", GO_POINTER, GO_IMAGE_TEXT_VA);
	cut_off = add_direct("*main.b", GO_POINTER, TYPES_VA + 200);
	binary = go_image_open(&image);
	assert_read(outside, "*main.a", GO_POINTER, 8);
	cr_assert_eq(type.element_va, 0);
	assert_read(cut_off, "*main.b", GO_POINTER, 8);
	cr_assert_eq(type.element_va, 0);
}

static void assert_refused(uint64_t va)
{
	struct runtime_type untouched = { .n_bytes = 4711 };

	cr_assert_eq(runtime_type_read(binary, va, &untouched), -EINVAL, "%#lx", va);
	cr_assert(untouched.n_bytes == 4711 && !untouched.name);
}

Test(runtime_type, is_none_outside_of_the_types)
{
	uint64_t va;

	make(22);
	va = add("int", GO_INT, 0, 8);
	binary = go_image_open(&image);
	cr_assert_eq(read_at(va), 0);
	for (uint64_t off = 8; off < DESCRIPTOR_BYTES; off += 8) {
		assert_refused(va - off);
		assert_refused(va + off);
	}
	assert_refused(va + 4);
	assert_refused(0);
	assert_refused(GO_IMAGE_TEXT_VA);
	assert_refused(UINT64_MAX - 7);
}

Test(runtime_type, is_none_in_a_program_whose_types_are_unknown)
{
	make(22);
	binary = go_image_open(&image);
	assert_refused(0);
	assert_refused(TYPES_VA);
}

Test(runtime_type, that_is_nonsense_is_refused)
{
	const struct go_image_type nonsense[] = {
		{ .name = "main.a", .n_bytes = 8 },
		{ .name = "main.a", .kind = 27, .n_bytes = 8 },
		{ .name = "main.a", .kind = 31, .n_bytes = 8 },
		/* More pointers than bytes. */
		{ .name = "main.a", .kind = GO_STRUCT, .n_bytes = 8, .pointer_bytes = 16 },
		{ .name = "main.a", .kind = GO_STRUCT | DIRECT, .n_bytes = 16 },
		{ .name = "", .kind = GO_INT, .n_bytes = 8 },
		{ .name = "*", .kind = GO_INT, .flags = EXTRA_STAR, .n_bytes = 8 },
		/* Without a star. */
		{ .name = "main.a", .kind = GO_INT, .flags = EXTRA_STAR, .n_bytes = 8 },
		{ .name = "main.\033[2J", .kind = GO_INT, .n_bytes = 8 },
	};

	for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
		uint64_t va;

		make(22);
		va = go_image_add_type(&image, &nonsense[i]);
		add("int", GO_INT, 0, 8);
		binary = go_image_open(&image);
		assert_refused(va);
		fini();
	}
}

Test(runtime_type, whose_name_lies_outside_of_the_types_is_refused)
{
	/* The first lies within the name, of which the rest is too short for another. */
	const uint32_t offs[] = { 8 + DESCRIPTOR_BYTES + 3, 1000, INT32_MAX, UINT32_MAX };

	for (size_t i = 0; i < N_MINORS; i++)
		for (size_t k = 0; k < sizeof(offs) / sizeof(offs[0]); k++) {
			uint64_t va;

			make(minors[i]);
			va = add("main.a", GO_INT, 0, 8);
			memcpy(image.types + (va - TYPES_VA) + NAME_OFF, &offs[k], sizeof(offs[k]));
			binary = go_image_open(&image);
			assert_refused(va);
			fini();
		}
}

Test(runtime_type, cut_off_by_the_end_of_the_types_is_refused)
{
	size_t n_whole;
	uint64_t va;

	make(22);
	add("int", GO_INT, 0, 8);
	va = add("[3]int", GO_ARRAY, 0, 24);
	n_whole = image.n_types;
	for (size_t n = n_whole - DESCRIPTOR_BYTES; n < n_whole; n++) {
		image.n_types = n;
		binary = go_image_open(&image);
		assert_refused(va);
		go_binary_close(binary);
		elf_image_fini(&image.elf);
		elf_image_init(&image.elf);
	}
	image.n_types = n_whole;
	binary = go_image_open(&image);
	cr_assert_eq(read_at(va), 0);
}

Test(runtime_type, survives_any_byte_of_the_types_being_spoilt)
{
	for (size_t i = 0; i < N_MINORS; i += 2) {
		uint64_t element, va;

		make(minors[i]);
		element = add("*main.point", GO_STRUCT, EXTRA_STAR, 16);
		va = add_direct("*main.point", GO_POINTER, element);
		for (size_t at = 0; at < image.n_types; at++) {
			image.types[at] ^= 0xff;
			binary = go_image_open(&image);
			read_at(va);
			read_at(element);
			go_binary_close(binary);
			binary = NULL;
			elf_image_fini(&image.elf);
			elf_image_init(&image.elf);
			image.types[at] ^= 0xff;
		}
		fini();
	}
}
