/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options over configuration over defaults. */
#include "options.h"
#include "say.h"

#include "wimplan/ascii.h"
#include "wimplan/choice.h"
#include "wimplan/clock.h"
#include "wimplan/config.h"
#include "wimplan/text.h"
#include "wimplan/version.h"

#include <getopt.h>
#include <string.h>

enum {
	OPT_JSON = 256, OPT_CONFIG, OPT_VERSION, OPT_PROVIDER, OPT_AUTH, OPT_USER, OPT_TOKEN_FILE, OPT_CA_FILE,
	OPT_PROXY, OPT_SETTLE, OPT_TIMEOUT, OPT_JOURNAL, OPT_RECEIPT, OPT_ONLY, OPT_SKIP, OPT_COMMIT, OPT_WINDOW,
	OPT_YES, OPT_EVENTS, OPT_EXPECT_PLAN,
};

static const struct option options[] = {
	{ "json", no_argument, NULL, OPT_JSON },
	{ "output", required_argument, NULL, 'o' },
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "provider", required_argument, NULL, OPT_PROVIDER },
	{ "auth", required_argument, NULL, OPT_AUTH },
	{ "user", required_argument, NULL, OPT_USER },
	{ "token-file", required_argument, NULL, OPT_TOKEN_FILE },
	{ "ca-file", required_argument, NULL, OPT_CA_FILE },
	{ "proxy", required_argument, NULL, OPT_PROXY },
	{ "settle", required_argument, NULL, OPT_SETTLE },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "journal", required_argument, NULL, OPT_JOURNAL },
	{ "receipt", required_argument, NULL, OPT_RECEIPT },
	{ "only", required_argument, NULL, OPT_ONLY },
	{ "skip-conflicts", no_argument, NULL, OPT_SKIP },
	{ "commit", required_argument, NULL, OPT_COMMIT },
	{ "window", required_argument, NULL, OPT_WINDOW },
	{ "yes", no_argument, NULL, OPT_YES },
	{ "events", required_argument, NULL, OPT_EVENTS },
	{ "expect-plan", required_argument, NULL, OPT_EXPECT_PLAN },
	{ 0 },
};

static const char common_help[] =
	"\nThe provider:\n"
	"      --provider URL      https://HOST/AdminService\n"
	"      --auth KIND         negotiate (Kerberos, default), ntlm, bearer or none\n"
	"      --user NAME         for ntlm; the password comes from WIMPLAN_PASSWORD or\n"
	"                          is asked for\n"
	"      --token-file FILE   for bearer; otherwise WIMPLAN_TOKEN\n"
	"      --ca-file FILE      certificates to trust, instead of the system's\n"
	"      --proxy URL         through a proxy; the environment's is never used\n"
	"      --timeout SECONDS   for one request (default 300)\n"
	"\nCommon options:\n"
	"      --journal FILE      default: PLAN.journal\n"
	"      --only PACKAGEID    only this package (repeatable)\n"
	"      --events FILE       append what happens as JSON lines\n"
	"      --json              one JSON document on standard output, errors included\n"
	"  -o, --output FILE       write the result to FILE, whole or not at all\n"
	"      --config FILE       the configuration (default: see wimplan.conf(5))\n"
	"  -q, --quiet             only results and errors\n"
	"  -v, --verbose           say more on standard error\n"
	"  -h, --help              this text\n"
	"      --version           the version\n";

/* What has a key in the configuration goes the same way as from there, and is checked there. */
static const struct {
	int option;
	const char *section, *key, *name;
} config_options[] = {
	{ OPT_PROVIDER, "provider", "url", "--provider" },
	{ OPT_AUTH, "provider", "auth", "--auth" },
	{ OPT_USER, "provider", "user", "--user" },
	{ OPT_TOKEN_FILE, "provider", "token_file", "--token-file" },
	{ OPT_CA_FILE, "provider", "ca_file", "--ca-file" },
	{ OPT_SETTLE, "provider", "settle", "--settle" },
	{ OPT_TIMEOUT, "provider", "timeout", "--timeout" },
};
#define CONFIG_OPTIONS (sizeof config_options / sizeof *config_options)

#define DEFAULT_TIMEOUT 300

struct given {
	const char *values[CONFIG_OPTIONS];
	const char *window, *commit;
};

static int print(struct wp_apply *apply, const char *text, const char *more)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_buf_puts(&buf, text);
	wp_buf_puts(&buf, more);
	apply->output = NULL;
	return wp_apply_emit(apply, WP_TEXT_PLAIN, &buf) ? WP_APPLY_OVER : wp_apply_end(apply, WP_EXIT_DONE);
}

/* The beginning of a plan's id, with or without "sha256:". */
static int take_expected(struct wp_apply *apply, const char *given)
{
	static const char prefix[] = "sha256:";
	const char *digits = strncmp(given, prefix, strlen(prefix)) ? given : given + strlen(prefix);
	size_t length = strlen(digits);

	if (length < 8 || length > 64 || strspn(digits, "0123456789abcdef") != length)
		return wp_apply_usage(apply, "--expect-plan",
				      "--expect-plan is '%s', but must be the id of a plan or its first digits, 8 at least",
				      given);
	apply->expected_plan = digits;
	return WP_OK;
}

