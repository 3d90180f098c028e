/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emit/bpftrace.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "go/pclntab.h"
#include "planned.h"

/* Where functions of the image lie in its file. */
enum { TEXT_OFF = 0x400 };

static struct emit_program program = { .plan = &plan, .path = "/bin/server" };
static struct reason why;
static char *text;

static void fini(void)
{
	free(text);
	planned_fini();
}

TestSuite(bpftrace, .init = planned_init, .fini = fini);

static int emit(enum emit_kind kind, const struct emit_program *programs, size_t n)
{
	size_t n_bytes;
	FILE *to = open_memstream(&text, &n_bytes);
	int err = emit_bpftrace(to, kind, programs, n, &why);

	fclose(to);
	return err;
}

static void emit_all(enum emit_kind kind)
{
	plan_only("/./");
	cr_assert_eq(emit(kind, &program, 1), 0, "%s", why.text);
}

static void assert_has(const char *part)
{
	cr_assert_not_null(strstr(text, part), "not in it:\n%s\nbut:\n%s", part, text);
}

static void assert_lacks(const char *part)
{
	cr_assert_null(strstr(text, part), "in it:\n%s\n%s", part, text);
}

/* cmp 0x10(%r14),%rsp; jbe 1f; push %rbp; mov %rsp,%rbp; pop %rbp; ret; 1: call morestack; jmp. */
static void add_checked(const char *name)
{
	size_t checked = GO_IMAGE_ADD(&image, name, 0x49, 0x3b, 0x66, 0x10, 0x76, 0x06, 0x55, 0x48,
				      0x89, 0xe5, 0x5d, 0xc3, 0xe8, 0, 0, 0, 0, 0xeb, 0xed);
	size_t morestack = GO_IMAGE_ADD(&image, "runtime.morestack_noctxt", 0x90, 0xc3);

	go_image_aim(&image, checked, 13, morestack);
}

static size_t add_leaf(const char *name)
{
	return GO_IMAGE_ADD(&image, name, 0x90, 0xc3);
}

Test(bpftrace, a_script_is_this)
{
	add_checked("main.f");
	plan_only("main.f");
	cr_assert_eq(emit(EMIT_HISTOGRAMS, &program, 1), 0, "%s", why.text);
	cr_assert(strncmp(text, "#!/usr/bin/env -S bpftrace --unsafe\n//\n", 39) == 0, "%s", text);
	assert_has("//   bpftrace --unsafe FILE\n");
	assert_has("\n// /bin/server (go1.22");
	assert_has("\n//   #1 main.f: entry at its jbe, 1 return\n");
	assert_has("\n\nuprobe:\"/bin/server\":0x404\n"
		   "/ (reg(\"flags\") & 0x41) == 0 /\n"
		   "{\n"
		   "\t$g = (int64)reg(\"r14\");\n"
		   "\t$depth = *(int64 *)($g + 8) - (int64)reg(\"sp\");\n"
		   "\t@entered[\"main.f\"] = count();\n"
		   "\t@start[pid, $g, $depth, 1] = (int64)nsecs;\n"
		   "}\n"
		   "\n"
		   "uprobe:\"/bin/server\":0x40b\n"
		   "{\n"
		   "\t$now = (int64)nsecs;\n"
		   "\t$g = (int64)reg(\"r14\");\n"
		   "\t$depth = *(int64 *)($g + 8) - (int64)reg(\"sp\");\n"
		   "\t$start = @start[pid, $g, $depth, 1];\n"
		   "\tif ($start) {\n"
		   "\t\tdelete(@start[pid, $g, $depth, 1]);\n"
		   "\t\t@calls_ns[\"main.f\"] = stats($now - $start);\n"
		   "\t\t@us[\"main.f\"] = hist((uint64)($now - $start) / 1000);\n"
		   "\t} else {\n"
		   "\t\t@unmatched[\"main.f\"] = count();\n"
		   "\t}\n"
		   "}\n"
		   "\n"
		   "END\n");
	assert_has("\tclear(@start);\n}\n");
}

