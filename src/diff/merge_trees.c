/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goes through two trees at once, folder by folder, each in the order of its names. */
#include "comparison.h"

#include "wimplan/glob.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

/* A folder that is being gone through, on both sides or one; there may be thousands within each other. */
struct frame {
	uint32_t old, old_end; /* the next child and the last one's end */
	uint32_t new, new_end;
	uint32_t folder; /* whose totals count */
	uint32_t stored; /* the same; WP_NOT_STORED */
	uint32_t depth;     /* of the folder: 0 is the root */
	uint32_t path;      /* bytes of its path */
	bool store;         /* it is Windows\WinSxS */
};

struct walk {
	struct wp_comparison *comparison;
	struct frame *frames;
	size_t count, capacity;
	/* With --path: what of the glob the path of each frame has passed, and that of the name that is looked at. */
	struct wp_glob *glob;
	size_t places;
	bool *passed, *name;
};

/* Whether the name that is looked at, or its stream called @stream, is one that was asked for. */
static bool is_wanted(const struct walk *walk, const char *stream)
{
	bool fits, *places;

	if (!walk->glob)
		return true;
	if (!stream)
		return wp_glob_fits(walk->glob, walk->name);
	places = wp_must(reallocarray(NULL, walk->places, sizeof *places));
	memcpy(places, walk->name, walk->places * sizeof *places);
	wp_glob_pass(walk->glob, places, ":");
	wp_glob_pass(walk->glob, places, wp_stream_shown(stream));
	fits = wp_glob_fits(walk->glob, places);
	free(places);
	return fits;
}

/* Looks at a name of the innermost folder. */
static void look_at(const struct walk *walk, const char *name)
{
	if (!walk->glob)
		return;
	memcpy(walk->name, walk->passed + (walk->count - 1) * walk->places, walk->places * sizeof *walk->name);
	wp_glob_pass(walk->glob, walk->name, "\\");
	wp_glob_pass(walk->glob, walk->name, name);
}

static struct wp_change *add_change(const struct walk *walk, const struct frame *frame, const char *stream)
{
	struct wp_comparison *comparison = walk->comparison;
	struct wp_change *change;

	if (comparison->change_count == comparison->change_capacity) {
		comparison->change_capacity += comparison->change_capacity / 2 + 256;
		comparison->changes =
			wp_must(reallocarray(comparison->changes, comparison->change_capacity, sizeof *comparison->changes));
	}
	change = &comparison->changes[comparison->change_count++];
	*change = (struct wp_change){
		.old_node = WP_NO_NODE,
		.new_node = WP_NO_NODE,
		.old_stream = WP_NO_STREAM,
		.new_stream = WP_NO_STREAM,
		.folder = frame->folder,
		.stored = frame->stored,
		.wanted = is_wanted(walk, stream),
	};
	return change;
}

/* Adds a folder with totals of its own to one of the two lists. */
static uint32_t add_folder(struct wp_total_folder **folders, uint32_t *count, size_t *capacity, uint32_t old,
			   uint32_t new)
{
	if (*count == *capacity) {
		*capacity += *capacity / 2 + 64;
		*folders = wp_must(reallocarray(*folders, *capacity, sizeof **folders));
	}
	(*folders)[*count] = (struct wp_total_folder){ .old_node = old, .new_node = new };
	return (*count)++;
}

/* Begins to go through a folder; one of the nodes may be WP_NO_NODE or a file. */
static void descend(struct walk *walk, const struct frame *parent, uint32_t old, uint32_t new)
{
	struct wp_comparison *comparison = walk->comparison;
	const struct wp_node *a = old == WP_NO_NODE ? NULL : &comparison->old->nodes[old];
	const struct wp_node *b = new == WP_NO_NODE ? NULL : &comparison->new->nodes[new];
	struct frame frame = { .stored = WP_NOT_STORED };

	if (parent) {
		frame = (struct frame){ .folder = parent->folder, .stored = parent->stored, .depth = parent->depth + 1 };
		frame.path = parent->path + 1 + (uint32_t)strlen(a ? wp_tree_name(comparison->old, old)
								    : wp_tree_name(comparison->new, new));
	}
	if (a) {
		frame.old = a->first_child;
		frame.old_end = a->first_child + a->child_count;
	}
	if (b) {
		frame.new = b->first_child;
		frame.new_end = b->first_child + b->child_count;
	}
	if (parent && parent->store)
		frame.stored = add_folder(&comparison->stored, &comparison->stored_count, &comparison->stored_capacity, old,
					  new);
	frame.store = (a && old == comparison->old_store) || (b && new == comparison->new_store);
	if (frame.depth <= comparison->options->depth) {
		uint32_t above = frame.folder;

		frame.folder = add_folder(&comparison->folders, &comparison->folder_count, &comparison->folder_capacity,
					  old, new);
		comparison->folders[frame.folder].above = above;
		comparison->folders[frame.folder].path = frame.path;
	}
	if (walk->count == walk->capacity) {
		walk->capacity = walk->capacity ? 2 * walk->capacity : 64;
		walk->frames = wp_must(reallocarray(walk->frames, walk->capacity, sizeof *walk->frames));
		if (walk->glob)
			walk->passed = wp_must(reallocarray(walk->passed, walk->capacity * walk->places, sizeof *walk->passed));
	}
	if (walk->glob)
		memcpy(walk->passed + walk->count * walk->places, walk->name, walk->places * sizeof *walk->name);
	walk->frames[walk->count++] = frame;
}