static int take(struct wp_apply *apply, int option, struct given *given)
{
	for (size_t i = 0; i < CONFIG_OPTIONS; i++) {
		if (config_options[i].option != option)
			continue;
		given->values[i] = optarg;
		return WP_OK;
	}
	switch (option) {
	case OPT_JSON:
		apply->json = true;
		break;
	case 'o':
		apply->output = optarg;
		break;
	case OPT_CONFIG:
		apply->config_path = optarg;
		break;
	case 'q':
		apply->quiet = true;
		break;
	case 'v':
		apply->verbose = true;
		break;
	case 'h':
		return print(apply, apply->command->help, common_help);
	case OPT_VERSION:
		return print(apply, "wimplan-apply " WIMPLAN_VERSION, "\n");
	case OPT_PROXY:
		apply->connection.proxy = optarg;
		break;
	case OPT_JOURNAL:
		apply->journal_path = optarg;
		break;
	case OPT_RECEIPT:
		apply->receipt_path = optarg;
		break;
	case OPT_ONLY:
		*WP_PUSH(apply->arena, apply->only, apply->only_count) = optarg;
		break;
	case OPT_SKIP:
		apply->skip_conflicts = true;
		break;
	case OPT_COMMIT:
		given->commit = optarg;
		break;
	case OPT_WINDOW:
		given->window = optarg;
		break;
	case OPT_YES:
		apply->yes = true;
		break;
	case OPT_EVENTS:
		apply->events_path = optarg;
		break;
	case OPT_EXPECT_PLAN:
		return take_expected(apply, optarg);
	}
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

static int take_window(struct wp_apply *apply, const struct wp_config *config, const char *given)
{
	struct wp_error err;
	struct wp_zone zone;
	const char *wrong;

	if (!given)
		return wp_program_window(apply->arena, &config->window, wp_clock_time(), &zone, &apply->window.start,
					 &apply->window.end, &err)
			       ? wp_apply_error(apply, &err)
			       : WP_OK;
	wrong = wp_window_parse(given, &apply->window);
	return wrong ? wp_apply_usage(apply, "--window", "the window '%s' cannot be used: %s", given, wrong) : WP_OK;
}

static int take_commit(struct wp_apply *apply, const char *given)
{
	static const char *const words[] = { "auto", "always", "never", NULL };
	unsigned int commit = WP_COMMIT_AUTO;

	if (given && !wp_choice_find(words, given, &commit))
		return wp_apply_usage(apply, "--commit", "--commit is %s, not '%s'", wp_choice_list(apply->arena, words),
				      given);
	apply->commit = (enum wp_commit)commit;
	return WP_OK;
}

/* Who lists the processes reads the command line. The value is not repeated, for what is in it may be a password. */
static int check_proxy(struct wp_apply *apply)
{
	const char *proxy = apply->connection.proxy;

	if (!proxy)
		return WP_OK;
	if (strchr(proxy, '@'))
		return wp_apply_usage(apply, "--proxy",
				      "--proxy has an '@', as behind a user name or password; leave that out, a proxy "
				      "that wants a sign-in cannot be used");
	if (!*proxy || strpbrk(proxy, " \t\r\n"))
		return wp_apply_usage(apply, "--proxy",
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

static int configure(struct wp_apply *apply, const struct given *given)
{
	struct wp_config config;
	struct wp_error err;
	const char *loopback = NULL;
	int status;

	status = wp_program_config(apply->env, apply->arena, apply->config_path, &config, &err);
	for (size_t i = 0; i < CONFIG_OPTIONS && !status; i++) {
		if (!given->values[i])
			continue;
		/* Without TLS only to this very machine: for tests. */
		if (config_options[i].option == OPT_PROVIDER && is_test_provider(given->values[i]))
			loopback = given->values[i];
		else
			status = wp_config_set(apply->arena, &config, config_options[i].section, config_options[i].key,
					       given->values[i], config_options[i].name, &err);
	}
	if (status) {
		err.status = WP_E_USAGE;
		return wp_apply_error(apply, &err);
	}
	take_connection(apply, &config);
	if (loopback)
		apply->connection.url = loopback;
	status = check_proxy(apply);
	if (!status)
		status = take_window(apply, &config, given->window);
	return status ? status : take_commit(apply, given->commit);
}

static int parse(struct wp_apply *apply, int argc, char **argv, struct given *given)
{
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":o:qvh", options, NULL)) >= 0) {
		const char *text = optind > 0 ? argv[optind - 1] : "";

		if (option == '?')
			return wp_apply_usage(apply, text, "%s",
					      wp_program_option_error(apply->arena, options, text, optopt));
		if (option == ':')
			return wp_apply_usage(apply, text, "option '%s' needs a value", text);
		status = take(apply, option, given);
		if (status)
			return status;
	}
	return WP_OK;
}

/* plan.json → plan.receipt.json */
static const char *default_receipt(const struct wp_apply *apply)
{
	const char *plan = strcmp(apply->plan_path, "-") ? apply->plan_path : apply->journal_path;
	size_t length = strlen(plan);

	if (length > 5 && !strcmp(plan + length - 5, ".json"))
		length -= 5;
	return wp_arena_printf(apply->arena, "%.*s.receipt.json", (int)length, plan);
}

int wp_apply_options(struct wp_apply *apply, int argc, char **argv)
{
	struct given given = { 0 };
	int status = parse(apply, argc, argv, &given);

	if (status)
		return status;
	if (argc - optind != 1)
		return wp_apply_usage(apply, NULL, "%s takes one plan file, but there are %d", apply->command->name,
				      argc - optind);
	apply->plan_path = argv[optind];
	if (!strcmp(apply->plan_path, "-") && !apply->journal_path)
		return wp_apply_usage(apply, "--journal", "a plan on standard input needs --journal FILE");
	if (!apply->journal_path)
		apply->journal_path = wp_arena_printf(apply->arena, "%s.journal", apply->plan_path);
	apply->receipt_target = apply->receipt_path ? WP_FILE_TARGET_NAMED : WP_FILE_TARGET_BESIDE;
	if (!apply->receipt_path)
		apply->receipt_path = default_receipt(apply);
	return configure(apply, &given);
}
