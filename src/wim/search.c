/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goes through the tree of each image once, beside all globs, and joins what is the same in several images. */
#include "wimplan/search.h"

#include "internal.h"

#include "wimplan/glob.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

const char *wp_found_kind_name(enum wp_found_kind kind)
{
	static const char *const names[] = {
		[WP_FOUND_FILE] = "file",
		[WP_FOUND_FOLDER] = "folder",
		[WP_FOUND_LINK] = "link",
		[WP_FOUND_REPARSE] = "reparse-point",
		[WP_FOUND_STREAM] = "stream",
	};

	return names[kind];
}

/* A path of one image. */
struct match {
	enum wp_found_kind kind;
	bool missing;
	const char *path, *target;
	uint8_t sha1[WP_SHA1_SIZE];
	uint64_t size;
	struct wp_found_in in;
};

struct search {
	struct wp_wim *wim;
	struct wp_wim_index *index;
	struct wp_glob **globs;
	size_t glob_count;
	size_t places; /* of all globs together */
	struct match *matches;
	size_t count;
	uint64_t text; /* bytes of their paths and targets */
	bool full;
	struct wp_buf path;
};

/* A folder that is being gone through; there may be thousands within each other. */
struct frame {
	uint32_t next, end;
};

struct walk {
	struct search *search;
	const struct wp_tree *tree;
	struct frame *frames;
	size_t count, capacity;
	bool *passed; /* what the path of each frame has passed of the globs */
	bool *name, *stream; /* the same with the name, and a stream of it, that is looked at */
};

static void pass(const struct search *search, bool *places, const char *text)
{
	for (size_t i = 0; i < search->glob_count; places += wp_glob_places(search->globs[i++]))
		wp_glob_pass(search->globs[i], places, text);
}

static bool fits(const struct search *search, const bool *places)
{
	for (size_t i = 0; i < search->glob_count; places += wp_glob_places(search->globs[i++]))
		if (wp_glob_fits(search->globs[i], places))
			return true;
	return false;
}

static bool has_room(struct search *search, size_t text)
{
	search->full = search->full || search->count == WP_LIMIT_FOUND || search->text + text > WP_LIMIT_FOUND_TEXT;
	if (!search->full)
		search->text += text;
	return !search->full;
}

static struct match *add_match(struct search *search)
{
	if ((search->count & (search->count - 1)) == 0)
		search->matches = wp_must(reallocarray(search->matches, search->count ? 2 * search->count : 1,
						       sizeof *search->matches));
	return &search->matches[search->count++];
}

static enum wp_found_kind kind_of(const struct search *search, const struct wp_node *node, const char **ret_target)
{
	struct wp_buf target __attribute__((cleanup(wp_buf_free))) = { 0 };

	*ret_target = NULL;
	if (!(node->attributes & WP_ATTRIBUTE_REPARSE_POINT))
		return wp_node_is_folder(node) ? WP_FOUND_FOLDER : WP_FOUND_FILE;
	if (!wp_node_is_link(node))
		return WP_FOUND_REPARSE;
	if (wp_link_target(search->index, node, &target))
		*ret_target = wp_arena_strdup(search->wim->arena, wp_buf_text(&target));
	return WP_FOUND_LINK;
}

/* Takes the node, or one of its streams. */
static void take(struct walk *walk, uint32_t i, const struct wp_stream *stream)
{
	struct search *search = walk->search;
	const struct wp_node *node = &walk->tree->nodes[i];
	struct match match = {
		.kind = WP_FOUND_STREAM,
		.missing = stream ? stream->missing : node->missing,
		.size = stream ? stream->size : node->size,
		.in = { .image = walk->tree->image,
			.attributes = node->attributes,
			.created = wp_time_from_filetime(node->created),
			.written = wp_time_from_filetime(node->written) },
	};

	wp_buf_clear(&search->path);
	wp_tree_path(walk->tree, i, &search->path);
	if (stream)
		wp_buf_printf(&search->path, ":%s", wp_stream_shown(walk->tree->text + stream->name));
	if (!has_room(search, search->path.length))
		return;
	if (!stream)
		match.kind = kind_of(search, node, &match.target);
	/* The data of the others says what they are, and is no content. */
	if (match.kind == WP_FOUND_FILE || match.kind == WP_FOUND_STREAM)
		memcpy(match.sha1, stream ? stream->sha1 : node->sha1, WP_SHA1_SIZE);
	else
		match.missing = true;
	match.path = wp_arena_strdup(search->wim->arena, wp_buf_text(&search->path));
	*add_match(search) = match;
}

