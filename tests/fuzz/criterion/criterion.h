/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TESTS_CRITERION_H
#define GOTRACED_TESTS_CRITERION_H

#include "require.h"

/* What elf_image and go_image need of Criterion, for programs that are no unit tests. */
#define cr_assert_eq(a, b, ...) require((a) == (b))
#define cr_assert_lt(a, b, ...) require((a) < (b))
#define cr_assert_leq(a, b, ...) require((a) <= (b))
#define cr_assert_geq(a, b, ...) require((a) >= (b))

#endif
