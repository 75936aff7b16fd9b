/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sentences about a diff as a whole and about its images, and two values beside each other, so that people see in what
 * they differ even where they look alike.
 */
#include "diff_words.h"
#include "words.h"

#include "wimplan/number.h"
#include "wimplan/text.h"

#include <inttypes.h>
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

const char *wp_diff_words_symbol(enum wp_diff_status status)
{
	static const char *const symbols[] = {
		[WP_DIFF_SAME] = "=", [WP_DIFF_CHANGED] = "~", [WP_DIFF_ADDED] = "+", [WP_DIFF_REMOVED] = "-"
	};

	return symbols[status];
}

const char *wp_diff_words_file_symbol(enum wp_file_change change)
{
	static const char *const symbols[] = { [WP_FILE_CHANGE_ADDED] = "+",
					       [WP_FILE_CHANGE_REMOVED] = "-",
					       [WP_FILE_CHANGE_CHANGED] = "~",
					       [WP_FILE_CHANGE_RENAMED] = ">",
					       [WP_FILE_CHANGE_ATTRIBUTES] = "@" };

	return symbols[change];
}

/* "; 280 MiB of the old file is gone"; nothing where nothing is. */
static const char *gone(struct wp_arena *arena, uint64_t bytes, const char *what)
{
	return bytes ? wp_arena_printf(arena, "; %s of the old %s is gone", wp_words_amount(arena, bytes), what) : "";
}

/*
 * A site sends files: one that changed goes to the distribution points as a whole, unless the package has binary
 * differential replication, which sends parts of it. How few no one can say of compressed data, but what is new is among
 * them. Of a solid file not even that can be told.
 */
char *wp_diff_words_blobs(struct wp_arena *arena, const struct wp_diff *diff)
{
	const struct wp_diff_blobs *added = &diff->added, *removed = &diff->removed;
	const char *whole = wp_words_amount(arena, diff->new.size);

	if (!diff->blobs_known)
		return NULL;
	if (!added->stored_bytes.known || !removed->stored_bytes.known)
		return wp_arena_printf(arena,
				       "A redistribution sends the whole file: %s. What binary differential replication sends "
				       "of it cannot be told, since one of the files is solid; of the %s of file data in it %s "
				       "is new%s (uncompressed).",
				       whole, wp_words_amount(arena, wp_sum(diff->shared.bytes, added->bytes)),
				       wp_words_amount(arena, added->bytes), gone(arena, removed->bytes, "data"));
	if (!added->count)
		return wp_arena_printf(arena,
				       "A redistribution sends the whole file: %s. None of its file data is new%s.",
				       whole, gone(arena, removed->stored_bytes.value, "file"));
	return wp_arena_printf(arena,
			       "A redistribution sends the whole file: %s. With binary differential replication it sends at "
			       "least what is new: %s%s.",
			       whole, wp_words_amount(arena, added->stored_bytes.value),
			       gone(arena, removed->stored_bytes.value, "file"));
}

static bool is_moved(const struct wp_diff_image *image)
{
	return image->old_index && image->new_index && image->old_index != image->new_index;
}

/* Nothing differs in what could be read, and that is not all. */
static bool is_half_known(const struct wp_diff_image *image)
{
	return image->status == WP_DIFF_SAME && !image->complete;
}

struct wp_diff_counts wp_diff_count_images(const struct wp_diff *diff)
{
	struct wp_diff_counts counts = { 0 };

	for (size_t i = 0; i < diff->image_count; i++) {
		if (is_half_known(&diff->images[i]))
			counts.half_known++;
		else
			counts.status[diff->images[i].status]++;
		counts.moved += is_moved(&diff->images[i]);
	}
	return counts;
}

static void add_count(struct wp_buf *buf, size_t count, const char *what)
{
	if (!count)
		return;
	if (!buf->length)
		wp_buf_printf(buf, "%zu image%s %s", count, wp_plural(count), what);
	else
		wp_buf_printf(buf, ", %zu %s", count, what);
}

/* What of the images was compared, as far as "the same" can be said of it. */
static const char *compared(const struct wp_diff *diff)
{
	if (diff->old.record)
		return "what the site has recorded and what the source says are the same";
	/* The trees were read; of the data of files their SHA-1s stand in them. */
	if (diff->with_files)
		return "metadata and files are the same";
	if (diff->with_servicing)
		return "metadata and what is installed are the same, and so are the digests of the trees";
	return "metadata and the recorded digests of the trees are the same";
}