static void take_streams(struct walk *walk, uint32_t i)
{
	const struct search *search = walk->search;
	const struct wp_node *node = &walk->tree->nodes[i];

	for (uint32_t k = 0; k < node->stream_count; k++) {
		const struct wp_stream *stream = &walk->tree->streams[node->first_stream + k];

		memcpy(walk->stream, walk->name, search->places);
		pass(search, walk->stream, ":");
		pass(search, walk->stream, wp_stream_shown(walk->tree->text + stream->name));
		if (fits(search, walk->stream))
			take(walk, i, stream);
	}
}

/* Begins to go through a folder, whose path has passed what @name says. */
static void descend(struct walk *walk, const struct wp_node *folder)
{
	size_t places = walk->search->places;

	if (walk->count == walk->capacity) {
		walk->capacity = walk->capacity ? 2 * walk->capacity : 64;
		walk->frames = wp_must(reallocarray(walk->frames, walk->capacity, sizeof *walk->frames));
		walk->passed = wp_must(reallocarray(walk->passed, walk->capacity * places, sizeof *walk->passed));
	}
	memcpy(walk->passed + walk->count * places, walk->name, places);
	walk->frames[walk->count++] = (struct frame){ folder->first_child, folder->first_child + folder->child_count };
}

static void step(struct walk *walk)
{
	const struct search *search = walk->search;
	struct frame *top = &walk->frames[walk->count - 1];
	uint32_t i = top->next;

	if (i == top->end) {
		walk->count--;
		return;
	}
	top->next++;
	memcpy(walk->name, walk->passed + (walk->count - 1) * search->places, search->places);
	pass(search, walk->name, "\\");
	pass(search, walk->name, wp_tree_name(walk->tree, i));
	if (fits(search, walk->name))
		take(walk, i, NULL);
	if (walk->tree->nodes[i].stream_count)
		take_streams(walk, i);
	if (walk->tree->nodes[i].child_count)
		descend(walk, &walk->tree->nodes[i]);
}

static void go_through(struct search *search, const struct wp_tree *tree)
{
	struct walk walk = { .search = search, .tree = tree };
	bool *places;

	if (!tree->node_count)
		return;
	walk.name = places = wp_must(calloc(2 * search->places, sizeof *walk.name));
	walk.stream = walk.name + search->places;
	for (size_t i = 0; i < search->glob_count; places += wp_glob_places(search->globs[i++]))
		wp_glob_begin(search->globs[i], places);
	descend(&walk, &tree->nodes[0]);
	while (walk.count && !search->full)
		step(&walk);
	free(walk.frames);
	free(walk.passed);
	free(walk.name);
}

/* The images that name one resource have the same files: @from … @end of the matches. */
static void repeat(struct search *search, uint32_t image, size_t from, size_t end)
{
	for (size_t i = from; i < end && has_room(search, strlen(search->matches[i].path)); i++) {
		struct match match = search->matches[i];

		match.in.image = image;
		*add_match(search) = match;
	}
}

static int compare_data(const struct match *x, const struct match *y)
{
	int order = (int)x->kind - (int)y->kind;

	order = order ? order : (int)x->missing - (int)y->missing;
	order = order ? order : memcmp(x->sha1, y->sha1, WP_SHA1_SIZE);
	order = order ? order : (x->size > y->size) - (x->size < y->size);
	if (!order && x->target && y->target)
		return strcmp(x->target, y->target);
	return order ? order : (x->target != NULL) - (y->target != NULL);
}

static int compare_rows(const struct match *x, const struct match *y)
{
	int order = wp_text_compare_nocase(x->path, y->path);

	order = order ? order : strcmp(x->path, y->path);
	return order ? order : compare_data(x, y);
}

static int compare_matches(const void *a, const void *b)
{
	const struct match *x = a, *y = b;
	int order = compare_rows(x, y);

	return order ? order : (x->in.image > y->in.image) - (x->in.image < y->in.image);
}

static int compare_found(const void *a, const void *b)
{
	const struct wp_found_path *x = a, *y = b;
	int order = wp_text_compare_nocase(x->path, y->path);

	order = order ? order : strcmp(x->path, y->path);
	order = order ? order : (x->images[0].image > y->images[0].image) - (x->images[0].image < y->images[0].image);
	return order ? order : (x->images > y->images) - (x->images < y->images);
}

