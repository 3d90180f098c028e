/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/signature_build.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>

#include "wire_image.h"

static struct wire_out out;
static struct go_signatures built;

static void init(void)
{
	wire_image_init(&out);
}

static void fini(void)
{
	go_signatures_fini(&built);
	wire_image_fini(&out);
}

TestSuite(signature, .init = init, .fini = fini, .timeout = 60);

static int build(void)
{
	return go_signatures_build(wire_image_bytes(&out), N_IMAGE_SIGNATURES, 24, &built);
}

Test(signature, is_what_the_process_has_told)
{
	const struct go_variable *p, *n, *f;

	cr_assert_eq(build(), 0);
	cr_assert_null(signatures_flaw(&built));
	cr_assert(built.is_cut);
	cr_assert_eq(built.n_signatures, N_IMAGE_SIGNATURES);
	cr_assert(built.signatures[0].is_found);
	cr_assert_not(built.signatures[1].is_found);
	cr_assert_eq(built.signatures[0].n_variables, 3);
	cr_assert_eq(built.signatures[2].first_variable, 3);
	p = &built.variables[0];
	n = &built.variables[1];
	f = &built.variables[3];
	cr_assert_str_eq(p->name, "p");
	cr_assert(p->is_listed && !p->is_result);
	cr_assert_eq(p->n_pieces, 2);
	cr_assert_eq(built.pieces[p->first_piece + 1].number, 3);
	cr_assert_not(n->is_listed);
	cr_assert_eq(n->n_pieces, 1);
	cr_assert_eq(built.pieces[n->first_piece].n_bytes, 32, "all of it is there");
	cr_assert(built.variables[2].is_result);
	cr_assert_eq(built.pieces[f->first_piece].place, GO_PIECE_NOWHERE);
	cr_assert_eq(built.pieces[f->first_piece + 1].off, 8);
}

Test(signature, has_types_that_lead_to_each_other)
{
	const struct go_type *types, *nested;

	cr_assert_eq(build(), 0);
	types = built.types.types;
	nested = &types[IMAGE_NESTED];
	cr_assert_eq(built.types.n_types, N_IMAGE_TYPES);
	cr_assert_str_eq(types[IMAGE_MAP].name, "map[string]main.point");
	cr_assert_eq(types[IMAGE_MAP].key, IMAGE_STRING);
	cr_assert_eq(types[IMAGE_MAP].element, IMAGE_POINT);
	cr_assert_eq(types[IMAGE_CHAN].element, GO_TYPE_NONE);
	cr_assert(types[IMAGE_ERROR].has_methods);
	cr_assert_eq(types[IMAGE_ARRAY].n_elements, 2);
	cr_assert_str_eq(built.types.fields[nested->first_field + 1].name, "b");
	cr_assert_eq(built.types.fields[nested->first_field + 1].off, 16);
}

Test(signature, of_a_type_may_refer_to_itself)
{
	wire_image_type(&out, IMAGE_POINTER)->element = IMAGE_POINTER;
	wire_image_type(&out, IMAGE_SLICE)->element = IMAGE_SLICE;
	cr_assert_eq(build(), 0);
	cr_assert_null(signatures_flaw(&built));
}

Test(signature, of_two_functions_at_one_address_is_the_same)
{
	*wire_image_signature(&out, 1) = *wire_image_signature(&out, 0);
	cr_assert_eq(build(), 0);
	cr_assert_eq(built.signatures[1].first_variable, built.signatures[0].first_variable);
	cr_assert_null(signatures_flaw(&built));
}

