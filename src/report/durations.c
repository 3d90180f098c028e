/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/durations.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/labels.h"

enum { MAX_VALUES = 20 }; /* that have a series of their own */
static const char OTHERS[] = "other"; /* the label of all the rest */

/* The shortest decimal that is read as that number, always with a sign that it is no integer. */
static const char *seconds_text(char *buffer, size_t n_bytes, uint64_t ns)
{
	double seconds = (double)ns / 1e9;

	for (int n_digits = 15; n_digits <= 17; n_digits++) {
		snprintf(buffer, n_bytes, "%.*g", n_digits, seconds);
		if (strtod(buffer, NULL) == seconds)
			break;
	}
	if (!strpbrk(buffer, ".e"))
		strncat(buffer, ".0", n_bytes - strlen(buffer) - 1);
	return buffer;
}

void seconds_print(FILE *to, uint64_t ns)
{
	char text[40];

	fprintf(to, "%s\n", seconds_text(text, sizeof(text), ns));
}

int bounds_init(struct bounds *bounds, const uint64_t *ns, size_t n)
{
	char text[40];

	*bounds = (struct bounds){ .ns = ns, .n = n };
	bounds->labels = calloc(n + 1, sizeof(char *));
	bounds->counts = calloc(n + 1, sizeof(*bounds->counts));
	if (!bounds->labels || !bounds->counts)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (asprintf(&bounds->labels[i], ",le=\"%s\"} ",
			     seconds_text(text, sizeof(text), ns[i])) < 0) {
			bounds->labels[i] = NULL;
			return -ENOMEM;
		}
	return 0;
}

void bounds_fini(struct bounds *bounds)
{
	for (size_t i = 0; bounds->labels && i < bounds->n; i++)
		free(bounds->labels[i]);
	free(bounds->labels);
	free(bounds->counts);
}

/* Most of all that is printed: so not by fprintf, which takes several times as long. */
static void print_bucket(FILE *to, const char *labels, const char *bound, uint64_t count)
{
	char digits[20], *first = digits + sizeof(digits);

	do
		*--first = (char)('0' + count % 10);
	while (count /= 10);
	fputs_unlocked(DURATIONS_NAME "_bucket{", to);
	fputs_unlocked(labels, to);
	fputs_unlocked(bound, to);
	fwrite_unlocked(first, 1, (size_t)(digits + sizeof(digits) - first), to);
	putc_unlocked('\n', to);
}

void durations_print(FILE *to, const struct bounds *bounds, const char *labels,
		     const struct histogram *durations)
{
	histogram_cumulate(durations, bounds->ns, bounds->n, bounds->counts);
	for (size_t i = 0; i < bounds->n; i++)
		print_bucket(to, labels, bounds->labels[i], bounds->counts[i]);
	print_bucket(to, labels, ",le=\"+Inf\"} ", durations->n);
	fprintf(to, DURATIONS_NAME "_count{%s} %lu\n", labels, durations->n);
	fprintf(to, DURATIONS_NAME "_sum{%s} ", labels);
	seconds_print(to, durations->sum_ns);
}

/* Of calls with one value, or with others. */
static int print_by(FILE *to, const struct bounds *bounds, const char *labels, const char *value,
		    const struct histogram *durations)
{
	char *with_value = NULL;
	size_t n_bytes = 0;
	FILE *label_to = open_memstream(&with_value, &n_bytes);
	int err;

	if (!label_to)
		return -ENOMEM;
	fputs(labels, label_to);
	err = labels_print(label_to, "by", value);
	if (fclose(label_to))
		err = -ENOMEM;
	if (!err)
		durations_print(to, bounds, with_value, durations);
	free(with_value);
	return err;
}

static bool is_taken(const char *label, char *const *taken, size_t n_taken)
{
	for (size_t i = 0; i < n_taken; i++)
		if (strcmp(label, taken[i]) == 0)
			return true;
	return false;
}

/*
 * A string goes without its quotes. Where that would be the label of another series, which a nil or a number
 * may have, they stay, or brackets come about it: as labels must stay what they are, those go first that
 * were seen first. For the caller to free; NULL without memory.
 */
static char *new_label(const char *text, char *const *taken, size_t n_taken)
{
	size_t n = strlen(text);
	bool is_string = n >= 2 && text[0] == '"' && text[n - 1] == '"';
	char *label = is_string ? strndup(text + 1, n - 2) : strdup(text);

	while (label && is_taken(label, taken, n_taken)) {
		char *former = label;

		if (asprintf(&label, is_string ? "\"%s\"" : "(%s)", former) < 0)
			label = NULL;
		is_string = false;
		free(former);
	}
	return label;
}

/* The values that have a series of their own. */
static int print_own(FILE *to, const struct bounds *bounds, const struct split *split, size_t n_own,
		     const char *labels)
{
	char *taken[1 + MAX_VALUES] = { (char *)OTHERS };
	struct histogram one;
	size_t n = 1;
	int err = 0;

	for (size_t i = SPLIT_FIRST; i < n_own && !err; i++) {
		split_durations(split, i, true, &one);
		taken[n] = new_label(split->at[i].text, taken, n);
		err = taken[n] ? print_by(to, bounds, labels, taken[n], &one) : -ENOMEM;
		n += taken[n] != NULL;
	}
	while (n > 1)
		free(taken[--n]);
	return err;
}

int durations_print_split(FILE *to, const struct bounds *bounds, const struct split *split,
			  const char *labels)
{
	size_t n_own = split->n < SPLIT_FIRST + MAX_VALUES ? split->n : SPLIT_FIRST + MAX_VALUES;
	int err = print_own(to, bounds, split, n_own, labels);
	struct histogram one, others = { 0 };

	for (size_t i = 0; i < split->n && !err; i++) {
		if (i >= SPLIT_FIRST && i < n_own)
			continue;
		split_durations(split, i, true, &one);
		histogram_merge(&others, &one);
	}
	return err ? err : print_by(to, bounds, labels, OTHERS, &others);
}
