/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two values beside each other, so that people see in what they differ even where they look alike. */
#include "diff_words.h"

#include "words.h"

#include "wimplan/text.h"

#include <string.h>
#include <wchar.h>

/* A text without what it has in common with another one at both ends. */
struct middle {
	const char *text, *end;
};

/* What takes no place of its own, or looks like a space. */
static bool is_unseen(uint32_t c)
{
	/* U+00A0, U+2000 to U+200A, U+202F, U+205F and U+3000 are the spaces of Unicode besides that of ASCII. */
	return c == ' ' || c == 0xa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f || c == 0x3000 ||
	       wp_text_is_hidden(c) || wcwidth((wchar_t)c) == 0;
}

/* The next character that is seen, 0 at the end. *@ret_marked: one that is drawn into it follows. */
static uint32_t next_seen(struct middle *middle, bool *ret_marked)
{
	*ret_marked = false;
	while (middle->text < middle->end) {
		uint32_t c = wp_utf8_next(&middle->text);
		const char *after = middle->text;

		if (is_unseen(c))
			continue;
		*ret_marked = after < middle->end && wcwidth((wchar_t)wp_utf8_next(&after)) == 0;
		return c;
	}
	return 0;
}

/*
 * Whether both look alike, for all that this can know without tables of letters: what is seen has the same length, and
 * where it differs, a letter of ASCII stands beside one of another script (a Cyrillic C), or an accent is part of a letter
 * in one text and a character of its own in the other.
 */
static bool look_alike(struct middle a, struct middle b)
{
	for (;;) {
		bool a_marked, b_marked;
		uint32_t x = next_seen(&a, &a_marked), y = next_seen(&b, &b_marked);

		if (!x || !y)
			return x == y;
		if (x != y && !a_marked && !b_marked && (x < 0x80) == (y < 0x80))
			return false;
	}
}

/* Leaves what differs. Texts are compared by characters. */
static void cut_common(struct middle *a, struct middle *b)
{
	while (a->text < a->end && b->text < b->end) {
		const char *x = a->text, *y = b->text;

		if (wp_utf8_next(&x) != wp_utf8_next(&y))
			break;
		a->text = x;
		b->text = y;
	}
	while (a->end > a->text && b->end > b->text && a->end[-1] == b->end[-1]) {
		a->end--;
		b->end--;
	}
	/* A character of which only the last bytes are the same is a difference as a whole. */
	while ((*a->end & 0xc0) == 0x80 || (*b->end & 0xc0) == 0x80) {
		a->end++;
		b->end++;
	}
}

/* The text with what differs spelled: letters of ASCII as they are, all other characters by their numbers. */
static const char *spell(struct wp_arena *arena, const char *text, struct middle middle)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_buf_add(&buf, text, (size_t)(middle.text - text));
	while (middle.text < middle.end) {
		uint32_t c = wp_utf8_next(&middle.text);

		if (c > ' ' && c < 0x7f)
			wp_buf_putc(&buf, (char)c);
		else
			wp_buf_printf(&buf, "<U+%04X>", (unsigned int)c);
	}
	wp_buf_puts(&buf, middle.end);
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

void wp_diff_words_apart(struct wp_arena *arena, const char **old, const char **new)
{
	struct middle a, b;

	if (!*old || !*new || !strcmp(*old, *new))
		return;
	a = (struct middle){ *old, *old + strlen(*old) };
	b = (struct middle){ *new, *new + strlen(*new) };
	cut_common(&a, &b);
	if (!look_alike(a, b))
		return;
	*old = spell(arena, *old, a);
	*new = spell(arena, *new, b);
}

static bool is_counted(const struct wp_diff_field *field)
{
	static const char *const counted[] = { "dir_count", "file_count", "total_bytes", "hard_link_bytes" };

	for (size_t i = 0; i < sizeof counted / sizeof *counted; i++)
		if (!strcmp(field->field, counted[i]))
			return true;
	return false;
}

static const char *value_text(struct wp_arena *arena, const struct wp_diff_field *field, const char *value, bool unread)
{
	if (unread)
		return "(could not be read)";
	if (!value)
		return "(absent)";
	if (!*value)
		return "(empty)";
	if (look_alike((struct middle){ value, value + strlen(value) }, (struct middle){ 0 }))
		return spell(arena, value, (struct middle){ value, value + strlen(value) });
	return is_counted(field) ? wp_words_number(arena, value) : value;
}

void wp_diff_words_values(struct wp_arena *arena, const struct wp_diff_field *field, const char **ret_old,
			  const char **ret_new)
{
	*ret_old = value_text(arena, field, field->old, field->old_unread);
	*ret_new = value_text(arena, field, field->new, field->new_unread);
	wp_diff_words_apart(arena, ret_old, ret_new);
}
