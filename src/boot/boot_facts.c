/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * {"format":"wimplan-boot-facts","format_version":"5.0","trees":[[file, …], …],"images":[0, 0, null, 1]}: the files of each tree, and
 * which tree an image has, null for one that could not be read. A verdict is not kept, but found again. That something is too large to be
 * read is kept as well: who raises a limit, or adds a certificate to the known ones, counts the major version up. 2: signatures that
 * were not looked at have a code. 4: what is not DER is no signature. 5: a
 * table outside of the file is none that was read.
 */
#include "wimplan/boot_facts.h"

#include "wimplan/json.h"
#include "wimplan/limits.h"

#define FORMAT "wimplan-boot-facts"

static json_t *signature_json(const struct wp_boot_signature *signature)
{
	return wp_json_object("signer", wp_json_text(signature->signer), "issuer", wp_json_text(signature->issuer), "nested",
			      json_boolean(signature->nested), "signature_agrees", json_boolean(signature->signature_agrees),
			      "digest_known", json_boolean(signature->digest_known), "digest_agrees",
			      json_boolean(signature->digest_agrees), "authority",
			      wp_json_text(wp_authority_name(signature->authority)), "known", json_boolean(signature->known), NULL);
}

static json_t *program_json(const struct wp_boot_program *program)
{
	json_t *signatures, *codes;

	if (!program)
		return json_null();
	signatures = json_array();
	codes = json_array();
	for (size_t i = 0; i < program->signature_count; i++)
		wp_json_push(signatures, signature_json(&program->signatures[i]));
	for (size_t i = 0; i < program->diags.count; i++)
		wp_json_push(codes, wp_json_text(program->diags.items[i].code));
	return wp_json_object("readable", json_boolean(program->readable), "version", wp_json_text(program->version), "svn",
			      program->has_svn ? wp_json_u64((uint64_t)program->svn_major << 16 | program->svn_minor) : json_null(),
			      "signatures", signatures, "codes", codes, NULL);
}

static json_t *files_json(const struct wp_boot_image *image, bool *lasting)
{
	json_t *files = json_array();

	for (size_t i = 0; i < image->count; i++) {
		const struct wp_boot_file *file = &image->files[i];

		if (!wp_boot_is_started(file->role))
			continue;
		*lasting = *lasting && !file->may_pass;
		wp_json_push(files, wp_json_object("role", wp_json_text(wp_boot_role_name(file->role)), "path", wp_json_text(file->path),
						   "not_read", wp_json_text(file->not_read), "program", program_json(file->program),
						   NULL));
	}
	return files;
}

static json_t *document_of(struct wp_boot_starts images, bool *lasting)
{
	json_t *document = wp_json_document(FORMAT, "5.0"), *trees = json_array(), *numbers = json_array();

	for (size_t i = 0; i < images.count; i++) {
		const struct wp_boot_image *image = &images.items[i];
		json_t *number = json_null();

		/* Those of one tree have one list, and mostly follow each other. */
		for (size_t k = 0; image->known && k < i && json_is_null(number); k++)
			if (images.items[k].known && image->files && images.items[k].files == image->files)
				number = json_incref(json_array_get(numbers, k));
		if (image->known && json_is_null(number)) {
			number = json_integer((json_int_t)json_array_size(trees));
			wp_json_push(trees, files_json(image, lasting));
		}
		*lasting = *lasting && !image->may_pass;
		wp_json_push(numbers, number);
	}
	wp_json_put(document, "trees", trees, "images", numbers, NULL);
	return document;
}

void wp_boot_facts_make(struct wp_arena *arena, struct wp_boot_starts images, struct wp_boot_facts *ret)
{
	json_t *document __attribute__((cleanup(wp_json_freep))) = NULL;
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	*ret = (struct wp_boot_facts){ .lasting = true };
	document = document_of(images, &ret->lasting);
	wp_json_line(&text, document);
	if (text.length > WP_LIMIT_BOOT_FACTS) {
		json_t *trees = json_object_get(document, "trees"), *numbers = json_object_get(document, "images");

		/* That there is too much of it is the same every time as well, and need not be found out again. */
		json_array_clear(trees);
		for (size_t i = 0; i < images.count; i++)
			json_array_set_new(numbers, i, json_null());
		wp_buf_clear(&text);
		wp_json_line(&text, document);
	}
	ret->text = wp_arena_strndup(arena, text.data, text.length);
	ret->length = text.length;
}

