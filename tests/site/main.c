/* SPDX-License-Identifier: GPL-3.0-or-later */
/* site-provider: an SMS Provider's AdminService that stands in for a real one in tests. See README.md. */
#include "site.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wimlib.h>

#include "wimplan/file.h"

static const char usage[] = "usage: site-provider --state FILE --map 'PREFIX=FOLDER' [option]…\n"
			    "Listens on 127.0.0.1, prints its port, and ends by itself.\n"
			    "  --port N              default 0: any free one\n"
			    "  --cert FILE --key FILE   HTTPS\n"
			    "  --state FILE          the site's database; it survives the process\n"
			    "  --load FILE           adds records of an AdminService-shaped export\n"
			    "  --site CODE           default P01\n"
			    "  --faults FILE         fault script\n"
			    "  --log FILE            NDJSON: every request, effect and answer\n"
			    "  --settle-delay A[-B]  seconds until a refresh shows in SourceVersion; default 0\n"
			    "  --dp-lag A[-B]        until the first (and the last) distribution point has it; default 1\n"
			    "  --dps N               distribution points of each package; default 2\n"
			    "  --points N            that there are; default as many as --dps\n"
			    "  --groups N            of points, which get it one after the other; default 1\n"
			    "  --dp-fail N           the last N points fail with every refresh\n"
			    "  --arrivals FILE       what points have, for a test to change while it runs\n"
			    "  --page-size N         rows on one page of a list; default 0: all\n"
			    "  --absent CLASS        the site has no such class; repeatable\n"
			    "  --token-file FILE     ask for this bearer token\n"
			    "  --clock SECONDS       the site's clock at the start, since 1970\n"
			    "  --seed N              of everything that is random\n"
			    "  --no-bound-actions    $metadata offers no methods, and none can be called\n"
			    "  --missing CLASS.METHOD  $metadata does not offer it, and it cannot be called; repeatable\n"
			    "  --inherited-actions   $metadata binds the methods to SMS_PackageBaseclass\n"
			    "  --read-only           who asks may read and change nothing: 403\n"
			    "  --lazy-in-lists       lists give lazy properties, too\n"
			    "  --image-dates FORMAT  how creation dates stand in ImageProperty, as for strftime()\n"
			    "  --bare                an object by key stands alone, and methods answer 200\n"
			    "  --needs-commit        a reload shows only after a PUT or PATCH\n"
			    "  --metadata-classes N  that many other classes in $metadata; default 20\n"
			    "  --lifetime SECONDS    default 60\n";

