/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration file: what is read, what is refused and with which words, and that it prints what can be read. */
#include "wimplan/config.h"
#include "wimplan/limits.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static int parse(struct wp_arena *arena, struct wp_config *config, const char *text, struct wp_error *err)
{
	wp_config_init(arena, config);
	return wp_config_parse(arena, config, "wimplan.conf", text, strlen(text), err);
}

static const struct wp_setting *find(const struct wp_config *config, const char *section, const char *key)
{
	for (size_t i = 0; i < config->setting_count; i++)
		if (!strcmp(config->settings[i].section, section) && !strcmp(config->settings[i].key, key))
			return &config->settings[i];
	cr_assert(false, "no [%s] %s", section, key);
	return NULL;
}

static void expect_setting(const struct wp_config *config, const char *section, const char *key, const char *value,
			   const char *origin)
{
	const struct wp_setting *setting = find(config, section, key);

	if (value)
		cr_expect_str_eq(setting->value, value, "%s is %s", key, setting->value);
	else
		cr_expect_null(setting->value, "%s", key);
	cr_expect_str_eq(setting->origin, origin, "%s is from %s", key, setting->origin);
}

Test(config, defaults)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_config config;

	wp_config_init(arena, &config);
	cr_expect_eq(config.policy.refresh_on, WP_REFRESH_ON_CONTENT);
	cr_expect_eq(config.policy.on_unknown, WP_ON_UNKNOWN_BLOCK);
	cr_expect_eq(config.policy.boot_images, WP_BOOT_IMAGES_REPORT);
	cr_expect_eq(config.policy.clock_tolerance, 120);
	cr_expect_eq(config.map.count, 0);
	expect_setting(&config, "policy", "refresh_on", "content", "default");
	expect_setting(&config, "provider", "url", NULL, "default");
	expect_setting(&config, "provider", "auth", "negotiate", "default");
	expect_setting(&config, "provider", "settle", "900", "default");
	wp_arena_free(arena);
}

Test(config, reads_every_key)
{
	static const char text[] = "# a comment\r\n"
				   "; another\r\n"
				   "\r\n"
				   "[policy]\r\n"
				   "refresh_on = file\r\n"
				   "on_unknown=skip\r\n"
				   "\tboot_images =\tplan\t\r\n"
				   "clock_tolerance = 0\r\n"
				   "[provider]\r\n"
				   "url = https://prov.contoso.com/AdminService\r\n"
				   "auth = bearer\r\n"
				   "user = CONTOSO\\ann\r\n"
				   "token_file = /run/token\r\n"
				   "ca_file = /etc/site.pem\r\n"
				   "timeout = 30\r\n"
				   "settle = 86400\r\n"
				   "[window]\r\n"
				   "start = 2026-02-14T20:00:00Z\r\n"
				   "end = 2026-02-14T22:30:00+01:00\r\n"
				   "[ map ]\r\n"
				   "\\\\srv\\src$ = /mnt/src # not a comment ; nor this\r\n"
				   "D:\\src = /mnt/a=b\r\n"
				   "[policy]";
	struct wp_arena *arena = wp_arena_new();
	struct wp_config config;
	struct wp_error err;

	cr_assert_eq(parse(arena, &config, text, &err), WP_OK, "%s", err.message);
	cr_expect_eq(config.policy.refresh_on, WP_REFRESH_ON_FILE);
	cr_expect_eq(config.policy.on_unknown, WP_ON_UNKNOWN_SKIP);
	cr_expect_eq(config.policy.boot_images, WP_BOOT_IMAGES_PLAN);
	cr_expect_eq(config.policy.clock_tolerance, 0);
	expect_setting(&config, "policy", "on_unknown", "skip", "wimplan.conf:6");
	expect_setting(&config, "provider", "url", "https://prov.contoso.com/AdminService", "wimplan.conf:10");
	expect_setting(&config, "provider", "user", "CONTOSO\\ann", "wimplan.conf:12");
	expect_setting(&config, "window", "end", "2026-02-14T22:30:00+01:00", "wimplan.conf:19");
	cr_assert_eq(config.map.count, 2);
	cr_expect_str_eq(config.map.entries[0].prefix, "\\\\srv\\src$");
	cr_expect_str_eq(config.map.entries[0].folder, "/mnt/src # not a comment ; nor this");
	cr_expect_str_eq(config.map.entries[1].prefix, "D:\\src");
	cr_expect_str_eq(config.map.entries[1].folder, "/mnt/a=b");
	expect_setting(&config, "map", "D:\\src", "/mnt/a=b", "wimplan.conf:22");
	wp_arena_free(arena);
}

