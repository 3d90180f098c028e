/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "exercise.h"
#include "go/runtime_type.h"
#include "go/signature.h"
#include "go_image.h"
#include "program.h"
#include "require.h"
#include "wire_image.h"

/*
 * Opens damaged programs as gotraced does, and aborts when one is taken in a way that is not sound,
 * when one takes long, or when one takes much memory:
 *
 *   mutations images N SEED          every beginning of small made-up programs of each Go release,
 *                                    and N mutations of each
 *   mutations prefixes FILE STEP     the beginnings of a file: each STEP bytes, and each byte in
 *                                    its headers and near the borders of its sections
 *   mutations random FILE N SEED     N mutations of a file
 *   mutations dwarf FILE N SEED      N mutations of a file's DWARF, of which signatures are read
 *
 * Prints one line: how many were tried, refused and opened, how many sites were planned, or
 * functions found, and by how many KiB the memory in use grew at most.
 */
#if defined(__SANITIZE_ADDRESS__)
enum { IS_MEMORY_COUNTED = 0 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { IS_MEMORY_COUNTED = 0 };
#else
enum { IS_MEMORY_COUNTED = 1 };
#endif
#else
enum { IS_MEMORY_COUNTED = 1 };
#endif

enum {
	MAX_SECONDS = 10, /* a case */
	MAX_DWARF_SECONDS = 150, /* the process that reads it may take its time */
	MAX_WANTED = 64,
	MAX_MEMORY = 512 << 20, /* of addresses; none of the files here is a tenth of it */
	MAX_REGIONS = 64,
	MAX_POKES = 64,
	MAX_BLOCK = 4096,
};

struct region {
	uint64_t off, n_bytes;
};

static struct {
	uint64_t n_tried, n_refused, n_opened, n_sites;
} done;

static uint64_t random_state;

/* Marsaglia's xorshift64. */
static uint64_t draw(uint64_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % below;
}

static void set_seed(uint64_t seed)
{
	random_state = 0x9e3779b97f4a7c15 ^ seed * 0xd1342543de82ef95;
	require(random_state);
}

static void too_long(int signal)
{
	static const char message[] = "mutations: one case took too long\n";

	(void)signal;
	if (write(STDERR_FILENO, message, sizeof(message) - 1) > 0)
		abort();
	abort();
}

static long max_memory_kib(void)
{
	struct rusage usage;

	require(getrusage(RUSAGE_SELF, &usage) == 0);
	return usage.ru_maxrss;
}

/* A share of the functions is planned for: 1 in each share. */
static void use(const struct go_binary *binary, uint64_t share)
{
	struct reason why = { "" };
	struct match match;
	size_t n;

	require(match_init(&match, binary, &why) == 0);
	require(match_add(&match, binary, "*", &n, &why) == 0);
	for (size_t i = 0; share > 1 && i < binary->n_functions; i++) {
		if (!match.is_chosen[i] || draw(share) == 0)
			continue;
		match.is_chosen[i] = false;
		match.n_chosen--;
	}
	done.n_sites += exercise_plan(binary, &match);
	match_fini(&match);
	exercise_inlined(binary);
	exercise_frames(binary, share);
	exercise_types(binary, 512 / share);
}

static bool try(const char *path, uint64_t share)
{
	struct go_binary *binary;
	struct reason why = { "" };
	int err;

	alarm(MAX_SECONDS);
	done.n_tried++;
	err = go_binary_open(path, &binary, &why);
	if (err) {
		/* A file that is too large for the memory there is would be another matter. */
		require(err != -ENOMEM && why.text[0]);
		done.n_refused++;
		return false;
	}
	done.n_opened++;
	use(binary, share);
	go_binary_close(binary);
	return true;
}

/* Words at which arithmetic on offsets, sizes and counts is likeliest to go wrong. */
static uint64_t interesting(uint64_t n_file_bytes)
{
	static const uint64_t words[] = {
		0,
		1,
		2,
		7,
		8,
		0x7f,
		0x80,
		0xff,
		0x7fff,
		0xffff,
		0x10000,
		0x7fffffff,
		0x80000000,
		0xffffffff,
		0x100000000,
		0x3fffffffffffffff,
		0x7fffffffffffffff,
		0x8000000000000000,
		0xfffffffffffffff0,
		0xffffffffffffffff,
		0x401000,
		0x1fffffffffffffff,
	};
	size_t n = sizeof(words) / sizeof(words[0]), i = draw(n + 4);

	if (i < n)
		return words[i];
	return i & 1 ? n_file_bytes - draw(17) : draw(n_file_bytes);
}

struct file {
	const uint8_t *bytes;
	uint64_t n_bytes;
	struct region regions[MAX_REGIONS];
	size_t n_regions;
	struct region pokes[MAX_POKES];
	size_t n_pokes;
};

static void add_region(struct file *file, uint64_t off, uint64_t n_bytes)
{
	if (n_bytes == 0 || off >= file->n_bytes || n_bytes > file->n_bytes - off ||
	    file->n_regions == MAX_REGIONS)
		return;
	file->regions[file->n_regions++] = (struct region){ off, n_bytes };
}

static void poke(struct file *file, uint64_t off, const void *data, uint64_t n_bytes)
{
	if (n_bytes > file->n_bytes - off)
		n_bytes = file->n_bytes - off;
	require(file->n_pokes < MAX_POKES);
	require(pwrite(file_descriptor(), data, n_bytes, off) == (ssize_t)n_bytes);
	file->pokes[file->n_pokes++] = (struct region){ off, n_bytes };
}

static void mutate(struct file *file)
{
	const struct region *region = &file->regions[draw(file->n_regions)];
	uint64_t off = region->off + draw(region->n_bytes), word, n_bytes;
	uint8_t byte;

	switch (draw(4)) {
	case 0:
		byte = file->bytes[off] ^ 1u << draw(8);
		poke(file, off, &byte, 1);
		break;
	case 1:
		byte = draw(256);
		poke(file, off, &byte, 1);
		break;
	case 2:
		word = interesting(file->n_bytes);
		n_bytes = 1u << draw(4);
		poke(file, off - (off - region->off) % n_bytes, &word, n_bytes);
		break;
	default:
		word = draw(file->n_bytes);
		n_bytes = 1 + draw(draw(2) ? MAX_BLOCK : 32);
		if (n_bytes > file->n_bytes - word)
			n_bytes = file->n_bytes - word;
		poke(file, off, file->bytes + word, n_bytes);
	}
}

static void restore(struct file *file)
{
	for (size_t i = 0; i < file->n_pokes; i++) {
		const struct region *at = &file->pokes[i];

		require(pwrite(file_descriptor(), file->bytes + at->off, at->n_bytes, at->off) ==
			(ssize_t)at->n_bytes);
	}
	file->n_pokes = 0;
}

static void try_mutations(struct file *file, uint64_t n, uint64_t share)
{
	static const uint8_t how_many[] = { 1, 1, 2, 4, 16 };
	const char *path = file_of(file->bytes, file->n_bytes);

	for (uint64_t i = 0; i < n; i++) {
		for (uint64_t k = how_many[draw(sizeof(how_many))]; k > 0; k--)
			mutate(file);
		try(path, share);
		restore(file);
	}
}

/* A file that was cut off is refused wherever it was cut. */
static void try_prefix(const char *path, uint64_t n_bytes)
{
	require(ftruncate(file_descriptor(), n_bytes) == 0);
	require(!try(path, 1));
}

static bool is_near_border(const struct file *file, uint64_t at)
{
	enum { HEADERS = 64 << 10, NEAR = 64 };

	for (size_t i = 0; i < file->n_regions; i++) {
		uint64_t from = file->regions[i].off, to = from + file->regions[i].n_bytes;

		if (at + NEAR >= from && at <= from + NEAR)
			return true;
		if (at + NEAR >= to && at <= to + NEAR)
			return true;
	}
	return at < HEADERS;
}

static void try_prefixes(const struct file *file, uint64_t step)
{
	const char *path = file_of(file->bytes, file->n_bytes);

	require(try(path, 1));
	for (uint64_t n = file->n_bytes; n-- > 0;)
		if (n % step == 0 || is_near_border(file, n))
			try_prefix(path, n);
}

static const struct go_image_type int_type = {
	.name = "*int",
	.kind = GO_INT,
	.flags = 2,
	.n_bytes = 8,
};

static const struct go_image_type array_type = {
	.name = "[3]int",
	.kind = GO_ARRAY,
	.n_bytes = 24,
	/* The type before. */
	.element_va = GO_IMAGE_DATA_VA + GO_IMAGE_TYPES_AT + 8,
	.n_elements = 3,
};

static void add_types(struct go_image *image)
{
	uint64_t integer_va = go_image_add_type(image, &int_type);
	const struct go_image_field fields[] = { { "X", integer_va, 0 }, { "Y", integer_va, 8 } };
	struct go_image_type structure = {
		.name = "main.point",
		.kind = GO_STRUCT,
		.n_bytes = 16,
		.n_fields = 2,
	};

	go_image_add_type(image, &array_type);
	structure.fields_va = go_image_add_fields(image, fields, 2);
	go_image_add_type(image, &structure);
}

static void add_contents(struct go_image *image)
{
	size_t i = GO_IMAGE_ADD(image, "main.checked", 0x49, 0x3b, 0x66, 0x10, 0x76, 0x03, 0x55,
				0x5d, 0xc3, 0xe8, 0x00, 0x00, 0x00, 0x00, 0xeb, 0xf0);
	size_t grow = GO_IMAGE_ADD(image, "runtime.morestack_noctxt", 0x31, 0xd2, 0xc3);

	go_image_aim(image, i, 10, grow);
	image->functions[i].inlined[0] = "main.inlined";
	image->functions[i].n_inlined = 1;
	image->functions[i].file = "main.go";
	add_types(image);
	GO_IMAGE_ADD(image, "runtime.Goexit", 0x55, 0x48, 0x89, 0xe5, 0x5d, 0xc3);
	GO_IMAGE_ADD(image, "runtime.gogo", 0xff, 0xe3);
	GO_IMAGE_ADD(image, "runtime.recovery", 0xe8, 0xdb, 0xff, 0xff, 0xff, 0x0f, 0x0b);
	for (size_t k = 0; k < image->n_functions; k++)
		go_image_symbol(image, image->functions[k].name, STT_FUNC, image->functions[k].va,
				image->functions[k].n_bytes);
}

static void try_image(int go_minor, bool has_sections, uint64_t n)
{
	static struct go_image image;
	struct file file = { .bytes = image.elf.bytes };

	go_image_init(&image, go_minor);
	image.has_sections = has_sections;
	add_contents(&image);
	go_image_finish(&image);
	file.n_bytes = image.elf.n_bytes;
	add_region(&file, 0, sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr));
	add_region(&file, image.text_off, image.n_text);
	add_region(&file, image.table_off, 72);
	add_region(&file, image.table_off, image.table_bytes);
	add_region(&file, image.data_off, GO_IMAGE_TYPES_AT + image.n_types);
	if (has_sections)
		add_region(&file, elf_image_header(&image.elf)->e_shoff,
			   image.elf.n_sections * sizeof(Elf64_Shdr));
	try_prefixes(&file, 1);
	try_mutations(&file, n, 1);
}

