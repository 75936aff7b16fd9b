/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program's headers, held against its size (Microsoft's "PE Format"). */
#ifndef WIMPLAN_BOOT_PE_H
#define WIMPLAN_BOOT_PE_H

#include "wimplan/boot.h"
#include "wimplan/bytes.h"
#include "wimplan/limits.h"

struct wp_pe_section {
	uint32_t address; /* when it is loaded */
	uint32_t offset, size; /* bytes in the file */
};

struct wp_pe {
	const uint8_t *bytes;
	size_t size;
	uint16_t machine;
	uint32_t headers_size; /* of all headers, padding included */
	size_t checksum;       /* where it stands */
	size_t certificate_entry; /* where the certificate table's place and size stand; 0: there is no room for them */
	uint32_t certificates, certificates_size; /* the table, in the file; 0: none, or it is outside */
	bool certificates_outside; /* there is one, and not in the file: it may have been cut off */
	uint32_t resources; /* address, 0: none */
	struct wp_pe_section sections[WP_LIMIT_PE_SECTIONS]; /* by offset, those that have bytes */
	size_t section_count;
	const char *odd; /* why its digest cannot be told; NULL */
};

/* NULL, or why it is no program that can be read. */
const char *wp_pe_parse(const uint8_t *bytes, size_t size, struct wp_pe *ret);

struct evp_md_st;
/* The digest that a signature is about: all but the checksum, the certificate table and where that is. False when it cannot be told. */
bool wp_pe_digest(const struct wp_pe *pe, const struct evp_md_st *kind, uint8_t *ret, unsigned int *ret_size);

/* What its resources say: version and SVN. */
void wp_pe_resources(struct wp_arena *arena, const struct wp_pe *pe, struct wp_boot_program *ret);

/* Adds the signatures of its certificate table. */
void wp_pe_signatures(struct wp_arena *arena, const struct wp_pe *pe, struct wp_authorities authorities,
		      struct wp_boot_program *ret);

#endif
