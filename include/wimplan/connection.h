/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way to a provider as options and configuration have it: the same for every program that goes there. */
#ifndef WIMPLAN_CONNECTION_H
#define WIMPLAN_CONNECTION_H

#include "wimplan/config.h"
#include "wimplan/program.h"
#include "wimplan/provider.h"

/*
 * The rest of main() of a program that goes to a provider, behind wp_program_start(): runs it with a libcurl that is ready.
 * Returns its exit status.
 */
int wp_connection_run(const struct wp_program *program, int argc, char **argv);

/*
 * What is in force, with --provider over it, and of that the way to the provider: into @ret, but for secrets, with what
 * remains to be read of these in *@ret_token_file (NULL: no file). WP_E_USAGE with the error in @cli, as of the next.
 */
int wp_connection_read(struct wp_cli *cli, struct wp_config *ret_config, struct wp_provider_options *ret,
		       const char **ret_token_file);

/* A number of [provider]; @fallback where none is given. */
uint64_t wp_connection_number(const struct wp_config *config, const char *key, uint64_t fallback);

/* Makes sure that there is a provider, and reads the secrets that it needs. */
int wp_connection_secrets(struct wp_cli *cli, const char *token_file, struct wp_provider_options *options);

#endif
