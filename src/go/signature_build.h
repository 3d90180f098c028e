/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_SIGNATURE_BUILD_H
#define GOTRACED_GO_SIGNATURE_BUILD_H

#include "go/signature.h"
#include "go/wire.h"

/*
 * Makes signatures of what the process that reads DWARF has answered (go/wire.h), for n functions
 * of a program of a Go release. -EINVAL when it is not what that process would say.
 */
int go_signatures_build(struct span answer, size_t n, int go_minor, struct go_signatures *ret);

#endif