static char *no_changes(struct wp_arena *arena, const struct wp_diff *diff, size_t half_known)
{
	const char *plural = wp_plural(diff->image_count);

	if (diff->complete)
		return wp_arena_printf(arena, "No changes: %s in %zu image%s.", compared(diff), diff->image_count, plural);
	return wp_arena_printf(arena,
			       "No changes in what could be read, which is not all: %zu of %zu image%s %s the same only as far "
			       "as %s could be read.",
			       half_known, diff->image_count, plural, half_known == 1 ? "is" : "are",
			       half_known == 1 ? "it" : "they");
}

char *wp_diff_words_totals(struct wp_arena *arena, const struct wp_diff *diff)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	const struct wp_diff_counts counts = wp_diff_count_images(diff);

	if (!wp_diff_has_changes(diff))
		return no_changes(arena, diff, counts.half_known);
	add_count(&buf, counts.status[WP_DIFF_CHANGED], "changed");
	add_count(&buf, counts.status[WP_DIFF_ADDED], "added");
	add_count(&buf, counts.status[WP_DIFF_REMOVED], "removed");
	add_count(&buf, counts.status[WP_DIFF_SAME], "the same");
	add_count(&buf, counts.half_known, "the same as far as it could be read");
	add_count(&buf, counts.moved, "at another index");
	if (diff->header_count)
		wp_buf_printf(&buf, "%s%zu value%s of the header changed", buf.length ? "; " : "", diff->header_count,
			      wp_plural(diff->header_count));
	wp_buf_putc(&buf, '.');
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

char *wp_diff_words_lost(struct wp_arena *arena, const struct wp_diff *diff)
{
	size_t lost = wp_diff_lost(diff);

	if (!lost)
		return NULL;
	return wp_arena_printf(
		arena,
		"%zu value%s that the old image had %s now empty or gone. Windows Setup reads %s and may refuse an "
		"image without %s.",
		lost, wp_plural(lost), lost == 1 ? "is" : "are", lost == 1 ? "it" : "them",
		lost == 1 ? "it" : "them");
}

char *wp_diff_words_incomplete(struct wp_arena *arena, const struct wp_diff *diff)
{
	if (diff->complete)
		return NULL;
	return wp_arena_strdup(arena,
			       "Incomplete: something could not be read, as the remarks say. What is shown stands.");
}

const char *wp_diff_words_name(const struct wp_diff_image *image)
{
	return wp_words_name(image->new_index ? image->new_name : image->old_name);
}

const char *wp_diff_words_state(const struct wp_diff_image *image)
{
	return is_half_known(image) ? "same as far as it could be read" : wp_diff_status_name(image->status);
}

char *wp_diff_words_status(struct wp_arena *arena, const struct wp_diff_image *image)
{
	if (is_moved(image))
		return wp_arena_printf(arena, "%s, was image %" PRIu32, wp_diff_words_state(image), image->old_index);
	return wp_arena_strdup(arena, wp_diff_words_state(image));
}

bool wp_diff_words_has_more(const struct wp_diff *diff, const struct wp_diff_image *image)
{
	return image->field_count || image->contents || image->files || image->texts ||
	       (!image->complete && wp_diff_words_tree(diff, image));
}

char *wp_diff_words_match(struct wp_arena *arena, const struct wp_diff_image *image)
{
	const char *name = wp_match_name(image->matched_by);

	if (image->matched_by == WP_MATCH_OPTION)
		return wp_arena_strdup(arena, "matched by --match");
	return name ? wp_arena_printf(arena, "matched by %s", name) : NULL;
}

const char *wp_diff_words_tree(const struct wp_diff *diff, const struct wp_diff_image *image)
{
	bool asked = diff->with_servicing || diff->with_files, unread = asked && !image->contents && !image->files;

	if (image->files || !image->old_index || !image->new_index || diff->old.record)
		return NULL;
	switch (image->tree) {
	case WP_TREE_SAME:
		return unread ? "the recorded digests are equal, but one of the trees could not be read"
		       : asked ? "they are the same" : "the recorded digests are equal";
	case WP_TREE_CHANGED:
		if (unread)
			return "they differ, but one of the trees could not be read";
		return diff->with_servicing ? "they differ; --files tells which"
					    : "they differ; --servicing and --files tell how";
	case WP_TREE_UNKNOWN:
		break;
	}
	return "not compared, since one of the trees could not be read or is not there";
}
