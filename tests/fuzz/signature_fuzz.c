/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/signature_build.h"

#include <errno.h>
#include <stdlib.h>

#include "input.h"
#include "program.h"
#include "require.h"
#include "wire_image.h"

/*
 * What is tried is that whatever the process that reads DWARF may say, what is made of it is sound.
 *
 * The input: a Go release, and then the answer, as go/wire.h has it.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
	struct span input = { data, n_bytes < MAX_INPUT_BYTES ? n_bytes : MAX_INPUT_BYTES };
	int go_minor = take_go_minor(&input);
	struct go_signatures signatures;
	uint64_t n = 0;
	uint8_t *bytes;
	int err;

	if (input.n_bytes == 0)
		return 0;
	/* As large as it is, so that reading behind its end is noticed; and aligned. */
	bytes = malloc(input.n_bytes);
	require(bytes);
	span_copy(input, 0, bytes, input.n_bytes);
	span_u64(input, 0, &n);
	err = go_signatures_build((struct span){ bytes, input.n_bytes }, n, go_minor, &signatures);
	/* Nothing points into it. */
	free(bytes);
	require(err == 0 || err == -EINVAL);
	if (err)
		return 0;
	require(signatures.n_signatures == n);
	require(!signatures_flaw(&signatures));
	go_signatures_fini(&signatures);
	return 0;
}
