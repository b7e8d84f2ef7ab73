#!/bin/bash
# No warning from gcc and clang in any C file, at the level that finds most.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
: "${PG_CONFIG:=pg_config}"

include=$("$PG_CONFIG" --includedir-server)
flags=(-O2 -Wall -Wextra -Wshadow -Wmissing-prototypes -Wpointer-arith
	-Wdeclaration-after-statement -Wvla -Wformat=2 -Wstrict-prototypes
	-Werror -D_GNU_SOURCE -DALLMENDE_VERSION='"lint"' -isystem "$include"
	-isystem /usr/include/postgresql -c -o /dev/null)
status=0
n=0
for compiler in gcc clang; do
	while read -r file; do
		n=$((n + 1))
		if "$compiler" "${flags[@]}" "$file"; then
			echo "ok $n - $compiler has nothing to say of $file"
		else
			echo "not ok $n - $compiler has nothing to say of $file"
			status=1
		fi
	done < <(find extension loaders tests -name '*.c' | sort)
done
exit $status
