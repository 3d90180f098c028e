/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime_type.h"

#include <errno.h>
#include <stdlib.h>

/*
 * A descriptor begins with these fields in Go 1.15 to 1.27; what is behind them depends on the
 * kind. In a position-independent program the pointers are relocated as it is loaded, and the file
 * has already what the relocation adds to.
 */
enum {
	SIZE_AT = 0,
	POINTERS_AT = 8, /* how many bytes from the start on may hold pointers */
	FLAGS_AT = 20,
	KIND_AT = 23,
	NAME_AT = 40,
	HEAD_BYTES = 48,
	ELEMENT_AT = 48, /* of a pointer, slice or array */
	N_ELEMENTS_AT = 64, /* of an array */
	FIELDS_AT = 56, /* of a struct: their address and number */
	FIELD_BYTES = 24, /* of each: the address of its name, of its type, and its offset */
	EMBEDDED_UNTIL_MINOR = 18, /* in the lowest bit of the offset; later in the name */
};

enum {
	FLAG_EXTRA_STAR = 1 << 1, /* the name is that of a pointer to the type */
	FLAG_DIRECT = 1 << 5, /* abi.TFlagDirectIface, Go >= 1.26 */
	KIND_DIRECT = 1 << 5, /* abi.KindDirectIface before */
	KIND_MASK = (1 << 5) - 1,
};

/* Does [va, va + n_bytes) lie where a program has its types and their names? */
static bool is_among_types(const struct moduledata *module, uint64_t va, uint64_t n_bytes)
{
	return va >= module->types_va && va < module->etypes_va &&
	       n_bytes <= module->etypes_va - va;
}

static bool read_among_types(const struct go_binary *binary, uint64_t va, void *to, size_t n_bytes)
{
	return is_among_types(&binary->pclntab.module, va, n_bytes) &&
	       elf_file_read_va(binary->elf, va, to, n_bytes) == 0;
}

/*
 * The length of a name and where its text begins. Behind a byte of flags the length is a varint
 * from Go 1.17 on, and before two bytes, the high one first (runtime/type.go:name).
 */
static bool find_name(const struct go_binary *binary, uint64_t *va, uint64_t *ret_n_bytes)
{
	uint8_t bytes[2];

	if (!read_among_types(binary, *va + 1, bytes, sizeof(bytes)))
		return false;
	if (binary->version.minor <= 16) {
		*va += 3;
		*ret_n_bytes = (uint64_t)bytes[0] << 8 | bytes[1];
	} else {
		bool is_long = bytes[0] & 0x80;

		/* Two bytes have room for all lengths up to SPAN_MAX_STRING. */
		if (is_long && bytes[1] & 0x80)
			return false;
		*va += is_long ? 3 : 2;
		*ret_n_bytes = (bytes[0] & 0x7f) | (is_long ? (uint64_t)bytes[1] << 7 : 0);
	}
	return *ret_n_bytes > 0 && *ret_n_bytes < SPAN_MAX_STRING;
}

static int read_name(const struct go_binary *binary, uint64_t va, bool has_extra_star, char **ret)
{
	uint64_t n_bytes;
	char *name;

	if (!find_name(binary, &va, &n_bytes))
		return -EINVAL;
	name = calloc(1, n_bytes + 1);
	if (!name)
		return -ENOMEM;
	if (!read_among_types(binary, va, name, n_bytes) || span_has_control(name, n_bytes) ||
	    (has_extra_star && (name[0] != '*' || n_bytes == 1))) {
		free(name);
		return -EINVAL;
	}
	if (has_extra_star)
		memmove(name, name + 1, n_bytes);
	*ret = name;
	return 0;
}

/* What is behind the head. */
static bool read_elements(const struct go_binary *binary, uint64_t va, struct runtime_type *type)
{
	bool has_number = type->kind == GO_ARRAY;
	uint64_t element_va;

	if (!has_number && type->kind != GO_POINTER && type->kind != GO_SLICE)
		return true;
	if (!read_among_types(binary, va + ELEMENT_AT, &element_va, sizeof(element_va)))
		return false;
	if (is_among_types(&binary->pclntab.module, element_va, HEAD_BYTES))
		type->element_va = element_va;
	return !has_number || read_among_types(binary, va + N_ELEMENTS_AT, &type->n_elements,
					       sizeof(type->n_elements));
}

static bool read_field(const struct go_binary *binary, uint64_t va, uint64_t n_struct_bytes,
		       struct runtime_field *ret)
{
	uint64_t words[FIELD_BYTES / 8];
	struct runtime_field field;

	if (!read_among_types(binary, va, words, sizeof(words)))
		return false;
	field.type_va = words[1];
	field.off = binary->version.minor <= EMBEDDED_UNTIL_MINOR ? words[2] >> 1 : words[2];
	if (!is_among_types(&binary->pclntab.module, field.type_va, HEAD_BYTES) ||
	    field.off > n_struct_bytes || read_name(binary, words[0], false, &field.name))
		return false;
	*ret = field;
	return true;
}

static bool read_fields(const struct go_binary *binary, uint64_t va, struct runtime_type *type)
{
	uint64_t fields[2];

	if (type->kind != GO_STRUCT)
		return true;
	if (!read_among_types(binary, va + FIELDS_AT, fields, sizeof(fields)))
		return false;
	type->n_fields = fields[1];
	while (type->n_read < type->n_fields && type->n_read < RUNTIME_TYPE_MAX_FIELDS &&
	       read_field(binary, fields[0] + type->n_read * FIELD_BYTES, type->n_bytes,
			  &type->fields[type->n_read]))
		type->n_read++;
	return true;
}

int runtime_type_read(const struct go_binary *binary, uint64_t va, struct runtime_type *ret)
{
	struct runtime_type type = { 0 };
	uint8_t head[HEAD_BYTES], flags, kind;
	struct span span = { head, sizeof(head) };
	uint64_t pointer_bytes;
	uint32_t name_off;
	int err;

	if (va % 8 || !read_among_types(binary, va, head, sizeof(head)))
		return -EINVAL;
	span_u64(span, SIZE_AT, &type.n_bytes);
	span_u64(span, POINTERS_AT, &pointer_bytes);
	span_u8(span, FLAGS_AT, &flags);
	span_u8(span, KIND_AT, &kind);
	span_u32(span, NAME_AT, &name_off);
	type.kind = kind & KIND_MASK;
	type.is_direct = binary->version.minor >= 26 ? flags & FLAG_DIRECT : kind & KIND_DIRECT;
	if (type.kind < GO_BOOL || type.kind > GO_UNSAFE_POINTER || pointer_bytes > type.n_bytes ||
	    (type.is_direct && type.n_bytes != 8) || !read_elements(binary, va, &type))
		return -EINVAL;
	err = read_name(binary, binary->pclntab.module.types_va + name_off, flags & FLAG_EXTRA_STAR,
			&type.name);
	if (!err && !read_fields(binary, va, &type))
		err = -EINVAL;
	if (err)
		runtime_type_fini(&type);
	else
		*ret = type;
	return err;
}

void runtime_type_fini(struct runtime_type *type)
{
	free(type->name);
	for (size_t i = 0; i < type->n_read; i++)
		free(type->fields[i].name);
	*type = (struct runtime_type){ 0 };
}