_Noreturn void site_die(const char *format, ...)
{
	va_list args;

	fputs("site-provider: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	_exit(1);
}

static char *read_text(struct site *site, const char *path)
{
	char *text = wp_arena_alloc(site->arena, 65536);
	FILE *file = fopen(path, "re");
	size_t length;

	if (!file)
		site_die("%s: %s", path, strerror(errno));
	/* cppcheck-suppress nullPointerRedundantCheck ; site_die() does not return */
	length = fread(text, 1, 65535, file);
	text[length] = '\0';
	/* cppcheck-suppress nullPointerRedundantCheck ; site_die() does not return */
	fclose(file);
	return text;
}

struct options {
	const char *state, *cert, *key, *faults;
	const char *loads[64];
	size_t load_count;
	double lifetime;
};

enum {
	PORT = 256, CERT, KEY, STATE, LOAD, MAP, SITE, FAULTS, LOG, SETTLE, DP_LAG, DPS, POINTS, GROUPS, DP_FAIL, ARRIVALS, PAGE_SIZE, ABSENT, TOKEN, CLOCK, SEED, NO_BOUND,
	BARE, MISSING, INHERITED, READ_ONLY, LAZY, IMAGE_DATES, NEEDS_COMMIT, METADATA, LIFETIME,
};

static const struct option names[] = {
	{ "port", 1, NULL, PORT },
	{ "cert", 1, NULL, CERT },
	{ "key", 1, NULL, KEY },
	{ "state", 1, NULL, STATE },
	{ "load", 1, NULL, LOAD },
	{ "map", 1, NULL, MAP },
	{ "site", 1, NULL, SITE },
	{ "faults", 1, NULL, FAULTS },
	{ "log", 1, NULL, LOG },
	{ "settle-delay", 1, NULL, SETTLE },
	{ "dp-lag", 1, NULL, DP_LAG },
	{ "dps", 1, NULL, DPS },
	{ "points", 1, NULL, POINTS },
	{ "groups", 1, NULL, GROUPS },
	{ "dp-fail", 1, NULL, DP_FAIL },
	{ "arrivals", 1, NULL, ARRIVALS },
	{ "page-size", 1, NULL, PAGE_SIZE },
	{ "absent", 1, NULL, ABSENT },
	{ "token-file", 1, NULL, TOKEN },
	{ "clock", 1, NULL, CLOCK },
	{ "seed", 1, NULL, SEED },
	{ "bare", 0, NULL, BARE },
	{ "missing", 1, NULL, MISSING },
	{ "inherited-actions", 0, NULL, INHERITED },
	{ "read-only", 0, NULL, READ_ONLY },
	{ "lazy-in-lists", 0, NULL, LAZY },
	{ "image-dates", 1, NULL, IMAGE_DATES },
	{ "no-bound-actions", 0, NULL, NO_BOUND },
	{ "needs-commit", 0, NULL, NEEDS_COMMIT },
	{ "metadata-classes", 1, NULL, METADATA },
	{ "lifetime", 1, NULL, LIFETIME },
	{ "help", 0, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void set_more(struct site *site, struct options *options, int option, const char *value)
{
	char *end;

	switch (option) {
	case SETTLE:
		site->settle_min = strtod(value, &end);
		site->settle_max = *end == '-' ? strtod(end + 1, NULL) : site->settle_min;
		break;
	case DP_LAG:
		site->lag_min = strtod(value, &end);
		site->lag_max = *end == '-' ? strtod(end + 1, NULL) : site->lag_min;
		break;
	case POINTS: site->points = atoi(value); break;
	case GROUPS: site->groups = atoi(value); break;
	case DP_FAIL: site->dp_fail = atoi(value); break;
	case ARRIVALS: site->arrivals = value; break;
	case PAGE_SIZE: site->page_size = strtoul(value, NULL, 10); break;
	case ABSENT:
		if (site->absent_count == sizeof site->absent / sizeof *site->absent)
			site_die("too many --absent");
		site->absent[site->absent_count++] = value;
		break;
	case DPS: site->dps = atoi(value); break;
	case TOKEN:
		site->token = read_text(site, value);
		((char *)(uintptr_t)site->token)[strcspn(site->token, "\r\n")] = '\0';
		break;
	case CLOCK: site->clock_offset = strtod(value, NULL) - site_now(site); break;
	case SEED: site->seed = strtoull(value, NULL, 10); break;
	case NO_BOUND: site->bound_actions = false; break;
	case BARE: site->bare = true; break;
	case MISSING:
		if (site->missing_count == sizeof site->missing / sizeof *site->missing)
			site_die("too many --missing");
		site->missing[site->missing_count++] = value;
		break;
	case INHERITED: site->inherited_actions = true; break;
	case READ_ONLY: site->read_only = true; break;
	case LAZY: site->lazy_in_lists = true; break;
	case IMAGE_DATES: site->image_dates = value; break;
	case NEEDS_COMMIT: site->needs_commit = true; break;
	case METADATA: site->metadata_classes = atoi(value); break;
	case LIFETIME: options->lifetime = strtod(value, NULL); break;
	case 'h': fputs(usage, stdout); exit(0);
	default: fputs(usage, stderr); exit(2);
	}
}

static void set(struct site *site, struct options *options, int option, const char *value)
{
	struct wp_error err;

	switch (option) {
	case PORT: site->port = (uint16_t)atoi(value); break;
	case CERT: options->cert = value; break;
	case KEY: options->key = value; break;
	case STATE: options->state = value; break;
	case LOAD:
		if (options->load_count == 64)
			site_die("too many --load");
		options->loads[options->load_count++] = value;
		break;
	case MAP:
		if (!strchr(value, '='))
			site_die("--map %s has no '='", value);
		if (wp_map_add(site->arena, &site->map, wp_arena_strndup(site->arena, value, strcspn(value, "=")),
			       strchr(value, '=') + 1, &err))
			site_die("%s", err.message);
		break;
	case SITE: site->site_code = value; break;
	case FAULTS: options->faults = value; break;
	case LOG:
		site->log = open(value, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
		if (site->log < 0)
			site_die("%s: %s", value, strerror(errno));
		break;
	default: set_more(site, options, option, value);
	}
}

/* Until a signal asks for the end, or the life is over. */
static void wait_for_end(const sigset_t *signals, double seconds)
{
	struct timespec end, now;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += (time_t)seconds + 1;
	do {
		struct timespec wait = { 1, 0 };

		if (sigtimedwait(signals, NULL, &wait) > 0)
			return;
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end.tv_sec);
}

int main(int argc, char **argv)
{
	struct site site = { .arena = wp_arena_new(),
			     .mutex = PTHREAD_MUTEX_INITIALIZER,
			     .site_code = "P01",
			     .bound_actions = true,
			     .metadata_classes = 20,
			     .lag_min = 1,
			     .lag_max = 1,
			     .groups = 1,
			     .dps = 2,
			     .log = -1 };
	struct options options = { .lifetime = 60 };
	struct MHD_Daemon *daemon;
	sigset_t signals;
	int option;

	while ((option = getopt_long(argc, argv, "h", names, NULL)) != -1)
		set(&site, &options, option, optarg);
	if (!options.state || optind < argc || !options.cert != !options.key) {
		fputs(usage, stderr);
		return 2;
	}
	site.https = options.cert;
	site.points = site.points ? site.points : site.dps;
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	/* Loading the records counts as life, too. */
	alarm((unsigned int)options.lifetime + 30);
	wimlib_global_init(0);
	site_state_open(&site, options.state);
	/* Numbers of requests are never used twice in one log. */
	site.last_request = (uint64_t)(site_count_start(&site) - 1) * 1000000;
	for (size_t i = 0; i < options.load_count; i++)
		site_state_load(&site, options.loads[i]);
	if (options.faults)
		site_faults_load(&site, options.faults);
	daemon = site_http_start(&site, options.cert ? read_text(&site, options.cert) : NULL,
				 options.key ? read_text(&site, options.key) : NULL);
	if (!daemon)
		site_die("cannot listen on port %u", site.port);
	printf("%u\n", site.port);
	fflush(stdout);
	wait_for_end(&signals, options.lifetime);
	MHD_stop_daemon(daemon);
	for (size_t i = 0; i < KEPT_LISTS; i++)
		json_decref(site.kept[i].rows);
	sqlite3_close(site.db);
	for (size_t i = 0; i < site.fault_count; i++)
		json_decref(site.faults[i].json);
	wp_arena_free(site.arena);
	wimlib_global_cleanup();
	return 0;
}
