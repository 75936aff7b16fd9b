/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * "boot" of what a changed package brings. A file has the keys that inspect --boot gives it, as far as the cache keeps them of a content
 * that is gone.
 */
#include "plan_boot.h"

#include "wimplan/json.h"

static json_t *signature_json(const struct wp_boot_signature *signature)
{
	return wp_json_object("signer", wp_json_text(signature->signer), "issuer", wp_json_text(signature->issuer), "nested",
			      json_boolean(signature->nested), "authority", wp_json_text(wp_authority_name(signature->authority)), "known",
			      json_boolean(signature->known), "signature_agrees", json_boolean(signature->signature_agrees), "digest_agrees",
			      signature->digest_known ? json_boolean(signature->digest_agrees) : json_null(), NULL);
}

static json_t *side_json(struct wp_arena *scratch, const struct wp_boot_file *file)
{
	static const struct wp_boot_program none;
	const struct wp_boot_program *program = file->program ? file->program : &none;
	json_t *signatures = json_array();

	for (size_t i = 0; i < program->signature_count; i++)
		wp_json_push(signatures, signature_json(&program->signatures[i]));
	return wp_json_object("not_read", wp_json_text(file->not_read), "program", json_boolean(program->readable), "file_version",
			      wp_json_text(program->version), "svn", wp_json_text(wp_boot_svn_text(scratch, program)), "signatures", signatures,
			      "signatures_complete", json_boolean(file->program && !wp_boot_is_known_in_part(program)), NULL);
}

static json_t *file_json(struct wp_arena *scratch, const struct wp_content_boot *item)
{
	const struct wp_boot_change *change = &item->change;
	json_t *images = json_array();

	for (size_t i = 0; i < item->image_count; i++)
		wp_json_push(images, json_integer((json_int_t)item->images[i]));
	return wp_json_object("images", images, "path", wp_json_text(change->new->path), "role",
			      wp_json_text(wp_boot_role_name(change->new->role)), "differs_in", wp_boot_differs_in(&change->differs), "old", side_json(scratch, change->old),
			      "new", side_json(scratch, change->new), NULL);
}

json_t *wp_plan_boot_json(const struct wp_content_change *change)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_names *sides[] = { &change->boot_old, &change->boot_new };
	json_t *values[2], *files = json_null();

	if (!change->boot_old.count && !change->boot_new.count)
		return json_null();
	for (size_t i = 0; i < 2; i++)
		values[i] = sides[i]->count ? wp_json_texts(sides[i]->items, sides[i]->count) : json_null();
	if (change->boot_old.count && change->boot_new.count)
		files = json_array();
	for (size_t i = 0; i < change->boot_file_count; i++)
		wp_json_push(files, file_json(scratch, &change->boot_files[i]));
	return wp_json_object("old", values[0], "new", values[1], "files", files, "files_left_out", wp_json_u64(change->boot_left_out),
			      "images_unknown", wp_json_u64(change->boot_unknown), NULL);
}

/* An array of texts; none where it is null or missing. */
static struct wp_names decode_verdicts(struct wp_decoder *decoder, const json_t *boot, const char *key)
{
	const json_t *array = json_object_get(boot, key);
	struct wp_names names = { 0 };

	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *text = json_string_value(json_array_get(array, i));

		if (!text)
			wp_decode_fail(decoder, "%s of boot holds something that is no text", key);
		*WP_PUSH(decoder->arena, names.items, names.count) = wp_arena_strdup(decoder->arena, text ? text : "");
	}
	return names;
}

/* False when its authority is of a later version. */
static bool decode_signature(struct wp_decoder *decoder, const json_t *object, struct wp_boot_signature *ret)
{
	const json_t *digest = json_object_get(object, "digest_agrees");

	*ret = (struct wp_boot_signature){
		.signer = wp_decode_optional_text(decoder, object, "signer"),
		.issuer = wp_decode_optional_text(decoder, object, "issuer"),
		.nested = wp_decode_bool(decoder, object, "nested"),
		.signature_agrees = wp_decode_bool(decoder, object, "signature_agrees"),
		.digest_known = digest && !json_is_null(digest),
		.known = wp_decode_bool(decoder, object, "known"),
	};
	ret->digest_agrees = ret->digest_known && wp_decode_bool(decoder, object, "digest_agrees");
	return wp_authority_from_name(wp_decode_text(decoder, object, "authority"), &ret->authority);
}

