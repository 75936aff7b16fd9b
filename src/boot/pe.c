/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Headers, sections, and the digest as firmware makes it (Microsoft, "Windows Authenticode Portable Executable Signature Format"). */
#include "pe.h"

#include <openssl/evp.h>
#include <string.h>

/* Places in the headers; those from DIRECTORIES on are 16 bytes later in a program of 64 bits. */
#define DOS_HEADER 64u
#define AT_MACHINE 4u
#define AT_SECTIONS 6u
#define AT_OPTIONAL_SIZE 20u
#define OPTIONAL 24u
#define AT_HEADERS_SIZE (OPTIONAL + 60)
#define AT_CHECKSUM (OPTIONAL + 64)
#define AT_DIRECTORIES (OPTIONAL + 92)
#define PE32 0x10bu
#define PE32_PLUS 0x20bu
#define DIRECTORY_RESOURCES 2u
#define DIRECTORY_CERTIFICATES 4u
#define SECTION_SIZE 40u

static int compare_sections(const void *a, const void *b)
{
	const struct wp_pe_section *x = a, *y = b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

static void read_sections(struct wp_pe *pe, size_t at, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const uint8_t *bytes = pe->bytes + at + i * SECTION_SIZE;
		struct wp_pe_section section = { wp_get32(bytes + 12), wp_get32(bytes + 20), wp_get32(bytes + 16) };

		if (!section.size)
			continue;
		if (section.offset > pe->size || section.size > pe->size - section.offset) {
			pe->odd = "a section reaches over its end";
			continue;
		}
		pe->sections[pe->section_count++] = section;
	}
	WP_SORT(pe->sections, pe->section_count, compare_sections);
	for (size_t i = 1; i < pe->section_count && !pe->odd; i++)
		if (pe->sections[i].offset - pe->sections[i - 1].offset < pe->sections[i - 1].size)
			pe->odd = "its sections overlap";
	if (!pe->odd && pe->section_count && pe->sections[0].offset < pe->headers_size)
		pe->odd = "a section overlaps its headers";
}

static void read_directories(struct wp_pe *pe, size_t header, size_t end, size_t shift)
{
	size_t first = header + AT_DIRECTORIES + shift + 4;
	size_t count = first <= end ? wp_get32(pe->bytes + first - 4) : 0;

	if (count > (end - (first <= end ? first : end)) / 8)
		count = (end - (first <= end ? first : end)) / 8;
	if (count > DIRECTORY_RESOURCES)
		pe->resources = wp_get32(pe->bytes + first + 8 * DIRECTORY_RESOURCES);
	if (count <= DIRECTORY_CERTIFICATES)
		return;
	pe->certificate_entry = first + 8 * DIRECTORY_CERTIFICATES;
	pe->certificates = wp_get32(pe->bytes + pe->certificate_entry);
	pe->certificates_size = wp_get32(pe->bytes + pe->certificate_entry + 4);
	if (!pe->certificates && !pe->certificates_size)
		return;
	if (pe->certificates < pe->headers_size || pe->certificates > pe->size ||
	    pe->certificates_size > pe->size - pe->certificates) {
		pe->certificates = pe->certificates_size = 0;
		pe->certificates_outside = true;
		pe->odd = "its certificate table lies outside of it";
	} else if (pe->size - pe->certificates - pe->certificates_size) {
		pe->odd = "there is something behind its certificate table";
	}
}

const char *wp_pe_parse(const uint8_t *bytes, size_t size, struct wp_pe *ret)
{
	size_t header, end, sections;
	uint32_t magic;

	*ret = (struct wp_pe){ .bytes = bytes, .size = size };
	if (size < DOS_HEADER || memcmp(bytes, "MZ", 2) != 0)
		return "it does not begin as a program does";
	header = wp_get32(bytes + 0x3c);
	if (header > size || size - header < AT_DIRECTORIES + 4 || memcmp(bytes + header, "PE\0\0", 4) != 0)
		return "it has no header of a program for Windows or firmware";
	ret->machine = wp_get16(bytes + header + AT_MACHINE);
	sections = wp_get16(bytes + header + AT_SECTIONS);
	end = header + OPTIONAL + wp_get16(bytes + header + AT_OPTIONAL_SIZE);
	magic = wp_get16(bytes + header + OPTIONAL);
	if (magic != PE32 && magic != PE32_PLUS)
		return "its header is none of a program of 32 or 64 bits";
	if (sections > WP_LIMIT_PE_SECTIONS)
		return "it has more than 96 sections";
	if (end > size || end < header + AT_DIRECTORIES || sections * SECTION_SIZE > size - end)
		return "its headers reach over its end";
	ret->headers_size = wp_get32(bytes + header + AT_HEADERS_SIZE);
	ret->checksum = header + AT_CHECKSUM;
	if (ret->headers_size > size || ret->headers_size < end + sections * SECTION_SIZE)
		return "the size that its headers say of themselves is impossible";
	read_directories(ret, header, end, magic == PE32_PLUS ? 16 : 0);
	read_sections(ret, end, sections);
	return NULL;
}

struct digest {
	EVP_MD_CTX *context;
	const struct wp_pe *pe;
	uint64_t done; /* bytes that count */
};

static void add(struct digest *digest, size_t from, size_t to)
{
	if (to > from && EVP_DigestUpdate(digest->context, digest->pe->bytes + from, to - from) != 1)
		wp_out_of_memory();
}

bool wp_pe_digest(const struct wp_pe *pe, const EVP_MD *kind, uint8_t *ret, unsigned int *ret_size)
{
	struct digest digest = { .pe = pe };
	uint64_t sum = pe->headers_size, end = pe->size - pe->certificates_size;

	if (pe->odd)
		return false;
	digest.context = wp_must(EVP_MD_CTX_new());
	if (EVP_DigestInit_ex(digest.context, kind, NULL) != 1)
		wp_out_of_memory();
	add(&digest, 0, pe->checksum);
	if (pe->certificate_entry) {
		add(&digest, pe->checksum + 4, pe->certificate_entry);
		add(&digest, pe->certificate_entry + 8, pe->headers_size);
	} else {
		add(&digest, pe->checksum + 4, pe->headers_size);
	}
	for (size_t i = 0; i < pe->section_count; i++) {
		add(&digest, pe->sections[i].offset, pe->sections[i].offset + (size_t)pe->sections[i].size);
		sum += pe->sections[i].size;
	}
	/* What lies behind the sections, counted as if there were no gaps between them: so firmware does it. */
	if (sum < end)
		add(&digest, sum, end);
	if (EVP_DigestFinal_ex(digest.context, ret, ret_size) != 1)
		wp_out_of_memory();
	EVP_MD_CTX_free(digest.context);
	return true;
}
