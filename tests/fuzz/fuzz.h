/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What fuzz targets share: what holds of every output, and temporary files. */
#ifndef FUZZ_H
#define FUZZ_H

#include "wimplan/buf.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* libFuzzer's own mutation of bytes; in a replay a plain one. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

/* The target: one input. */
int fuzz_one(const uint8_t *data, size_t size);

/* Allocations that the input before took; and an input of which allocation number @at fails, with @all_behind each one behind it. */
unsigned long fuzz_allocations(void);
void fuzz_fail(const uint8_t *data, size_t size, unsigned long at, bool all_behind);

/* A file with these bytes, in memory; its name goes into @path, which ends in XXXXXX. Aborts when it cannot be made. */
void fuzz_file(char *path, const uint8_t *data, size_t size);
/* Removes a file that was made so, with what SQLite puts beside it; and all of them. */
void fuzz_remove(const char *path);
void fuzz_remove_files(void);
/* Keeps an output as a file with this ending in the folder that the environment names with FUZZ_KEEP, for other programs to look at. */
void fuzz_keep(const struct wp_buf *buf, const char *ending);

/*
 * Each aborts when @buf is not what it has to be, and empties it. A document of text: UTF-8, in which nothing is hidden
 * but its white space. CSV: besides, rows of equally many quoted cells, none of which a spreadsheet takes for a formula.
 * JSON: one document that reads back as it was. HTML: a document without a fault in its structure, without script, and without a
 * link out of itself. Markdown: no link, mention or element that is not ours. PowerShell: ASCII, and the plan in it as data alone.
 */
void fuzz_check_document(struct wp_buf *buf);
void fuzz_check_csv(struct wp_buf *buf, char delimiter);
void fuzz_check_json(json_t *document);
/* What stands there as JSON already, and is freed. */
void fuzz_check_json_text(struct wp_buf *text);
void fuzz_check_html(struct wp_buf *buf);
void fuzz_check_markdown(struct wp_buf *buf);
void fuzz_check_powershell(struct wp_buf *buf);

#endif