Test(config, errors)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "[polcy]\n",
		  "wimplan.conf:1: unknown section [polcy]; there are [map], [policy], [provider], [window], [expect]" },
		{ "[Policy]\n",
		  "wimplan.conf:1: unknown section [Policy]; there are [map], [policy], [provider], [window], [expect]" },
		{ "[]\n", "wimplan.conf:1: unknown section []; there are [map], [policy], [provider], [window], [expect]" },
		{ "[policy\n", "wimplan.conf:1: a section has to end with ']': [NAME]" },
		{ "[", "wimplan.conf:1: a section has to end with ']': [NAME]" },
		{ "\n[policy]\nrefresh = file\n",
		  "wimplan.conf:3: unknown key 'refresh' in [policy]; there are refresh_on, on_unknown, on_unproven, "
		  "solid_sources, boot_images, links, on_no_fit, defer_to_schedule, clock_tolerance, snapshot_max_age" },
		{ "[policy]\non_unproven = skip\n",
		  "wimplan.conf:2: on_unproven is 'skip', but must be note, refresh or block" },
		{ "[policy]\nsolid_sources = yes\n",
		  "wimplan.conf:2: solid_sources is 'yes', but must be note or block" },
		{ "[policy]\nsnapshot_max_age = 7\n",
		  "wimplan.conf:2: snapshot_max_age is '7', but must be a duration such as 36h or 7d, up to 3650d" },
		{ "[policy]\nsnapshot_max_age = 3651d\n",
		  "wimplan.conf:2: snapshot_max_age is '3651d', but must be a duration such as 36h or 7d, up to 3650d" },
		{ "[provider]\nrefresh_on = file\n", "wimplan.conf:2: unknown key 'refresh_on' in [provider]; there "
						     "are url, auth, user, token_file, ca_file, "
						     "timeout, settle" },
		{ "refresh_on = file\n",
		  "wimplan.conf:1: the key stands before any section; put one of [map], [policy], "
		  "[provider], [window], [expect] in front of it" },
		{ "[policy]\nrefresh_on\n",
		  "wimplan.conf:2: 'refresh_on' has no '='; write KEY = VALUE, or # in front of a comment" },
		{ "[policy]\n= file\n", "wimplan.conf:2: '= file' has no key in front of its '='; write KEY = VALUE, "
					"or # in front of a comment" },
		{ "[policy]\nrefresh_on = always\n",
		  "wimplan.conf:2: refresh_on is 'always', but must be content or file" },
		{ "[policy]\nrefresh_on =\n", "wimplan.conf:2: refresh_on is '', but must be content or file" },
		{ "[policy]\non_unknown = File\n",
		  "wimplan.conf:2: on_unknown is 'File', but must be block, refresh or skip" },
		{ "[policy]\nboot_images = yes\n",
		  "wimplan.conf:2: boot_images is 'yes', but must be report or plan" },
		{ "[policy]\nclock_tolerance = 86401\n",
		  "wimplan.conf:2: clock_tolerance is '86401', but must be a number of seconds from 0 to 86400" },
		{ "[policy]\nclock_tolerance = -1\n",
		  "wimplan.conf:2: clock_tolerance is '-1', but must be a number of seconds from 0 to 86400" },
		{ "[policy]\nclock_tolerance = 2 m\n",
		  "wimplan.conf:2: clock_tolerance is '2 m', but must be a number of seconds from 0 to 86400" },
		{ "[policy]\nrefresh_on = file\n\nrefresh_on = file\n",
		  "wimplan.conf:4: refresh_on is given twice, first at wimplan.conf:2; keep one of the two" },
		{ "[provider]\nauth = basic\n",
		  "wimplan.conf:2: auth is 'basic', but must be negotiate, ntlm, bearer or none" },
		{ "[provider]\ntimeout = 0\n",
		  "wimplan.conf:2: timeout is '0', but must be a number of seconds from 1 to 86400" },
		{ "[provider]\nuser =\n", "wimplan.conf:2: user is '', but must be a user's name" },
		{ "[provider]\nurl = http://prov/AdminService\n",
		  "wimplan.conf:2: url is 'http://prov/AdminService', but must be a URL without a user's name that "
		  "begins with https:// and ends in /AdminService" },
		{ "[provider]\nurl = https://prov/AdminService/wmi\n",
		  "wimplan.conf:2: url is 'https://prov/AdminService/wmi', but must be a URL without a user's name "
		  "that begins with https:// and ends in /AdminService" },
		{ "[provider]\nurl = https://ann:secret@prov/AdminService\n",
		  "wimplan.conf:2: url has an '@', as behind a user name or password; leave that out, auth and user say "
		  "who signs in" },
		{ "[provider]\nurl = https:///AdminService\n",
		  "wimplan.conf:2: url is 'https:///AdminService', but must be a URL without a user's name that begins "
		  "with https:// and ends in /AdminService" },
		{ "[window]\nstart = 2026-02-14T20:00:00\n", "wimplan.conf:2: start is '2026-02-14T20:00:00', but "
							     "must be a time in ISO 8601 with its zone, such as "
							     "2026-02-14T20:00:00Z" },
		{ "[window]\nstart = 20260214200000.000000+000\n",
		  "wimplan.conf:2: start is '20260214200000.000000+000', but must be a time in ISO 8601 with its "
		  "zone, such as "
		  "2026-02-14T20:00:00Z" },
		{ "[window]\nend = 2026-02-14T20:00:00Z\nstart = 2026-02-14T20:00:00Z\n",
		  "wimplan.conf:3: the window ends at 2026-02-14T20:00:00Z, which is not after its start "
		  "2026-02-14T20:00:00Z; "
		  "correct one of the two" },
		{ "[policy]\n# \xff\n", "wimplan.conf:2: this is not UTF-8 text; save the file as UTF-8" },
		{ "\xff\xfe[", "wimplan.conf:1: this is not UTF-8 text; save the file as UTF-8" },
		{ "[provider]\nuser = a\x1b[0m\n",
		  "wimplan.conf:2: there is a control character in the key or the value; take it out" },
		{ "[map]\n\\\\srv\\a = /mnt/a\n\\\\SRV\\A = /mnt/b\n",
		  "wimplan.conf:3: \\\\SRV\\A is given twice, first at wimplan.conf:2; keep one of the two" },
	};
	struct wp_arena *arena = wp_arena_new();
	struct wp_config config;
	struct wp_error err;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		cr_expect_eq(parse(arena, &config, cases[i].text, &err), WP_E_USAGE, "%s", cases[i].text);
		cr_expect_str_eq(err.message, cases[i].message, "\n     got: %s\nexpected: %s", err.message,
				 cases[i].message);
		cr_expect_str_eq(err.code, "config");
		cr_expect_eq(parse(arena, &config, cases[i].text, NULL), WP_E_USAGE, "without an error object");
	}
	/* The map's own words come behind file and line. */
	cr_expect_eq(parse(arena, &config, "[map]\nsrc = /mnt/a\n", &err), WP_E_USAGE);
	cr_expect(!strncmp(err.message, "wimplan.conf:2: ", 16), "%s", err.message);
	cr_expect_eq(parse(arena, &config, "[map]\n\\\\srv\\a =\n", &err), WP_E_USAGE);
	cr_expect(!strncmp(err.message, "wimplan.conf:2: ", 16), "%s", err.message);
	wp_arena_free(arena);
}

