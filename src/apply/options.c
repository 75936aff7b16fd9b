/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options over configuration over defaults. */
#include "say.h"

#include "wimplan/ascii.h"
#include "wimplan/clock.h"
#include "wimplan/config.h"
#include "wimplan/text.h"

#include <string.h>

static const char *const commit_words[] = { "auto", "always", "never", NULL };

#define SETTING(key_name, long_name, value, text)                                                                    \
	{ .name = long_name, .argument = value, .kind = WP_OPTION_SETTING, .help = text, .section = "provider", .key = key_name }

const struct wp_option wp_apply_options[] = {
	WP_OPTION(struct wp_apply, yes, "yes", NULL, FLAG, "run: do not ask"),
	WP_OPTION(struct wp_apply, expected_plan, "expect-plan", "ID", TEXT,
		  "refuse any plan but the one with this id; its first digits suffice, 8 at least"),
	WP_OPTION(struct wp_apply, skip_conflicts, "skip-conflicts", NULL, FLAG,
		  "run: leave out what no longer fits, instead of refusing all"),
	WP_OPTION(struct wp_apply, window_given, "window", "START/END", TEXT,
		  "begin steps only in this time (ISO 8601 with zones)"),
	SETTING("settle", "settle", "SECONDS", "run: look so long for the effect of a call (default 900)"),
	WP_OPTION(struct wp_apply, commit, "commit", "WHEN", CHOICE,
		  "run: write a reloaded object back: auto (when its metadata is not there yet), always or never",
		  .words = commit_words),
	WP_OPTION(struct wp_apply, journal_path, "journal", "FILE", TEXT, "default: PLAN.journal"),
	WP_OPTION(struct wp_apply, receipt_path, "receipt", "FILE", TEXT, "default: plan.receipt.json for plan.json"),
	{ .help = "The provider:" },
	WP_OPTION(struct wp_apply, provider, "provider", "URL", TEXT, "https://HOST/AdminService"),
	SETTING("auth", "auth", "KIND", "negotiate (Kerberos, default), ntlm, bearer or none"),
	SETTING("user", "user", "NAME", "for ntlm; the password comes from WIMPLAN_PASSWORD or is asked for"),
	SETTING("token_file", "token-file", "FILE", "for bearer; otherwise WIMPLAN_TOKEN"),
	SETTING("ca_file", "ca-file", "FILE", "certificates to trust, instead of the system's"),
	WP_OPTION(struct wp_apply, connection.proxy, "proxy", "URL", TEXT,
		  "through a proxy; the environment's is never used"),
	SETTING("timeout", "timeout", "SECONDS", "for one request (default 300)"),
	{ 0 },
};

#define DEFAULT_TIMEOUT 300

/* The beginning of a plan's id, with or without "sha256:". */
static int check_expected(struct wp_apply *apply)
{
	static const char prefix[] = "sha256:";
	const char *given = apply->expected_plan;
	size_t length;

	if (!given)
		return WP_OK;
	apply->expected_plan += strncmp(given, prefix, strlen(prefix)) ? 0 : strlen(prefix);
	length = strlen(apply->expected_plan);
	if (length < 8 || length > 64 || strspn(apply->expected_plan, "0123456789abcdef") != length)
		return wp_cli_usage(apply->cli, "--expect-plan",
				    "--expect-plan is '%s', but must be the id of a plan or its first digits, 8 at least",
				    given);
	return WP_OK;
}

/* The configuration has checked that it is one. */
static uint64_t number(const struct wp_config *config, const char *key, uint64_t fallback)
{
	const char *text = wp_config_value(config, "provider", key);

	if (text)
		wp_parse_u64(text, false, &fallback);
	return fallback;
}

static void take_connection(struct wp_apply *apply, const struct wp_config *config)
{
	struct wp_provider_options *connection = &apply->connection;

	connection->auth = (enum wp_auth)wp_config_choice(config, "provider", "auth");
	connection->url = wp_config_value(config, "provider", "url");
	connection->user = wp_config_value(config, "provider", "user");
	connection->ca_file = wp_config_value(config, "provider", "ca_file");
	connection->timeout = (uint32_t)number(config, "timeout", DEFAULT_TIMEOUT);
	apply->token_file = wp_config_value(config, "provider", "token_file");
	apply->settle_ms = (int64_t)number(config, "settle", 0) * 1000;
}

