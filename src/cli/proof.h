/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which refreshes out of receipts are proven to have sent what their plans name (wimplan-baseline(1)). */
#ifndef WIMPLAN_CLI_PROOF_H
#define WIMPLAN_CLI_PROOF_H

#include "settings.h"

#include "wimplan/receipt.h"

/* A refresh that is done, and whether its source is, after the call, the file that the plan names. */
struct wp_refresh {
	const struct wp_receipt *receipt;
	const struct wp_receipt_step *step;
	const char *why;    /* NULL: proven; else "plan-unknown", "source-changed", "source-missing", "source-unreadable" */
	const char *detail; /* the same as a sentence without a full stop; NULL when it is proven */
};

/* What there is to prove them with. */
struct wp_evidence {
	const struct wp_receipt *receipts; /* all of the call */
	size_t receipt_count;
	struct wp_names plans; /* plan files that the user has given; other plans may be known to the cache */
	const struct wp_config *config;
	struct wp_cli_scan scan; /* with a cache that is open for writing */
};

/*
 * Looks at the sources of @count refreshes and fills their answers, in cli->arena. A receipt that does not go with its
 * plan and a plan of none of the receipts are WP_E_REFUSED. What the given plans have found unproven stays a question in
 * the cache.
 */
int wp_cli_prove(struct wp_cli *cli, const struct wp_evidence *evidence, struct wp_refresh *refreshes, size_t count);

#endif