/* The headers, the sections, and of the function table the header and the ends of its pairs. */
static void find_regions(struct file *file)
{
	const char *path = file_of(file->bytes, file->n_bytes);
	struct go_binary *binary;
	struct reason why = { "" };
	uint64_t table_off, pairs_off;

	if (go_binary_open(path, &binary, &why)) {
		fprintf(stderr, "mutations: %s\n", why.text);
		exit(1);
	}
	add_region(file, 0, sizeof(Elf64_Ehdr));
	add_region(file, 0, 4096);
	add_region(file, 0, file->n_bytes);
	require(elf_file_va_to_off(binary->elf, binary->pclntab.va, &table_off));
	add_region(file, table_off, 72);
	pairs_off = table_off + (binary->pclntab.pairs.data - binary->pclntab.data.data);
	add_region(file, pairs_off, 128);
	add_region(file, pairs_off, 8 * binary->n_functions + 4);
	for (size_t i = 0; i < binary->elf->n_sections; i++)
		if (binary->elf->sections[i].type != SHT_NOBITS)
			add_region(file, binary->elf->sections[i].off,
				   binary->elf->sections[i].n_bytes);
	go_binary_close(binary);
}

/* Whatever has become of its DWARF, the signatures of some functions. */
static void try_signatures(const struct go_binary *binary)
{
	struct go_signatures signatures = { 0 };
	uint64_t vas[MAX_WANTED];
	struct reason why = { "" };
	int err;

	for (size_t i = 0; i < MAX_WANTED; i++)
		vas[i] = binary->functions[draw(binary->n_functions)].va;
	alarm(MAX_DWARF_SECONDS);
	done.n_tried++;
	err = go_signatures_read(binary, vas, MAX_WANTED, &signatures, &why);
	if (err) {
		require(err == -ENODATA && why.text[0]);
		done.n_refused++;
		return;
	}
	done.n_opened++;
	require(!signatures_flaw(&signatures));
	require(signatures.n_signatures == MAX_WANTED);
	for (size_t i = 0; i < MAX_WANTED; i++)
		done.n_sites += signatures.signatures[i].is_found;
	go_signatures_fini(&signatures);
}

