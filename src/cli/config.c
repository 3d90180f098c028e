/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/config.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/setting.h"

/*
 * The library is given one line at a time, so that everything that is wrong is told with its line,
 * and not the first only.
 */
enum { MAX_LINE_BYTES = 198 }; /* the library's; INI_MAX_LINE of inih 55, less its line end */

struct config {
	struct options *options;
	const char *path;
	options_complain *complain;
	int line;
	bool is_in_section;
	bool is_section_known; /* else its settings are passed over */
	enum setting_section section;
	bool leaves_targets_out; /* since the command line has its own */
	uint64_t seen; /* settings, by setting_bit; those of a target since it began */
	bool is_wrong;
};

static int complain(struct config *config, const char *text)
{
	config->complain("%s:%d: %s", config->path, config->line, text);
	config->is_wrong = true;
	return -EINVAL;
}

static bool is_left_out(const struct config *config, const struct setting *setting)
{
	enum options_action action = config->options->action;

	if (setting->section == SECTION_TARGET)
		return config->leaves_targets_out;
	/* What is only looked at is no report. */
	if (setting->section == SECTION_OUTPUT && action != ACTION_TRACE && action != ACTION_CHECK)
		return true;
	return config->options->given & setting_bit(setting);
}

static int set(struct config *config, const char *name, const char *value, struct reason *why)
{
	const struct setting *setting = setting_find(name);
	struct reason what;

	if (!setting || setting->section != config->section)
		return reason_set(why, -EINVAL, "there is no setting '%s' in [%s]%s%s%s", name,
				  setting_section_name(config->section),
				  setting ? "; it belongs to [" : "",
				  setting ? setting_section_name(setting->section) : "",
				  setting ? "]" : "");
	if (config->seen & setting_bit(setting) && !setting->is_repeatable)
		return reason_set(why, -EINVAL, "%s is set twice", name);
	config->seen |= setting_bit(setting);
	if (is_left_out(config, setting))
		return 0;
	if (!*value)
		return reason_set(why, -EINVAL, "%s has no value", name);
	return setting->set(config->options, value, &what)
		       ? reason_set(why, -EINVAL, "%s: %s", name, what.text)
		       : 0;
}

/* Called by the library; 0 is failure. */
static int on_setting(void *context, const char *section __attribute__((unused)), const char *name,
		      const char *value)
{
	struct config *config = context;
	struct reason why;

	if (!config->is_in_section)
		reason_set(&why, -EINVAL, "%s stands in no section", name);
	else if (!config->is_section_known || !set(config, name, value, &why))
		return 1;
	complain(config, why.text);
	return 1;
}

static bool is_known_target(const struct options *options, const char *name)
{
	for (size_t i = 0; i < options->n_targets; i++)
		if (options->targets[i].name && strcmp(options->targets[i].name, name) == 0)
			return true;
	return false;
}

static int begin_target(struct config *config, const char *name)
{
	struct options_target *target;

	if (!*name)
		return complain(config, "a target needs a name: [target NAME]");
	if (config->leaves_targets_out)
		return 0;
	if (is_known_target(config->options, name))
		return complain(config, "there is a target of that name already");
	target = options_add_target(config->options);
	if (!target)
		return complain(config, "out of memory");
	target->line = config->line;
	target->name = strdup(name);
	return target->name ? 0 : complain(config, "out of memory");
}

/* The line begins with a bracket. */
static int begin_section(struct config *config, char *line)
{
	char *end = strchr(line, ']'), *word, *rest = line + 1;

	config->is_in_section = true;
	config->is_section_known = false;
	if (!end)
		return complain(config, "the ] of the section is missing");
	*end = 0;
	word = strsep(&rest, " \t");
	for (size_t i = 0; i < N_SECTIONS; i++)
		if (strcmp(word, setting_section_name(i)) == 0) {
			config->is_section_known = true;
			config->section = i;
		}
	if (!config->is_section_known)
		return complain(config, "there is no such section; those that there are: [target "
					"NAME], [output], [calls], [limits], [kernel]");
	if (config->section != SECTION_TARGET)
		return rest ? complain(config, "only a target has a name") : 0;
	config->seen &= ~setting_bits(SECTION_TARGET);
	return begin_target(config, rest ? rest + strspn(rest, " \t") : "");
}

static void read_line(struct config *config, char *line)
{
	line += strspn(line, " \t");
	if (strlen(line) > MAX_LINE_BYTES) {
		complain(config, "the line is too long");
	} else if (*line == '[') {
		begin_section(config, line);
	} else if (ini_parse_string(line, on_setting, config)) {
		complain(config, "this is neither [SECTION] nor SETTING = VALUE");
	}
}

int config_read(struct options *options, const char *path, options_complain *complain_by)
{
	struct config config = {
		.options = options,
		.path = path,
		.complain = complain_by,
		.leaves_targets_out = options->n_targets > 0,
	};
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t n_room = 0;
	int err = 0;

	if (!file)
		err = -errno;
	while (file && getline(&line, &n_room, file) >= 0) {
		config.line++;
		read_line(&config, line);
	}
	if (file && ferror(file))
		err = -errno;
	if (err)
		complain_by("cannot read the configuration %s: %s", path, strerror(-err));
	if (file)
		fclose(file);
	free(line);
	return err ? err : config.is_wrong ? -EINVAL : 0;
}