static int take_window(struct wp_apply *apply, const struct wp_config *config)
{
	const char *given = apply->window_given, *wrong;
	struct wp_zone zone;

	if (!given)
		return wp_program_window(apply->cli->arena, &config->window, wp_clock_time(), &zone, &apply->window.start,
					 &apply->window.end, &apply->cli->err);
	wrong = wp_window_parse(given, &apply->window);
	return wrong ? wp_cli_usage(apply->cli, "--window", "the window '%s' cannot be used: %s", given, wrong) : WP_OK;
}

/* Who lists the processes reads the command line. The value is not repeated, for what is in it may be a password. */
static int check_proxy(struct wp_apply *apply)
{
	const char *proxy = apply->connection.proxy;

	if (!proxy)
		return WP_OK;
	if (strchr(proxy, '@'))
		return wp_cli_usage(apply->cli, "--proxy",
				      "--proxy has an '@', as behind a user name or password; leave that out, a proxy "
				      "that wants a sign-in cannot be used");
	if (!*proxy || strpbrk(proxy, " \t\r\n"))
		return wp_cli_usage(apply->cli, "--proxy",
				      "--proxy is '%s', but must be a URL such as http://HOST:PORT", proxy);
	return WP_OK;
}

static bool is_test_provider(const char *url)
{
	static const char end[] = "/AdminService";
	size_t length = strlen(url);

	return wp_provider_is_loopback(url) && length > sizeof end &&
	       wp_ascii_same(url + length - (sizeof end - 1), end) && !strpbrk(url, " \t?#");
}

static int configure(struct wp_apply *apply)
{
	/* Without TLS only to this very machine: for tests. */
	bool is_test = apply->provider && is_test_provider(apply->provider);
	struct wp_cli *cli = apply->cli;
	struct wp_config config;
	int status = wp_cli_config(cli, &config);

	if (!status && apply->provider && !is_test)
		status = wp_config_set(cli->arena, &config, "provider", "url", apply->provider, "--provider", &cli->err);
	if (status)
		return status;
	take_connection(apply, &config);
	if (is_test)
		apply->connection.url = apply->provider;
	status = check_proxy(apply);
	if (!status)
		status = check_expected(apply);
	return status ? status : take_window(apply, &config);
}

/* plan.json → plan.receipt.json */
static const char *default_receipt(const struct wp_apply *apply)
{
	const char *plan = strcmp(apply->plan_path, "-") ? apply->plan_path : apply->journal_path;
	size_t length = strlen(plan);

	if (length > 5 && !strcmp(plan + length - 5, ".json"))
		length -= 5;
	return wp_arena_printf(apply->cli->arena, "%.*s.receipt.json", (int)length, plan);
}

int wp_apply_begin(struct wp_apply *apply, struct wp_cli *cli)
{
	apply->cli = cli;
	apply->said_ms = wp_clock_ms();
	apply->plan_path = cli->operands[0];
	if (!strcmp(apply->plan_path, "-") && !apply->journal_path)
		return wp_cli_usage(cli, "--journal", "a plan on standard input needs --journal FILE");
	if (!apply->journal_path)
		apply->journal_path = wp_arena_printf(cli->arena, "%s.journal", apply->plan_path);
	apply->receipt_target = apply->receipt_path ? WP_FILE_TARGET_NAMED : WP_FILE_TARGET_BESIDE;
	if (!apply->receipt_path)
		apply->receipt_path = default_receipt(apply);
	return configure(apply);
}

void wp_apply_end(struct wp_apply **apply)
{
	wp_events_close(*apply);
	wp_apply_progress(*apply, "%s", "");
	wp_steps_end(&(*apply)->steps);
	wp_plan_free((*apply)->plan);
}
