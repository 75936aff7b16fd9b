/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdict of an image, and of each file who signed it. */
#include "boot_json.h"

static json_t *signature_json(struct wp_arena *arena, const struct wp_boot_signature *signature)
{
	return wp_json_object("signer", wp_json_text(signature->signer), "issuer", wp_json_text(signature->issuer),
			      "nested", json_boolean(signature->nested), "authority",
			      wp_json_text(wp_authority_name(signature->authority)), "known", json_boolean(signature->known),
			      "signature_agrees", json_boolean(signature->signature_agrees), "digest_agrees",
			      signature->digest_known ? json_boolean(signature->digest_agrees) : json_null(), "timestamp",
			      wp_json_text(wp_time_iso(arena, signature->timestamp)), NULL);
}

json_t *wp_boot_file_json(struct wp_arena *arena, const struct wp_boot_file *file)
{
	static const struct wp_boot_program none = { 0 };
	const struct wp_boot_program *program = file->program ? file->program : &none;
	json_t *signatures = json_array();
	char sha1[WP_SHA1_TEXT];

	wp_sha1_text(file->sha1, sha1);
	for (size_t i = 0; i < program->signature_count; i++)
		wp_json_push(signatures, signature_json(arena, &program->signatures[i]));
	return wp_json_object("path", wp_json_text(file->path), "role", wp_json_text(wp_boot_role_name(file->role)), "size",
			      file->missing ? json_null() : wp_json_u64(file->size), "sha1", wp_sha1_is_zero(file->sha1) ? json_null() : wp_json_text(sha1),
			      "not_read", wp_json_text(file->not_read), "file_version", wp_json_text(program->version), "machine",
			      wp_json_text(program->machine), "svn",
			      wp_json_text(wp_boot_svn_text(arena, program)),
			      "authenticode_sha256", wp_json_hash(program->authenticode_sha256), "signatures", signatures,
			      "diagnostics", wp_json_diags(&program->diags), NULL);
}

json_t *wp_boot_json(struct wp_arena *arena, const struct wp_boot_image *image, const char *sentence)
{
	json_t *files;

	if (!image->known)
		return json_null();
	files = json_array();
	for (size_t i = 0; i < image->count; i++)
		wp_json_push(files, wp_boot_file_json(arena, &image->files[i]));
	return wp_json_object("verdict", wp_json_text(wp_boot_verdict_name(image->verdict)), "summary",
			      wp_json_text(sentence), "files", files, "diagnostics",
			      wp_json_diags(&image->diags), NULL);
}
