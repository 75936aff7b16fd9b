/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file's facts, and the values of its images. */
#include "inspect_words.h"

#include "header_words.h"
#include "words.h"

#include "wimplan/wim_fields.h"

#include <inttypes.h>
#include <string.h>

char *wp_inspect_bytes(struct wp_arena *arena, uint64_t bytes)
{
	if (bytes < 1024)
		return wp_words_size(arena, bytes);
	return wp_arena_printf(arena, "%s (%s bytes)", wp_words_size(arena, bytes), wp_words_count(arena, bytes));
}

static const char *architecture(struct wp_arena *arena, const struct wp_wim_windows *windows)
{
	const char *name;

	if (!windows || !windows->architecture.known)
		return NULL;
	name = wp_architecture_name(windows->architecture.value);
	return name ? name : wp_arena_printf(arena, "ARCH %" PRIu64, windows->architecture.value);
}

static const char *languages(struct wp_arena *arena, const struct wp_wim_windows *windows)
{
	const char *text = windows ? wp_text_join(arena, windows->languages, windows->language_count) : "";

	return *text ? text : NULL;
}

static const char *fallbacks(struct wp_arena *arena, const struct wp_wim_windows *windows)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < windows->fallback_count; i++) {
		const struct wp_wim_fallback *fallback = &windows->fallbacks[i];

		wp_buf_printf(&text, "%s%s%s%s", i ? ", " : "", fallback->fallback, *fallback->language ? " for " : "",
			      fallback->language);
	}
	return text.length ? wp_arena_strdup(arena, text.data) : NULL;
}

/* Empty and absent both show as "-" in a table: the JSON tells them apart. */
static const char *cell(struct wp_arena *arena, const char *text)
{
	return text && *text ? wp_words_plain(arena, text) : "-";
}

static const char *time_cell(struct wp_arena *arena, struct wp_time time)
{
	return time.known ? wp_time_minutes(arena, time) : "-";
}

static const char *number_cell(struct wp_arena *arena, struct wp_number number)
{
	return number.known ? wp_words_count(arena, number.value) : "-";
}

void wp_inspect_cells(struct wp_arena *arena, const struct wp_wim_image *image, const char *cells[WP_IMAGE_CELLS])
{
	const struct wp_wim_windows *windows = image->windows;
	const char *language = languages(arena, windows);

	cells[WP_IMAGE_INDEX] = wp_arena_printf(arena, "%" PRIu32, image->index);
	cells[WP_IMAGE_NAME] = cell(arena, image->name);
	cells[WP_IMAGE_VERSION] = cell(arena, windows ? windows->version : NULL);
	cells[WP_IMAGE_ARCH] = cell(arena, architecture(arena, windows));
	cells[WP_IMAGE_EDITION] = cell(arena, windows ? windows->edition_id : NULL);
	cells[WP_IMAGE_TYPE] = cell(arena, windows ? windows->installation_type : NULL);
	cells[WP_IMAGE_LANGUAGES] = cell(arena, language || !windows ? language : windows->default_language);
	cells[WP_IMAGE_SIZE] = image->total_bytes.known ? wp_words_size(arena, image->total_bytes.value) : "-";
	cells[WP_IMAGE_BYTES] = number_cell(arena, image->total_bytes);
	cells[WP_IMAGE_CREATED] = time_cell(arena, image->creation_time);
	cells[WP_IMAGE_MODIFIED] = time_cell(arena, image->last_modification_time);
}

static const char *files(struct wp_arena *arena, const struct wp_wim_image *image)
{
	const char *folders = wp_arena_printf(arena, "%s folder%s", number_cell(arena, image->dir_count),
					      wp_plural(image->dir_count.value));

	if (!image->file_count.known)
		return image->dir_count.known ? wp_arena_printf(arena, "not known, in %s", folders) : NULL;
	if (!image->dir_count.known)
		return number_cell(arena, image->file_count);
	return wp_arena_printf(arena, "%s, in %s", number_cell(arena, image->file_count), folders);
}

/* The languages, and which is the default one. */
static const char *all_languages(struct wp_arena *arena, const struct wp_wim_windows *windows)
{
	const char *list = languages(arena, windows);

	if (!list || !windows->default_language || !*windows->default_language)
		return list ? list : windows->default_language;
	return wp_arena_printf(arena, "%s (default %s)", list, windows->default_language);
}

