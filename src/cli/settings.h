/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration and the scan as the commands need them. */
#ifndef WIMPLAN_CLI_SETTINGS_H
#define WIMPLAN_CLI_SETTINGS_H

#include "cli.h"

#include "wimplan/progress.h"
#include "wimplan/config.h"
#include "wimplan/expect.h"
#include "wimplan/plan.h"
#include "wimplan/source.h"

/*
 * What is in force: the defaults, then --config or else the first that exists of $XDG_CONFIG_HOME/wimplan/wimplan.conf
 * (~/.config when that is unset) and /etc/wimplan.conf, then the --map options. Strings live in cli->arena.
 */
int wp_cli_load_config(struct wp_cli *cli, struct wp_config *ret);

/*
 * Puts in the place of operands that are paths of Windows where they are on this machine, by the maps that are in force and
 * behind them by what is mounted. What is not found stays as it was given, and in @why, which has room for one of each operand and
 * NULL in it, is a sentence about it.
 */
int wp_cli_find_operands(struct wp_cli *cli, const char **why);

/* What the scans of one command have in common. From zeros, but for what is to be said of its progress. */
struct wp_scan_series {
	struct wp_progress *progress;
	struct wp_lookup *lookup;     /* freed by wp_scan_series_end(), as the lock is */
	bool *noted;                  /* of each entry of the map: its folder was looked at */
	size_t summaries, manifests;  /* that were made, which have a limit */
	struct wp_mutex *lock;        /* for the progress and the sums below: one scan finds while another one reads */
	size_t done;                  /* sources */
	size_t total;                 /* sources of all of them; 0: those of the first one, and */
	size_t later;                 /* these of the scans behind it */
};
void wp_scan_series_end(struct wp_scan_series *series);

/* How a command scans; zero and NULL are defaults. */
struct wp_cli_scan {
	struct wp_arena *arena;        /* for what is found; NULL: that of the call */
	struct wp_cache *cache;       /* knows contents of files */
	struct wp_progress *progress; /* of a scan by itself; NULL: a bar where there is a terminal */
	bool identify;                /* file ids alone, see struct wp_scan_options */
	/*
	 * Filled, in the order of the records, with what is found inside of the sources; NULL: nobody wants it. For what [expect] asks for
	 * a file of which the cache does not know it is read again; what starts images is given as well where it is known.
	 */
	struct wp_expect_found *found;
};

/* Scans the sources of @count records, and warns of folders of the map that are not there. */
struct wp_scan *wp_cli_scan(struct wp_cli *cli, const struct wp_record *records, size_t count,
			    const struct wp_config *config, struct wp_cli_scan scan);

/*
 * The same as one of a series, in three steps: other threads find the sources from the first one on; the second one waits for that; the
 * third one asks the cache and reads what it does not know. The next scan may begin between the second step of one and the third.
 */
struct wp_scan *wp_cli_scan_begin(struct wp_cli *cli, struct wp_scan_series *series, const struct wp_record *records, size_t count,
				  const struct wp_config *config, const struct wp_cli_scan *how);
void wp_cli_scan_wait(struct wp_scan_series *series, struct wp_scan *scan);
void wp_cli_scan_end(struct wp_cli *cli, struct wp_scan_series *series, struct wp_scan *scan, size_t count,
		     const struct wp_config *config, const struct wp_cli_scan *how);

/* Says that what the cache remembers of files could not be read. */
void wp_cli_note_lost(const struct wp_cli *cli, const struct wp_error *err);
/* Keeps in the cache, which is open for writing, what a scan has learned of contents. */
int wp_cli_keep_scan(struct wp_cli *cli, struct wp_cache *cache, const struct wp_scan *scan);

/*
 * Looks at the sources that a plan names in one scan, and fills @ret with as many answers. The caller frees the scan, in
 * which the observations are.
 */
struct wp_scan *wp_cli_recheck(struct wp_cli *cli, const struct wp_planned_source *sources, size_t count,
			       const struct wp_config *config, struct wp_cli_scan scan, struct wp_recheck *ret);

#endif
