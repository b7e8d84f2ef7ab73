#!/bin/bash
# The C sources are formatted as PostgreSQL's are.
exec "$(dirname "$0")/indent"