Test(bpftrace, an_entry_without_a_stack_check_has_no_condition)
{
	add_leaf("main.f");
	emit_all(EMIT_HISTOGRAMS);
	assert_has("main.f: entry at its first instruction, 1 return\n");
	assert_has("\nuprobe:\"/bin/server\":0x400\n{\n");
	assert_lacks("flags");
}

Test(bpftrace, all_rets_share_a_body)
{
	GO_IMAGE_ADD(&image, "main.f", 0x90, 0x75, 0x01, 0xc3, 0xc3); /* jne 1f; ret; 1: ret */
	emit_all(EMIT_HISTOGRAMS);
	assert_has("\nuprobe:\"/bin/server\":0x403,\nuprobe:\"/bin/server\":0x404\n{\n");
}

Test(bpftrace, assembly_has_its_goroutine_in_thread_local_storage)
{
	image.functions[add_leaf("main.f")].flags = PCLNTAB_FLAG_ASSEMBLY;
	emit_all(EMIT_HISTOGRAMS);
	assert_has("\t$g = *(int64 *)uptr((int64)curtask->thread.fsbase - 8);\n");
	assert_lacks("r14");
}

Test(bpftrace, only_the_chosen_processes_are_looked_at)
{
	static const pid_t pids[] = { 7, 4711 };

	add_checked("main.f");
	program.pids = pids;
	program.n_pids = 2;
	emit_all(EMIT_HISTOGRAMS);
	assert_has("\n/ (reg(\"flags\") & 0x41) == 0 && (pid == 7 || pid == 4711) /\n{\n");
	assert_has("0x40b\n/ (pid == 7 || pid == 4711) /\n{\n");
	program.n_pids = 1;
	free(text);
	cr_assert_eq(emit(EMIT_SKELETON, &program, 1), 0);
	assert_has("0x40b\n/ (pid == 7) /\n{\n");
}

/* mov (%rax),%rax; jmp main.target, which has two RETs */
static size_t add_jumper_and_target(void)
{
	size_t jumper = GO_IMAGE_ADD(&image, "main.jumper", 0x48, 0x8b, 0x00, 0xe9, 0, 0, 0, 0);
	size_t target = GO_IMAGE_ADD(&image, "main.target", 0x90, 0x75, 0x01, 0xc3, 0xc3);

	go_image_aim(&image, jumper, 4, target);
	return target;
}

Test(bpftrace, what_jumps_away_returns_where_it_jumped_to)
{
	add_jumper_and_target();
	plan_only("main.jumper");
	cr_assert_eq(emit(EMIT_HISTOGRAMS, &program, 1), 0);
	assert_has("//   #1 main.jumper: entry at its first instruction, 0 returns\n"
		   "//     and those of what it jumps to: main.target\n");
	assert_has("\nuprobe:\"/bin/server\":0x423,\nuprobe:\"/bin/server\":0x424\n{\n");
	/* Others return there, too. */
	assert_lacks("\t\t@unmatched");
}

Test(bpftrace, a_ret_has_a_probe_for_each_function_that_returns_there)
{
	add_jumper_and_target();
	emit_all(EMIT_HISTOGRAMS);
	assert_has("\t\tdelete(@start[pid, $g, $depth, 1]);\n\t\t@calls_ns[\"main.jumper\"]");
	assert_has("\t\tdelete(@start[pid, $g, $depth, 2]);\n\t\t@calls_ns[\"main.target\"]");
	assert_has("\t\t@unmatched[\"main.target\"]");
	assert_lacks("\t\t@unmatched[\"main.jumper\"]");
	cr_assert_not_null(strstr(strstr(text, ":0x424\n") + 1, ":0x424\n"));
}

Test(bpftrace, the_goroutine_is_found_as_where_the_return_is)
{
	image.functions[add_jumper_and_target()].flags = PCLNTAB_FLAG_ASSEMBLY;
	plan_only("main.jumper");
	cr_assert_eq(emit(EMIT_HISTOGRAMS, &program, 1), 0);
	assert_has(":0x400\n{\n\t$g = (int64)reg(\"r14\");\n");
	assert_has("0x424\n{\n\t$now = (int64)nsecs;\n\t$g = *(int64 *)uptr(");
}

