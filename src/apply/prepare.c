/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every command needs before it begins: the plan, its steps and how far they have come, and the secrets. */
#include "apply.h"

#include "wimplan/file.h"

#include <string.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

#define SECRET_BYTES 65536u

static bool is_named(const struct wp_apply *apply, const char *package_id)
{
	for (size_t i = 0; i < apply->only_count; i++)
		if (!strcasecmp(apply->only[i], package_id))
			return true;
	return !apply->only_count;
}

static int select_steps(struct wp_apply *apply)
{
	for (size_t i = 0; i < apply->steps.count; i++)
		apply->steps.items[i].selected = is_named(apply, apply->steps.items[i].target->package_id);
	for (size_t i = 0; i < apply->only_count; i++) {
		bool found = false;

		for (size_t j = 0; j < apply->steps.count; j++)
			found |= !strcasecmp(apply->only[i], apply->steps.items[j].target->package_id);
		if (!found)
			return wp_apply_usage(apply, apply->only[i], "--only %s: the plan has nothing to do for it",
					      apply->only[i]);
	}
	return -1;
}

int wp_apply_read_plan(struct wp_apply *apply)
{
	const struct wp_target *targets;
	struct wp_error err;
	size_t count;

	if (wp_planned_open(apply->plan_path, &apply->planned, &err))
		return wp_apply_error(apply, &err);
	apply->plan = wp_planned_plan(apply->planned);
	targets = wp_planned_targets(apply->planned, &count);
	apply->steps = wp_steps_make(apply->arena, targets, count);
	if (!apply->plan->applyable || !apply->steps.count) {
		wp_fail(&err, WP_E_REFUSED, "nothing-to-apply", apply->plan_path,
			"%s has nothing to apply: no package has a call that may be made", apply->plan_path);
		return wp_apply_error(apply, &err);
	}
	return select_steps(apply);
}

/*
 * A call that may have begun before the machine stopped can only have gone to a record that was as planned: so it is
 * known what that looked like.
 */
static int recall(struct wp_apply *apply, struct wp_step *step, struct wp_error *err)
{
	const struct wp_entry *entry;
	int status = wp_planned_entry(apply->planned, step->target, &entry, err);

	if (status)
		return status;
	step->version_before = entry->preconditions.source_version;
	strcpy(step->property_before, entry->preconditions.image_property_sha256);
	return WP_OK;
}

int wp_apply_look_back(struct wp_apply *apply, struct wp_journal *journal, struct wp_error *err)
{
	int status = wp_journal_load(journal, &apply->steps, err);

	for (size_t i = 0; i < apply->steps.count && !status; i++)
		if (apply->steps.items[i].suspected)
			status = recall(apply, &apply->steps.items[i], err);
	return status;
}

/* Takes away the white space around a text. */
static char *trim(char *text)
{
	text += strspn(text, " \t\r\n");
	for (size_t length = strlen(text); length && strchr(" \t\r\n", text[length - 1]); length--)
		text[length - 1] = '\0';
	return text;
}

/* It becomes a header, which nothing in it may end: printable ASCII without spaces (RFC 6750, 2.1, is narrower). */
static bool is_token(const char *text)
{
	const char *at = text;

	while (*at > ' ' && *at <= '~')
		at++;
	return *text && !*at;
}

static int read_token(struct wp_apply *apply)
{
	const char *given = apply->env->get("WIMPLAN_TOKEN");
	struct wp_error err;
	char *text;
	size_t length;

	if (apply->token_file) {
		if (wp_file_read(apply->arena, apply->token_file, SECRET_BYTES, &text, &length, &err))
			return wp_apply_error(apply, &err);
	} else {
		text = wp_arena_strdup(apply->arena, given ? given : "");
	}
	text = trim(text);
	if (!is_token(text))
		return wp_apply_usage(
			apply, "--token-file",
			"--auth bearer needs a token of printable ASCII, from --token-file FILE or WIMPLAN_TOKEN");
	apply->connection.token = text;
	return -1;
}

/* Asks on the terminal, without showing what is typed. NULL when there is none. */
static char *ask_password(struct wp_apply *apply)
{
	struct termios before, silent;
	char line[512] = "";
	bool got;

	if (!apply->env->stdin_terminal || tcgetattr(STDIN_FILENO, &before))
		return NULL;
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	fprintf(stderr, "Password of %s: ", apply->connection.user);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	got = fgets(line, sizeof line, stdin) != NULL;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputc('\n', stderr);
	line[strcspn(line, "\n")] = '\0';
	return got ? wp_arena_strdup(apply->arena, line) : NULL;
}

static int read_password(struct wp_apply *apply)
{
	const char *given = apply->env->get("WIMPLAN_PASSWORD");

	if (!apply->connection.user)
		return wp_apply_usage(apply, "--user", "--auth ntlm needs --user 'DOMAIN\\NAME'");
	apply->connection.password = given ? given : ask_password(apply);
	if (!apply->connection.password)
		return wp_apply_usage(apply, "--user",
				      "--auth ntlm needs a password: set WIMPLAN_PASSWORD, or call it from a terminal");
	return -1;
}

int wp_apply_read_secrets(struct wp_apply *apply)
{
	if (!apply->connection.url)
		return wp_apply_usage(
			apply, "--provider",
			"no provider is given; add --provider https://HOST/AdminService, or set url in [provider]");
	switch (apply->connection.auth) {
	case WP_AUTH_BEARER:
		return read_token(apply);
	case WP_AUTH_NTLM:
		return read_password(apply);
	default:
		return -1;
	}
}
