/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_SOURCE_FRAME_H
#define GOTRACED_GO_SOURCE_FRAME_H

#include "go/binary.h"

/*
 * What stands in the source for an address in the code: a function and a line of it, and where
 * that was inlined, the call and the line with it, and so on outwards. Every program tells,
 * stripped or not, since the runtime needs to know for its own stack traces
 * (runtime/symtabinl.go, runtime/symtab.go:CallersFrames).
 */
struct source_frame {
	const char *function; /* as the pclntab spells it; owned by the binary */
	const char *file; /* as the compiler was given it, "?" if not known; owned by the binary */
	uint32_t line; /* 0 if not known */
	bool is_inlined;
	bool is_wrapper; /* made by the compiler; Go's stack traces leave it out, unless it called
			    runtime.gopanic, runtime.sigpanic or runtime.panicwrap, or comes first */
};

/*
 * The frames of the instruction at va, innermost first; n of them, at most n_room. The last is the
 * function itself, which is not inlined, if there is room for it. None when no Go function holds
 * the address.
 *
 * is_return_address: it is the instruction in front that counts, the call. That goes for every
 * address on a stack but the one that a signal interrupted.
 */
size_t source_frames_at(const struct go_binary *binary, uint64_t va, bool is_return_address,
			struct source_frame *ret, size_t n_room);

#endif
