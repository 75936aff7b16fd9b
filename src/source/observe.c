/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is found at one source: the file, its metadata and identities, and the gates that it fails. */
#include "observe.h"

#include "wimplan/file.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

/* One source while it is looked at. */
struct look {
	struct wp_lookup *lookup; /* NULL when it was found */
	struct wp_arena *arena;
	struct wp_source *source;
};

static void fail(struct look *look, enum wp_gate gate, const char *detail)
{
	if (look->source->failed[gate])
		return;
	look->source->failed[gate] = true;
	look->source->details[gate] = detail;
}

static bool has_failed(const struct wp_source *source)
{
	for (enum wp_gate i = 0; i < WP_GATE_COUNT; i++)
		if (source->failed[i])
			return true;
	return false;
}

static void fail_lookup(struct look *look, enum wp_found found, const char *detail)
{
	static const enum wp_gate gates[] = {
		[WP_FOUND_NOT_MAPPED] = WP_GATE_NOT_MAPPED,
		[WP_FOUND_MISSING] = WP_GATE_MISSING,
		[WP_FOUND_AMBIGUOUS] = WP_GATE_AMBIGUOUS,
		[WP_FOUND_UNREADABLE] = WP_GATE_UNREADABLE,
	};

	fail(look, gates[found], detail);
}

static enum wp_found find_below(struct look *look, const char *name, struct wp_located *ret)
{
	const char *path = wp_arena_printf(look->arena, "%s\\sources\\%s", look->source->path, name);

	return wp_lookup_find(look->lookup, look->arena, path, ret);
}

static bool is_below(struct look *look, const char *name)
{
	struct wp_located located __attribute__((cleanup(wp_located_close)));

	return find_below(look, name, &located) != WP_FOUND_MISSING;
}

/* Says what stands in place of sources\install.wim: both are shapes in which media bring their images. */
static void fail_install_wim(struct look *look)
{
	if (is_below(look, "install.esd"))
		fail(look, WP_GATE_NO_INSTALL_WIM,
		     "there is a sources\\install.esd in its place; no documentation says that the site takes one");
	else if (is_below(look, "install.swm"))
		fail(look, WP_GATE_NO_INSTALL_WIM, "there is a sources\\install.swm in its place: the image is split");
	else
		fail(look, WP_GATE_NO_INSTALL_WIM, "there is no sources\\install.wim in the folder");
}

/* Finds the .wim, and the folder of an upgrade package, which else is not located. */
static bool find_wim(struct look *look, struct wp_located *ret_wim, struct wp_located *ret_folder)
{
	enum wp_found found = wp_lookup_find(look->lookup, look->arena, look->source->path, ret_wim);
	struct wp_file_status status;

	*ret_folder = (struct wp_located){ .fd = -1 };
	if (found != WP_FOUND) {
		fail_lookup(look, found, ret_wim->detail);
		return false;
	}
	if (!look->source->folder)
		return true;
	*ret_folder = *ret_wim;
	*ret_wim = (struct wp_located){ .fd = -1 };
	if (!wp_file_look_open(ret_folder->fd, &status) && status.kind != WP_FILE_KIND_FOLDER) {
		fail(look, WP_GATE_NO_INSTALL_WIM, "the source of an upgrade package is a folder, and this is a file");
		return false;
	}
	found = find_below(look, "install.wim", ret_wim);
	if (found == WP_FOUND)
		return true;
	if (found == WP_FOUND_MISSING)
		fail_install_wim(look);
	else
		fail_lookup(look, found, ret_wim->detail);
	return false;
}

/* Turns what the reader of the file noticed from @first on into gates (wimplan-plan(5), GATES). */
static void judge_file(struct look *look, size_t first)
{
	const struct wp_diags *diags = &look->source->wim->diags;

	for (size_t i = first; i < diags->count; i++) {
		const struct wp_diag *diag = &diags->items[i];
		enum wp_gate gate = wp_gate_of_finding(diag);

		if (gate)
			fail(look, gate, !diag->detail ? diag->summary :
			     wp_arena_printf(look->arena, "%s: %s", diag->summary, diag->detail));
	}
}

