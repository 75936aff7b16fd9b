/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "shape media": the metadata of a recipe's images in the order and form that installation media have. */
#include "mkwim.h"

#include <stdlib.h>
#include <string.h>

/* The order of elements below IMAGE; a path that is not here goes to the end. */
static const char *const order[] = {
	"DIRCOUNT",
	"FILECOUNT",
	"TOTALBYTES",
	"HARDLINKBYTES",
	"CREATIONTIME/HIGHPART",
	"CREATIONTIME/LOWPART",
	"LASTMODIFICATIONTIME/HIGHPART",
	"LASTMODIFICATIONTIME/LOWPART",
	"WIMBOOT",
	"WINDOWS/ARCH",
	"WINDOWS/PRODUCTNAME",
	"WINDOWS/EDITIONID",
	"WINDOWS/INSTALLATIONTYPE",
	"WINDOWS/SERVICINGDATA/GDRDUREVISION",
	"WINDOWS/SERVICINGDATA/PKEYCONFIGVERSION",
	"WINDOWS/SERVICINGDATA/IMAGESTATE",
	"WINDOWS/HAL",
	"WINDOWS/PRODUCTTYPE",
	"WINDOWS/PRODUCTSUITE",
	"WINDOWS/LANGUAGES/LANGUAGE",
	"WINDOWS/LANGUAGES/FALLBACK",
	"WINDOWS/LANGUAGES/DEFAULT",
	"WINDOWS/VERSION/MAJOR",
	"WINDOWS/VERSION/MINOR",
	"WINDOWS/VERSION/BUILD",
	"WINDOWS/VERSION/SPBUILD",
	"WINDOWS/VERSION/SPLEVEL",
	"WINDOWS/VERSION/BRANCH",
	"WINDOWS/SYSTEMROOT",
	"NAME",
	"DESCRIPTION",
	"FLAGS",
	"DISPLAYNAME",
	"DISPLAYDESCRIPTION",
};

#define ORDER_COUNT (sizeof order / sizeof order[0])

/* The rank of a path; "LANGUAGE[2]" and 'FALLBACK LANGUAGE="…"' rank as their element does. */
static size_t rank_of(const char *path)
{
	size_t length = strcspn(path, "[ ");

	for (size_t i = 0; i < ORDER_COUNT; i++)
		if (strlen(order[i]) == length && memcmp(order[i], path, length) == 0)
			return i;
	return ORDER_COUNT;
}

static void add_escaped(struct wp_buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			wp_buf_puts(out, "&lt;");
		else if (*text == '>')
			wp_buf_puts(out, "&gt;");
		else if (*text == '&')
			wp_buf_puts(out, "&amp;");
		else
			wp_buf_putc(out, *text);
	}
}

/* Closes the elements of @open behind its first @keep bytes, the innermost first. */
static void close_elements(struct wp_buf *out, const char *open, size_t keep)
{
	size_t end = strlen(open);

	while (end > keep) {
		size_t start = end;

		while (start > keep && open[start - 1] != '/')
			start--;
		wp_buf_puts(out, "</");
		wp_buf_add(out, open + start, end - start);
		wp_buf_putc(out, '>');
		end = start > keep ? start - 1 : keep;
	}
}

/* The folders of a path: "A/B" for "A/B/C", "" for "C". */
static const char *parent_of(struct wp_arena *arena, const char *path)
{
	const char *slash = NULL;

	for (const char *p = path; *p && *p != ' '; p++)
		if (*p == '/')
			slash = p;
	return slash ? wp_arena_strndup(arena, path, (size_t)(slash - path)) : "";
}

/* Length of the common beginning of two parents, cut at an element's border. */
static size_t common(const char *a, const char *b)
{
	size_t border = 0;

	for (size_t i = 0;; i++) {
		if ((a[i] == '/' || !a[i]) && (b[i] == '/' || !b[i]))
			border = i;
		if (!a[i] || a[i] != b[i])
			return border;
	}
}

/* Opens the elements of @parent behind its first @keep bytes. */
static void open_elements(struct wp_buf *out, const char *parent, size_t keep)
{
	const char *at = parent + keep;

	while (*at) {
		size_t length;

		at += *at == '/';
		length = strcspn(at, "/");
		wp_buf_putc(out, '<');
		wp_buf_add(out, at, length);
		wp_buf_putc(out, '>');
		at += length;
	}
}

static void add_element(struct wp_buf *out, const struct mk_property *property, const char *parent)
{
	const char *name = property->path + strlen(parent) + (*parent != '\0');

	wp_buf_putc(out, '<');
	wp_buf_add(out, name, strcspn(name, "["));
	wp_buf_putc(out, '>');
	add_escaped(out, property->value);
	wp_buf_puts(out, "</");
	wp_buf_add(out, name, strcspn(name, "[ "));
	wp_buf_putc(out, '>');
}

static void add_time(struct wp_arena *arena, struct mk_image *image, const char *element, int64_t ticks)
{
	struct mk_property *high = WP_PUSH(arena, image->properties, image->property_count);
	struct mk_property *low;

	high->path = wp_arena_printf(arena, "%s/HIGHPART", element);
	high->value = wp_arena_printf(arena, "0x%08X", (unsigned int)((uint64_t)ticks >> 32));
	low = WP_PUSH(arena, image->properties, image->property_count);
	low->path = wp_arena_printf(arena, "%s/LOWPART", element);
	low->value = wp_arena_printf(arena, "0x%08X", (unsigned int)((uint64_t)ticks & 0xffffffff));
}

/* A copy of the image with the elements that every image has. */
static struct mk_image complete(struct wp_arena *arena, const struct mk_image *source)
{
	struct mk_image image = *source;

	image.properties = NULL;
	image.property_count = 0;
	for (size_t i = 0; i < source->property_count; i++)
		*WP_PUSH(arena, image.properties, image.property_count) = source->properties[i];
	add_time(arena, &image, "CREATIONTIME", image.created);
	add_time(arena, &image, "LASTMODIFICATIONTIME", image.modified);
	if (image.name)
		*WP_PUSH(arena, image.properties, image.property_count) =
			(struct mk_property){ "NAME", image.name };
	return image;
}

static void add_image(struct wp_arena *arena, struct wp_buf *out, const struct mk_image *source, size_t index)
{
	struct mk_image image = complete(arena, source);
	const char *open = "";

	wp_buf_printf(out, "<IMAGE INDEX=\"%zu\">", index);
	for (size_t rank = 0; rank <= ORDER_COUNT; rank++) {
		for (size_t i = 0; i < image.property_count; i++) {
			const char *parent;
			size_t keep;

			if (rank_of(image.properties[i].path) != rank)
				continue;
			parent = parent_of(arena, image.properties[i].path);
			keep = common(open, parent);
			close_elements(out, open, keep);
			open_elements(out, parent, keep);
			add_element(out, &image.properties[i], parent);
			open = parent;
		}
	}
	close_elements(out, open, 0);
	wp_buf_puts(out, "</IMAGE>");
}

struct mk_text mk_media_xml(struct wp_arena *arena, const struct mk_recipe *recipe)
{
	struct wp_buf out = { 0 };
	struct mk_text ret;

	wp_buf_puts(&out, "<WIM><TOTALBYTES>@TOTALBYTES@</TOTALBYTES>");
	for (size_t i = 0; i < recipe->image_count; i++)
		add_image(arena, &out, &recipe->images[i], i + 1);
	wp_buf_puts(&out, "</WIM>");
	ret.length = out.length;
	ret.data = wp_arena_strndup(arena, wp_buf_text(&out), out.length);
	wp_buf_free(&out);
	return ret;
}
