/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "value/judge.h"

/* The work under way: what is wanted, by whom, and how far it has come. */
struct making {
	struct capture *capture;
	const struct callee *callee;
	const struct capture_wish *wish;
	struct steps steps;
	size_t n_conditions;
	bool is_at_return; /* which part is being made */
};

static int out_of_memory(struct reason *why)
{
	return reason_set(why, -ENOMEM, "out of memory");
}

static int too_much(const struct making *making, struct reason *why)
{
	return reason_set(why, -E2BIG,
			  "that is more than can be taken of a call of %s: %d steps, and %u bytes",
			  making->callee->name, FETCH_MAX_STEPS, making->wish->max_bytes);
}

/* Of everything that can be taken, parameters get no more than leaves results something. */
enum { PARAMETERS_SHARE = 5, OF = 8 };

static void limit_steps(struct making *making, bool leaves_some)
{
	making->steps.max = FETCH_MAX_STEPS;
	making->steps.max_bytes = making->wish->max_bytes;
	if (leaves_some) {
		making->steps.max = making->steps.max * PARAMETERS_SHARE / OF;
		making->steps.max_bytes = making->steps.max_bytes * PARAMETERS_SHARE / OF;
	}
}

/* A value whose own bytes are taken, but not yet what it leads to. */
struct begun {
	size_t value; /* of the capture's */
	uint32_t type;
	uint16_t at;
};

static int add_value(struct making *making, struct captured value, const char *label,
		     struct reason *why)
{
	struct capture *capture = making->capture;

	value.is_at_return = making->is_at_return;
	value.label = strdup(label);
	if (!value.label)
		return out_of_memory(why);
	capture->values[capture->n_values++] = value;
	return 0;
}

/* Takes its own bytes, as location_take: parts that cannot be had are left out, which shows. */
static int begin_value(struct making *making, const struct resolved *it, struct begun *ret)
{
	uint64_t n_bytes = making->callee->signatures->types.types[it->type].n_bytes;
	const struct steps before = making->steps;
	int err = steps_make_room(&making->steps, n_bytes, &ret->at);

	ret->type = it->type;
	ret->value = making->capture->n_values;
	if (!err)
		err = location_take(&it->location, &making->steps, n_bytes, ret->at);
	if (err == -ENOSPC)
		making->steps = before;
	return err;
}

static int end_value(struct making *making, const struct begun *begun, struct reason *why)
{
	struct capture *capture = making->capture;

	return shapes_add(&capture->shapes, &making->callee->signatures->types, begun->type,
			  begun->at, &making->steps, &capture->values[begun->value].shape)
		       ? out_of_memory(why)
		       : 0;
}

static int begin_variable(struct making *making, uint32_t i, struct begun *ret, bool *ret_has_room,
			  struct reason *why)
{
	const struct callee *callee = making->callee;
	const struct go_variable *variable =
		&callee->signatures->variables[callee->signature->first_variable + i];
	const struct resolved it = {
		.type = variable->type,
		.location = { .kind = LOCATION_PIECES, .value = callee->places[i] },
	};
	const struct captured value = {
		.role = variable->is_result ? CAPTURE_RESULT : CAPTURE_PARAMETER,
		.shape = SHAPE_NONE,
	};
	struct variable_name name;

	*ret_has_room = begin_value(making, &it, ret) != -ENOSPC;
	return add_value(making, value, variable_name(&name, callee, i), why);
}

/* First what they are themselves, as far as there is room, then what they lead to. */
static int take_variables(struct making *making, struct reason *why)
{
	const struct callee *callee = making->callee;
	uint32_t n = callee->signature ? callee->signature->n_variables : 0;
	struct begun *begun = calloc(n + 1, sizeof(*begun));
	size_t n_begun = 0;
	int err = begun ? 0 : out_of_memory(why);

	for (uint32_t i = 0; i < n && !err; i++) {
		const struct go_variable *variable =
			&callee->signatures->variables[callee->signature->first_variable + i];
		bool has_room;

		if (variable->is_result != making->is_at_return || variable_is_hidden(variable))
			continue;
		err = begin_variable(making, i, &begun[n_begun], &has_room, why);
		n_begun += has_room;
	}
	limit_steps(making, !making->is_at_return);
	for (size_t i = 0; i < n_begun && !err; i++)
		err = end_value(making, &begun[i], why);
	limit_steps(making, false);
	free(begun);
	return err;
}

