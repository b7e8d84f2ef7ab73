# Shell functions that the scripts of tests/ share; sourced by bash.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
: "${PG_CONFIG:=pg_config}"
export PG_CONFIG
export LC_ALL=C.UTF-8

# The major version of the server that PG_CONFIG belongs to.
server_major() {
	"$PG_CONFIG" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/'
}

# Build the extension and install it below folder $1, for extension_destdir.
# Two runs in one checkout wait for each other here.
build_and_stage() {
	mkdir -p build
	(
		flock 9
		make -s --no-print-directory -C extension all &&
			make -s --no-print-directory -C extension install DESTDIR="$1"
	) 9>build/lock >"$1.log" 2>&1 || {
		cat "$1.log" >&2
		return 1
	}
	rm -f "$1.log"
}

# A folder of our own that the server's user can read, deleted at exit.
make_work_folder() {
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/allmende-$1.XXXXXX")
	chmod 755 "$WORK"
	trap 'rm -rf "$WORK"' EXIT
	trap 'exit 130' INT TERM HUP
}

# Set PORT to a random one that nobody listens on, below those that systems give
# to outgoing connections.
take_port() {
	export PORT
	while
		PORT=$((15000 + RANDOM % 16000))
		(exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null
	do :; done
}

# Run a command in a throw-away cluster that has the extension; PGHOST and the
# like tell it where.  Needs WORK; settings of the server in CLUSTER_OPTIONS.
in_cluster() {
	local major setting
	local options=()
	if [ ! -d "$WORK/stage" ]; then
		mkdir "$WORK/stage"
		build_and_stage "$WORK/stage" || return 1
	fi
	major=$(server_major)
	take_port
	for setting in "extension_destdir=$WORK/stage" fsync=off \
		max_parallel_workers=2 log_min_messages=fatal ${CLUSTER_OPTIONS:-}; do
		options+=(-o "$setting")
	done
	PGPORT=$PORT pg_virtualenv -t -v "$major" "${options[@]}" "$@"
}