/* Each of these makes nonsense of what was sound. */
#define SPOILS(X)                                                                                  \
	X(wire_image_signature(&out, 1)->is_found = 2)                                             \
	X(wire_image_signature(&out, 1)->n_variables = 1)                                          \
	X(wire_image_signature(&out, 2)->n_variables = 3)                                          \
	X(wire_image_signature(&out, 2)->first_variable = 5)                                       \
	X(wire_image_signature(&out, 2)->first_variable = UINT32_MAX)                              \
	X(wire_image_variable(&out, 0)->name = out.arrays[WIRE_NAMES].n)                           \
	X(wire_image_variable(&out, 0)->type = N_IMAGE_TYPES)                                      \
	X(wire_image_variable(&out, 0)->type = GO_TYPE_NONE)                                       \
	X(wire_image_variable(&out, 0)->is_result = 2)                                             \
	X(wire_image_variable(&out, 0)->is_listed = 2)                                             \
	X(wire_image_variable(&out, 0)->first_piece = UINT32_MAX)                                  \
	X(wire_image_variable(&out, 0)->n_pieces = 6)                                              \
	X(wire_image_variable(&out, 3)->n_pieces = 3)                                              \
	X(wire_image_variable(&out, 3)->first_piece = 0)                                           \
	X(wire_image_piece(&out, 0)->place = GO_PIECE_STACK + 1)                                   \
	X(wire_image_piece(&out, 0)->place = UINT32_MAX)                                           \
	X(wire_image_piece(&out, 0)->number = 16)                                                  \
	X(wire_image_piece(&out, 0)->off = 8)                                                      \
	X(wire_image_piece(&out, 0)->n_bytes = 0)                                                  \
	X(wire_image_piece(&out, 0)->n_bytes = 9)                                                  \
	X(wire_image_piece(&out, 2)->off = INT64_MIN)                                              \
	X(wire_image_piece(&out, 2)->off = 1L << 31)                                               \
	X(wire_image_piece(&out, 2)->number = 1)                                                   \
	X(wire_image_piece(&out, 3)->n_bytes = UINT64_MAX)                                         \
	X(wire_image_piece(&out, 3)->number = 1)                                                   \
	X(wire_image_type(&out, 0)->name = out.arrays[WIRE_NAMES].n)                               \
	X(wire_image_type(&out, 0)->kind = N_GO_KINDS)                                             \
	X(wire_image_type(&out, 0)->kind = UINT32_MAX)                                             \
	X(wire_image_type(&out, 0)->n_bytes = 4)                                                   \
	X(wire_image_type(&out, 0)->element = IMAGE_INT)                                           \
	X(wire_image_type(&out, 0)->key = IMAGE_INT)                                               \
	X(wire_image_type(&out, 0)->n_fields = 1)                                                  \
	X(wire_image_type(&out, 0)->n_elements = 1)                                                \
	X(wire_image_type(&out, 0)->has_methods = 1)                                               \
	X(wire_image_type(&out, IMAGE_ERROR)->has_methods = 2)                                     \
	X(wire_image_type(&out, IMAGE_STRING)->n_bytes = 8)                                        \
	X(wire_image_type(&out, IMAGE_SLICE)->key = IMAGE_INT)                                     \
	X(wire_image_type(&out, IMAGE_MAP)->key = N_IMAGE_TYPES)                                   \
	X(wire_image_type(&out, IMAGE_MAP)->element = N_IMAGE_TYPES)                               \
	X(wire_image_type(&out, IMAGE_ARRAY)->element = GO_TYPE_NONE)                              \
	X(wire_image_type(&out, IMAGE_ARRAY)->element = IMAGE_ARRAY)                               \
	X(wire_image_type(&out, IMAGE_ARRAY)->n_elements = 3)                                      \
	X(wire_image_type(&out, IMAGE_ARRAY)->n_elements = (1UL << 61) + 2)                        \
	X(wire_image_type(&out, IMAGE_UNKNOWN)->n_bytes = UINT64_MAX)                              \
	X(wire_image_type(&out, IMAGE_UNKNOWN)->element = IMAGE_INT)                               \
	X(wire_image_type(&out, IMAGE_POINT)->n_bytes = 7)                                         \
	X(wire_image_type(&out, IMAGE_NESTED)->first_field = 0)                                    \
	X(wire_image_type(&out, IMAGE_NESTED)->first_field = UINT32_MAX)                           \
	X(wire_image_type(&out, IMAGE_NESTED)->n_fields = 3)                                       \
	X(wire_image_field(&out, 0)->name = UINT32_MAX)                                            \
	X(wire_image_field(&out, 0)->type = N_IMAGE_TYPES)                                         \
	X(wire_image_field(&out, 0)->is_embedded = 2)                                              \
	X(wire_image_field(&out, 1)->off = 5)                                                      \
	X(wire_image_field(&out, 1)->off = 3)                                                      \
	X(wire_image_field(&out, 1)->off = UINT64_MAX - 1)                                         \
	X(wire_image_field(&out, 3)->type = IMAGE_NESTED)                                          \
	X(out.arrays[WIRE_NAMES].records[out.arrays[WIRE_NAMES].n - 1] = 'x')                      \
	X(out.arrays[WIRE_NAMES].records[1] = '\033')                                              \
	X(wire_add(&out, WIRE_SIGNATURES))                                                         \
	X(out.arrays[WIRE_SIGNATURES].n--)                                                         \
	X(out.arrays[WIRE_TYPES].n -= 2)                                                           \
	X(out.arrays[WIRE_FIELDS].n--)                                                             \
	X(out.arrays[WIRE_PIECES].n--)                                                             \
	X(out.arrays[WIRE_NAMES].n -= 8)

