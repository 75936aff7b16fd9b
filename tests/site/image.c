/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a provider reads out of a WIM, through wimlib: a second opinion besides wimplan's own reader. The names
 * are those of SMS_ImageInformation; how a site spells them in ImageProperty is documented nowhere.
 */
#include "site.h"

#include "wimplan/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wimlib.h>

enum { WIN32_FILE_NOT_FOUND = 2, WIN32_INVALID_DATA = 13 };

static void add_escaped(struct wp_buf *buf, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '&': wp_buf_puts(buf, "&amp;"); break;
		case '<': wp_buf_puts(buf, "&lt;"); break;
		case '>': wp_buf_puts(buf, "&gt;"); break;
		case '"': wp_buf_puts(buf, "&quot;"); break;
		default: wp_buf_putc(buf, *text);
		}
}

static void add_property(struct wp_buf *buf, const char *name, const char *value)
{
	if (!value)
		return;
	wp_buf_printf(buf, "<Property name=\"%s\">", name);
	add_escaped(buf, value);
	wp_buf_puts(buf, "</Property>");
}

static const char *number(const char *text, char *digits, size_t size)
{
	if (!text)
		return NULL;
	snprintf(digits, size, "%llu", strtoull(text, NULL, 0));
	return digits;
}

/* MAJOR.MINOR.BUILD.SPBUILD, as far as they are there; NULL without the first three. */
static const char *os_version(WIMStruct *wim, int image, char *text, size_t size)
{
	static const char *const parts[] = { "WINDOWS/VERSION/MAJOR", "WINDOWS/VERSION/MINOR", "WINDOWS/VERSION/BUILD",
					     "WINDOWS/VERSION/SPBUILD" };
	size_t length = 0;

	for (size_t i = 0; i < 4; i++) {
		const char *part = wimlib_get_image_property(wim, image, parts[i]);

		if (!part)
			return i < 3 ? NULL : text;
		length += (size_t)snprintf(text + length, size - length, "%s%.20s", i ? "." : "", part);
	}
	return text;
}

static const char *creation(const struct site *site, WIMStruct *wim, int image, char text[64])
{
	const char *high = wimlib_get_image_property(wim, image, "CREATIONTIME/HIGHPART");
	const char *low = wimlib_get_image_property(wim, image, "CREATIONTIME/LOWPART");
	uint64_t ticks;

	if (!high || !low)
		return NULL;
	ticks = (uint64_t)strtoull(high, NULL, 0) << 32 | strtoull(low, NULL, 0);
	site_iso((double)(ticks / 10000000) - 11644473600.0, text);
	if (site->image_dates) {
		time_t seconds = (time_t)(ticks / 10000000) - 11644473600;
		struct tm date;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		strftime(text, 64, site->image_dates, gmtime_r(&seconds, &date));
#pragma GCC diagnostic pop
	}
	return text;
}

static void add_image(const struct site *site, WIMStruct *wim, int image, struct wp_buf *property, json_t *rows)
{
	char version[96], arch[24], size[24], date[64];
	const char *language = wimlib_get_image_property(wim, image, "WINDOWS/LANGUAGES/DEFAULT");
	const char *name = wimlib_get_image_property(wim, image, "NAME");
	const char *description = wimlib_get_image_property(wim, image, "DESCRIPTION");
	const char *architecture = number(wimlib_get_image_property(wim, image, "WINDOWS/ARCH"), arch, sizeof arch);
	const char *hal = wimlib_get_image_property(wim, image, "WINDOWS/HAL");
	const char *product = wimlib_get_image_property(wim, image, "WINDOWS/PRODUCTTYPE");
	const char *bytes = number(wimlib_get_image_property(wim, image, "TOTALBYTES"), size, sizeof size);
	const char *os = os_version(wim, image, version, sizeof version);
	const char *created = creation(site, wim, image, date);

	if (!language)
		language = wimlib_get_image_property(wim, image, "WINDOWS/LANGUAGES/LANGUAGE");
	wp_buf_printf(property, "<IMAGE index=\"%d\">", image);
	add_property(property, "Image name", name);
	add_property(property, "Image description", description);
	add_property(property, "OS version", os);
	add_property(property, "Architecture", architecture);
	add_property(property, "Language", language);
	add_property(property, "HAL type", hal);
	add_property(property, "Product type", product);
	add_property(property, "Creation date", created);
	add_property(property, "Size", bytes);
	wp_buf_puts(property, "</IMAGE>");
	json_array_append_new(rows, json_pack("{s:s,s:s,s:s,s:s,s:s,s:i,s:s,s:s,s:s,s:s,s:I,s:s}", "Architecture",
					      architecture ? architecture : "", "CreatedBy", "", "CreationDate",
					      created ? created : "", "Description", description ? description : "",
					      "HALType", hal ? hal : "", "Index", image, "Language",
					      language ? language : "", "Name", name ? name : "", "OSVersion",
					      os ? os : "", "ProductType", product ? product : "", "Size",
					      (json_int_t)(bytes ? strtoull(bytes, NULL, 10) : 0), "Version", ""));
}

static int read_wim(const struct site *site, const char *path, char **ret_property, json_t **ret_rows)
{
	struct wp_buf property = { 0 };
	struct wimlib_wim_info info;
	WIMStruct *wim;

	if (wimlib_open_wim(path, 0, &wim))
		return WIN32_INVALID_DATA;
	wimlib_get_wim_info(wim, &info);
	*ret_rows = json_array();
	wp_buf_puts(&property, "<WIM>");
	for (uint32_t i = 1; i <= info.image_count; i++)
		add_image(site, wim, (int)i, &property, *ret_rows);
	wp_buf_puts(&property, "</WIM>");
	wimlib_free(wim);
	*ret_property = strdup(wp_buf_text(&property));
	wp_buf_free(&property);
	return 0;
}

int site_read_image(struct site *site, const char *class, const char *windows_path, char **ret_property,
		    json_t **ret_rows)
{
	struct wp_lookup *lookup = wp_lookup_new(&site->map, true);
	struct wp_arena *arena = wp_arena_new();
	struct wp_located located;
	int error = WIN32_FILE_NOT_FOUND;

	if (class && !strcmp(class, "SMS_OperatingSystemInstallPackage"))
		windows_path = wp_arena_printf(arena, "%s\\sources\\install.wim", windows_path);
	if (wp_lookup_find(lookup, arena, windows_path, &located) == WP_FOUND)
		error = read_wim(site, located.path, ret_property, ret_rows);
	wp_located_close(&located);
	wp_arena_free(arena);
	wp_lookup_free(lookup);
	return error;
}