/* What stands on a line of an image; NULL: there is none. */
static const char *value_of(struct wp_arena *arena, const struct wp_wim_image *image, const struct wp_wim_field *field)
{
	const void *value = wp_wim_field_value(image, field);
	const struct wp_number *number = value;
	const struct wp_time *time;

	if (!value)
		return NULL;
	switch (field->kind) {
	case WP_WIM_KIND_TEXT:
	case WP_WIM_KIND_VERSION:
		return *(const char *const *)value;
	case WP_WIM_KIND_NUMBER:
		return number->known && number->value ? wp_words_count(arena, number->value) : NULL;
	case WP_WIM_KIND_FILES:
		return files(arena, image);
	case WP_WIM_KIND_BYTES:
		return number->known ? wp_inspect_bytes(arena, number->value) : NULL;
	case WP_WIM_KIND_BOOLEAN:
		return !number->known ? NULL : number->value ? "yes" : "no";
	case WP_WIM_KIND_ARCHITECTURE:
		return architecture(arena, image->windows);
	case WP_WIM_KIND_TIME:
		time = value;
		return time->known ? wp_time_minutes(arena, *time) : NULL;
	case WP_WIM_KIND_LANGUAGE:
		return all_languages(arena, image->windows);
	case WP_WIM_KIND_FALLBACK:
		return fallbacks(arena, image->windows);
	case WP_WIM_KIND_BOX:
	case WP_WIM_KIND_HALF:
		break;
	}
	return NULL;
}

static const struct wp_wim_field *find_line(unsigned int line)
{
	for (size_t i = 0; i < wp_wim_field_count; i++)
		if (wp_wim_fields[i].line == line)
			return &wp_wim_fields[i];
	return NULL;
}

const char *wp_inspect_other(struct wp_arena *arena, const struct wp_wim_other *other)
{
	return wp_arena_printf(arena, "%s %s", other->path,
			       *other->value ? wp_arena_printf(arena, "= %s", other->value) : "(empty)");
}

bool wp_inspect_is_many(const struct wp_item *item)
{
	return item->kind == WP_ITEM_KIND_OTHER || item->kind == WP_ITEM_KIND_INBOX;
}

const char *wp_inspect_group(enum wp_item_group group)
{
	static const char *const titles[WP_ITEM_GROUPS] = {
		[WP_ITEM_GROUP_PACKAGE] = "Packages",       [WP_ITEM_GROUP_DRIVER] = "Drivers",
		[WP_ITEM_GROUP_APP] = "Apps",               [WP_ITEM_GROUP_LANGUAGE] = "Languages",
		[WP_ITEM_GROUP_BOOT_FILE] = "Boot files",   [WP_ITEM_GROUP_RECOVERY] = "Windows RE",
		[WP_ITEM_GROUP_PENDING] = "Work that is pending",
	};

	return titles[group];
}

/* Facts in the making; what there is nothing to say of gets none. */
static void add(struct wp_arena *arena, struct wp_facts *facts, const char *label, const char *value)
{
	if (value)
		*WP_PUSH(arena, facts->items, facts->count) = (struct wp_fact){ label, value };
}

struct wp_facts wp_inspect_image_facts(struct wp_arena *arena, const struct wp_wim_image *image)
{
	const struct wp_wim_field *field;
	struct wp_facts facts = { 0 };

	/* An absent element has no line, an empty one says so. */
	for (unsigned int line = 1; (field = find_line(line)); line++) {
		const char *value = value_of(arena, image, field);

		value = value || strcmp(field->key, "name") ? value : "(no name)";
		add(arena, &facts, field->label, value && !*value ? "(empty)" : value);
	}
	for (size_t i = 0; i < image->other_count; i++)
		add(arena, &facts, "Other", wp_inspect_other(arena, &image->other[i]));
	return facts;
}

static const char *size_words(struct wp_arena *arena, uint64_t size, struct wp_time modified)
{
	return wp_arena_printf(arena, "%s, modified %s", wp_inspect_bytes(arena, size), wp_time_minutes(arena, modified));
}

static const char *format_words(struct wp_arena *arena, const struct wp_wim_header *header)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *compression = wp_wim_compression(header);
	const char **flags;
	size_t count;

	wp_header_flags(arena, header, &flags, &count);
	wp_buf_printf(&text, "WIM 0x%x, ", header->version);
	if (!strcmp(compression, "none"))
		compression = "not compressed";
	else if (!strcmp(compression, "unknown"))
		compression = "unknown compression";
	wp_buf_puts(&text, compression);
	if (header->chunk_size)
		wp_buf_printf(&text, " in chunks of %s", wp_header_chunk_size(arena, header->chunk_size));
	wp_buf_puts(&text, wp_wim_is_solid(header) ? ", solid" : "");
	wp_buf_puts(&text, header->pipable ? ", pipable" : "");
	wp_buf_puts(&text, wp_wim_has_integrity_table(header) ? ", integrity table" : "");
	for (size_t i = 0; i < count; i++)
		wp_buf_printf(&text, ", %s", flags[i]);
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

