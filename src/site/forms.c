/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Masks values, and the markup around them. Nobody knows what a site puts where, so nothing is passed on but by its kind. */
#include "wimplan/forms.h"

#include "wimplan/architecture.h"
#include "wimplan/ascii.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <string.h>

#define FORM_MOST 48u
#define SKELETON_MOST 4096u
#define NAME_MOST 40u

static bool is_readable(const struct wp_site_field *field, const char *value)
{
	struct wp_time time;
	uint64_t number;

	switch (field->kind) {
	case WP_SITE_FIELD_SIZE:
		return wp_parse_u64(value, false, &number);
	case WP_SITE_FIELD_ARCHITECTURE:
		return wp_architecture_code(value, &number);
	case WP_SITE_FIELD_DATE:
		time = wp_time_parse(value);
		return time.known && time.zone_known;
	default:
		return true;
	}
}

static void mask(const char *value, bool each_digit, struct wp_buf *buf)
{
	for (const char *at = value; *at && buf->length < FORM_MOST; at++) {
		bool digit = wp_ascii_digit(*at);

		if (digit && !each_digit && at > value && wp_ascii_digit(at[-1]))
			continue;
		if ((unsigned char)*at >= 0x80 || (unsigned char)*at < 0x20)
			wp_buf_putc(buf, 'x');
		else if (digit)
			wp_buf_putc(buf, each_digit ? '9' : 'N');
		else if (wp_ascii_alnum(*at) && !(each_digit && (*at == 'T' || *at == 'Z') && at > value &&
						  wp_ascii_digit(at[-1]))) /* of ISO 8601 */
			wp_buf_putc(buf, wp_ascii_upper(*at) == *at ? 'A' : 'a');
		else
			wp_buf_putc(buf, *at);
	}
}

static void form_of(const struct wp_site_field *field, const char *value, struct wp_buf *buf)
{
	bool free_text = !strcmp(field->name, "name") || !strcmp(field->name, "description");

	if (!*value)
		wp_buf_puts(buf, "empty");
	else if (free_text)
		wp_buf_puts(buf, "text");
	else
		mask(value, field->kind == WP_SITE_FIELD_DATE, buf);
}

void wp_forms_add(json_t *list, const struct wp_site_field *field, const char *value)
{
	struct wp_buf form __attribute__((cleanup(wp_buf_free))) = { 0 };
	bool readable = is_readable(field, value);
	json_t *item;
	size_t i;

	form_of(field, value, &form);
	json_array_foreach(list, i, item) {
		if (strcmp(wp_json_get_text(item, "form"), wp_buf_text(&form)) && i < WP_FORMS_MOST)
			continue;
		json_integer_set(json_object_get(item, "count"), json_integer_value(json_object_get(item, "count")) + 1);
		if (!readable)
			wp_json_set(item, "readable", json_false());
		return;
	}
	wp_json_push(list, wp_json_object("form", wp_json_text(i < WP_FORMS_MOST ? wp_buf_text(&form) : "other"), "count",
					  json_integer(1), "readable", json_boolean(readable), NULL));
}

bool wp_forms_is_name(const char *name, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!wp_ascii_alnum(name[i]) && !strchr(" _.-", name[i]))
			return false;
	return length && length <= NAME_MOST;
}

/* A value of an attribute, with what it stands behind: name="OS version". */
static void add_value(const char *before, size_t before_length, const char *value, size_t length, struct wp_buf *buf)
{
	bool name = before_length >= 5 && wp_ascii_begins(before + before_length - 5, "name=");
	bool number = length && strspn(value, "0123456789") >= length;

	if (name && wp_forms_is_name(value, length))
		wp_buf_add(buf, value, length);
	else
		wp_buf_puts(buf, number ? "N" : "…");
}

/* One tag from its "<" on; returns what is behind its ">". The text is well-formed. */
static const char *add_tag(const char *tag, struct wp_buf *buf)
{
	const char *at = tag;

	while (*at && *at != '>') {
		const char *end = *at == '"' || *at == '\'' ? strchr(at + 1, *at) : NULL;

		wp_buf_putc(buf, *at);
		if (end) {
			add_value(tag, (size_t)(at - tag), at + 1, (size_t)(end - at) - 1, buf);
			wp_buf_putc(buf, *end);
			at = end;
		} else if (*at == '"' || *at == '\'') {
			wp_buf_puts(buf, "…");
			return at + strlen(at);
		}
		at++;
	}
	if (*at)
		wp_buf_putc(buf, *at++);
	return at;
}

/* Behind a comment, an instruction or CDATA; NULL when there is none. */
static const char *skip_special(const char *at)
{
	static const struct {
		const char *begin, *end;
	} kinds[] = { { "<!--", "-->" }, { "<![CDATA[", "]]>" }, { "<!", ">" } };

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const char *end;

		if (strncmp(at, kinds[i].begin, strlen(kinds[i].begin)) != 0)
			continue;
		end = strstr(at, kinds[i].end);
		return end ? end + strlen(kinds[i].end) : at + strlen(at);
	}
	return NULL;
}

void wp_forms_skeleton(const char *xml, struct wp_buf *buf)
{
	size_t images = 0;

	while (*xml && buf->length < SKELETON_MOST) {
		const char *behind = skip_special(xml);

		if (*xml != '<' || behind) {
			const char *next = behind ? behind : xml + strcspn(xml, "<");

			if (behind || strspn(xml, " \t\r\n") < (size_t)(next - xml))
				wp_buf_puts(buf, "…");
			xml = next;
			continue;
		}
		if (wp_ascii_begins(xml, "<image") && images++) {
			wp_buf_puts(buf, "…");
			return;
		}
		xml = add_tag(xml, buf);
	}
}