Test(bpftrace, a_function_that_cannot_be_traced_is_a_comment)
{
	add_leaf("main.f");
	GO_IMAGE_ADD(&image, "main.empty", 0xc3);
	emit_all(EMIT_HISTOGRAMS);
	assert_has("\n//   not traced: main.empty: it is empty: nothing but a RET\n");
	assert_lacks("\"main.empty\"");
}

Test(bpftrace, without_any_to_trace_nothing_is_printed)
{
	GO_IMAGE_ADD(&image, "main.empty", 0xc3);
	plan_only("main.empty");
	cr_assert_eq(emit(EMIT_HISTOGRAMS, &program, 1), -EINVAL);
	cr_assert_str_eq(why.text, "none of the functions can be traced");
	cr_assert_str_eq(text, "");
}

Test(bpftrace, nor_is_it_for_a_path_that_bpftrace_cannot_be_told)
{
	add_leaf("main.f");
	plan_only("main.f");
	program.path = "/bin/a*b";
	cr_assert_eq(emit(EMIT_SKELETON, &program, 1), -ENOTSUP);
	cr_assert_not_null(strstr(why.text, "/bin/a*b: bpftrace cannot be told"));
	cr_assert_str_eq(text, "");
}

/* Names with control characters are not even read; U+2028 ends a line, too. */
Test(bpftrace, names_end_neither_comments_nor_strings)
{
	add_leaf("main.\xe2\x80\xa8}END{system(\"reboot\")}*/\\");
	emit_all(EMIT_SKELETON);
	assert_has("\n//   #1 main.???}END{system(\"reboot\")}*/\\: entry");
	assert_has("\n\t// main.???}END{system(\"reboot\")}*/\\ is called\n");
	assert_has("\t@entered[\"main.???}END{system(\\\"reboot\\\")}*/\\\\ #1\"] = count();\n");
}

Test(bpftrace, functions_of_one_name_have_numbers)
{
	add_leaf("main.sum[...]");
	add_leaf("main.f");
	add_leaf("main.sum[...]");
	emit_all(EMIT_HISTOGRAMS);
	assert_has("@us[\"main.sum[...] #1\"]");
	assert_has("@us[\"main.f\"]");
	assert_has("@us[\"main.sum[...] #3\"]");
}

Test(bpftrace, labels_are_no_longer_than_bpftrace_takes)
{
	static char fits[64], is_too_long[65], is_wide[128] = "main.";

	memset(fits, 'x', sizeof(fits) - 1);
	memset(is_too_long, 'y', sizeof(is_too_long) - 1);
	for (size_t i = 5; i + 3 < sizeof(is_wide); i += 3)
		memcpy(is_wide + i, "世", 4);
	add_leaf(fits);
	add_leaf(is_too_long);
	add_leaf(is_wide);
	emit_all(EMIT_HISTOGRAMS);
	for (char *at = text; (at = strstr(at, "@us[\"")); at++) {
		const char *label = at + strlen("@us[\""), *end = strstr(label, "\"]");

		cr_assert_leq(end - label, 63);
		cr_assert_neq(*label & 0xc0, 0x80);
	}
	assert_has("@us[\"xxxxxxxxx");
	assert_has("@us[\"...yyyyyyyyy");
	assert_has("yyyyyyyyy #2\"]");
	assert_has("@us[\"...世世");
	assert_has("世世 #3\"]");
}

Test(bpftrace, many_probes_have_to_be_asked_for)
{
	static uint8_t code[600];

	memset(code, 0xc3, sizeof(code));
	code[0] = 0x90;
	go_image_add(&image, "main.f", code, 512);
	plan_only("main.f");
	cr_assert_eq(emit(EMIT_HISTOGRAMS, &program, 1), 0);
	assert_has("#!/usr/bin/env -S BPFTRACE_MAX_PROBES=513 BPFTRACE_MAX_BPF_PROGS=513 bpftrace "
		   "--unsafe\n");
}

Test(bpftrace, those_that_fit_do_not)
{
	static uint8_t code[511];

	memset(code, 0xc3, sizeof(code));
	code[0] = 0x90;
	go_image_add(&image, "main.f", code, sizeof(code));
	plan_only("main.f");
	cr_assert_eq(emit(EMIT_HISTOGRAMS, &program, 1), 0);
	assert_lacks("BPFTRACE_MAX_PROBES");
}

