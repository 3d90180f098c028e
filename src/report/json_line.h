/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_JSON_LINE_H
#define GOTRACED_REPORT_JSON_LINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* An object of JSON that takes a line, member by member. */
struct json_line {
	json_t *object;
	bool is_complete; /* false from the first member that could not be added */
	bool has_exact_reals; /* set by who wants them; else they are rounded, for people */
};

void json_line_begin(struct json_line *line);

/* One that is a report of a kind, with what every report begins with. */
void json_line_begin_report(struct json_line *line, const char *kind);

/* Takes the value over; NULL is one that could not be made. */
void json_line_add(struct json_line *line, const char *key, json_t *value);
void json_line_add_number(struct json_line *line, const char *key, uint64_t number);
void json_line_add_text(struct json_line *line, const char *key, const char *of);

/* A goroutine's id; null where it is not known. */
void json_line_add_goroutine(struct json_line *line, uint64_t id, bool is_known);

/* Prints it, and frees it. 0 or -ENOMEM. */
int json_line_end(struct json_line *line, FILE *to);

/* A string of UTF-8, mended where it is none. NULL without memory. */
json_t *json_text(const char *of);

/* Takes the element over; NULL makes NULL of the array. */
json_t *json_appended(json_t *array, json_t *element);

/* The same of an object and a member, whose key is mended where it is no UTF-8. */
json_t *json_with(json_t *object, const char *key, json_t *value);

#endif
