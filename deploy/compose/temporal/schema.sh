#!/bin/sh
# Create and update Temporal's two databases; both steps may be repeated.
set -eu
for name in temporal visibility; do
    case $name in temporal) database=temporal ;; *) database=temporal_visibility ;; esac
    tool() {
        temporal-sql-tool --plugin "$DB" --ep "$POSTGRES_SEEDS" -u "$POSTGRES_USER" -p "$DB_PORT" \
            --db "$database" "$@"
    }
    tool create
    tool setup-schema -v 0.0
    tool update-schema -d "/etc/temporal/schema/postgresql/v12/$name/versioned"
done
