/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/call_values.h"

#include <errno.h>
#include <stdlib.h>

static const enum report_role roles[] = {
	[CAPTURE_PARAMETER] = REPORT_PARAMETER,
	[CAPTURE_RESULT] = REPORT_RESULT,
	[CAPTURE_SHOWN] = REPORT_SHOWN,
};

int call_values_take(struct call_values *values, struct inspector *inspector,
		     struct report_call *call)
{
	const struct capture *capture = inspected_capture(inspector);
	size_t n = capture ? capture->n_values : 0;

	if (n > values->n_room) {
		struct report_value *grown = reallocarray(values->at, n, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		values->at = grown;
		values->n_room = n;
	}
	for (size_t i = 0; i < n; i++) {
		const struct captured *captured = &capture->values[i];
		const struct value *value =
			captured->role == CAPTURE_BY ? NULL : inspected_value(inspector, captured);

		if (value)
			values->at[call->n_values++] = (struct report_value){
				.role = roles[captured->role],
				.label = captured->label,
				.value = value,
			};
	}
	call->values = values->at;
	return 0;
}

void call_values_fini(struct call_values *values)
{
	free(values->at);
}
