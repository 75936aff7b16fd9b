#!/bin/sh
# Reads real WIM XML, when it is there: samples.sh BUILD [FOLDER]. The folder holds xml/*.xml, maybe in further folders.
set -eu
cd "$(dirname "$0")/.."
if [ $# -lt 2 ] || [ ! -d "$2/xml" ]; then
	echo "samples: skipped; make check-samples SAMPLES=FOLDER reads the XML files in FOLDER/xml"
	exit 0
fi
exec python3 tests/samples.py "$1" "$2/xml"