/*
 * Reads the content, with what is installed in the images and what starts them where that is wanted. False when the file is refused.
 * Every tree is looked through for data that the file lacks.
 */
static bool read_index(struct look *look)
{
	struct wp_source *source = look->source;
	struct wp_wim_index *index __attribute__((cleanup(wp_wim_index_freep))) = wp_wim_index_read(source->wim);
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_boot_survey *survey = NULL;
	struct wp_boot_starts images;

	if (!index)
		return false;
	/* The trees are read for the summary, or else when it is counted what lacks: each once. */
	if (source->file && source->file->look_at_boot && source->wim->metadata) {
		survey = wp_boot_survey_begin(scratch, index);
		wp_boot_survey_started_alone(survey);
		index->seen = wp_boot_survey_tree;
		index->seen_context = survey;
	}
	if (source->summarize && !wp_content_summary_make(look->arena, index, &source->summary))
		source->summary = (struct wp_content_summary){ 0 };
	wp_wim_index_count_missing(index);
	source->content = index->content;
	if (survey) {
		images.items = wp_boot_survey_end(survey, wp_authorities(), (struct wp_svn){ .known = false });
		images.count = source->wim->metadata->image_count;
		wp_boot_facts_make(look->arena, images, &source->boot);
	}
	return true;
}

/* What a site cannot use, although it can be read. Of a file that was known no data lacked when it was first read. */
static void judge_fitness(struct look *look, const struct wp_wim_content *content)
{
	const struct wp_wim *wim = look->source->wim;
	struct wp_wim_fitness fitness;

	if (!wim->have_header)
		return;
	wp_wim_fitness(&wim->header, content, &fitness);
	look->source->observation.solid = fitness.solid;
	if (fitness.metadata_only)
		fail(look, WP_GATE_INCOMPLETE, "its header says that it holds no file data (METADATA_ONLY)");
	if (fitness.resource_only)
		fail(look, WP_GATE_INCOMPLETE, "its header says that it holds no images (RESOURCE_ONLY)");
	if (fitness.delta)
		fail(look, WP_GATE_INCOMPLETE,
		     wp_arena_printf(look->arena, "data of %" PRIu64 " file%s stands in another file, as in a delta",
				     content->missing.value, wp_plural(content->missing.value)));
	if (fitness.pipable)
		fail(look, WP_GATE_PIPABLE, "it was written for reading from a pipe, which wimlib alone does");
}

void wp_source_read(struct wp_arena *arena, struct wp_source *source)
{
	struct look look = { .arena = arena, .source = source };
	struct wp_wim *wim = source->wim;
	size_t before = wim->diags.count;
	enum wp_grade grade = wim->grade;
	bool failed;

	source->read = true;
	failed = !read_index(&look);
	judge_file(&look, before);
	if ((failed || !wim->metadata) && !has_failed(source))
		fail(&look, WP_GATE_DAMAGED, "its content cannot be read");
	/* What is said of a file must be the same when its content is known already and not read. */
	if (!has_failed(source)) {
		wim->diags.count = before;
		wim->grade = grade;
	}
	if (!failed)
		judge_fitness(&look, &source->content);
}

static void take_newest(struct wp_time *newest, struct wp_time time)
{
	if (time.known && (!newest->known || newest->ticks < time.ticks))
		*newest = time;
}

static void take_times(struct wp_observation *observation, const struct wp_wim *wim)
{
	if (wim->opened)
		take_newest(&observation->newest_file, wim->modified);
	take_newest(&observation->newest, observation->newest_file);
	for (size_t i = 0; wim->metadata && i < wim->metadata->image_count; i++)
		take_newest(&observation->newest, wim->metadata->images[i].last_modification_time);
}

