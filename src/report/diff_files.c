/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happened to files: totals in words, and the folders and components in the order of their weight. */
#include "diff_words.h"

#include "words.h"

#include "wimplan/number.h"

#include <string.h>

static const char *const change_words[] = {
	[WP_FILE_CHANGE_ADDED] = "added",
	[WP_FILE_CHANGE_REMOVED] = "removed",
	[WP_FILE_CHANGE_CHANGED] = "changed",
	[WP_FILE_CHANGE_RENAMED] = "renamed",
	[WP_FILE_CHANGE_ATTRIBUTES] = "changed in attributes, times or security only",
};
static const char links_too[] = "changed in attributes, times, security or hard links only";

/* "3 files added, 1 removed"; adds nothing when there is none. */
static void add_counts(struct wp_arena *arena, struct wp_buf *buf, const uint64_t counts[WP_FILE_CHANGES],
		       const char *what, bool links)
{
	for (size_t i = 0; i < WP_FILE_CHANGES; i++) {
		const char *words = links && i == WP_FILE_CHANGE_ATTRIBUTES ? links_too : change_words[i];

		if (!counts[i])
			continue;
		if (buf->length)
			wp_buf_printf(buf, ", %s %s", wp_words_count(arena, counts[i]), words);
		else
			wp_buf_printf(buf, "%s %s", wp_words_counted(arena, counts[i], what), words);
	}
}

char *wp_diff_words_files(struct wp_arena *arena, const struct wp_diff_files *files)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	add_counts(arena, &buf, files->totals.files, "file", files->links_lost || files->links_made);
	/* An empty image, or a glob that nothing fits. */
	if (!buf.length && !files->unchanged)
		return wp_arena_strdup(arena, "there are none to compare");
	if (!buf.length)
		wp_buf_puts(&buf, "no file differs");
	wp_buf_printf(&buf, "; %s the same", wp_words_count(arena, files->unchanged));
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

const char *wp_diff_words_beyond(const struct wp_diff_image *image)
{
	if (!image->files || image->files->differs || image->tree != WP_TREE_CHANGED)
		return NULL;
	return "The trees differ all the same, in what is not compared: times of the last access, short names, or the "
	       "order in which they are stored.";
}

char *wp_diff_words_folders(struct wp_arena *arena, const struct wp_diff_files *files)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	add_counts(arena, &buf, files->totals.folders, "folder", false);
	return buf.length ? wp_arena_strdup(arena, wp_buf_text(&buf)) : NULL;
}

char *wp_diff_words_links(struct wp_arena *arena, const struct wp_diff_files *files)
{
	uint64_t lost = files->links_lost, made = files->links_made;

	if (lost && made)
		return wp_arena_printf(arena, "%s lost, %s made", wp_words_counted(arena, lost, "hard link"),
				       wp_words_count(arena, made));
	if (!lost && !made)
		return NULL;
	return wp_arena_printf(arena, "%s %s", wp_words_counted(arena, lost + made, "hard link"), lost ? "lost" : "made");
}

char *wp_diff_words_bytes(struct wp_arena *arena, const struct wp_diff_totals *totals)
{
	return wp_arena_printf(arena, "%s came, %s went", wp_words_amount(arena, totals->bytes_added),
			       wp_words_amount(arena, totals->bytes_removed));
}

uint64_t wp_diff_share_bytes(const struct wp_diff_share *share)
{
	return wp_sum(share->totals->bytes_added, share->totals->bytes_removed);
}

/* qsort() is not stable; the labels are distinct and stand in the order of the model. */
static int compare_shares(const void *a, const void *b)
{
	const struct wp_diff_share *x = a, *y = b;

	if (wp_diff_share_bytes(x) != wp_diff_share_bytes(y))
		return wp_diff_share_bytes(x) > wp_diff_share_bytes(y) ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return strcmp(x->label, y->label);
}

static uint64_t count_paths(const struct wp_diff_totals *totals)
{
	uint64_t count = 0;

	for (size_t i = 0; i < WP_FILE_CHANGES; i++)
		count += totals->files[i] + totals->folders[i];
	return count;
}

static void finish(struct wp_diff_share *shares, size_t count, uint64_t *ret_most)
{
	for (size_t i = 0; i < count; i++)
		shares[i].count = count_paths(shares[i].totals);
	WP_SORT(shares, count, compare_shares);
	*ret_most = count ? wp_diff_share_bytes(&shares[0]) : 0;
}

/* Entries are by path, so that a folder's own sub-folders follow it. */
static bool has_entries_below(const struct wp_diff_files *files, size_t at)
{
	size_t length = strlen(files->folders[at].path);

	if (length == 1)
		return files->folder_count > 1;
	return at + 1 < files->folder_count && !strncmp(files->folders[at + 1].path, files->folders[at].path, length) &&
	       files->folders[at + 1].path[length] == '\\';
}

