/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wrong or odd about a tree: the first of each kind is named, and how many there are. */
#include "tree_read.h"

#include "wimplan/limits.h"

static const char *const oddities[WP_ODDITIES][2] = {
	[WP_ODDITY_DOTS] = { "tree-name-dots", "named \".\" or \"..\" left out" },
	[WP_ODDITY_EMPTY] = { "tree-name-empty", "without a name left out" },
	[WP_ODDITY_NUL] = { "tree-name-nul", "with a NUL in the name left out" },
	[WP_ODDITY_DUPLICATE] = { "tree-name-duplicate", "with the name of another one beside it left out" },
	[WP_ODDITY_SEPARATOR] = { "tree-name-separator", "with a \\ or / in the name, whose path can be read in two ways" },
	[WP_ODDITY_NOT_UTF16] = { "tree-name-not-utf16", "with a name that is no valid UTF-16, shown with U+FFFD" },
	[WP_ODDITY_CHILDREN] = { "tree-children-of-file", "that is no folder has a list of its own, which is left out" },
	[WP_ODDITY_MISSING] = { "tree-blobs-missing", "whose data is in another file: its size is not known" },
};

int wp_tree_fail(struct wp_tree *tree, const char *code, const char *format, ...)
{
	const char *subject = wp_arena_printf(tree->arena, "image %u", tree->image);
	va_list args;

	va_start(args, format);
	wp_diag_add(tree->arena, &tree->diags, WP_SEVERITY_ERROR, code, subject, "the tree cannot be shown: %s",
		    wp_arena_vprintf(tree->arena, format, args));
	va_end(args);
	return WP_E_FAILED;
}

int wp_tree_path_too_long(struct wp_tree *tree)
{
	return wp_tree_fail(tree, "tree-limit", "a path in it is longer than %u characters", WP_LIMIT_PATH_UNITS);
}

void wp_tree_odd(struct wp_tree_reader *reader, enum wp_oddity oddity, uint32_t folder, const char *name)
{
	if (!reader->odd[oddity].count++) {
		reader->odd[oddity].folder = folder == WP_NO_NODE ? 0 : folder;
		reader->odd[oddity].name = wp_arena_strdup(reader->tree->arena, name);
	}
}

void wp_tree_tell_odd(const struct wp_tree_reader *reader)
{
	struct wp_tree *tree = reader->tree;

	for (int i = 0; i < WP_ODDITIES; i++) {
		struct wp_buf path __attribute__((cleanup(wp_buf_free))) = { 0 };
		uint64_t count = reader->odd[i].count;

		if (!count)
			continue;
		wp_tree_path(tree, reader->odd[i].folder, &path);
		if (reader->odd[i].name && path.length > 1)
			wp_buf_putc(&path, '\\');
		if (reader->odd[i].name)
			wp_buf_puts(&path, reader->odd[i].name);
		wp_diag_add(tree->arena, &tree->diags, WP_SEVERITY_WARNING, oddities[i][0],
			    wp_arena_printf(tree->arena, "image %u", tree->image), "%ju %s %s; the first is %s",
			    (uintmax_t)count, count == 1 ? "entry" : "entries", oddities[i][1],
			    wp_buf_text(&path));
	}
}