/* Entries that the images have in common become one; of one path that of the first image comes first. */
static void join(struct search *search, struct wp_found_files *ret)
{
	struct wp_arena *arena = search->wim->arena;
	struct wp_found_in *images = wp_arena_alloc(arena, search->count * sizeof *images);
	const struct match *last = NULL;

	WP_SORT(search->matches, search->count, compare_matches);
	for (size_t i = 0; i < search->count; i++) {
		const struct match *match = &search->matches[i];
		struct wp_found_path *found;

		images[i] = match->in;
		/* A name with a separator in it may make one path of two. */
		if (last && !compare_rows(last, match) && last->in.image != match->in.image) {
			ret->items[ret->count - 1].image_count++;
			last = match;
			continue;
		}
		last = match;
		found = WP_PUSH(arena, ret->items, ret->count);
		*found = (struct wp_found_path){ .kind = match->kind, .path = match->path, .target = match->target,
					    .images = &images[i], .image_count = 1 };
		if (!match->missing)
			found->size = (struct wp_number){ .known = true, .value = match->size };
		if (!wp_sha1_is_zero(match->sha1))
			wp_sha1_text(match->sha1, found->sha1);
	}
	WP_SORT(ret->items, ret->count, compare_found);
}

/* What the tree of one metadata resource gave. */
struct result {
	bool read, complete;
	size_t from, end; /* its matches */
	struct wp_diags diags;
};

static void read_result(struct search *search, uint32_t image, struct result *result)
{
	struct wp_tree *tree __attribute__((cleanup(wp_tree_freep))) = wp_tree_read(search->index, image);

	result->read = true;
	result->complete = tree->node_count > 0;
	result->from = search->count;
	go_through(search, tree);
	result->end = search->count;
	for (size_t i = 0; i < tree->diags.count; i++)
		wp_diag_add(search->wim->arena, &result->diags, tree->diags.items[i].severity, tree->diags.items[i].code, NULL,
			    "%s", tree->diags.items[i].summary);
}

static void search_images(struct search *search, uint32_t only_image, bool tell, struct wp_found_files *ret)
{
	const struct wp_wim_metadata *metadata = search->wim->metadata;
	struct result *results = wp_arena_alloc(search->wim->arena, search->index->image_count * sizeof *results);

	for (size_t i = 0; metadata && i < metadata->image_count && !search->full; i++) {
		uint32_t image = metadata->images[i].index;
		struct result none = { 0 }, *result = &none;

		if (only_image && image != only_image)
			continue;
		if (image >= 1 && image <= search->index->image_count)
			result = &results[search->index->images[image - 1].same_as - 1];
		if (result->read)
			repeat(search, image, result->from, result->end);
		else
			read_result(search, image, result);
		ret->complete = ret->complete && result->complete;
		if (tell)
			wp_wim_tell(search->wim, image, &result->diags);
	}
}

struct wp_found_files *wp_wim_search(struct wp_wim *wim, struct wp_wim_index *index, const char *const *globs, size_t count,
				     uint32_t only_image, bool tell_of_trees)
{
	struct wp_found_files *ret = wp_arena_alloc(wim->arena, sizeof *ret);
	struct search search = { .wim = wim, .index = index, .glob_count = count };

	ret->complete = true;
	search.globs = wp_arena_alloc(wim->arena, count * sizeof(*search.globs));
	for (size_t i = 0; i < count; i++) {
		search.globs[i] = wp_glob_new(globs[i]);
		search.places += wp_glob_places(search.globs[i]);
	}
	search_images(&search, only_image, tell_of_trees, ret);
	join(&search, ret);
	if (search.full) {
		ret->complete = false;
		WP_WIM_DIAG(wim, WP_SEVERITY_WARNING, "tree-limit",
			    "more than %u paths fit, or %u MiB of them, each counted in each image: the rest was not looked at; "
			    "ask for fewer, or for one image",
			    WP_LIMIT_FOUND, WP_LIMIT_FOUND_TEXT >> 20);
	}
	wp_wim_settle(wim);
	for (size_t i = 0; i < count; i++)
		wp_glob_free(search.globs[i]);
	free(search.matches);
	wp_buf_free(&search.path);
	return ret;
}
