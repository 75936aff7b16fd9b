/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options over configuration over defaults: which provider, and how to get in. */
#include "wimplan/connection.h"

#include "wimplan/arena.h"
#include "wimplan/ascii.h"
#include "wimplan/hash.h"
#include "wimplan/machine.h"
#include "wimplan/text.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_TIMEOUT 300

int wp_connection_run(const struct wp_program *program, int argc, char **argv)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_cli cli = { .program = program, .arena = arena };
	struct wp_env env;

	wp_hash_guard_memory();
	/* Memory that runs out is no fault of the host's, which an error of libcurl's would be taken for. */
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, wp_take, free, wp_take_more, wp_take_copy, wp_take_zeroed) != CURLE_OK) {
		wp_program_say(program->name, "libcurl cannot be used: it does not start; install it again");
		return WP_EXIT_FAILED;
	}
	/* Of what a terminal shows, only the line of progress has to fit its width. */
	env = wp_machine_env(WP_STANDARD_ERROR);
	cli.env = &env;
	wp_program_run(&cli, argc, argv);
	curl_global_cleanup();
	return wp_program_end(cli.status);
}

/* The configuration has checked that it is one. */
uint64_t wp_connection_number(const struct wp_config *config, const char *key, uint64_t fallback)
{
	const char *text = wp_config_value(config, "provider", key);

	if (text)
		wp_parse_u64(text, false, &fallback);
	return fallback;
}

/* Who lists the processes reads the command line. The value is not repeated, for what is in it may be a password. */
static int check_proxy(struct wp_cli *cli)
{
	const char *proxy = cli->proxy;

	if (!proxy)
		return WP_OK;
	if (strchr(proxy, '@'))
		return wp_cli_usage(cli, "--proxy",
				    "--proxy has an '@', as behind a user name or password; leave that out, a proxy that wants a "
				    "sign-in cannot be used");
	if (!*proxy || strpbrk(proxy, " \t\r\n"))
		return wp_cli_usage(cli, "--proxy", "--proxy is '%s', but must be a URL such as http://HOST:PORT", proxy);
	return WP_OK;
}

static bool is_test_provider(const char *url)
{
	static const char end[] = "/AdminService";
	size_t length = strlen(url);

	return wp_provider_is_loopback(url) && length > sizeof end &&
	       wp_ascii_same(url + length - (sizeof end - 1), end) && !strpbrk(url, " \t?#");
}

int wp_connection_read(struct wp_cli *cli, struct wp_config *ret_config, struct wp_provider_options *ret,
		       const char **ret_token_file)
{
	/* Without TLS only to this very machine: for tests. */
	bool is_test = cli->provider && is_test_provider(cli->provider);
	int status = wp_cli_config(cli, ret_config);

	if (!status && cli->provider && !is_test)
		status = wp_config_set(cli->arena, ret_config, "provider", "url", cli->provider, "--provider", &cli->err);
	if (status)
		return cli->err.status = WP_E_USAGE;
	ret->url = is_test ? cli->provider : wp_config_value(ret_config, "provider", "url");
	ret->auth = (enum wp_auth)wp_config_choice(ret_config, "provider", "auth");
	ret->user = wp_config_value(ret_config, "provider", "user");
	ret->ca_file = wp_config_value(ret_config, "provider", "ca_file");
	ret->proxy = cli->proxy;
	ret->timeout = (uint32_t)wp_connection_number(ret_config, "timeout", DEFAULT_TIMEOUT);
	ret->agent = cli->program->name;
	*ret_token_file = wp_config_value(ret_config, "provider", "token_file");
	return check_proxy(cli);
}

int wp_connection_secrets(struct wp_cli *cli, const char *token_file, struct wp_provider_options *options)
{
	const char *warning;
	int status;

	if (!options->url)
		return wp_cli_usage(
			cli, "--provider",
			"no provider is given; add --provider https://HOST/AdminService, or set url in [provider]");
	status = wp_provider_secrets(cli->env, cli->arena, token_file, options, &warning, &cli->err);
	if (warning)
		wp_cli_note(cli, "warning: %s", warning);
	return status == WP_E_USAGE ? wp_cli_usage(cli, cli->err.subject, "%s", cli->err.message) : status;
}
