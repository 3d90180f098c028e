/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exercise.h"
#include "go_image.h"
#include "input.h"
#include "program.h"
#include "require.h"

/*
 * The input: the Go release; what stands behind the name in the _func of each of N_FUNCTIONS
 * functions, as long as go_image makes it; then bytes that are both the pctab and the inline trees.
 * The source files and their units stay as they are.
 */
enum { N_FUNCTIONS = 3, NAME_END = 8, FUNCTION_BYTES = 40, MODULE_BYTES = 0x400 };

static void add_functions(struct go_image *image)
{
	static const char *const names[N_FUNCTIONS] = { "main.a", "main.b", "main.c" };
	uint8_t code[FUNCTION_BYTES];

	memset(code, 0x90, sizeof(code));
	code[sizeof(code) - 1] = 0xc3;
	for (size_t i = 0; i < N_FUNCTIONS; i++) {
		size_t k = go_image_add(image, names[i], code, sizeof(code));

		image->functions[k].inlined[0] = "main.inlined";
		image->functions[k].n_inlined = 1;
		image->functions[k].file = "main.go";
	}
}

/* The images differ only by what is taken from the input, so they are made once. */
static const struct go_image *image_of(int go_minor)
{
	static struct go_image *images[32];

	if (images[go_minor])
		return images[go_minor];
	images[go_minor] = calloc(1, sizeof(*images[go_minor]));
	require(images[go_minor]);
	go_image_init(images[go_minor], go_minor);
	add_functions(images[go_minor]);
	go_image_finish(images[go_minor]);
	return images[go_minor];
}

static void overlay(uint8_t *table, const struct go_image *image, struct span *input)
{
	for (size_t i = 0; i < N_FUNCTIONS; i++) {
		size_t from =
			image->functions[i].record_at + (image->go_minor >= 18 ? 0 : 4) + NAME_END;
		size_t to = i + 1 < N_FUNCTIONS ? image->functions[i + 1].record_at
						: image->table_bytes;
		struct span tail = take(input, to - from);

		if (tail.n_bytes)
			memcpy(table + from, tail.data, tail.n_bytes);
	}
}

/* Lets the pctab, and from 1.18 on the inline trees, begin at that offset from the table. */
static void aim(uint8_t *table, uint8_t *module, const struct go_image *image, uint64_t at)
{
	uint64_t trees_va = GO_IMAGE_TABLE_VA + image->trees_at, word;

	/* A field of the header. */
	if (image->go_minor > 15)
		memcpy(table + (image->go_minor >= 18 ? 56 : 48), &at, sizeof(at));
	/* The one word of moduledata that holds this address. */
	for (size_t i = GO_IMAGE_MODULE_AT; i < MODULE_BYTES; i += sizeof(word)) {
		memcpy(&word, module + i, sizeof(word));
		if (word != trees_va)
			continue;
		word = GO_IMAGE_TABLE_VA + at;
		memcpy(module + i, &word, sizeof(word));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
	struct span input = { data, n_bytes < MAX_INPUT_BYTES ? n_bytes : MAX_INPUT_BYTES };
	static uint8_t table[2 * MAX_INPUT_BYTES], module[MODULE_BYTES];
	const struct go_image *image = image_of(take_go_minor(&input));
	uint64_t area_at = image->table_bytes;
	struct go_binary *binary;
	struct reason why = { "" };
	const char *path;

	memcpy(table, image->elf.bytes + image->table_off, image->table_bytes);
	memcpy(module, image->elf.bytes + image->data_off, sizeof(module));
	overlay(table, image, &input);
	if (input.n_bytes)
		memcpy(table + area_at, input.data, input.n_bytes);
	/* An area without a byte is no area. */
	table[area_at + input.n_bytes] = 0;
	aim(table, module, image, area_at);
	path = program_of((struct span){ image->text, image->n_text },
			  (struct span){ table, area_at + input.n_bytes + 1 },
			  (struct span){ module, sizeof(module) }, true);
	require(go_binary_open(path, &binary, &why) == 0);
	require(exercise_inlined(binary) <= image->n_text);
	exercise_frames(binary, 1);
	go_binary_close(binary);
	return 0;
}
