#!/bin/bash
# The library shows nothing beyond exports.map to other extensions.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh

make_work_folder exports
build_and_stage "$WORK/stage" || exit 1
library=$(find "$WORK/stage" -name allmende.so)
foreign=$(nm -D --defined-only "$library" | awk '{ print $3 }' |
	grep -vE '^(Pg_magic_func|_PG_init|(pg_finfo_)?allmende_[a-z0-9_]+)$')
if [ -z "$foreign" ]; then
	echo "ok 1 - no symbol beyond exports.map"
else
	echo "not ok 1 - no symbol beyond exports.map"
	echo "$foreign"
fi

# what SQL declares is there, and the other way round
declared=$(grep -ohE "'allmende_[a-z0-9_]+'" sql/install/*.sql | tr -d "'" | sort -u)
shown=$(nm -D --defined-only "$library" | awk '$3 ~ /^allmende_/ { print $3 }' | sort -u)
if differences=$(diff <(echo "$declared") <(echo "$shown")); then
	echo "ok 2 - the functions that SQL declares are those that the library has"
else
	echo "not ok 2 - the functions that SQL declares are those that the library has"
	echo "$differences"
fi