Test(config, limit)
{
	struct wp_arena *arena = wp_arena_new();
	char *text = wp_arena_alloc(arena, WP_LIMIT_CONFIG_BYTES + 1);
	struct wp_config config;
	struct wp_error err;

	memset(text, '\n', WP_LIMIT_CONFIG_BYTES + 1);
	wp_config_init(arena, &config);
	cr_expect_eq(wp_config_parse(arena, &config, "wimplan.conf", text, WP_LIMIT_CONFIG_BYTES, &err), WP_OK);
	cr_expect_eq(wp_config_parse(arena, &config, "wimplan.conf", text, WP_LIMIT_CONFIG_BYTES + 1, &err),
		     WP_E_USAGE);
	cr_expect_str_eq(err.message, "wimplan.conf is larger than a configuration can be: more than 1048576 bytes");
	text[10] = '\0';
	cr_expect_eq(wp_config_parse(arena, &config, "wimplan.conf", text, 20, &err), WP_E_USAGE);
	cr_expect_str_eq(err.message, "wimplan.conf:11: there is a NUL byte; take it out, or save the file as UTF-8");
	wp_arena_free(arena);
}

Test(config, options)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_config config;
	struct wp_error err;

	cr_assert_eq(parse(arena, &config, "[map]\n\\\\srv\\a = /mnt/a\n[policy]\non_unknown = skip\n", &err), WP_OK);
	/* An option beats the file; the same option twice contradicts itself. */
	cr_expect_eq(wp_config_set(arena, &config, "map", "\\\\SRV\\a", "/mnt/b", "--map", &err), WP_OK);
	cr_expect_eq(wp_config_set(arena, &config, "map", "D:", "/mnt/d", "--map", &err), WP_OK);
	cr_assert_eq(config.map.count, 2);
	cr_expect_str_eq(config.map.entries[0].folder, "/mnt/b");
	expect_setting(&config, "map", "\\\\srv\\a", "/mnt/b", "--map");
	expect_setting(&config, "map", "D:", "/mnt/d", "--map");
	cr_expect_eq(wp_config_set(arena, &config, "map", "d:", "/mnt/e", "--map", &err), WP_E_USAGE);
	cr_expect_str_eq(err.message, "--map: d: is given twice, first at --map; keep one of the two");
	cr_expect_eq(wp_config_set(arena, &config, "map", "\\\\srv\\x", "/mnt\n/x", "--map", &err), WP_E_USAGE);
	cr_expect_eq(wp_config_set(arena, &config, "policy", "on_unknown", "refresh", "--on-unknown", &err), WP_OK);
	cr_expect_eq(config.policy.on_unknown, WP_ON_UNKNOWN_REFRESH);
	expect_setting(&config, "policy", "on_unknown", "refresh", "--on-unknown");
	cr_expect_eq(wp_config_set(arena, &config, "policy", "on_unknown", "no", "--on-unknown", &err), WP_E_USAGE);
	cr_expect_eq(wp_config_set(arena, &config, "nothing", "x", "y", "--x", &err), WP_E_USAGE);
	cr_expect_eq(wp_config_set(arena, &config, "policy", "x", "y", "--x", &err), WP_E_USAGE);
	cr_expect_str_eq(err.message,
			 "--x: unknown key 'x' in [policy]; there are refresh_on, on_unknown, on_unproven, "
			 "solid_sources, boot_images, links, on_no_fit, defer_to_schedule, clock_tolerance, snapshot_max_age");
	wp_arena_free(arena);
}