static int take_resolved(struct making *making, const struct resolved *it, enum capture_role role,
			 size_t order, const struct expression *expression, struct reason *why)
{
	const struct captured value = {
		.role = role,
		.order = order,
		.is_constant = it->is_constant,
		.constant = it->constant,
		.shape = SHAPE_NONE,
	};
	size_t n_before = making->steps.n;
	struct begun begun;
	int err = it->is_constant ? 0 : begin_value(making, it, &begun);

	if (err == -ENOSPC)
		return too_much(making, why);
	/* A struct may lack some of its parts; what was asked for must not be missing altogether. */
	if (err && making->steps.n == n_before)
		return resolve_explain(err, &it->location,
				       making->callee->signatures->types.types[it->type].n_bytes,
				       expression, 0, why);
	err = add_value(making, value, expression->text, why);
	return err || it->is_constant ? err : end_value(making, &begun, why);
}

static int take_expression(struct making *making, const struct expression *expression,
			   enum capture_role role, size_t order, struct reason *why)
{
	struct resolved it;
	bool is_at_return;
	int err = resolve_is_at_return(making->callee, expression, &is_at_return, why);

	if (err || is_at_return != making->is_at_return)
		return err;
	err = resolve(making->callee, expression, &making->steps, &it, why);
	if (err == -ENOSPC)
		return too_much(making, why);
	return err ? err : take_resolved(making, &it, role, order, expression, why);
}

static int take_conditions(struct making *making, struct fetch_part *part, struct reason *why)
{
	const struct capture_wish *wish = making->wish;
	int err = 0;

	part->first_condition = (uint8_t)making->n_conditions;
	for (size_t i = 0; i < wish->n_conditions && !err; i++) {
		const struct condition *condition = &wish->conditions[i];
		bool is_at_return;

		err = resolve_is_at_return(making->callee, &condition->expression, &is_at_return,
					   why);
		if (err || is_at_return != making->is_at_return)
			continue;
		if (making->n_conditions == FETCH_MAX_CONDITIONS)
			return reason_set(why, -E2BIG, "there are at most %d conditions",
					  FETCH_MAX_CONDITIONS);
		err = judge(making->callee, condition, &making->steps,
			    &making->capture->program.conditions[making->n_conditions++], why);
		if (err == -ENOSPC)
			return too_much(making, why);
	}
	part->n_conditions = (uint8_t)(making->n_conditions - part->first_condition);
	return err;
}

static int make_part(struct making *making, struct fetch_part *part, struct reason *why)
{
	const struct capture_wish *wish = making->wish;
	size_t n_before = making->steps.n;
	int err = take_conditions(making, part, why);

	part->first_step = (uint8_t)n_before;
	part->n_condition_steps = (uint8_t)(making->steps.n - n_before);
	if (!err && wish->is_all)
		err = take_variables(making, why);
	for (size_t i = 0; i < wish->n_shown && !err; i++)
		err = take_expression(making, &wish->shown[i], CAPTURE_SHOWN, i, why);
	if (!err && wish->by)
		err = take_expression(making, wish->by, CAPTURE_BY, wish->n_shown, why);
	part->n_steps = (uint8_t)(making->steps.n - n_before);
	return err;
}

/* Those of expressions stand as these were given, whichever part they were taken in. */
static void put_in_order(struct capture *capture)
{
	for (size_t i = 1; i < capture->n_values; i++) {
		struct captured value = capture->values[i];
		size_t k = i;

		for (; k > 0 && capture->values[k - 1].order > value.order; k--)
			capture->values[k] = capture->values[k - 1];
		capture->values[k] = value;
	}
}

int capture_init(struct capture *capture, const struct callee *callee,
		 const struct capture_wish *wish, struct reason *why)
{
	struct making making = {
		.capture = capture,
		.callee = callee,
		.wish = wish,
		.steps = { .program = &capture->program },
	};
	size_t n_room =
		(callee->signature ? callee->signature->n_variables : 0) + wish->n_shown + 1;
	int err;

	*capture = (struct capture){ 0 };
	capture->values = calloc(n_room, sizeof(*capture->values));
	if (!capture->values)
		return out_of_memory(why);
	limit_steps(&making, false);
	err = make_part(&making, &capture->program.at_entry, why);
	making.is_at_return = true;
	if (!err)
		err = make_part(&making, &capture->program.at_return, why);
	capture->program.n_bytes = (uint16_t)making.steps.n_bytes;
	put_in_order(capture);
	if (err)
		capture_fini(capture);
	return err;
}

void capture_fini(struct capture *capture)
{
	for (size_t i = 0; i < capture->n_values; i++)
		free(capture->values[i].label);
	free(capture->values);
	shapes_fini(&capture->shapes);
	*capture = (struct capture){ 0 };
}
