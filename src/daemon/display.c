/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/display.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/processes.h"
#include "daemon/reporting.h"
#include "live/screen.h"

static const uint64_t count_ns = 1000000000;

static int fail(int err, struct reason *why)
{
	return reason_set(why, err, "cannot show figures on the terminal: %s", strerror(-err));
}

/* Those of the chosen ones that are there; the command, where none is chosen by its id. */
static size_t n_chosen(const struct target *target)
{
	size_t n = 0;

	if (!target->wanted->n_pids)
		return 1;
	for (size_t i = 0; i < target->wanted->n_pids; i++)
		n += kill(target->wanted->pids[i], 0) == 0 || errno == EPERM;
	return n;
}

/* Not more than once a second, since it looks at all processes. */
static void count_processes(struct display *display)
{
	const struct targets *targets = display->session->targets;
	uint64_t now_ns = moment_now().monotonic_ns;

	if (display->counted_ns && now_ns - display->counted_ns < count_ns)
		return;
	display->counted_ns = now_ns;
	display->n_processes = 0;
	for (size_t i = 0; i < targets->n; i++) {
		const struct target *target = targets->at[i];

		if (target->is_for_chosen)
			display->n_processes += n_chosen(target);
		for (size_t k = 0; k < target->n_builds && !target->is_for_chosen; k++)
			display->n_processes +=
				processes_running(&target->builds[k]->file, NULL, 0);
	}
}

int display_start(struct display *display, struct session *session, struct terminal *terminal,
		  struct reason *why)
{
	int err;

	*display = (struct display){ .session = session, .terminal = terminal };
	view_init(&display->view);
	err = terminal_enter(terminal);
	if (err)
		return fail(err, why);
	messages_begin(&display->messages);
	session->output->is_held = true;
	/* It writes by itself, amid the screen. */
	if (isatty(STDERR_FILENO))
		libbpf_set_print(NULL);
	return display_refresh(display, why);
}

void display_stop(struct display *display)
{
	int n_lines;

	if (!display->terminal)
		return;
	terminal_size(display->terminal, &display->session->output->style.n_columns, &n_lines);
	terminal_leave(display->terminal);
	messages_end(&display->messages);
	take_fini(&display->take);
	display->session->output->is_held = false;
	*display = (struct display){ 0 };
}

int display_draw(struct display *display, struct reason *why)
{
	struct screen screen = {
		.take = &display->take,
		.n_processes = display->n_processes,
		.messages = (const char *const *)display->messages.texts,
		.n_messages = display->messages.n,
		.is_utf8 = display->session->output->style.is_utf8,
		.is_plain = display->terminal->is_plain,
	};
	char *frame = NULL;
	size_t n_bytes;
	FILE *to = open_memstream(&frame, &n_bytes);
	int err = to ? 0 : -ENOMEM;

	if (!err) {
		terminal_size(display->terminal, &screen.n_columns, &screen.n_lines);
		err = screen_draw(&screen, &display->view, to);
	}
	if (to && fclose(to))
		err = -ENOMEM;
	if (err) {
		free(frame);
		return fail(err, why);
	}
	terminal_draw(display->terminal, frame, n_bytes);
	return 0;
}

int display_refresh(struct display *display, struct reason *why)
{
	int err;

	if (display->view.is_paused)
		return display_draw(display, why);
	count_processes(display);
	take_clear(&display->take);
	err = reporting_look(display->session, take_add, &display->take, why);
	return err ? err : display_draw(display, why);
}

int display_on_terminal(struct display *display, bool is_all, bool *ret_is_partial, bool *ret_quits,
			struct reason *why)
{
	struct key_input *input = &display->terminal->input;
	enum view_effect effect = VIEW_UNCHANGED;
	bool has_more = true;
	int key;

	terminal_flush(display->terminal);
	while (has_more && effect != VIEW_QUIT) {
		has_more = terminal_read(display->terminal);
		while (effect != VIEW_QUIT && (key = key_next(input, is_all && !has_more))) {
			enum view_effect next = view_on_key(&display->view, key);

			effect = next > effect ? next : effect;
		}
	}
	*ret_is_partial = input->n > 0;
	*ret_quits = effect == VIEW_QUIT || display->terminal->is_gone;
	if (effect == VIEW_RESUMED)
		return display_refresh(display, why);
	return effect == VIEW_CHANGED ? display_draw(display, why) : 0;
}

/* As Ctrl-Z does it elsewhere; returns when the process goes on. */
static void suspend(struct display *display)
{
	sigset_t stop;

	terminal_leave(display->terminal);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL);
	sigprocmask(SIG_BLOCK, &stop, NULL);
}

int display_on_signal(struct display *display, uint32_t signo, struct reason *why)
{
	int err;

	if (signo == SIGTSTP) {
		suspend(display);
		return 0;
	}
	err = signo == SIGCONT ? terminal_enter(display->terminal) : 0;
	return err ? fail(err, why) : display_draw(display, why);
}
