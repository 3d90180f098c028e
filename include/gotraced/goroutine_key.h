/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GOROUTINE_KEY_H
#define GOTRACED_GOROUTINE_KEY_H

#include "gotraced/types.h"

enum { FRAMES_IN_PAGE = 16 }; /* calls in flight that a page has room for; see bpf/frames.bpf.h */

/* By what the maps of calls in flight are keyed. */
struct goroutine_key {
	__u64 g; /* address of the runtime.g in the traced process */
	__u32 process; /* its id in the pid namespace of gotraced */
	__u32 page; /* 0 for the goroutine's record; see bpf/frames.bpf.h */
};
_Static_assert(sizeof(struct goroutine_key) == 16, "shared with BPF");

#endif
