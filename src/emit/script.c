/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emit/script.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "emit/quoted.h"

static int by_name(const void *a, const void *b)
{
	const struct script_function *const *x = a, *const *y = b;

	return strcmp((*x)->planned->function->name, (*y)->planned->function->name);
}

/* Where the last n bytes of a text, at most, begin with a whole character. */
static const char *tail_of(const char *text, size_t n)
{
	size_t length = strlen(text);

	if (length <= n)
		return text;
	text += length - n;
	while ((*text & 0xc0) == 0x80)
		text++;
	return text;
}

/*
 * A name that can be shown, fits, and is no other's is the label. Else the number is put to it; of
 * one that is too long, the end tells most.
 */
static void set_label(struct script_function *function, bool is_repeated)
{
	const char *name = function->planned->function->name, *tail;
	static const char cut[] = "...";
	char clean[QUOTED_MAX_BYTES], number[24];
	size_t n_room;

	quoted_clean(name, clean);
	if (!is_repeated && strlen(name) < SCRIPT_LABEL_BYTES && strcmp(name, clean) == 0) {
		strcpy(function->label, clean);
		return;
	}
	snprintf(number, sizeof(number), " #%zu", function->number);
	n_room = SCRIPT_LABEL_BYTES - 1 - strlen(number);
	tail = strlen(clean) > n_room ? tail_of(clean, n_room - strlen(cut)) : clean;
	strcat(strcat(strcpy(function->label, tail == clean ? "" : cut), tail), number);
}

static int set_labels(struct script *script)
{
	struct script_function **sorted =
		calloc(script->n_functions, sizeof(struct script_function *));

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < script->n_functions; i++)
		sorted[i] = &script->functions[i];
	qsort(sorted, script->n_functions, sizeof(struct script_function *), by_name);
	for (size_t i = 0; i < script->n_functions; i++)
		set_label(sorted[i], (i > 0 && by_name(&sorted[i - 1], &sorted[i]) == 0) ||
					     (i + 1 < script->n_functions &&
					      by_name(&sorted[i], &sorted[i + 1]) == 0));
	free(sorted);
	return 0;
}

static void add_functions(struct script *script, const struct emit_program *program,
			  const enum place_kind *places)
{
	const struct plan *plan = program->plan;

	for (size_t i = 0; i < plan->n_functions; i++) {
		const struct plan_function *planned = &plan->functions[i];
		const struct script_function function = {
			.program = program,
			.planned = planned,
			.place = places[i],
			.number = script->n_functions + 1,
		};

		if (planned->refusal)
			continue;
		if (places[i] == PLACE_NONE) {
			script->left_out[script->n_left_out++] = function;
			continue;
		}
		script->functions[script->n_functions++] = function;
		script->n_probes += 1 + planned->n_returns + planned->tail.n_returns;
		script->is_unsafe |= places[i] == PLACE_OFFSET;
	}
}

static int add_program(struct script *script, const struct emit_program *program,
		       struct reason *why)
{
	enum place_kind *places;
	int err;

	if (program->plan->n_traced == 0)
		return 0;
	err = place_check_path(program->path, why);
	if (!err)
		err = place_choose(program->plan, &places, why);
	if (err)
		return err;
	add_functions(script, program, places);
	free(places);
	return 0;
}

static int add_programs(struct script *script, size_t n_at_most, struct reason *why)
{
	int err = 0;

	script->functions = calloc(n_at_most, sizeof(*script->functions));
	script->left_out = calloc(n_at_most, sizeof(*script->left_out));
	if (!script->functions || !script->left_out)
		return reason_set(why, -ENOMEM, "out of memory");
	for (size_t i = 0; i < script->n_programs && !err; i++)
		err = add_program(script, &script->programs[i], why);
	if (!err && script->n_functions == 0)
		return reason_set(
			why, -ENOTSUP,
			"bpftrace cannot be led to any of the functions: it would take "
			"their offsets in the file for addresses, which some symbols have");
	if (!err && set_labels(script))
		return reason_set(why, -ENOMEM, "out of memory");
	return err;
}

int script_init(struct script *script, enum emit_kind kind, const struct emit_program *programs,
		size_t n_programs, struct reason *why)
{
	size_t n = 0;
	int err;

	*script = (struct script){
		.kind = kind,
		.programs = programs,
		.n_programs = n_programs,
	};
	for (size_t i = 0; i < n_programs; i++)
		n += programs[i].plan->n_traced;
	if (n == 0)
		return reason_set(why, -EINVAL, "none of the functions can be traced");
	err = add_programs(script, n, why);
	if (err)
		script_fini(script);
	return err;
}

void script_fini(struct script *script)
{
	free(script->functions);
	free(script->left_out);
	*script = (struct script){ 0 };
}

void script_print_g(FILE *to, const struct script_function *function, bool is_g_in_tls)
{
	int tls_off = function->program->plan->binary->layout.tls_off;

	if (is_g_in_tls)
		fprintf(to, "*(int64 *)uptr((int64)curtask->thread.fsbase %c %d)",
			tls_off < 0 ? '-' : '+', abs(tls_off));
	else
		fputs("(int64)reg(\"r14\")", to);
}
