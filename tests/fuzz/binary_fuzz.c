/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exercise.h"
#include "program.h"
#include "require.h"

/* The input is a file, and all is read of it that gotraced reads. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
	const char *path = file_of(data, n_bytes);
	const char *nearest[3];
	struct go_binary *binary;
	struct reason why = { "" };

	if (go_binary_open(path, &binary, &why)) {
		require(why.text[0]);
		return 0;
	}
	exercise_plan_of_all(binary);
	exercise_inlined(binary);
	exercise_frames(binary, 1);
	exercise_types(binary, 64);
	require(match_nearest(binary, "main.mian", nearest, 3) <= 3);
	go_binary_close(binary);
	return 0;
}
