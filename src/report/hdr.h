/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_HDR_H
#define GOTRACED_REPORT_HDR_H

#include "stats/histogram.h"

/*
 * A histogram in the encoding of HdrHistogram, version 2, compressed, in base64: what stands last
 * in a line of a histogram log. Its values are nanoseconds.
 *
 * The number of values is exact. The lowest and the highest one are counted by themselves, in their
 * own buckets of HdrHistogram's; all others of a bucket of ours in that of its middle. Values from
 * 2^63 ns on become the highest one that HdrHistogram has. No bucket may hold 2^63 values.
 *
 * *ret is a string that the caller frees. 0 or -ENOMEM.
 *
 * The format is that of HdrHistogram 2.1.11, AbstractHistogram.java (encodeIntoByteBuffer,
 * fillBufferFromCountsArray, encodeIntoCompressedByteBuffer) and ZigZagEncoding.java.
 */
int hdr_encode(const struct histogram *durations, char **ret);

#endif
