/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows paths as a site writes them, taken apart into their names ([MS-DTYP] 2.2.57 for UNC paths). */
#include "path.h"

#include "wimplan/source.h"

#include "wimplan/ascii.h"
#include "wimplan/buf.h"
#include "wimplan/text.h"

#include <string.h>

static bool is_separator(char c)
{
	return c == '\\' || c == '/';
}

static bool is_drive(const char *text)
{
	return wp_ascii_letter(text[0]) && text[1] == ':' &&
	       (!text[2] || is_separator(text[2]));
}

/* What comes behind "\\?\" or "\\?\UNC\", which tell Windows not to normalise a path. *@ret_unc: the latter. */
static const char *skip_verbatim(const char *text, bool *ret_unc)
{
	*ret_unc = false;
	if (!is_separator(text[0]) || !is_separator(text[1]) || text[2] != '?' || !is_separator(text[3]))
		return text;
	text += 4;
	if (wp_ascii_begins(text, "unc") && is_separator(text[3])) {
		*ret_unc = true;
		return text + 4;
	}
	return text;
}

/* The names of @text; the first one gets @lead in front. */
static char **split(struct wp_arena *arena, const char *lead, const char *text, size_t *ret_count)
{
	char **names = NULL;
	size_t count = 0;

	for (;;) {
		size_t length = 0;
		char *name;

		while (is_separator(*text))
			text++;
		while (text[length] && !is_separator(text[length]))
			length++;
		if (!length)
			break;
		name = count ? wp_arena_strndup(arena, text, length) :
			wp_arena_printf(arena, "%s%.*s", lead, (int)length, text);
		*WP_PUSH(arena, names, count) = name;
		text += length;
	}
	*ret_count = count;
	return names;
}

bool wp_windows_path_split(struct wp_arena *arena, const char *text, struct wp_windows_path *ret)
{
	const char *lead = "";
	bool unc;

	text = skip_verbatim(text, &unc);
	if (unc || (is_separator(text[0]) && is_separator(text[1])))
		lead = "\\\\";
	else if (!is_drive(text))
		return false;
	ret->names = split(arena, lead, text, &ret->count);
	/* Folding neither adds nor takes separators, so both have the same number of names. */
	ret->folds = split(arena, lead, wp_text_fold(arena, text), &ret->count);
	return ret->count > 0;
}

bool wp_windows_path_has_dots(const struct wp_windows_path *path)
{
	for (size_t i = 0; i < path->count; i++) {
		const char *name = path->names[i];

		if (!i && is_separator(name[0]))
			name += 2;
		if (!strcmp(name, ".") || !strcmp(name, ".."))
			return true;
	}
	return false;
}

bool wp_windows_path_starts_with(const struct wp_windows_path *path, const struct wp_windows_path *prefix)
{
	if (prefix->count > path->count)
		return false;
	for (size_t i = 0; i < prefix->count; i++)
		if (strcmp(path->folds[i], prefix->folds[i]))
			return false;
	return true;
}

static char *join(struct wp_arena *arena, char *const *names, size_t count)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < count; i++) {
		if (i)
			wp_buf_putc(&buf, '\\');
		wp_buf_puts(&buf, names[i]);
	}
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

char *wp_windows_path_text(struct wp_arena *arena, const struct wp_windows_path *path, size_t count)
{
	return join(arena, path->names, count);
}

char *wp_windows_path_key(struct wp_arena *arena, const struct wp_windows_path *path)
{
	return join(arena, path->folds, path->count);
}

size_t wp_windows_path_root(const struct wp_windows_path *path)
{
	return path->count > 1 && is_separator(path->names[0][0]) ? 2 : 1;
}

char *wp_windows_root(struct wp_arena *arena, const char *text)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_windows_path path;

	if (!wp_windows_path_split(scratch, text, &path))
		return NULL;
	return wp_windows_path_text(arena, &path, wp_windows_path_root(&path));
}
