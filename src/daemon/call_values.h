/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_CALL_VALUES_H
#define GOTRACED_DAEMON_CALL_VALUES_H

#include "daemon/inspect.h"
#include "report/report.h"

/* Room for the values of a call. All zero at first. */
struct call_values {
	struct report_value *at; /* owned */
	size_t n_room;
};

/* Has the call have those of what is inspected, until the next one. 0 or -ENOMEM. */
int call_values_take(struct call_values *values, struct inspector *inspector,
		     struct report_call *call);
void call_values_fini(struct call_values *values);

#endif
