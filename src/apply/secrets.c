/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The secrets that --auth needs: from a file, from the environment, or from who sits at the terminal. */
#include "apply.h"

#include "wimplan/file.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
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
static void warn_of_readers(struct wp_apply *apply)
{
	struct stat file;

	if (!strcmp(apply->token_file, "-") || stat(apply->token_file, &file) || !(file.st_mode & 077))
		return;
	wp_apply_note(apply, "warning: the token file %s is open to others than its owner (mode %04o); chmod 600 %s",
		      apply->token_file, (unsigned int)file.st_mode & 07777, apply->token_file);
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
		warn_of_readers(apply);
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
static char *ask_password(struct wp_apply *apply)
{
	struct termios before, silent;
	sigset_t signals, mask;
	char line[512] = "";
	bool got;

	if (!apply->env->stdin_terminal || tcgetattr(STDIN_FILENO, &before))
		return NULL;
	/* Whoever gives up with Ctrl+C gets the terminal back as it was: the signal is let through behind that. */
	sigemptyset(&signals);
	for (size_t i = 0; i < sizeof ending_signals / sizeof *ending_signals; i++)
		sigaddset(&signals, ending_signals[i]);
	sigprocmask(SIG_BLOCK, &signals, &mask);
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	fprintf(stderr, "Password of %s: ", apply->connection.user);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	got = wait_for_line(&signals) && fgets(line, sizeof line, stdin);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputc('\n', stderr);
	sigprocmask(SIG_SETMASK, &mask, NULL);
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

/* The secret is in memory from here on: a core file would be one more place. systemd-coredump keeps to this too. */
static void forbid_core(void)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
}

int wp_apply_read_secrets(struct wp_apply *apply)
{
	if (!apply->connection.url)
		return wp_apply_usage(
			apply, "--provider",
			"no provider is given; add --provider https://HOST/AdminService, or set url in [provider]");
	switch (apply->connection.auth) {
	case WP_AUTH_BEARER:
		forbid_core();
		return read_token(apply);
	case WP_AUTH_NTLM:
		forbid_core();
		return read_password(apply);
	default:
		return -1;
	}
}
