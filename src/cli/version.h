/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The version of the program. */
#ifndef WIMPLAN_CLI_VERSION_H
#define WIMPLAN_CLI_VERSION_H

#include "wimplan/version.h"

#endif
