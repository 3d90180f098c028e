/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "objection.h"

#include <stdbool.h>
#include <stddef.h>

enum { WORD = 8 };

/* Which bytes of the capture steps have brought so far, or may have. */
struct brought {
	const struct fetch_program *program;
	bool is[FETCH_MAX_BYTES];
};

static bool is_brought(const struct brought *brought, size_t at, size_t n_bytes)
{
	for (size_t i = at; i < at + n_bytes; i++)
		if (i >= brought->program->n_bytes || !brought->is[i])
			return false;
	return true;
}

static bool is_word(const struct brought *brought, size_t at)
{
	return at % WORD == 0 && is_brought(brought, at, WORD);
}

/* Of a value that is not wholly known a step may build on a word that is not there. */
static bool is_place(const struct brought *brought, size_t at)
{
	return at % WORD == 0 && at + WORD <= brought->program->n_bytes;
}

static const char *bring(struct brought *brought, size_t to, size_t n_bytes)
{
	if (n_bytes > FETCH_MAX_STEP_BYTES)
		return "a step takes more than it may";
	if (to + n_bytes > brought->program->n_bytes)
		return "a step goes over the end";
	for (size_t i = to; i < to + n_bytes; i++) {
		if (brought->is[i])
			return "two steps go to one place";
		brought->is[i] = true;
	}
	return NULL;
}

static bool is_size_of_number(size_t n_bytes)
{
	return n_bytes == 1 || n_bytes == 2 || n_bytes == 4 || n_bytes == 8;
}

static const char *objection_to_step(struct brought *brought, const struct fetch_step *step)
{
	bool is_counted = step->kind == FETCH_ELEMENTS || step->kind == FETCH_ELEMENT;

	if (step->kind > FETCH_LENGTH)
		return "there is no such kind of step";
	if (step->n_bytes == 0)
		return "a step takes nothing";
	if (step->reg > 15)
		return "there is no such register";
	if (step->kind == FETCH_REGISTER)
		return is_size_of_number(step->n_bytes) ? bring(brought, step->to, step->n_bytes)
							: "no part of a register is of this size";
	if (step->base_at == FETCH_NOWHERE ? is_counted : !is_place(brought, step->base_at))
		return "a step builds on no word";
	if (is_counted && !is_place(brought, step->count_at))
		return "a step counts by no word";
	if (step->kind != FETCH_ELEMENTS)
		return bring(brought, step->to, step->n_bytes);
	if (step->max_count == 0 || step->max_count > FETCH_MAX_STEP_BYTES)
		return "a step takes too many elements, or none";
	return bring(brought, step->to, (size_t)step->n_bytes * step->max_count);
}

static const char *objection_to_condition(const struct brought *brought,
					  const struct fetch_part *part,
					  const struct fetch_condition *condition)
{
	size_t end = part->first_step + part->n_condition_steps;
	bool needs_any = false;

	for (size_t i = 0; i < FETCH_MAX_STEPS; i++) {
		bool is_needed = condition->needs[i / 64] >> i % 64 & 1;

		if (is_needed && (i < part->first_step || i >= end))
			return "a condition needs what is not taken for it";
		needs_any |= is_needed;
	}
	if (!needs_any)
		return "a condition looks at nothing";
	if (condition->comparison > FETCH_BEGINS_WITH || condition->comparand > FETCH_STRING)
		return "there is no such comparison";
	if (condition->comparand != FETCH_STRING)
		return is_size_of_number(condition->n_bytes) &&
				       condition->comparison != FETCH_BEGINS_WITH &&
				       condition->at % WORD == 0 &&
				       is_brought(brought, condition->at, condition->n_bytes)
			       ? NULL
			       : "a condition looks at no number that was brought";
	return condition->n_string_bytes <= FETCH_STRING_WORDS * WORD &&
			       condition->at % WORD == 0 &&
			       is_word(brought, condition->length_at) &&
			       is_brought(brought, condition->at, FETCH_STRING_WORDS * WORD)
		       ? NULL
		       : "a condition looks at no string that was brought";
}

static const char *objection_to_part(struct brought *brought, const struct fetch_part *part)
{
	const struct fetch_program *program = brought->program;
	const char *objection = NULL;

	if (part->first_step + part->n_steps > FETCH_MAX_STEPS ||
	    part->n_condition_steps > part->n_steps)
		return "there are too many steps";
	if (part->first_condition + part->n_conditions > FETCH_MAX_CONDITIONS)
		return "there are too many conditions";
	for (int i = 0; i < part->n_condition_steps && !objection; i++)
		objection = objection_to_step(brought, &program->steps[part->first_step + i]);
	for (int i = 0; i < part->n_conditions && !objection; i++)
		objection = objection_to_condition(brought, part,
						   &program->conditions[part->first_condition + i]);
	for (int i = part->n_condition_steps; i < part->n_steps && !objection; i++)
		objection = objection_to_step(brought, &program->steps[part->first_step + i]);
	return objection;
}

const char *objection_to(const struct fetch_program *program)
{
	struct brought brought = { .program = program };
	const char *objection;

	if (program->n_bytes > FETCH_MAX_BYTES)
		return "the capture is too large";
	if (program->at_return.first_step != program->at_entry.n_steps)
		return "the steps of the return do not follow those of the entry";
	objection = objection_to_part(&brought, &program->at_entry);
	return objection ? objection : objection_to_part(&brought, &program->at_return);
}
