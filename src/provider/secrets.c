/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The secrets that --auth needs: from a file, from the environment, or from who sits at the terminal. */
#include "wimplan/file.h"
#include "wimplan/print.h"
#include "wimplan/provider.h"
#include "wimplan/text.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define SECRET_BYTES 65536u

static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

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

/* Only a warning: whoever starts the program may know why. "-" is standard input, whose file is not ours to judge. */
static const char *warn_of_readers(struct wp_arena *arena, const char *path)
{
	struct stat file;

	if (!strcmp(path, "-") || stat(path, &file) || !(file.st_mode & 077))
		return NULL;
	return wp_arena_printf(arena, "the token file %s is open to others than its owner (mode %04o); chmod 600 %s",
			       path, (unsigned int)file.st_mode & 07777, path);
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
	text = trim(text);
	options->token = text;
	return is_token(text) ? WP_OK
			      : wp_fail(err, WP_E_USAGE, "usage", "--token-file",
					"--auth bearer needs a token of printable ASCII, from --token-file FILE or "
					"WIMPLAN_TOKEN");
}

/* Waits for a line on standard input. False when a signal came first, or the end. */
static bool wait_for_line(const sigset_t *signals)
{
	int signal_fd __attribute__((cleanup(wp_closep))) = signalfd(-1, signals, SFD_CLOEXEC);
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = signal_fd, .events = POLLIN } };

	while (poll(fds, signal_fd < 0 ? 1 : 2, -1) < 0)
		if (errno != EINTR)
			return false;
	return !fds[1].revents;
}

/* Asks on the terminal, without showing what is typed. NULL when there is none. */
static char *ask_password(const struct wp_env *env, struct wp_arena *arena, const char *user)
{
	struct termios before, silent;
	struct wp_buf prompt __attribute__((cleanup(wp_buf_free))) = { 0 };
	sigset_t signals, mask;
	char line[512] = "";
	bool got;

	if (!env->stdin_terminal || tcgetattr(STDIN_FILENO, &before))
		return NULL;
	/* Whoever gives up with Ctrl+C gets the terminal back as it was: the signal is let through behind that. */
	sigemptyset(&signals);
	for (size_t i = 0; i < sizeof ending_signals / sizeof *ending_signals; i++)
		sigaddset(&signals, ending_signals[i]);
	sigprocmask(SIG_BLOCK, &signals, &mask);
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	wp_buf_puts(&prompt, "Password of ");
	wp_text_escape(&prompt, user);
	wp_buf_puts(&prompt, ": ");
	wp_tell(wp_buf_text(&prompt));
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	got = wait_for_line(&signals) && fgets(line, sizeof line, stdin);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	wp_tell("\n");
	sigprocmask(SIG_SETMASK, &mask, NULL);
	line[strcspn(line, "\n")] = '\0';
	return got ? wp_arena_strdup(arena, line) : NULL;
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

/* The secret is in memory from here on: a core file would be one more place. systemd-coredump keeps to this too. */
static void forbid_core(void)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
}

int wp_provider_secrets(const struct wp_env *env, struct wp_arena *arena, const char *token_file,
			struct wp_provider_options *options, const char **ret_warning, struct wp_error *err)
{
	*ret_warning = NULL;
	switch (options->auth) {
	case WP_AUTH_BEARER:
		forbid_core();
		return read_token(env, arena, token_file, options, ret_warning, err);
	case WP_AUTH_NTLM:
		forbid_core();
		return read_password(env, arena, options, err);
	default:
		return WP_OK;
	}
}
