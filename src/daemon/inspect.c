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
	const char *function; /* that was called; NULL: what was taken cannot be told */
	uint64_t bias; /* of addresses in the process against those in the file */
	bool is_decoded;
	struct source_frame frames[INSPECTED_MAX_FRAMES];
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

/* While what is wanted of a build changes, its plan may be ahead of what is probed. */
static const struct plan_function *planned_at(const struct build *build, uint32_t index,
					      const struct function *called)
{
	const struct plan *plan = &build->plan;

	for (size_t i = 0; i < plan->n_functions; i++) {
		const struct plan_function *planned = &plan->functions[i];

		if (!planned->refusal && planned->index == index)
			return strcmp(planned->function->name, called->name) == 0 ? planned : NULL;
	}
	return NULL;
}

int inspect(struct inspector *inspector, const struct session *session,
	    const struct call_detail *detail)
{
	const struct function *called = &session->functions.at[detail->function];
	const struct plan_function *planned = NULL;
	uint32_t index = 0;

	inspector->detail = detail;
	inspector->build = called->target ? find_build(called->target, detail, &index) : NULL;
	inspector->capture = NULL;
	inspector->function = NULL;
	inspector->is_decoded = false;
	if (inspector->build && detail->entry_ip)
		planned = planned_at(inspector->build, index, called);
	if (!planned)
		return 0;
	if (inspector->build->captures.of)
		inspector->capture = &inspector->build->captures.of[index];
	inspector->function = planned->function->name;
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
	*ret = (struct decode_type){
		.kind = type.kind,
		.n_bytes = type.n_bytes,
		.is_direct = type.is_direct,
		.element_ip = type.element_va ? type.element_va + inspector->bias : 0,
		.n_fields = type.n_fields,
	};
	snprintf(ret->name, sizeof(ret->name), "%s", type.name);
	for (size_t i = 0; i < type.n_read && i < DECODE_MAX_FIELDS; i++) {
		struct decode_field *field = &ret->fields[ret->n_known_fields++];

		snprintf(field->name, sizeof(field->name), "%s", type.fields[i].name);
		field->type_ip = type.fields[i].type_va + inspector->bias;
		field->off = type.fields[i].off;
	}
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

bool inspected_has_stack(const struct inspector *inspector)
{
	return inspector->function && inspector->detail->n_frames > 0;
}

static bool is_one_of(const char *name, const char *const *names)
{
	while (*names && strcmp(name, *names) != 0)
		names++;
	return *names;
}

/*
 * The runtime has these called where no call stands: the address on the stack is that of the instruction
 * at which a signal came (runtime/traceback.go, injectedCall).
 */
static bool is_injected(const char *name)
{
	static const char *const names[] = { "runtime.sigpanic", "runtime.asyncPreempt",
					     "runtime.debugCallV1", "runtime.debugCallV2", NULL };

	return is_one_of(name, names);
}

/*
 * The runtime's stack traces leave wrappers out, unless something is wrong in the wrapper itself
 * (runtime/traceback.go, elideWrapperCalling). The bottom of each goroutine's stack tells nothing.
 */
static bool is_shown(const struct source_frame *frame, const char *callee)
{
	static const char *const names[] = { "runtime.gopanic", "runtime.sigpanic",
					     "runtime.panicwrap", NULL };

	if (frame->is_wrapper && !is_one_of(callee, names))
		return false;
	return strcmp(frame->function, "runtime.goexit") != 0;
}

size_t inspected_frames(struct inspector *inspector, const struct source_frame **ret)
{
	const struct call_detail *detail = inspector->detail;
	const uint64_t *ips = (const void *)((const char *)(detail + 1) + detail->n_bytes);
	size_t n_ips = inspected_has_stack(inspector) ? detail->n_frames : 0, n = 0;
	struct source_frame *frames = inspector->frames;
	const char *callee = inspector->function;

	*ret = frames;
	for (size_t i = 0; i < n_ips && n < INSPECTED_MAX_FRAMES; i++) {
		size_t end = n + source_frames_at(inspector->build->binary,
						  ips[i] - inspector->bias, !is_injected(callee),
						  frames + n, INSPECTED_MAX_FRAMES - n);

		if (end == n) {
			frames[n++] = (struct source_frame){ 0 };
			callee = "";
			continue;
		}
		for (size_t k = n; k < end; k++) {
			const struct source_frame frame = frames[k];

			if (is_shown(&frame, callee))
				frames[n++] = frame;
			callee = frame.function;
		}
	}
	return n;
}
