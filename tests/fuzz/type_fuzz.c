/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exercise.h"
#include "go_image.h"
#include "input.h"
#include "program.h"
#include "require.h"

/*
 * The input: the Go release, then the part of the program that has the type descriptors and their
 * names. The one type that an image has is only there to have it know of some.
 */
enum { MAX_TYPES_BYTES = 4096 };

static const struct go_image *image_of(int go_minor)
{
	static struct go_image *images[32];
	const struct go_image_type type = { .name = "int", .kind = 2, .n_bytes = 8 };

	if (images[go_minor])
		return images[go_minor];
	images[go_minor] = calloc(1, sizeof(*images[go_minor]));
	require(images[go_minor]);
	go_image_init(images[go_minor], go_minor);
	GO_IMAGE_ADD(images[go_minor], "main.main", 0xc3);
	go_image_add_type(images[go_minor], &type);
	go_image_finish(images[go_minor]);
	return images[go_minor];
}

/* Has the types end elsewhere. */
static void set_end(uint8_t *data, uint64_t was_va, uint64_t va)
{
	uint64_t word;

	for (size_t i = GO_IMAGE_MODULE_AT; i < GO_IMAGE_TYPES_AT; i += sizeof(word)) {
		memcpy(&word, data + i, sizeof(word));
		if (word == was_va)
			memcpy(data + i, &va, sizeof(va));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
	static uint8_t bytes[GO_IMAGE_TYPES_AT + MAX_TYPES_BYTES];
	const uint64_t types_va = GO_IMAGE_DATA_VA + GO_IMAGE_TYPES_AT;
	struct span input = { data, n_bytes };
	const struct go_image *image = image_of(take_go_minor(&input));
	struct span types = take(&input, MAX_TYPES_BYTES);
	struct go_binary *binary;
	struct reason why = { "" };
	const char *path;

	memcpy(bytes, image->elf.bytes + image->data_off, GO_IMAGE_TYPES_AT);
	set_end(bytes, types_va + image->n_types, types_va + types.n_bytes);
	if (types.n_bytes)
		memcpy(bytes + GO_IMAGE_TYPES_AT, types.data, types.n_bytes);
	path = program_of((struct span){ image->text, image->n_text },
			  (struct span){ image->elf.bytes + image->table_off, image->table_bytes },
			  (struct span){ bytes, GO_IMAGE_TYPES_AT + types.n_bytes }, true);
	require(go_binary_open(path, &binary, &why) == 0);
	exercise_types(binary, MAX_TYPES_BYTES);
	go_binary_close(binary);
	return 0;
}
