#!/bin/sh
# demo.sh TRACKER FEEDS: the race of 2024 replayed into a database of its own, then asked at five moments.
set -eu
tracker=$1 feeds=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export TRACKER_DB="$folder/demo.db" TRACKER_CONTEST=nato-sg-2024

say() { printf '\n$ tracker %s\n' "$*"; "$tracker" "$@"; }

say ingest --replay "$feeds"
say status --as-of 2024-02-23
say holdouts --as-of 2024-04-30
say why hu --as-of 2024-06-18
say diff --from 2024-06-17 --to 2024-06-20
say alerts list --since 2024-06-01
say verify