static bool is_true(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

static const char *take_text(struct wp_arena *arena, const json_t *object, const char *key)
{
	return wp_arena_strdup(arena, wp_json_get_text(object, key));
}

static struct wp_boot_program *take_program(struct wp_arena *arena, const json_t *object)
{
	struct wp_boot_program *program = wp_arena_alloc(arena, sizeof *program);
	const json_t *signatures = json_object_get(object, "signatures"), *codes = json_object_get(object, "codes");
	uint64_t svn;

	program->readable = is_true(object, "readable");
	program->version = take_text(arena, object, "version");
	program->has_svn = wp_json_get_u64(object, "svn", &svn);
	if (program->has_svn) {
		program->svn_major = (uint16_t)(svn >> 16);
		program->svn_minor = (uint16_t)svn;
	}
	for (size_t i = 0; i < json_array_size(signatures); i++) {
		const json_t *item = json_array_get(signatures, i);
		struct wp_boot_signature *signature = WP_PUSH(arena, program->signatures, program->signature_count);

		*signature = (struct wp_boot_signature){
			.signer = take_text(arena, item, "signer"),
			.issuer = take_text(arena, item, "issuer"),
			.nested = is_true(item, "nested"),
			.signature_agrees = is_true(item, "signature_agrees"),
			.digest_known = is_true(item, "digest_known"),
			.digest_agrees = is_true(item, "digest_agrees"),
			.known = is_true(item, "known"),
		};
		if (!wp_authority_from_name(wp_json_get_text(item, "authority"), &signature->authority))
			return NULL;
	}
	for (size_t i = 0; i < json_array_size(codes); i++)
		if (json_is_string(json_array_get(codes, i)))
			wp_diag_add(arena, &program->diags, WP_SEVERITY_WARNING,
				    wp_arena_strdup(arena, json_string_value(json_array_get(codes, i))), NULL, "%s", "");
	return program;
}

static bool take_tree(struct wp_arena *arena, const json_t *files, struct wp_boot_image *image)
{
	*image = (struct wp_boot_image){ .known = true };
	for (size_t i = 0; i < json_array_size(files); i++) {
		const json_t *object = json_array_get(files, i), *program = json_object_get(object, "program");
		struct wp_boot_file *file = WP_PUSH(arena, image->files, image->count);

		file->path = take_text(arena, object, "path");
		file->not_read = take_text(arena, object, "not_read");
		if (!file->path || !wp_boot_role_from_name(wp_json_get_text(object, "role"), &file->role))
			return false;
		file->program = json_is_object(program) ? take_program(arena, program) : NULL;
		if (!file->program && (json_is_object(program) || !file->not_read))
			return false;
	}
	wp_boot_judge(arena, image, (struct wp_svn){ .known = false });
	return json_is_array(files);
}

bool wp_boot_facts_open(struct wp_arena *arena, const struct wp_boot_facts *facts, struct wp_boot_starts *ret)
{
	json_t *document __attribute__((cleanup(wp_json_freep))) = NULL;
	const json_t *trees, *numbers;
	struct wp_boot_image *known, *items;

	*ret = (struct wp_boot_starts){ 0 };
	if (!facts->text || wp_json_parse(facts->text, facts->length, FORMAT, &document, NULL) ||
	    wp_json_format(document, FORMAT, 5, NULL) != WP_FORMAT_KNOWN)
		return false;
	trees = json_object_get(document, "trees");
	numbers = json_object_get(document, "images");
	known = wp_arena_alloc(arena, json_array_size(trees) * sizeof *known);
	items = wp_arena_alloc(arena, json_array_size(numbers) * sizeof *items);
	for (size_t i = 0; i < json_array_size(trees); i++)
		if (!take_tree(arena, json_array_get(trees, i), &known[i]))
			return false;
	for (size_t i = 0; i < json_array_size(numbers); i++) {
		const json_t *number = json_array_get(numbers, i);
		json_int_t at = json_integer_value(number);

		if (json_is_null(number))
			continue;
		if (!json_is_integer(number) || at < 0 || (size_t)at >= json_array_size(trees))
			return false;
		items[i] = known[at];
	}
	*ret = (struct wp_boot_starts){ items, json_array_size(numbers) };
	return true;
}