static void add_stream_change(const struct walk *walk, const struct frame *frame, enum wp_file_change what,
			      uint32_t old, uint32_t new, uint32_t old_stream, uint32_t new_stream)
{
	const struct wp_tree *tree = new_stream == WP_NO_STREAM ? walk->comparison->old : walk->comparison->new;
	uint32_t stream = new_stream == WP_NO_STREAM ? old_stream : new_stream;
	struct wp_change *change = add_change(walk, frame, tree->text + tree->streams[stream].name);

	change->change = (uint8_t)what;
	change->kind = WP_PATH_STREAM;
	change->old_node = old;
	change->new_node = new;
	change->old_stream = old_stream;
	change->new_stream = new_stream;
}

static int compare_stream_names(const struct wp_comparison *comparison, uint32_t old, uint32_t new)
{
	return wp_text_compare_nocase(comparison->old->text + comparison->old->streams[old].name,
				      comparison->new->text + comparison->new->streams[new].name);
}

/* Both sides' streams are in the order of their names. */
static void compare_streams(const struct walk *walk, const struct frame *frame, uint32_t old, uint32_t new)
{
	const struct wp_comparison *comparison = walk->comparison;
	const struct wp_node *a = old == WP_NO_NODE ? NULL : &comparison->old->nodes[old];
	const struct wp_node *b = new == WP_NO_NODE ? NULL : &comparison->new->nodes[new];
	uint32_t x = a ? a->first_stream : 0, x_end = a ? x + a->stream_count : 0;
	uint32_t y = b ? b->first_stream : 0, y_end = b ? y + b->stream_count : 0;

	while (x < x_end || y < y_end) {
		int order = x == x_end ? 1 : y == y_end ? -1 : compare_stream_names(comparison, x, y);

		if (order < 0)
			add_stream_change(walk, frame, WP_FILE_CHANGE_REMOVED, old, new, x++, WP_NO_STREAM);
		else if (order > 0)
			add_stream_change(walk, frame, WP_FILE_CHANGE_ADDED, old, new, WP_NO_STREAM, y++);
		else if (memcmp(comparison->old->streams[x++].sha1, comparison->new->streams[y++].sha1, WP_SHA1_SIZE))
			add_stream_change(walk, frame, WP_FILE_CHANGE_CHANGED, old, new, x - 1, y - 1);
	}
}

/* A file or folder that is on one side only. */
static void take_single(struct walk *walk, const struct frame *frame, uint32_t old, uint32_t new)
{
	const struct wp_comparison *comparison = walk->comparison;
	const struct wp_node *node = old == WP_NO_NODE ? &comparison->new->nodes[new] : &comparison->old->nodes[old];
	struct wp_change *change = add_change(walk, frame, NULL);

	change->change = old == WP_NO_NODE ? WP_FILE_CHANGE_ADDED : WP_FILE_CHANGE_REMOVED;
	change->kind = wp_node_is_folder(node) ? WP_PATH_FOLDER : WP_PATH_FILE;
	change->old_node = old;
	change->new_node = new;
	if (node->stream_count)
		compare_streams(walk, frame, old, new);
	if (wp_node_is_folder(node))
		descend(walk, frame, old, new);
}

static void keep(bool *kept, const struct wp_node *node)
{
	if (node->links != WP_NO_LINKS)
		kept[node->links] = true;
}