Test(config, policy_json)
{
	const struct wp_policy policy = { WP_REFRESH_ON_FILE,	WP_ON_UNKNOWN_SKIP,  WP_ON_UNPROVEN_BLOCK,
					  WP_SOLID_SOURCES_BLOCK, WP_BOOT_IMAGES_PLAN, WP_LINKS_FOLLOW, WP_ON_NO_FIT_DEFER, true, 60, 1 };
	json_t *json = wp_policy_json(&policy);
	char *text = json_dumps(json, JSON_COMPACT);

	cr_expect_str_eq(
		text,
		"{\"refresh_on\":\"file\",\"on_unknown\":\"skip\",\"on_unproven\":\"block\",\"solid_sources\":\"block\","
		"\"boot_images\":\"plan\",\"links\":\"follow\",\"on_no_fit\":\"defer\",\"defer_to_schedule\":\"yes\",\"clock_tolerance\":60}");
	free(text);
	json_decref(json);
}

Test(config, prints_what_it_reads)
{
	static const char text[] = "[map]\n\\\\srv\\src$ = /mnt/#1; x\n[policy]\nrefresh_on = file\n"
				   "[window]\nend = 2026-02-14T22:30:00+01:00\n";
	struct wp_buf first __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_buf second __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_arena *arena = wp_arena_new();
	struct wp_config config, again;
	struct wp_error err;

	cr_assert_eq(parse(arena, &config, text, &err), WP_OK, "%s", err.message);
	cr_assert_eq(wp_config_set(arena, &config, "map", "D:\\", "/mnt/d", "--map", &err), WP_OK, "%s", err.message);
	wp_config_print(&config, &first);
	cr_expect_str_eq(wp_buf_text(&first), "[map]\n"
					      "# wimplan.conf:2\n"
					      "\\\\srv\\src$ = /mnt/#1; x\n"
					      "# --map\n"
					      "D:\\ = /mnt/d\n"
					      "\n"
					      "[policy]\n"
					      "# wimplan.conf:4\n"
					      "refresh_on = file\n"
					      "# default\n"
					      "on_unknown = block\n"
					      "# default\n"
					      "on_unproven = note\n"
					      "# default\n"
					      "solid_sources = note\n"
					      "# default\n"
					      "boot_images = report\n"
					      "# default\n"
					      "links = inside\n"
					      "# default\n"
					      "on_no_fit = note\n"
					      "# default\n"
					      "defer_to_schedule = no\n"
					      "# default\n"
					      "clock_tolerance = 120\n"
					      "# default\n"
					      "snapshot_max_age = 7d\n"
					      "\n"
					      "[provider]\n"
					      "# not set\n"
					      "# url =\n"
					      "# default\n"
					      "auth = negotiate\n"
					      "# not set\n"
					      "# user =\n"
					      "# not set\n"
					      "# token_file =\n"
					      "# not set\n"
					      "# ca_file =\n"
					      "# not set\n"
					      "# timeout =\n"
					      "# default\n"
					      "settle = 900\n"
					      "\n"
					      "[window]\n"
					      "# not set\n"
					      "# start =\n"
					      "# wimplan.conf:6\n"
					      "end = 2026-02-14T22:30:00+01:00\n"
					      "# not set\n# duration =\n"
					      "# not set\n# every =\n"
					      "# not set\n# timezone =\n"
					      "# not set\n# bandwidth =\n"
					      "# not set\n# parallel =\n"
					      "\n"
					      "[expect]\n"
					      "# not set\n# max_age =\n"
					      "# not set\n# edition =\n"
					      "# not set\n# languages =\n"
					      "# not set\n# image_state =\n"
					      "# not set\n# must_have =\n"
					      "# not set\n# must_not_have =\n"
					      "# not set\n# boot =\n"
					      "# not set\n# svn =\n");
	cr_assert_eq(parse(arena, &again, wp_buf_text(&first), &err), WP_OK, "%s", err.message);
	wp_config_print(&again, &second);
	cr_assert_eq(config.setting_count, again.setting_count);
	for (size_t i = 0; i < config.setting_count; i++) {
		cr_expect_str_eq(config.settings[i].key, again.settings[i].key);
		cr_expect(!config.settings[i].value == !again.settings[i].value, "%s", config.settings[i].key);
		if (config.settings[i].value && again.settings[i].value)
			cr_expect_str_eq(config.settings[i].value, again.settings[i].value);
	}
	cr_expect(!memcmp(&config.policy, &again.policy, sizeof config.policy));
	/* The file's name stands in the comments, whatever it is. */
	wp_buf_free(&first);
	wp_config_init(arena, &config);
	cr_assert_eq(wp_config_parse(arena, &config, "a\n[x]", "[policy]\nrefresh_on = file\n", 27, &err), WP_OK);
	wp_config_print(&config, &first);
	cr_expect(strstr(wp_buf_text(&first), "# a\\x0a[x]:2\n"));
	wp_arena_free(arena);
}