/* The content id of a folder holds its WIM's and that of its other files. */
static void hash_folder(const struct wp_folder *folder, struct wp_observation *observation)
{
	static const char version[] = "wimplan-folder-1\n";
	struct wp_sha256 *hash;

	if (!observation->content_id[0])
		return;
	hash = wp_sha256_new();
	wp_sha256_add(hash, version, sizeof version - 1);
	wp_sha256_add(hash, observation->content_id, strlen(observation->content_id));
	wp_sha256_add(hash, "\n", 1);
	wp_sha256_add(hash, folder->digest, strlen(folder->digest));
	wp_sha256_finish(hash, observation->content_id);
}

static void read_folder(struct look *look, const struct wp_located *folder, const char *wim_path)
{
	struct wp_folder *ret = &look->source->files;
	const char *skip = wim_path + strlen(folder->path), *detail;

	while (*skip == '/')
		skip++;
	switch (wp_folder_read(look->arena, folder->fd, skip, WP_LIMIT_FOLDER_FILES, look->source->keep_manifest, ret,
			       &detail)) {
	case WP_FOLDER_UNREADABLE:
		fail(look, WP_GATE_UNREADABLE, detail);
		break;
	case WP_FOLDER_CHANGED:
		fail(look, WP_GATE_BUSY, detail);
		break;
	case WP_FOLDER_OK:
		break;
	}
}

/* Reads the file; false when it is not the one that was located: a link may lead elsewhere since. */
static bool read_wim(struct look *look, const struct wp_located *located)
{
	struct wp_source *source = look->source;
	struct wp_file_status status;

	source->wim = wp_wim_read(located->path);
	if (source->wim->opened && (wp_file_look_open(located->fd, &status) || status.device != source->wim->device ||
				    status.inode != source->wim->inode)) {
		fail(look, WP_GATE_BUSY, "another file was put in its place while it was looked at");
		wp_wim_free(source->wim);
		source->wim = NULL;
		return false;
	}
	source->observation.local_path = located->path;
	source->observation.wim = source->wim;
	judge_file(look, 0);
	return true;
}

void wp_source_find(struct wp_lookup *lookup, bool identify, struct wp_arena *arena, struct wp_source *source)
{
	struct look look = { lookup, arena, source };
	struct wp_located located __attribute__((cleanup(wp_located_close)));
	struct wp_located located_folder __attribute__((cleanup(wp_located_close)));
	bool found = find_wim(&look, &located, &located_folder);

	if (!found || !read_wim(&look, &located))
		return;
	judge_fitness(&look, NULL);
	if (source->folder)
		read_folder(&look, &located_folder, located.path);
	source->wanted = !has_failed(source) && (!identify || source->folder || !source->wim->file_id[0]);
}

/* What a .wim, and the folder around it, say of the source as a whole. */
static void describe(struct wp_source *source)
{
	struct wp_observation *observation = &source->observation;
	const struct wp_folder *files = &source->files;

	memcpy(observation->file_id, source->wim->file_id, sizeof observation->file_id);
	if (!has_failed(source)) {
		memcpy(observation->content_id, source->content.content_id, sizeof observation->content_id);
		if (source->folder)
			hash_folder(files, observation);
	}
	observation->folder_files = files->files;
	observation->manifest = files->manifest;
	observation->bytes = files->bytes + source->wim->size;
	observation->newest_file = files->newest;
	take_times(observation, source->wim);
	/* What is newer than all of the folder is the .wim, or an image in it. */
	if (source->folder)
		observation->newest_path = files->newest.known && observation->newest.ticks == files->newest.ticks
						   ? files->newest_path
						   : "sources\\install.wim";
}

void wp_source_finish(struct wp_arena *arena, struct wp_source *source)
{
	struct wp_source_gate *gates = NULL;
	size_t count = 0;

	source->observation.source_path = source->path;
	if (source->wim)
		describe(source);
	/* Of a file that somebody is writing nobody can say whether it is damaged: half of it is not there yet. */
	if (source->failed[WP_GATE_BUSY])
		source->failed[WP_GATE_DAMAGED] = false;
	for (enum wp_gate i = 0; i < WP_GATE_COUNT; i++)
		if (source->failed[i])
			*WP_PUSH(arena, gates, count) = (struct wp_source_gate){ i, source->details[i] };
	source->observation.gates = gates;
	source->observation.gate_count = count;
}
