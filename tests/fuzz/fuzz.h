/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What fuzz targets share: what holds of every output, and temporary files. */
#ifndef FUZZ_H
#define FUZZ_H

#include "wimplan/buf.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* libFuzzer's own mutation of bytes; in a replay a plain one. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

/* A file with these bytes, in memory; its name goes into @path, which ends in XXXXXX. Aborts when it cannot be made. */
void fuzz_file(char *path, const uint8_t *data, size_t size);

/*
 * Each aborts when @buf is not what it has to be, and empties it. A document of text: UTF-8, in which nothing is hidden
 * but its white space. CSV: besides, rows of equally many quoted cells, none of which a spreadsheet takes for a formula.
 * JSON: one document that reads back as it was.
 */
void fuzz_check_document(struct wp_buf *buf);
void fuzz_check_csv(struct wp_buf *buf, char delimiter);
void fuzz_check_json(json_t *document);

#endif
