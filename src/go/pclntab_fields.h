/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_PCLNTAB_FIELDS_H
#define GOTRACED_GO_PCLNTAB_FIELDS_H

#include <stdint.h>

/*
 * Where things are in each format of the pclntab, by enum pclntab_format. Offsets are in bytes:
 * of header fields, and within a _func record.
 */
struct pclntab_fields {
	uint32_t magic;
	uint8_t pair_word_bytes; /* width of each half of a functab pair, and of _func.entry */
	uint8_t names_field, units_field, files_field, pctab_field,
		functab_field; /* header fields; 0: counted from the table's own start */
	uint8_t text_field; /* header field with the base of code addresses; 0: none */
	uint8_t n_pcdata, unit, flag, n_funcdata, record_bytes; /* in _func; 0: none */
};

extern const struct pclntab_fields pclntab_fields[];

#endif