static const char *holds_words(struct wp_arena *arena, const struct wp_wim_header *header)
{
	const char *boots = "", *parts = "";

	if (header->boot_index)
		boots = wp_arena_printf(arena, ", image %" PRIu32 " boots", header->boot_index);
	if (header->parts != 1 || header->part != 1)
		parts = wp_arena_printf(arena, ", part %u of %u", header->part, header->parts);
	return wp_arena_printf(arena, "%" PRIu32 " image%s%s%s", header->image_count, wp_plural(header->image_count), boots, parts);
}

static const char *blobs_words(struct wp_arena *arena, const struct wp_wim_content *content)
{
	const char *stored = "stored size not known (solid)";

	if (content->stored_bytes.known)
		stored = wp_arena_printf(arena, "stored in %s", wp_inspect_bytes(arena, content->stored_bytes.value));
	return wp_arena_printf(arena, "%s with %s, %s", wp_words_count(arena, content->blob_count),
			       wp_inspect_bytes(arena, content->blob_bytes), stored);
}

/* Only where there is something of it: neither is said of most files. */
static void add_deep(struct wp_arena *arena, struct wp_facts *facts, const struct wp_wim_content *content)
{
	uint64_t unused = content->unreferenced.value, trailing = content->trailing.value;
	const char *where = "";

	if (content->missing.value)
		add(arena, facts, "Missing",
		    wp_arena_printf(arena, "the data of %s file%s or stream%s stands in another file (delta)",
				    wp_words_count(arena, content->missing.value), wp_plural(content->missing.value),
				    wp_plural(content->missing.value)));
	if (!unused)
		return;
	if (trailing)
		where = trailing == unused ? ", all of them behind the end"
					   : wp_arena_printf(arena, ", %s of them behind the end", wp_words_count(arena, trailing));
	add(arena, facts, "Unused",
	    wp_arena_printf(arena, "%s that nothing refers to%s", wp_inspect_bytes(arena, unused), where));
}

struct wp_facts wp_inspect_facts(struct wp_arena *arena, const struct wp_inspection *file)
{
	const struct wp_wim *wim = file->wim;
	char guid[2 * sizeof wim->header.guid + 1];
	struct wp_facts facts = { 0 };

	if (wim->opened)
		/* Of a WIM in another one the time is that of the other one. */
		add(arena, &facts, "Size",
		    wim->read ? wp_inspect_bytes(arena, wim->size) : size_words(arena, wim->size, wim->modified));
	if (wim->opened && wim->inside && !wim->read)
		add(arena, &facts, "Begins", wp_arena_printf(arena, "at byte %s of the medium", wp_words_count(arena, wim->offset)));
	if (wim->have_header) {
		wp_hex(wim->header.guid, sizeof wim->header.guid, guid);
		add(arena, &facts, "Format", format_words(arena, &wim->header));
		add(arena, &facts, "Holds", holds_words(arena, &wim->header));
		add(arena, &facts, "GUID", wp_arena_strdup(arena, guid));
	}
	if (wim->file_id[0])
		add(arena, &facts, "File id", wim->file_id);
	if (file->content && file->content->content_id[0])
		add(arena, &facts, "Content", file->content->content_id);
	if (file->content) {
		add(arena, &facts, "Blobs", blobs_words(arena, file->content));
		add_deep(arena, &facts, file->content);
	}
	return facts;
}

struct wp_facts wp_inspect_media_facts(struct wp_arena *arena, const struct wp_media *media)
{
	struct wp_facts facts = { 0 };

	add(arena, &facts, "Size", size_words(arena, media->size, media->modified));
	add(arena, &facts, "Format", *media->format ? media->format : NULL);
	add(arena, &facts, "Label", *media->label ? media->label : NULL);
	for (size_t i = 0; i < media->boot_count; i++) {
		const struct wp_media_file *boot = &media->boot_files[i];

		add(arena, &facts, "Boots",
		    wp_arena_printf(arena, "%s, %s", boot->path, boot->why ? boot->why : wp_inspect_bytes(arena, boot->size)));
	}
	return facts;
}

const char *wp_inspect_sharers(struct wp_arena *arena, const struct wp_inspection *file, size_t first)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	const struct wp_wim_image *images = file->wim->metadata->images;
	size_t count = 1;

	wp_buf_printf(&text, "%" PRIu32, images[first].index);
	for (size_t i = first + 1; i < file->wim->metadata->image_count; i++)
		if (file->winre[i].same_as == images[first].index) {
			wp_buf_printf(&text, ", %" PRIu32, images[i].index);
			count++;
		}
	return wp_arena_printf(arena, "image%s %s", wp_plural(count), wp_buf_text(&text));
}
