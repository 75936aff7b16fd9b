#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""All tests of the scripts in one go, most of which wait: all.py BUILD [NAME…]."""

import sys
import types

from scripts import run_tests
import test_corpus
import test_pace
import test_refusals
import test_runs
import test_trouble

if __name__ == "__main__":
    modules = (test_runs, test_refusals, test_trouble, test_pace, test_corpus)
    tests = {name: value for module in modules for name, value in vars(module).items() if name.startswith("test_")}
    sys.exit(run_tests(types.SimpleNamespace(**tests), sys.argv))