Test(bpftrace, addresses_need_no_leave)
{
	go_image_symbol(&image, "main.f", STT_FUNC, GO_IMAGE_TEXT_VA, 2);
	go_image_symbol(&image, "other", STT_FUNC, TEXT_OFF, 2);
	add_leaf("main.f");
	emit_all(EMIT_HISTOGRAMS);
	cr_assert_eq(strncmp(text, "#!/usr/bin/env -S bpftrace\n", 27), 0);
	assert_has("// Its probes are told by address, which Debian 12's bpftrace (0.17) refuses");
	assert_has("\nuprobe:\"/bin/server\":0x401000\n");
	assert_lacks("--unsafe");
}

Test(bpftrace, what_bpftrace_cannot_be_led_to_is_a_comment)
{
	add_leaf("main.f");
	add_leaf("main.g");
	go_image_symbol(&image, "other", STT_OBJECT, TEXT_OFF, 1);
	emit_all(EMIT_HISTOGRAMS);
	assert_has("//   #1 main.g: ");
	assert_has("//   not traced: main.f: bpftrace would take its offset in the file for an "
		   "address\n");
	assert_lacks("\"main.f");
}

Test(bpftrace, where_it_can_be_led_nowhere_nothing_is_printed)
{
	add_leaf("main.f");
	go_image_symbol(&image, "other", STT_OBJECT, TEXT_OFF, 1);
	plan_only("main.f");
	cr_assert_eq(emit(EMIT_HISTOGRAMS, &program, 1), -ENOTSUP);
	cr_assert_not_null(strstr(why.text, "bpftrace cannot be led to any of the functions"));
	cr_assert_str_eq(text, "");
}

Test(bpftrace, several_programs_share_a_script)
{
	const pid_t pid = 7;
	struct emit_program programs[2] = { program, program };

	programs[1].path = "/bin/other";
	programs[1].pids = &pid;
	programs[1].n_pids = 1;
	add_leaf("main.f");
	plan_only("main.f");
	cr_assert_eq(emit(EMIT_HISTOGRAMS, programs, 2), 0);
	assert_has("\n// /bin/other (go1.22");
	assert_has("\nuprobe:\"/bin/server\":0x400\n{\n");
	assert_has("\nuprobe:\"/bin/other\":0x400\n/ (pid == 7) /\n{\n");
	assert_has("@us[\"main.f #1\"]");
	assert_has("@us[\"main.f #2\"]");
	assert_has("@start[pid, $g, $depth, 2] = ");
}

Test(bpftrace, a_skeleton_counts_and_says_where_things_are)
{
	add_checked("main.f");
	image.functions[add_leaf("main.assembly")].flags = PCLNTAB_FLAG_ASSEMBLY;
	emit_all(EMIT_SKELETON);
	assert_has("// In those written in Go:\n//   runtime.g: (int64)reg(\"r14\")\n");
	assert_has("// In those written in assembly:\n//   runtime.g: *(int64 *)uptr(");
	assert_has("the goroutine's id: *(uint64 *)(G + 152), for G the runtime.g\n");
	assert_has("\nuprobe:\"/bin/server\":0x404\n"
		   "/ (reg(\"flags\") & 0x41) == 0 /\n"
		   "{\n"
		   "\t// main.f is called\n"
		   "\t// runtime.g: (int64)reg(\"r14\")\n"
		   "\t@entered[\"main.f\"] = count();\n"
		   "}\n");
	assert_has("\t// main.f returns\n"
		   "\t// runtime.g: (int64)reg(\"r14\")\n"
		   "\t@returned[\"main.f\"] = count();\n");
	assert_lacks("@start");
	assert_lacks("END");
}

Test(bpftrace, a_skeleton_says_who_else_returns_at_a_ret)
{
	add_jumper_and_target();
	emit_all(EMIT_SKELETON);
	assert_has("\t// main.jumper returns here if it jumped here; others return here too\n");
	assert_has("\t@returned_elsewhere[\"main.jumper\"] = count();\n");
	assert_has("\t@returned[\"main.target\"] = count();\n");
}
