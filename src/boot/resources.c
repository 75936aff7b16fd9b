/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The resources of a program: a tree of exactly three levels, type, name and language, whose offsets count from its root (Microsoft's
 * "PE Format"). An offset leads one level down whatever it says, so that nothing goes round.
 */
#include "pe.h"

#include <string.h>

#define TYPE_DATA 10u    /* RT_RCDATA */
#define TYPE_VERSION 16u /* RT_VERSION */
#define IS_OFFSET 0x80000000u
#define SVN_NAME "BOOTMGRSECURITYVERSIONNUMBER"
/* VS_FIXEDFILEINFO, which stands somewhere in the first bytes of a version. */
#define FIXED_SIGNATURE 0xfeef04bdu
#define FIXED_WITHIN 256u
#define FIXED_SIZE 16u

struct resources {
	const struct wp_pe *pe;
	const uint8_t *bytes; /* of the section from the root on */
	size_t size;
	size_t entries; /* that may still be looked at */
};

/* The bytes of the file that are loaded at @address, as far as their section goes. */
static const uint8_t *loaded_at(const struct wp_pe *pe, uint32_t address, size_t *ret_size)
{
	for (size_t i = 0; i < pe->section_count; i++) {
		const struct wp_pe_section *section = &pe->sections[i];

		if (address < section->address || address - section->address >= section->size)
			continue;
		*ret_size = section->size - (address - section->address);
		return pe->bytes + section->offset + (address - section->address);
	}
	return NULL;
}

static bool is_name(const struct resources *resources, uint32_t offset, const char *name)
{
	size_t length = strlen(name);

	offset &= ~IS_OFFSET;
	if (offset > resources->size || resources->size - offset < 2 + 2 * length || wp_get16(resources->bytes + offset) != length)
		return false;
	for (size_t i = 0; i < length; i++)
		if (wp_get16(resources->bytes + offset + 2 + 2 * i) != (uint8_t)name[i])
			return false;
	return true;
}

/* The first entry of the directory at @directory that has this name or, without a name, this number; 0 for any. */
static bool find(struct resources *resources, uint32_t directory, const char *name, uint32_t number, uint32_t *ret)
{
	size_t count;

	directory &= ~IS_OFFSET;
	if (directory > resources->size || resources->size - directory < 16)
		return false;
	count = (size_t)wp_get16(resources->bytes + directory + 12) + wp_get16(resources->bytes + directory + 14);
	for (size_t i = 0; i < count && resources->entries; i++, resources->entries--) {
		size_t at = directory + 16 + 8 * i;
		uint32_t key;

		if (at + 8 > resources->size)
			return false;
		key = wp_get32(resources->bytes + at);
		*ret = wp_get32(resources->bytes + at + 4);
		if (name ? (key & IS_OFFSET) && is_name(resources, key, name) : !number || key == number)
			return true;
	}
	return false;
}

/* The data of the first language of what has this type and name. */
static const uint8_t *find_data(struct resources *resources, uint32_t type, const char *name, size_t *ret_size)
{
	uint32_t at;
	const uint8_t *bytes;
	size_t stored;

	if (!find(resources, 0, NULL, type, &at) || !(at & IS_OFFSET) || !find(resources, at, name, 0, &at) ||
	    !(at & IS_OFFSET) || !find(resources, at, NULL, 0, &at) || (at & IS_OFFSET) || at > resources->size ||
	    resources->size - at < 16)
		return NULL;
	bytes = loaded_at(resources->pe, wp_get32(resources->bytes + at), ret_size);
	stored = wp_get32(resources->bytes + at + 4);
	if (bytes && *ret_size > stored)
		*ret_size = stored;
	return bytes;
}

void wp_pe_resources(struct wp_arena *arena, const struct wp_pe *pe, struct wp_boot_program *ret)
{
	struct resources resources = { .pe = pe, .entries = WP_LIMIT_PE_RESOURCES };
	const uint8_t *data;
	size_t size = 0;

	resources.bytes = pe->resources ? loaded_at(pe, pe->resources, &resources.size) : NULL;
	if (!resources.bytes)
		return;
	data = find_data(&resources, TYPE_DATA, SVN_NAME, &size);
	if (data && size >= 4) {
		ret->has_svn = true;
		ret->svn_minor = wp_get16(data);
		ret->svn_major = wp_get16(data + 2);
	}
	size = 0;
	data = find_data(&resources, TYPE_VERSION, NULL, &size);
	size = data ? size : 0;
	for (size_t i = 0; i + FIXED_SIZE <= size && i < FIXED_WITHIN; i += 4) {
		if (wp_get32(data + i) != FIXED_SIGNATURE)
			continue;
		ret->version = wp_arena_printf(arena, "%u.%u.%u.%u", wp_get16(data + i + 10), wp_get16(data + i + 8),
					       wp_get16(data + i + 14), wp_get16(data + i + 12));
		return;
	}
}
