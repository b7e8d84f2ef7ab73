# Allmende: an open regional data platform inside PostgreSQL.
#
#   make demo            install what is missing, build, start a private cluster,
#                        load sample data and show what can be done with it
#   make demo-stop       stop that cluster and delete it
#   make check           install what is missing, build, run all tests
#   make                 build the extension for the server of PG_CONFIG
#   make install         install it there (as root); DESTDIR is heeded
#   make uninstall
#   make check-unit      tests of the core, without a server
#   make check-regress T="ags gridcell"   some SQL tests
#   make check-isolation T=track          sessions against each other
#   make lint            the checks of the source alone
#   make indent          format the C sources as PostgreSQL does
#   make fuzz            fuzz the readers of foreign bytes (FUZZ_SECONDS each)
#   make bench           compare with the peers, side by side
#   make clean
#
# PG_CONFIG chooses another server: PG_CONFIG=/usr/lib/postgresql/16/bin/pg_config

PG_CONFIG ?= $(firstword $(wildcard /usr/lib/postgresql/15/bin/pg_config) pg_config)
FUZZ_SECONDS ?= 60
T ?=
export PG_CONFIG FUZZ_SECONDS

EXTENSION_MAKE = $(MAKE) --no-print-directory -C extension

.DEFAULT_GOAL := all
.PHONY: all install uninstall deps check check-unit check-regress check-isolation lint \
	indent fuzz bench demo demo-stop clean

all:
	@command -v $(PG_CONFIG) >/dev/null || { \
		echo "$(PG_CONFIG) is not there: run .ci/deps, or name one with PG_CONFIG=" >&2; \
		exit 1; }
	$(EXTENSION_MAKE) all

install: all
	$(EXTENSION_MAKE) install

uninstall:
	$(EXTENSION_MAKE) uninstall

deps:
	@.ci/deps

check: deps
	@tests/check lint unit regress isolation tap

check-unit:
	@tests/check unit

check-regress: deps
	@tests/check regress $(T)

check-isolation: deps
	@tests/check isolation $(T)

lint: deps
	@tests/check lint

indent:
	@tests/lint/indent --write

fuzz: deps
	@tests/fuzz/run

bench: deps
	@tests/bench/run $(T)

demo: deps
	@tests/demo start

demo-stop:
	@tests/demo stop

clean:
	rm -rf build
	find extension -name '*.o' -o -name '*.bc' | xargs rm -f
	rm -f extension/allmende.so extension/allmende--*.sql extension/allmende--*.sql.tmp
