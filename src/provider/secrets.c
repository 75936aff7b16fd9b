/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The secrets that --auth needs: from a file, from the environment, or from who sits at the terminal. */
#include "http.h"

#include "wimplan/file.h"
#include "wimplan/machine.h"
#include "wimplan/provider.h"
#include "wimplan/print.h"
#include "wimplan/text.h"

#include <string.h>

#define SECRET_BYTES 65536u
/* Tokens of OAuth have hundreds of bytes; fewer may be a word that an answer has for another reason. */
#define SHORTEST_MASKED 16u

/* It becomes a header, which nothing in it may end: printable ASCII without spaces (RFC 6750, 2.1, is narrower). */
static bool is_token(const char *text)
{
	const char *at = text;

	while (*at > ' ' && *at <= '~')
		at++;
	return *text && !*at;
}

/* Only a warning: whoever starts the program may know why. "-" is standard input, whose file is not ours to judge. */
static const char *warn_of_readers(struct wp_arena *arena, const char *path)
{
	struct wp_file_status file;

	if (!strcmp(path, "-") || wp_file_look(path, &file) || !(file.permissions & 077))
		return NULL;
	return wp_arena_printf(arena, "the token file %s is open to others than its owner (mode %04o); chmod 600 %s",
			       path, file.permissions, path);
}

static int read_token(const struct wp_env *env, struct wp_arena *arena, const char *path,
		      struct wp_provider_options *options, const char **ret_warning, struct wp_error *err)
{
	const char *given = env->get("WIMPLAN_TOKEN");
	char *text;
	size_t length;

	if (path) {
		int status = wp_file_read(arena, path, SECRET_BYTES, &text, &length, err);

		if (status)
			return status;
		*ret_warning = warn_of_readers(arena, path);
	} else {
		text = wp_arena_strdup(arena, given ? given : "");
	}
	text = wp_text_trimmed(arena, text, strlen(text));
	options->token = text;
	return is_token(text) ? WP_OK
			      : wp_fail(err, WP_E_USAGE, "usage", "--token-file",
					"--auth bearer needs a token of printable ASCII, from --token-file FILE or "
					"WIMPLAN_TOKEN");
}

/* NULL when there is nobody to ask. */
static char *ask_password(const struct wp_env *env, struct wp_arena *arena, const char *user)
{
	struct wp_buf prompt __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (!env->stdin_terminal)
		return NULL;
	wp_buf_puts(&prompt, "Password of ");
	wp_text_escape(&prompt, user);
	wp_buf_puts(&prompt, ": ");
	return wp_terminal_secret(arena, wp_buf_text(&prompt));
}

static int read_password(const struct wp_env *env, struct wp_arena *arena, struct wp_provider_options *options,
			 struct wp_error *err)
{
	const char *given = env->get("WIMPLAN_PASSWORD");

	if (!options->user)
		return wp_fail(err, WP_E_USAGE, "usage", "--user", "--auth ntlm needs --user 'DOMAIN\\NAME'");
	options->password = given ? given : ask_password(env, arena, options->user);
	return options->password ? WP_OK
				 : wp_fail(err, WP_E_USAGE, "usage", "--user",
					   "--auth ntlm needs a password: set WIMPLAN_PASSWORD, or call it from a "
					   "terminal");
}

int wp_provider_secrets(const struct wp_env *env, struct wp_arena *arena, const char *token_file,
			struct wp_provider_options *options, const char **ret_warning, struct wp_error *err)
{
	*ret_warning = NULL;
	switch (options->auth) {
	case WP_AUTH_BEARER:
		wp_process_forbid_core();
		return read_token(env, arena, token_file, options, ret_warning, err);
	case WP_AUTH_NTLM:
		wp_process_forbid_core();
		return read_password(env, arena, options, err);
	default:
		return WP_OK;
	}
}

void wp_secret_mask(const char *secret, struct wp_buf *body)
{
	size_t length = secret ? strlen(secret) : 0;
	char *at = body->data, *end = at + body->length;

	if (length < SHORTEST_MASKED)
		return;
	while (at && (at = memmem(at, (size_t)(end - at), secret, length))) {
		memset(at, '*', length);
		at += length;
	}
}
