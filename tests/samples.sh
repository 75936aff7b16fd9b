#!/bin/sh
# Reads real samples, when they are there: samples.sh BUILD [FOLDER]. The folder holds the XML of WIMs in xml/ and the
# console's exports of task sequences in task-sequences/, maybe in further folders.
set -eu
cd "$(dirname "$0")/.."
found=
if [ $# -ge 2 ] && [ -d "$2/xml" ]; then
	found=1
	python3 tests/samples.py "$1" "$2/xml"
fi
if [ $# -ge 2 ] && [ -d "$2/task-sequences" ]; then
	found=1
	python3 tests/sample_sequences.py "$1" "$2/task-sequences"
fi
[ -n "$found" ] || echo "samples: skipped; make check-samples SAMPLES=FOLDER reads FOLDER/xml/*.xml and FOLDER/task-sequences/*.zip"
