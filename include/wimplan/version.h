/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The version of the programs. */
#ifndef WIMPLAN_VERSION_H
#define WIMPLAN_VERSION_H

#define WIMPLAN_VERSION "0.1.0"

#endif