static struct wp_time instant(const char *text)
{
	return wp_time_parse(text);
}

/* The occurrence that is open, or else the next one; local time follows the zone's clocks. */
Test(config, window_opens_again_and_again)
{
	static const struct {
		const char *text, *now, *opens, *closes;
	} cases[] = {
		{ "start = 2026-03-07T20:00:00Z\nduration = 2h\n", "2026-03-01T00:00:00Z", "2026-03-07T20:00:00Z",
		  "2026-03-07T22:00:00Z" },
		{ "start = 2026-03-07T20:00:00Z\nend = 2026-03-07T21:00:00Z\n", "2026-03-09T00:00:00Z",
		  "2026-03-07T20:00:00Z", "2026-03-07T21:00:00Z" },
		{ "every = every week on Saturday at 20:00\nduration = 2h\n", "2026-03-01T00:00:00Z",
		  "2026-03-07T20:00:00Z", "2026-03-07T22:00:00Z" },
		{ "every = every week on Saturday at 20:00\nduration = 2h\n", "2026-03-07T21:59:59Z",
		  "2026-03-07T20:00:00Z", "2026-03-07T22:00:00Z" },
		{ "every = every week on Saturday at 20:00\nduration = 2h\n", "2026-03-07T22:00:00Z",
		  "2026-03-14T20:00:00Z", "2026-03-14T22:00:00Z" },
		{ "start = 2026-03-07T20:00:00Z\nend = 2026-03-08T00:00:00Z\nevery = every 2 weeks on Saturday at 20:00\n",
		  "2026-03-09T00:00:00Z", "2026-03-21T20:00:00Z", "2026-03-22T00:00:00Z" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_arena *arena = wp_arena_new();
		struct wp_time opens, closes;
		struct wp_config config;
		struct wp_error err;

		cr_assert_eq(parse(arena, &config, wp_arena_printf(arena, "[window]\n%s", cases[i].text), &err), WP_OK,
			     "%s", err.message);
		cr_assert_eq(wp_window_resolve(&config.window, NULL, instant(cases[i].now), &opens, &closes, &err), WP_OK);
		cr_expect_str_eq(wp_time_iso(arena, opens), cases[i].opens, "%s", cases[i].text);
		cr_expect_str_eq(wp_time_iso(arena, closes), cases[i].closes, "%s", cases[i].text);
		wp_arena_free(arena);
	}
}

Test(config, window_without_an_end_is_none)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_time opens, closes;
	struct wp_config config;
	struct wp_error err;

	cr_assert_eq(parse(arena, &config, "[window]\nevery = every week on Saturday at 20:00\n", &err), WP_OK);
	cr_expect_eq(wp_window_resolve(&config.window, NULL, instant("2026-03-01T00:00:00Z"), &opens, &closes, &err),
		     WP_E_USAGE);
	cr_expect(strstr(err.message, "duration"), "%s", err.message);
	wp_arena_free(arena);
}