static void try_dwarf(struct file *file, uint64_t n)
{
	/* Nothing is read of the others; of these, in DWARF 4 or 5. */
	static const char *const sections[] = {
		".debug_abbrev", ".debug_info",	    ".debug_info", ".debug_loc",
		".debug_ranges", ".debug_loclists", ".debug_addr", ".debug_rnglists",
	};
	const char *path = file_of(file->bytes, file->n_bytes);
	struct go_binary *binary;
	struct reason why;

	require(go_binary_open(path, &binary, &why) == 0);
	file->n_regions = 0;
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		const struct elf_section *section = elf_file_section(binary->elf, sections[i]);

		if (section)
			add_region(file, section->off, section->n_bytes);
	}
	require(file->n_regions >= 4);
	for (uint64_t i = 0; i < n; i++) {
		for (uint64_t k = 1 + draw(MAX_POKES / 2); i > 0 && k > 0; k--)
			mutate(file);
		try_signatures(binary);
		restore(file);
	}
	go_binary_close(binary);
}

static void read_file(const char *path, struct file *file)
{
	FILE *from = fopen(path, "r");
	uint8_t *bytes;
	long n;

	if (!from || fseek(from, 0, SEEK_END) || (n = ftell(from)) <= 0) {
		perror(path);
		exit(1);
	}
	rewind(from);
	bytes = malloc(n);
	require(bytes && fread(bytes, 1, n, from) == (size_t)n);
	fclose(from);
	*file = (struct file){ .bytes = bytes, .n_bytes = n };
	find_regions(file);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	struct file file = { 0 };
	long memory_before;

	signal(SIGALRM, too_long);
	if (IS_MEMORY_COUNTED)
		setrlimit(RLIMIT_AS, &(struct rlimit){ MAX_MEMORY, MAX_MEMORY });
	if (argc > 2 && strcmp(what, "images"))
		read_file(argv[2], &file);
	memory_before = max_memory_kib();
	if (strcmp(what, "images") == 0 && argc == 4) {
		set_seed(strtoull(argv[3], NULL, 10));
		for (int go_minor = 15; go_minor <= 27; go_minor++)
			for (int has_sections = 0; has_sections < 2; has_sections++)
				try_image(go_minor, has_sections, strtoull(argv[2], NULL, 10));
	} else if (strcmp(what, "prefixes") == 0 && argc == 4) {
		try_prefixes(&file, strtoull(argv[3], NULL, 10));
	} else if (strcmp(what, "random") == 0 && argc == 5) {
		set_seed(strtoull(argv[4], NULL, 10));
		try_mutations(&file, strtoull(argv[3], NULL, 10), 16);
	} else if (strcmp(what, "dwarf") == 0 && argc == 5) {
		set_seed(strtoull(argv[4], NULL, 10));
		try_dwarf(&file, strtoull(argv[3], NULL, 10));
	} else {
		fputs("usage: mutations images N SEED | prefixes FILE STEP | random FILE N SEED | "
		      "dwarf FILE N SEED\n",
		      stderr);
		return 2;
	}
	printf("tried %lu refused %lu opened %lu sites %lu grown %ld\n", done.n_tried,
	       done.n_refused, done.n_opened, done.n_sites, max_memory_kib() - memory_before);
	free((void *)file.bytes);
	return 0;
}
