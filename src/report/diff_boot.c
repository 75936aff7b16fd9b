/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows for what differs, and JSON. */
#include "diff_boot.h"

#include "boot_json.h"
#include "boot_words.h"

#include "wimplan/json.h"

const char *wp_diff_boot_verdict(struct wp_arena *arena, const struct wp_diff_boot *boot)
{
	const char *is = wp_boot_verdict_name(boot->new.verdict);

	if (boot->old.verdict == boot->new.verdict)
		return wp_arena_printf(arena, "%s, as before", is);
	return wp_arena_printf(arena, "%s → %s", wp_boot_verdict_name(boot->old.verdict), is);
}

const char *wp_diff_boot_sentence(struct wp_arena *arena, const struct wp_diff_boot *boot)
{
	return boot->old.verdict == boot->new.verdict ? NULL : wp_boot_verdict_sentence(arena, &boot->new);
}

struct rows {
	struct wp_arena *arena;
	struct wp_diff_boot_row *items;
	size_t count;
};

static void add(struct rows *rows, const char *what, bool sentence, const char *old, const char *new)
{
	if (old || new)
		*WP_PUSH(rows->arena, rows->items, rows->count) = (struct wp_diff_boot_row){ what, sentence, old, new };
}

static const char *svn(struct wp_arena *arena, const struct wp_boot_program *program)
{
	return program ? wp_boot_svn_text(arena, program) : NULL;
}

static const char *not_read(struct wp_arena *arena, const struct wp_boot_file *file)
{
	return file && file->not_read ? wp_arena_printf(arena, "not read: %s", file->not_read) : NULL;
}

static const char *signature(struct wp_arena *arena, const struct wp_boot_program *program, size_t i)
{
	if (program && !program->signature_count && !i)
		return wp_boot_words_unsigned(program);
	return program && i < program->signature_count ? wp_boot_words_signature(arena, &program->signatures[i]) : NULL;
}

/* Both have a signature in that place, and it says the same but for when it was made; or neither has any at all. */
static bool same_signature(const struct wp_boot_program *a, const struct wp_boot_program *b, size_t i)
{
	if (!a || !b || !a->readable || !b->readable)
		return false;
	if (i >= a->signature_count || i >= b->signature_count)
		return a->signature_count == b->signature_count && wp_boot_is_unsigned(a) == wp_boot_is_unsigned(b);
	return wp_boot_same_signature(&a->signatures[i], &b->signatures[i]);
}

static const char *in_part(const struct wp_boot_file *file)
{
	return wp_boot_is_known_in_part(file->program) ?
		       "not all of its signatures were looked at, so that who signed it cannot be compared" :
		       NULL;
}

struct wp_diff_boot_row *wp_diff_boot_rows(struct wp_arena *arena, const struct wp_boot_change *change, size_t *ret_count)
{
	const struct wp_boot_program *old = change->old ? change->old->program : NULL, *new = change->new ? change->new->program : NULL;
	struct rows rows = { .arena = arena };
	bool both = old && new, none_read = both && !old->signature_count && !new->signature_count;

	add(&rows, "data", true, not_read(arena, change->old), not_read(arena, change->new));
	if (!both || change->differs.version)
		add(&rows, "version", false, old ? old->version : NULL, new ? new->version : NULL);
	if (!both || change->differs.svn)
		add(&rows, "SVN", false, svn(arena, old), svn(arena, new));
	/* Of signatures that are not compared it is told at most that there is one. */
	for (size_t i = 0; !both || change->differs.signers || (change->differs.signers_unknown && none_read); i++) {
		const char *was = signature(arena, old, i), *is = signature(arena, new, i);

		if (!was && !is)
			break;
		if (!same_signature(old, new, i))
			add(&rows, "signature", true, was, is);
	}
	if (change->differs.signers_unknown)
		add(&rows, "signature", true, in_part(change->old), in_part(change->new));
	*ret_count = rows.count;
	return rows.items;
}

const char *wp_diff_boot_same(const struct wp_boot_change *change)
{
	const struct wp_boot_program *old = change->old ? change->old->program : NULL, *new = change->new ? change->new->program : NULL;

	if (!old || !new || change->differs.signers || change->differs.signers_unknown || change->differs.version || change->differs.svn)
		return NULL;
	if (!old->readable && !new->readable)
		return "other data; it was no program and is none";
	if (!old->readable || !new->readable)
		return NULL;
	return wp_boot_is_known_in_part(new) ? "other data; its version and SVN are the same, and so is what was read of its signatures" :
					       "other data; its version, SVN and signers are the same";
}

static json_t *change_json(struct wp_arena *arena, const struct wp_boot_change *change)
{
	const struct wp_boot_file *file = change->new ? change->new : change->old;

	return wp_json_object("change", wp_json_text(wp_diff_status_name(change->status)), "path", wp_json_text(file->path), "role",
			      wp_json_text(wp_boot_role_name(file->role)), "differs_in", wp_boot_differs_in(&change->differs), "old",
			      change->old ? wp_boot_file_json(arena, change->old) : json_null(), "new",
			      change->new ? wp_boot_file_json(arena, change->new) : json_null(), NULL);
}

json_t *wp_diff_boot_json(const struct wp_diff_boot *boot)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	json_t *files;

	if (!boot)
		return json_null();
	files = json_array();
	for (size_t i = 0; i < boot->count; i++)
		wp_json_push(files, change_json(arena, &boot->items[i]));
	return wp_json_object("old_verdict", wp_json_text(wp_boot_verdict_name(boot->old.verdict)), "new_verdict",
			      wp_json_text(wp_boot_verdict_name(boot->new.verdict)), "files", files, NULL);
}
