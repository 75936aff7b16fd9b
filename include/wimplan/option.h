/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The options of a command as one table: what is read, what is wrong with it and what --help shows all come from its rows.
 *
 * A command's own options fill a struct of its own, from zeros:
 *
 *	static const struct wp_option options[] = {
 *		WP_OPTION(struct arguments, all, "all", NULL, FLAG, "unchanged packages too"),
 *		WP_OPTION(struct arguments, limit, "limit", "N", COUNT, "list at most N paths", .most = 100),
 *		{ 0 },
 *	};
 *
 * Those that several commands take stand in option.c, once, and fill the call (struct wp_cli): a command names the ones that
 * it takes by the bits of enum wp_option_set, a program those that all its commands take.
 */
#ifndef WIMPLAN_OPTION_H
#define WIMPLAN_OPTION_H

#include <stddef.h>
#include <stdint.h>

/* What an option fills, at struct wp_option's field. */
enum wp_option_kind {
	WP_OPTION_FLAG,   /* bool: that it was given */
	WP_OPTION_TEXT,   /* const char *: the value, of several the last; NULL: not given */
	WP_OPTION_LIST,   /* struct wp_names: the values of all */
	WP_OPTION_COUNT,  /* struct wp_number: from least to most */
	WP_OPTION_CHOICE, /* an enum: least for the first of words, and so on */
	WP_OPTION_SETTING, /* nothing: the value goes over the configuration's section and key, and is checked there */
};

/* Options that several commands take, with one meaning in all of them. */
enum wp_option_set {
	WP_TAKES_SITE = 1 << 0,
	WP_TAKES_SNAPSHOT = 1 << 1,
	WP_TAKES_MAP = 1 << 2,
	WP_TAKES_JOBS = 1 << 3,
	WP_TAKES_DATE_ORDER = 1 << 4,
	WP_TAKES_ONLY = 1 << 5,
	WP_TAKES_EVENTS = 1 << 6,
	WP_TAKES_DETAILED = 1 << 7,
	WP_TAKES_CACHE = 1 << 8,
	WP_TAKES_COLOR = 1 << 9,
	WP_TAKES_EXCLUDE = 1 << 10,
	WP_TAKES_TAKEN_AT = 1 << 11,
	WP_TAKES_FAIL_ON = 1 << 12,
	WP_TAKES_PROVIDER = 1 << 13,
	WP_TAKES_PROFILE = 1 << 14,
};

/* What becomes of the file that an option names; see wp_cli_check_files(). */
enum wp_file_use {
	WP_FILE_USE_NONE, /* it names none */
	WP_FILE_USE_READ,
	WP_FILE_USE_WRITTEN,
	WP_FILE_USE_DATABASE, /* of SQLite: changed in its place, and with files of its own beside it */
};

/* One option; a row without a name is a heading of --help, and one with nothing is the end. */
struct wp_option {
	const char *name; /* without its dashes */
	const char *argument; /* as help shows it, in capitals; NULL: it takes none */
	enum wp_option_kind kind;
	size_t field; /* offsetof() of what it fills */
	const char *help; /* without a full stop; broken into lines where it is shown */
	char letter; /* 0: none */
	unsigned int set; /* of the shared rows: who takes it; 0: every command */
	uint64_t least, most;
	const char *const *words; /* of a choice, and of others what a shell offers; NULL behind the last */
	const char *section, *key; /* of a setting */
	enum wp_file_use file; /* what its value is the name of */
};

/* A row: what it fills (a member of a type), its name, argument, kind and help, and other members of struct wp_option. */
#define WP_OPTION(type, member, long_name, value, fills, text, ...)                                                  \
	{ .name = long_name, .argument = value, .kind = WP_OPTION_##fills, .field = offsetof(type, member),          \
	  .help = text, __VA_ARGS__ }

/* The same of a key of [provider] in the configuration. */
#define WP_SETTING(config_key, long_name, value, text, ...)                                                          \
	{ .name = long_name, .argument = value, .kind = WP_OPTION_SETTING, .help = text, .section = "provider",      \
	  .key = config_key, __VA_ARGS__ }

#endif