#define REFUSED(spoil)                                                                             \
	fini();                                                                                    \
	init();                                                                                    \
	cr_assert_eq(build(), 0);                                                                  \
	go_signatures_fini(&built);                                                                \
	spoil;                                                                                     \
	cr_expect_eq(build(), -EINVAL, "%s", #spoil);

Test(signature, that_makes_no_sense_is_refused){ SPOILS(REFUSED) }

Test(signature, that_is_cut_off_is_refused)
{
	struct span bytes = wire_image_bytes(&out);

	for (size_t n = 0; n < bytes.n_bytes; n++)
		cr_assert_eq(go_signatures_build((struct span){ bytes.data, n }, N_IMAGE_SIGNATURES,
						 24, &built),
			     -EINVAL, "%zu bytes", n);
}

Test(signature, with_more_records_than_there_is_memory_is_refused)
{
	struct span bytes = wire_image_bytes(&out);
	struct wire_header header;

	for (size_t i = 0; i < N_WIRE_ARRAYS; i++) {
		memcpy(&header, bytes.data, sizeof(header));
		header.counts[i] = UINT64_MAX / wire_record_bytes[i] + (i != WIRE_NAMES);
		memcpy((uint8_t *)bytes.data, &header, sizeof(header));
		cr_assert_eq(go_signatures_build(bytes, N_IMAGE_SIGNATURES, 24, &built), -EINVAL);
		bytes = wire_image_bytes(&out);
	}
}

Test(signature, of_which_any_byte_is_spoilt_is_refused_or_sound)
{
	struct span bytes = wire_image_bytes(&out);
	static const uint8_t masks[] = { 0x01, 0x10, 0x80, 0xff };
	size_t n_built = 0;

	for (size_t i = 0; i < bytes.n_bytes * sizeof(masks); i++) {
		uint8_t *byte = (uint8_t *)bytes.data + i / sizeof(masks);

		*byte ^= masks[i % sizeof(masks)];
		if (go_signatures_build(bytes, N_IMAGE_SIGNATURES, 24, &built) == 0) {
			cr_assert_null(signatures_flaw(&built), "%s", signatures_flaw(&built));
			go_signatures_fini(&built);
			n_built++;
		}
		*byte ^= masks[i % sizeof(masks)];
	}
	cr_assert_gt(n_built, 100, "names, numbers and offsets may be others");
}

/* A struct of a struct of a struct, n times, the innermost first or last. */
static int build_nest(uint32_t n, bool is_innermost_first)
{
	uint32_t first_field = out.arrays[WIRE_FIELDS].n;
	struct wire_type type = {
		.kind = GO_STRUCT,
		.n_bytes = 8,
		.element = GO_TYPE_NONE,
		.key = GO_TYPE_NONE,
		.n_fields = 1,
	};

	for (uint32_t i = 0; i < n; i++) {
		bool is_innermost = i == (is_innermost_first ? 0 : n - 1);
		struct wire_field field = { .type = IMAGE_INT };

		if (!is_innermost)
			field.type = N_IMAGE_TYPES + (is_innermost_first ? i - 1 : i + 1);
		type.first_field = first_field + i;
		*(struct wire_type *)wire_add(&out, WIRE_TYPES) = type;
		*(struct wire_field *)wire_add(&out, WIRE_FIELDS) = field;
	}
	return build();
}

Test(signature, of_nested_types_is_taken_down_to_a_depth)
{
	for (int is_first = 0; is_first < 2; is_first++) {
		cr_assert_eq(build_nest(GO_MAX_DEPTH - 2, is_first), 0);
		cr_assert_null(signatures_flaw(&built));
		fini();
		init();
		cr_assert_eq(build_nest(GO_MAX_DEPTH, is_first), -EINVAL);
		fini();
		init();
		cr_assert_eq(build_nest(10000, is_first), -EINVAL);
		fini();
		init();
	}
}

Test(signature, of_many_types_that_share_parts_is_looked_at_once)
{
	/* Each is two of the one before: taken apart, there were 2 to the power of 90 values. */
	for (uint32_t i = 0; i < 90; i++) {
		struct wire_type type = {
			.kind = GO_STRUCT,
			.element = GO_TYPE_NONE,
			.key = GO_TYPE_NONE,
			.first_field = out.arrays[WIRE_FIELDS].n,
			.n_fields = i ? 2 : 0,
		};
		struct wire_field part = { .type = N_IMAGE_TYPES + i - 1 };

		*(struct wire_type *)wire_add(&out, WIRE_TYPES) = type;
		if (i) {
			*(struct wire_field *)wire_add(&out, WIRE_FIELDS) = part;
			*(struct wire_field *)wire_add(&out, WIRE_FIELDS) = part;
		}
	}
	wire_image_variable(&out, 0)->type = N_IMAGE_TYPES + 89;
	cr_assert_eq(build(), 0);
	cr_assert_null(signatures_flaw(&built));
}

Test(signature, with_more_types_than_are_taken_is_refused)
{
	struct wire_type type = { .element = GO_TYPE_NONE, .key = GO_TYPE_NONE };
	struct wire wire;

	while (out.arrays[WIRE_TYPES].n < WIRE_MAX_ALL_TYPES)
		*(struct wire_type *)wire_add(&out, WIRE_TYPES) = type;
	wire_view(&wire, &out);
	cr_assert(wire_is_sound(&wire));
	*(struct wire_type *)wire_add(&out, WIRE_TYPES) = type;
	wire_view(&wire, &out);
	cr_assert_not(wire_is_sound(&wire));
}

Test(signature, that_was_never_read_can_be_finished)
{
	struct go_signatures none = { 0 };

	go_signatures_fini(&none);
	go_signatures_fini(&none);
}