Test(config, builds_and_their_families)
{
	static const struct {
		uint64_t build, family;
	} cases[] = {
		{ 18362, 18362 }, { 18363, 18362 }, { 18364, 18364 }, { 19041, 19041 }, { 19042, 19041 }, { 19045, 19041 },
		{ 19046, 19046 }, { 20348, 20348 }, { 22000, 22000 }, { 22621, 22621 }, { 22631, 22621 }, { 26100, 26100 },
		{ 26200, 26100 }, { 26300, 26100 }, { 28000, 28000 }, { 0, 0 },
	};
	static const struct {
		const char *text;
		bool good;
	} texts[] = {
		{ "10.0.26100.7171", true }, { "0.0.0.0", true },       { "10.0.26100.4294967295", true },
		{ "10.0.26100", false },     { "10.0.26100.", false },  { "10.0.26100.7171.1", false },
		{ "10.0.26100.x", false },   { " 10.0.26100.1", false }, { "10.0.26100.1 ", false },
		{ "10..26100.1", false },    { "-1.0.26100.1", false }, { "10.0.26100.99999999999", false },
		{ "", false },               { "10,0,26100,1", false },
	};
	uint64_t parts[WP_BUILD_PARTS];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		cr_expect_eq(wp_build_family(cases[i].build), cases[i].family, "%ju", (uintmax_t)cases[i].build);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		cr_expect_eq(wp_build_parse(texts[i].text, WP_BUILD_PARTS, parts), texts[i].good, "%s", texts[i].text);
	cr_assert(wp_build_parse("10.0.26100", WP_BUILD_PARTS - 1, parts));
	cr_expect_eq(parts[2], 26100);
}

/* Names that are separated by commas, and so many releases. */
static char *expect_many(struct wp_arena *arena, bool releases, size_t count)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_buf_puts(&buf, releases ? "[expect]\n" : "[expect]\nmust_have = ");
	for (size_t i = 0; i < count; i++)
		if (releases)
			wp_buf_printf(&buf, "10.0.%zu = 10.0.%zu.2\n", i, i);
		else
			wp_buf_printf(&buf, "%sa%zu", i ? ", " : "", i);
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

Test(config, limits_of_what_is_expected)
{
	for (int releases = 0; releases < 2; releases++)
		for (size_t over = 0; over < 2; over++) {
			struct wp_arena *arena = wp_arena_new();
			struct wp_config config;
			struct wp_error err;
			int status;

			wp_config_init(arena, &config);
			cr_expect(wp_expect_nothing(&config.expect));
			status = parse(arena, &config, expect_many(arena, releases, WP_LIMIT_EXPECTED_NAMES + over), &err);
			cr_expect_eq(status, over ? WP_E_USAGE : WP_OK, "%d %zu", releases, over);
			cr_expect_eq(wp_expect_nothing(&config.expect), over && !releases, "a list that is too long is not taken");
			cr_expect(over || (releases ? config.expect.build_count : config.expect.must_have.count) ==
						  WP_LIMIT_EXPECTED_NAMES);
			wp_arena_free(arena);
		}
}
