/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_CLI_SETTING_H
#define GOTRACED_CLI_SETTING_H

#include "cli/options.h"

/*
 * What can be set, by the same name and with the same values on the command line and in a
 * configuration file.
 */
enum setting_section {
	SECTION_TARGET, /* of the target described last; all others are of the whole */
	SECTION_OUTPUT,
	SECTION_CALLS,
	SECTION_LIMITS,
	SECTION_KERNEL,
	N_SECTIONS,
};

enum setting_id {
	SETTING_BINARY,
	SETTING_FUNC,
	SETTING_PID,
	SETTING_LABEL,
	SETTING_WAIT,
	SETTING_FORMAT,
	SETTING_OUTPUT,
	SETTING_DURATION,
	SETTING_INTERVAL,
	SETTING_CUMULATIVE,
	SETTING_LISTEN,
	SETTING_BUCKETS,
	SETTING_CALLS,
	SETTING_SHOW,
	SETTING_WHERE,
	SETTING_SLOWER_THAN,
	SETTING_MAX_LINES,
	SETTING_BY,
	SETTING_TYPES,
	SETTING_STACK,
	SETTING_STACKS,
	SETTING_GRAPH,
	SETTING_CHROME,
	SETTING_MAX_FUNCTIONS,
	SETTING_MAX_IN_FLIGHT,
	SETTING_MAX_OVERHEAD,
	SETTING_RING_SIZE,
	SETTING_LINKS,
	SETTING_NO_CALIBRATE,
	SETTING_NO_RET_EMULATION,
	SETTING_DEBUG,
	N_SETTINGS,
};

struct setting {
	const char *name; /* --NAME, and NAME = in the file */
	enum setting_section section;
	bool is_repeatable;
	/* Sets it, in options, or says why it cannot be: -EINVAL, -ENOMEM. */
	int (*set)(struct options *options, const char *value, struct reason *why);
};

/* NULL when there is none of that name. */
const struct setting *setting_find(const char *name);

const struct setting *setting_at(enum setting_id id);

/* "target", "output", "calls", "limits" or "kernel". */
const char *setting_section_name(enum setting_section section);

const char *setting_format_name(enum options_format format);

/* By this bit, options know that the command line has it. */
uint64_t setting_bit(const struct setting *setting);
uint64_t setting_bits(enum setting_section section);

#endif