/* Two nodes at one path. */
static void take_pair(struct walk *walk, const struct frame *frame, uint32_t old, uint32_t new)
{
	struct wp_comparison *comparison = walk->comparison;
	const struct wp_node *a = &comparison->old->nodes[old], *b = &comparison->new->nodes[new];
	unsigned int what = wp_files_what_differs(comparison, a, b);
	bool data = memcmp(a->sha1, b->sha1, WP_SHA1_SIZE) != 0 || (what & WP_FILE_WHAT_TYPE);
	bool name = strcmp(wp_tree_name(comparison->old, old), wp_tree_name(comparison->new, new)) != 0;
	bool folders = wp_node_is_folder(a) && wp_node_is_folder(b);
	size_t before = comparison->change_count;

	if (!data)
		what |= wp_files_compare_links(comparison, old, new);
	if (data || what || name) {
		struct wp_change *change = add_change(walk, frame, NULL);

		change->change = data ? WP_FILE_CHANGE_CHANGED : name ? WP_FILE_CHANGE_RENAMED : WP_FILE_CHANGE_ATTRIBUTES;
		change->kind = wp_node_is_folder(b) ? WP_PATH_FOLDER : WP_PATH_FILE;
		change->what = (uint8_t)what;
		change->old_node = old;
		change->new_node = new;
	}
	if (!data) {
		keep(comparison->old_kept, a);
		keep(comparison->new_kept, b);
	}
	if (a->stream_count || b->stream_count)
		compare_streams(walk, frame, old, new);
	if (!folders && comparison->change_count == before && is_wanted(walk, NULL))
		comparison->unchanged++;
	if (wp_node_is_folder(a) || wp_node_is_folder(b))
		descend(walk, frame, wp_node_is_folder(a) ? old : WP_NO_NODE, wp_node_is_folder(b) ? new : WP_NO_NODE);
}

/* Whether the folder has another name that is the same but for case: then only exact names belong together. */
static bool has_twin(const struct wp_tree *tree, uint32_t node)
{
	const struct wp_node *parent = &tree->nodes[tree->nodes[node].parent];
	const char *name = wp_tree_name(tree, node);

	return (node > parent->first_child && !wp_text_compare_nocase(wp_tree_name(tree, node - 1), name)) ||
	       (node + 1 < parent->first_child + parent->child_count &&
		!wp_text_compare_nocase(wp_tree_name(tree, node + 1), name));
}

static int compare_names(const struct wp_comparison *comparison, uint32_t old, uint32_t new)
{
	const char *a = wp_tree_name(comparison->old, old), *b = wp_tree_name(comparison->new, new);
	int exact = strcmp(a, b), order;

	if (!exact)
		return 0;
	order = wp_text_compare_nocase(a, b);
	return !order && (has_twin(comparison->old, old) || has_twin(comparison->new, new)) ? exact : order;
}

/* One step: the next name of the innermost folder. */
static void step(struct walk *walk)
{
	struct frame *top = &walk->frames[walk->count - 1], frame = *top;
	int order;

	if (frame.old == frame.old_end && frame.new == frame.new_end) {
		walk->count--;
		return;
	}
	order = frame.old == frame.old_end ? 1
		: frame.new == frame.new_end ? -1
					     : compare_names(walk->comparison, frame.old, frame.new);
	/* Moved on before the inner folder is begun: the frames may move. */
	top->old += order <= 0;
	top->new += order >= 0;
	look_at(walk, order < 0 ? wp_tree_name(walk->comparison->old, frame.old)
				: wp_tree_name(walk->comparison->new, frame.new));
	if (order < 0)
		take_single(walk, &frame, frame.old, WP_NO_NODE);
	else if (order > 0)
		take_single(walk, &frame, WP_NO_NODE, frame.new);
	else
		take_pair(walk, &frame, frame.old, frame.new);
}

/* The root has no name, and its path is that of a separator. */
static void take_root(struct walk *walk)
{
	const struct wp_comparison *comparison = walk->comparison;
	const struct frame nothing = { .stored = WP_NOT_STORED };
	unsigned int what =
		wp_files_what_differs(comparison, &comparison->old->nodes[0], &comparison->new->nodes[0]);
	struct wp_change *change;

	descend(walk, NULL, 0, 0);
	if (!what)
		return;
	look_at(walk, "");
	change = add_change(walk, &nothing, NULL);
	change->change = WP_FILE_CHANGE_ATTRIBUTES;
	change->kind = WP_PATH_FOLDER;
	change->what = (uint8_t)what;
	change->old_node = change->new_node = 0;
}

void wp_files_merge(struct wp_comparison *comparison)
{
	const char *glob = comparison->options->path_glob;
	struct walk walk = { .comparison = comparison, .glob = glob ? wp_glob_new(glob) : NULL };

	if (walk.glob) {
		walk.places = wp_glob_places(walk.glob);
		walk.name = wp_must(reallocarray(NULL, walk.places, sizeof *walk.name));
		memset(walk.name, 0, walk.places * sizeof *walk.name);
		wp_glob_begin(walk.glob, walk.name);
	}
	take_root(&walk);
	while (walk.count)
		step(&walk);
	free(walk.frames);
	free(walk.passed);
	free(walk.name);
	wp_glob_free(walk.glob);
}
