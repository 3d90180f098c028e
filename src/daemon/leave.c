/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/leave.h"

#include <errno.h>
#include <string.h>

#include "daemon/reporting.h"
#include "daemon/say.h"

static bool is_planned(const struct target *target, const char *name)
{
	for (size_t i = 0; i < target->n_builds; i++) {
		const struct plan *plan = &target->builds[i]->plan;

		for (size_t k = 0; k < plan->n_functions; k++)
			if (!plan->functions[k].refusal &&
			    strcmp(plan->functions[k].function->name, name) == 0)
				return true;
	}
	return false;
}

int leave_unwanted(struct session *session, const struct target *target, struct reason *why)
{
	struct functions *functions = &session->functions;
	bool is_written = true;
	size_t n = 0;
	int err = 0;

	for (size_t i = 0; i < functions->n_used; i++) {
		struct function *function = &functions->at[i];

		function->is_leaving = function->target == target && function->n_builds == 0 &&
				       !is_planned(target, function->name);
		n += function->is_leaving;
	}
	if (n > 0)
		err = reporting_write_leaving(session, target, &is_written, why);
	/* What could not be reported for the last time stays, as gone, until it is. */
	for (uint32_t i = 0; i < functions->n_used && is_written && !err; i++)
		if (functions->at[i].is_leaving)
			session_forget(session, i);
	return err;
}

void leave_unreported(struct session *session, const struct target *target)
{
	size_t n = 0;

	for (uint32_t i = 0; i < session->functions.n_used; i++)
		if (session->functions.at[i].target == target) {
			session_forget(session, i);
			n++;
		}
	if (n > 0)
		say_warning("the last figures of %s could not be written, and are lost",
			    target->name);
}

static int leave_all_unwanted(struct session *session, struct reason *why)
{
	int err = 0;

	for (size_t i = 0; i < session->targets->n && !err; i++)
		err = leave_unwanted(session, session->targets->at[i], why);
	return err;
}

int leave_and_attach(struct session *session, const struct target *target, struct build *build,
		     struct reason *why)
{
	int err = session_attach_build(session, target, build, why);

	if (err == -ENOSPC && !leave_all_unwanted(session, why))
		err = session_attach_build(session, target, build, why);
	/* The places that are wanted may be its own: it has to do without for a moment. */
	if (err == -ENOSPC && build->n_functions > 0) {
		session_detach_build(session, build);
		if (!leave_all_unwanted(session, why))
			err = session_attach_build(session, target, build, why);
	}
	return err;
}
