/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/inspect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/session.h"
#include "go/runtime_type.h"

struct inspector {
	const struct call_detail *detail;
	const struct build *build; /* NULL: it is not known any more */
	const struct capture *capture;
	uint64_t bias; /* of addresses in the process against those in the file */
	bool is_decoded;
	struct decoder decoder;
};

int inspector_new(struct inspector **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

void inspector_free(struct inspector *inspector)
{
	free(inspector);
}

/* The build that a call was made in, and the function's place in its plan. */
static const struct build *find_build(const struct target *target, const struct call_detail *detail,
				      uint32_t *ret_index)
{
	for (size_t i = 0; i < target->n_builds; i++) {
		const struct build *build = target->builds[i];

		if (build->variant != detail->variant)
			continue;
		for (uint32_t k = 0; k < build->n_functions; k++)
			if (build->functions[k] == detail->function) {
				*ret_index = k;
				return build;
			}
	}
	return NULL;
}

static const struct plan_function *planned_at(const struct plan *plan, uint32_t index)
{
	for (size_t i = 0; i < plan->n_functions; i++)
		if (!plan->functions[i].refusal && plan->functions[i].index == index)
			return &plan->functions[i];
	return NULL;
}

int inspect(struct inspector *inspector, const struct session *session,
	    const struct call_detail *detail)
{
	const struct target *target = session->functions.at[detail->function].target;
	const struct plan_function *planned;
	uint32_t index;

	inspector->detail = detail;
	inspector->build = target ? find_build(target, detail, &index) : NULL;
	inspector->capture = NULL;
	inspector->is_decoded = false;
	if (!inspector->build || !detail->entry_ip)
		return 0;
	if (inspector->build->captures.of)
		inspector->capture = &inspector->build->captures.of[index];
	planned = planned_at(&inspector->build->plan, index);
	inspector->bias = detail->entry_ip - planned->entry_va;
	return 0;
}

const struct capture *inspected_capture(const struct inspector *inspector)
{
	return inspector->capture;
}

static bool find_type(void *context, uint64_t ip, struct decode_type *ret)
{
	const struct inspector *inspector = context;
	struct runtime_type type;

	if (runtime_type_read(inspector->build->binary, ip - inspector->bias, &type))
		return false;
	snprintf(ret->name, sizeof(ret->name), "%s", type.name);
	ret->kind = type.kind;
	ret->n_bytes = type.n_bytes;
	runtime_type_fini(&type);
	return true;
}

static const char *find_function(void *context, uint64_t ip)
{
	const struct inspector *inspector = context;
	const struct go_function *function =
		go_binary_function_at(inspector->build->binary, ip - inspector->bias);

	return function ? function->name : NULL;
}

const struct value *inspected_value(struct inspector *inspector, const struct captured *captured)
{
	const struct decode_program asked = { inspector, find_type, find_function };

	if (!inspector->is_decoded)
		decoder_begin(&inspector->decoder, &inspector->build->captures.signatures.types,
			      inspector->capture, &asked, inspector->detail);
	inspector->is_decoded = true;
	return decoder_has(&inspector->decoder, captured)
		       ? decoder_value(&inspector->decoder, captured)
		       : NULL;
}