struct wp_diff_share *wp_diff_shares_of_folders(struct wp_arena *arena, const struct wp_diff_files *files,
						uint64_t *ret_most)
{
	struct wp_diff_share *shares = wp_arena_alloc(arena, files->folder_count * sizeof *shares);

	for (size_t i = 0; i < files->folder_count; i++) {
		const char *path = files->folders[i].path;

		shares[i].label = has_entries_below(files, i) ? wp_arena_printf(arena, "%s (elsewhere)", path) : path;
		shares[i].totals = &files->folders[i].totals;
	}
	finish(shares, files->folder_count, ret_most);
	return shares;
}

struct wp_diff_share *wp_diff_shares_of_components(struct wp_arena *arena, const struct wp_diff_files *files,
						   uint64_t *ret_most)
{
	struct wp_diff_share *shares = wp_arena_alloc(arena, files->component_count * sizeof *shares);

	for (size_t i = 0; i < files->component_count; i++) {
		const struct wp_diff_component *part = &files->components[i];
		const char *language = part->language ? part->language : "";

		shares[i].label = wp_arena_printf(arena, "%s (%s%s%s)", part->name, part->architecture,
						  *language ? ", " : "", language);
		if (part->old_version && part->new_version)
			shares[i].versions =
				!strcmp(part->old_version, part->new_version)
					? part->new_version
					: wp_arena_printf(arena, "%s → %s", part->old_version, part->new_version);
		else if (part->new_version)
			shares[i].versions = wp_arena_printf(arena, "%s added", part->new_version);
		else if (part->old_version)
			shares[i].versions = wp_arena_printf(arena, "%s removed", part->old_version);
		shares[i].totals = &part->totals;
	}
	finish(shares, files->component_count, ret_most);
	return shares;
}

static void add_word(struct wp_buf *buf, bool wanted, const char *word)
{
	if (wanted)
		wp_buf_printf(buf, "%s%s", buf->length ? ", " : "", word);
}

static void add_sizes(struct wp_arena *arena, struct wp_buf *buf, const struct wp_diff_path *path)
{
	const char *old = path->old_size.known ? wp_words_amount(arena, path->old_size.value) : NULL;
	const char *new = path->new_size.known ? wp_words_amount(arena, path->new_size.value) : NULL;

	if (path->change == WP_FILE_CHANGE_ATTRIBUTES || path->change == WP_FILE_CHANGE_RENAMED)
		return;
	if (!old || !new)
		wp_buf_puts(buf, new ? new : old ? old : "");
	else if (path->old_size.value == path->new_size.value)
		wp_buf_printf(buf, "%s, the same size", new);
	else if (!strcmp(old, new))
		/* A change of some bytes must not look like none. */
		wp_buf_printf(buf, "%s → %s bytes", wp_words_count(arena, path->old_size.value),
			      wp_words_count(arena, path->new_size.value));
	else
		wp_buf_printf(buf, "%s → %s", old, new);
}

void wp_diff_words_names(struct wp_arena *arena, const struct wp_diff_path *path, const char **ret_path,
			 const char **ret_old)
{
	*ret_path = path->path;
	*ret_old = path->old_path;
	wp_diff_words_apart(arena, ret_old, ret_path);
}

/* Where links lead; false when that is not known or the same. */
static bool add_targets(struct wp_arena *arena, struct wp_buf *buf, const struct wp_diff_path *path)
{
	const char *old = path->old_target, *new = path->new_target;

	if ((!old && !new) || (old && new && !strcmp(old, new)))
		return false;
	/* Of a link that is one still, the other end was not read; what became a file leads nowhere. */
	if (path->change == WP_FILE_CHANGE_CHANGED && !(path->what & (WP_FILE_WHAT_REPARSE_TAG | WP_FILE_WHAT_TYPE))) {
		old = old ? old : "(not known)";
		new = new ? new : "(not known)";
	}
	wp_diff_words_apart(arena, &old, &new);
	if (old && new)
		wp_buf_printf(buf, "leads to %s → %s", old, new);
	else
		wp_buf_printf(buf, "%s to %s", new ? "leads" : "led", new ? new : old);
	return true;
}

char *wp_diff_words_path(struct wp_arena *arena, const struct wp_diff_path *path)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (!add_targets(arena, &buf, path))
		add_sizes(arena, &buf, path);
	add_word(&buf, path->kind == WP_PATH_FOLDER && !(path->what & WP_FILE_WHAT_TYPE), "folder");
	add_word(&buf, path->kind == WP_PATH_STREAM, "stream");
	add_word(&buf, path->what & WP_FILE_WHAT_TYPE,
		 path->kind == WP_PATH_FOLDER ? "a file became a folder" : "a folder became a file");
	add_word(&buf, path->what & WP_FILE_WHAT_ATTRIBUTES, "attributes");
	add_word(&buf, path->what & WP_FILE_WHAT_TIMES, "times");
	add_word(&buf, path->what & WP_FILE_WHAT_SECURITY, "security");
	add_word(&buf, path->what & WP_FILE_WHAT_REPARSE_TAG, "reparse tag");
	add_word(&buf, path->linked && !path->old_link && !path->new_link, "hard link");
	if (path->old_link)
		add_word(&buf, true, wp_arena_printf(arena, "no longer a hard link of %s", path->old_link));
	if (path->new_link)
		add_word(&buf, true, wp_arena_printf(arena, "now a hard link of %s", path->new_link));
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}
