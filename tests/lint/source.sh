#!/bin/bash
# Rules of the source that a machine can decide; see docs/CONTRIBUTING.md.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

n=0
status=0
# A rule: what it says, and what violates it, if anything does
rule() {
	n=$((n + 1))
	if [ -z "$2" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		echo "$2"
		status=1
	fi
}

# Lines of SQL files without their comments, with file and line number
sql_code() {
	grep -nH '' "$@" | sed 's/--.*//'
}

rule "the core includes nothing of the server" \
	"$(grep -nE '#include.*(postgres|fmgr|utils/|libpq)' extension/core/*)"
rule "the install script only creates, never adopts" \
	"$(sql_code sql/install/*.sql | grep -iE 'OR +REPLACE|IF +NOT +EXISTS')"
rule "the install script names its functions' library by MODULE_PATHNAME" \
	"$(sql_code sql/install/*.sql | grep -E "AS '(\\\$libdir|allmende)")"
rule "functions of the install script carry volatility and parallel marks" \
	"$(cat sql/install/*.sql | sed 's/--.*//' | tr '\n' ' ' |
		grep -oE 'CREATE FUNCTION [^;$]*' |
		grep -vE 'TRIGGER|(IMMUTABLE|STABLE|VOLATILE).*PARALLEL (SAFE|RESTRICTED|UNSAFE)')"
rule "functions that write into buffers without knowing their size are not used" \
	"$(grep -nwE 'sprintf|strcpy|strcat|strncpy|strncat|strtok|vsprintf|gets|asctime|ctime|gmtime|localtime|mktemp' \
		-r extension loaders --include='*.[ch]')"
rule "no file is longer than 900 lines" \
	"$(find extension loaders sql/install tests \( -name '*.[ch]' -o -name '*.sql' \) \
		-not -name 'allmende--*' -exec wc -l {} + | awk '$2 != "total" && $1 > 900')"
rule "no function is longer than 100 lines" \
	"$(find extension loaders -name '*.c' -print0 |
		xargs -0 awk 'FNR == 1 { start = 0 }
			/^{/ { start = FNR }
			/^}/ && start { if (FNR - start > 101) print FILENAME ":" start; start = 0 }')"
rule "no tab or blank at the end of a line" \
	"$(git ls-files -co --exclude-standard | grep -vE '^(LICENSE|tests/(regress|isolation)/expected/)|\.(png|bin)$' |
		xargs -d '\n' grep -nIE '[[:blank:]]+$' /dev/null)"
rule "typedefs of ours are in tests/lint/typedefs.list" \
	"$(find extension loaders tests -name '*.[ch]' -print0 |
		xargs -0 sed -nE 's/^\} ([A-Z][A-Za-z]+);$/\1/p; s/^typedef .*[ *]([A-Z][A-Za-z]+);$/\1/p' |
		sort -u | grep -vxFf tests/lint/typedefs.list)"
rule "every test of SQL is in the schedule and has an expected output" \
	"$(for file in tests/regress/sql/*.sql; do
		name=$(basename "$file" .sql)
		grep -qE "^test:.* $name( |\$)" tests/regress/schedule ||
			echo "$file is not in tests/regress/schedule"
		[ -e "tests/regress/expected/$name.out" ] || echo "$file has no expected output"
	done)"
rule "every test of sessions is in the schedule and has an expected output" \
	"$(for file in tests/isolation/specs/*.spec; do
		name=$(basename "$file" .spec)
		grep -qE "^test:.* $name( |\$)" tests/isolation/schedule ||
			echo "$file is not in tests/isolation/schedule"
		[ -s "tests/isolation/expected/$name.out" ] || echo "$file has no expected output"
	done)"
rule "every file of the core has a unit test of its name" \
	"$(for file in extension/core/*.c; do
		name=$(basename "$file" .c)
		[ -e "tests/unit/${name}_test.c" ] || echo "$file"
	done)"
rule "every SQLSTATE is explained in docs/errors.md" \
	"$(sed -nE "s/.*MAKE_SQLSTATE\('(.)','(.)','(.)','(.)','(.)'\).*/\1\2\3\4\5/p" extension/errcodes.h |
		while read -r code; do
			grep -q "$code" docs/errors.md || echo "$code of extension/errcodes.h"
		done
	grep -rhoE 'ERRCODE_[A-Z_]+' extension --include='*.c' | sort -u |
		while read -r name; do
			grep -q "$name" extension/errcodes.h docs/errors.md || echo "$name"
		done)"
rule "every link and file named in README and docs is there" \
	"$(for page in README.md loaders/README.md docs/*.md; do
		grep -oE '\]\([^)#]+' "$page" | sed 's/^](//' | grep -v '^http' |
			while read -r target; do
				[ -e "$(dirname "$page")/$target" ] || echo "$page: $target"
			done
	done)"
rule "versions agree: control file, changelog, publiccode.yml" \
	"$(version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" extension/allmende.control)
	grep -q "^## \[$version\]" docs/CHANGELOG.md || echo "docs/CHANGELOG.md lacks $version"
	grep -q "^softwareVersion: \"$version\"" publiccode.yml || echo "publiccode.yml differs from $version")"

# shellcheck disable=SC2046
rule "the shell scripts are clean for shellcheck" \
	"$(shellcheck -x $(grep -rlE '^#!/bin/(ba)?sh' .ci tests) tests/lib.sh 2>&1)"
exit $status