static bool decode_program(struct wp_decoder *decoder, const json_t *object, struct wp_boot_program *program)
{
	const json_t *signatures = wp_decode_array(decoder, object, "signatures");
	const char *svn = wp_decode_optional_text(decoder, object, "svn");
	struct wp_svn number = { .known = false };

	if (svn && !wp_svn_parse(svn, &number))
		wp_decode_fail(decoder, "an svn of boot is none");
	*program = (struct wp_boot_program){
		.readable = wp_decode_bool(decoder, object, "program"),
		.version = wp_decode_optional_text(decoder, object, "file_version"),
		.has_svn = number.known,
		.svn_major = number.major,
		.svn_minor = number.minor,
	};
	if (!wp_decode_bool(decoder, object, "signatures_complete"))
		wp_diag_add(decoder->arena, &program->diags, WP_SEVERITY_WARNING, WP_BOOT_SIGNATURE_UNREAD, NULL, "%s", "");
	for (size_t i = 0; i < json_array_size(signatures); i++)
		if (!decode_signature(decoder, json_array_get(signatures, i),
				      WP_PUSH(decoder->arena, program->signatures, program->signature_count)))
			return false;
	return true;
}

/* NULL when something in it is of a later version. */
static const struct wp_boot_file *decode_side(struct wp_decoder *decoder, const json_t *item, const char *key)
{
	const json_t *object = json_object_get(item, key);
	struct wp_boot_file *file = wp_arena_alloc(decoder->arena, sizeof *file);
	struct wp_boot_program *program;

	file->path = wp_decode_text(decoder, item, "path");
	file->not_read = wp_decode_optional_text(decoder, object, "not_read");
	if (!wp_boot_role_from_name(wp_decode_text(decoder, item, "role"), &file->role))
		return NULL;
	if (file->not_read)
		return file;
	program = wp_arena_alloc(decoder->arena, sizeof *program);
	file->program = program;
	return decode_program(decoder, object, program) ? file : NULL;
}

static void decode_file(struct wp_decoder *decoder, const json_t *item, struct wp_content_change *change)
{
	const struct wp_boot_file *old = decode_side(decoder, item, "old"), *new = decode_side(decoder, item, "new");
	const json_t *images = wp_decode_array(decoder, item, "images");
	struct wp_content_boot made, *file;

	if (decoder->damage)
		return;
	if (!old || !new) {
		change->boot_left_out += json_array_size(images);
		return;
	}
	if (!wp_content_boot_make(old, new, &made))
		return;
	file = WP_PUSH(decoder->arena, change->boot_files, change->boot_file_count);
	*file = made;
	for (size_t i = 0; i < json_array_size(images); i++) {
		json_int_t image = json_integer_value(json_array_get(images, i));

		if (image < 1 || image > UINT32_MAX)
			wp_decode_fail(decoder, "images of boot holds what is none");
		*WP_PUSH(decoder->arena, file->images, file->image_count) = (uint32_t)image;
	}
}

void wp_plan_decode_boot(struct wp_decoder *decoder, const json_t *boot, struct wp_content_change *change)
{
	const json_t *files = json_object_get(boot, "files");

	change->boot_old = decode_verdicts(decoder, boot, "old");
	change->boot_new = decode_verdicts(decoder, boot, "new");
	/* null where it is not known of both; plans that were made before it was told have none of this. */
	if (!files || json_is_null(files))
		return;
	files = wp_decode_array(decoder, boot, "files");
	change->boot_left_out = wp_decode_u64(decoder, boot, "files_left_out");
	change->boot_unknown = wp_decode_u64(decoder, boot, "images_unknown");
	for (size_t i = 0; i < json_array_size(files); i++)
		decode_file(decoder, json_array_get(files, i), change);
}
