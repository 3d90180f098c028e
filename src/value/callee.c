/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/callee.h"

#include <stdio.h>
#include <string.h>

const struct go_variable *callee_variable(const struct callee *callee, uint32_t i)
{
	return &callee->signatures->variables[callee->signature->first_variable + i];
}

static const struct go_type *type_at(const struct callee *callee, uint32_t type)
{
	return &callee->signatures->types.types[type];
}

bool variable_is_hidden(const struct go_variable *variable)
{
	return !variable->is_result && (variable->name[0] == '.' || variable->name[0] == '~' ||
					strcmp(variable->name, "_") == 0 || !*variable->name);
}

const char *variable_name(struct variable_name *buffer, const struct callee *callee, uint32_t i)
{
	const struct go_variable *variable = callee_variable(callee, i);
	uint32_t n_before = 0;

	if (variable->name[0] != '~' && variable->name[0] && strcmp(variable->name, "_") != 0)
		return variable->name;
	for (uint32_t k = 0; k < i; k++)
		n_before += callee_variable(callee, k)->is_result;
	snprintf(buffer->text, sizeof(buffer->text), "ret%u", n_before);
	return buffer->text;
}

/* The names and types that there are, for the complaint about one that is not. */
static void list_variables(const struct callee *callee, bool are_results, char *to, size_t n_bytes)
{
	size_t n_used = 0;

	*to = 0;
	for (uint32_t i = 0; i < callee->signature->n_variables && n_used < n_bytes; i++) {
		const struct go_variable *variable = callee_variable(callee, i);
		struct variable_name name;

		if (variable->is_result != are_results || variable_is_hidden(variable))
			continue;
		n_used += (size_t)snprintf(to + n_used, n_bytes - n_used, "%s%s %s",
					   n_used ? ", " : "", variable_name(&name, callee, i),
					   type_at(callee, variable->type)->name);
	}
}

/* What an expression calls err: also the error that comes last among the results, if it has no name. */
static bool is_error_without_name(const struct callee *callee, uint32_t i)
{
	const struct go_variable *variable = callee_variable(callee, i);
	struct variable_name name;

	return variable->is_result && i + 1 == callee->signature->n_variables &&
	       variable_name(&name, callee, i) == name.text &&
	       strcmp(type_at(callee, variable->type)->name, "error") == 0;
}

static bool is_named(const struct callee *callee, uint32_t i, const char *wanted)
{
	const struct go_variable *variable = callee_variable(callee, i);
	struct variable_name name;

	if (variable_is_hidden(variable))
		return false;
	return strcmp(variable_name(&name, callee, i), wanted) == 0 ||
	       strcmp(variable->name, wanted) == 0 ||
	       (strcmp(wanted, "err") == 0 && is_error_without_name(callee, i));
}

int callee_find(const struct callee *callee, const struct expression *expression, uint32_t *ret,
		struct reason *why)
{
	char parameters[384], results[256];

	if (!callee->signature)
		return expression_complain(
			expression->text, 0, why,
			"nothing is known of the parameters of %s, for want of "
			"DWARF; name registers "
			"and types, as in rax:int or rbx+rcx:string, or a program with "
			"the same functions by --types",
			callee->name);
	for (uint32_t i = 0; i < callee->signature->n_variables; i++) {
		if (!is_named(callee, i, expression->name))
			continue;
		*ret = i;
		return 0;
	}
	list_variables(callee, false, parameters, sizeof(parameters));
	list_variables(callee, true, results, sizeof(results));
	return expression_complain(expression->text, 0, why,
				   "%s has no '%s'; its parameters: %s; its results: %s",
				   callee->name, expression->name,
				   *parameters ? parameters : "none", *results ? results : "none");
}
