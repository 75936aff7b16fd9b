/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a word of a command line may become, for the shells' completions. */
#include "wimplan/program.h"
#include "wimplan/text.h"

#include <string.h>

/* A command line that is being typed. */
struct line {
	struct wp_cli *cli;
	struct wp_buf *buf; /* what is printed */
	const char *word;   /* the one to complete */
	char **before;      /* the words between the command and it */
	int count;
	struct wp_options options;
	bool behind;         /* a "--": no more options */
	const char *operand; /* the first */
	size_t operand_count;
};

static void offer(const struct line *line, const char *word, const char *help)
{
	if (strncmp(word, line->word, strlen(line->word)) != 0)
		return;
	wp_buf_puts(line->buf, word);
	if (help)
		wp_buf_printf(line->buf, "\t%s", help);
	wp_buf_putc(line->buf, '\n');
}

static void offer_known(const struct line *line, enum wp_known what)
{
	if (line->cli->program->known)
		line->cli->program->known(line->cli, what, line->word, line->buf);
	else if (what == WP_KNOWN_PACKAGES)
		wp_buf_puts(line->buf, ":packages\n");
}

/* What an option's argument is, by the name that --help gives it. */
static void offer_value(const struct line *line, const struct wp_option *option)
{
	const char *argument = option->argument;

	for (const char *const *word = option->words; word && *word; word++)
		offer(line, *word, NULL);
	if (!strcmp(argument, "FILE") || !strcmp(argument, "PLAN"))
		wp_buf_puts(line->buf, ":files\n");
	else if (!strcmp(argument, "PREFIX=DIR") && strchr(line->word, '='))
		wp_buf_puts(line->buf, ":folders\n");
	else if (!strcmp(argument, "PACKAGEID"))
		offer_known(line, WP_KNOWN_PACKAGES);
	else if (option->set == WP_TAKES_SNAPSHOT)
		offer_known(line, WP_KNOWN_SNAPSHOTS);
	else if (option->set == WP_TAKES_SITE)
		offer_known(line, WP_KNOWN_SITES);
}

static void offer_options(const struct line *line)
{
	for (size_t i = 0; i < line->options.count; i++) {
		const struct wp_option *option = line->options.rows[i];

		if (option->name)
			offer(line, wp_arena_printf(line->cli->arena, "--%s", option->name), option->help);
	}
}

/* The place of the option that the first @length bytes of @word name, or the last of its letters; behind the last: there is none. */
static size_t find_option(const struct line *line, const char *word, size_t length)
{
	size_t i = 0;

	for (; i < line->options.count; i++) {
		const struct wp_option *option = line->options.rows[i];

		if (!option->name)
			continue;
		if (word[1] == '-' ? strlen(option->name) == length - 2 && !strncmp(option->name, word + 2, length - 2)
				   : option->letter && option->letter == word[length - 1])
			break;
	}
	return i;
}

/* Which cache, snapshot and site is meant decides what is known. */
static void take_value(struct line *line, size_t option, const char *value)
{
	const struct wp_option *row = line->options.rows[option];

	if (option >= line->options.own && row->kind == WP_OPTION_TEXT)
		*(const char **)((char *)line->cli + row->field) = value;
}

/* Goes through the words in front. The option whose value is the word to complete; NULL: it is no value. */
static const struct wp_option *read_before(struct line *line)
{
	for (int i = 0; i < line->count; i++) {
		const char *word = line->before[i];
		size_t length = strcspn(word, "="), option;

		if (line->behind || word[0] != '-' || !word[1]) {
			line->operand = line->operand_count++ ? line->operand : word;
			continue;
		}
		if (!strcmp(word, "--")) {
			line->behind = true;
			continue;
		}
		option = find_option(line, word, length);
		if (option == line->options.count || !line->options.rows[option]->argument)
			continue;
		if (word[length])
			take_value(line, option, word + length + 1);
		else if (i + 1 == line->count)
			return line->options.rows[option];
		else
			take_value(line, option, line->before[++i]);
	}
	return NULL;
}

/* False when there can be none. */
static bool offer_operand(const struct line *line)
{
	const struct wp_command *command = line->cli->command;
	const struct wp_verb *verb = command->verbs;
	size_t given = line->operand_count;

	if (verb->name) {
		for (; !given && verb->name; verb++)
			offer(line, verb->name, NULL);
		for (; verb->name && strcmp(verb->name, line->operand) != 0; verb++)
			;
		if (!verb->name)
			return !given;
		given--;
	}
	if (given >= verb->most)
		return false;
	if (command->operands)
		offer_known(line, command->operands);
	else
		wp_buf_puts(line->buf, ":files\n");
	return true;
}

static void complete_command(struct line *line)
{
	const char *equals = line->word[0] == '-' && line->word[1] == '-' ? strchr(line->word, '=') : NULL;
	const struct wp_option *option;

	line->options = wp_options_of(line->cli);
	option = read_before(line);
	if (!option && equals && !line->behind) {
		size_t found = find_option(line, line->word, (size_t)(equals - line->word));

		if (found == line->options.count || !line->options.rows[found]->argument)
			return;
		option = line->options.rows[found];
		/* The shells put what stands in front of the value back. */
		line->word = equals + 1;
	}
	if (option)
		offer_value(line, option);
	else if ((line->word[0] == '-' && !line->behind) || (!offer_operand(line) && !line->behind))
		offer_options(line);
}

/* "help", the commands and what stands in their place. */
static void complete_overview(const struct line *line, bool help)
{
	const struct wp_command *const *commands = line->cli->program->commands;

	for (; *commands; commands++)
		offer(line, (*commands)->name, (*commands)->summary);
	if (help)
		return;
	offer(line, "help", "describe a command");
	offer(line, "--help", "what there is");
	offer(line, "--version", "the version");
}

int wp_complete(struct wp_cli *cli, int count, char **words)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct line line = { .cli = cli, .buf = &buf, .word = count ? words[count - 1] : "", .before = words, .count = count - 1 };
	const struct wp_command *const *commands = cli->program->commands;

	if (!commands[0]->name) {
		cli->command = commands[0];
		complete_command(&line);
	} else if (count <= 1 || !strcmp(words[0], "help")) {
		if (count <= 2)
			complete_overview(&line, count == 2);
	} else {
		for (; *commands && strcmp((*commands)->name, words[0]) != 0; commands++)
			;
		cli->command = *commands;
		line.before++;
		line.count--;
		if (cli->command)
			complete_command(&line);
	}
	/* The line's own -o is another's. */
	cli->output = NULL;
	cli->err = (struct wp_error){ 0 };
	return wp_cli_emit_as(cli, WP_TEXT_DOCUMENT, &buf);
}
