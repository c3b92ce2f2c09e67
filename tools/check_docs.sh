#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every file and folder that the documents or the sources' comments name exists, so that a reader is
# never sent nowhere; every fuzzer is in docs/fuzzing.md and has seeds.
set -euo pipefail
cd "$(dirname "$0")/.."

wrong=0
complain() {
  printf '%s: names %s, which does not exist\n' "$1" "$2"
  wrong=$((wrong + 1))
}

mapfile -t documents < <(git ls-files -co --exclude-standard -- '*.md')
for document in "${documents[@]}"; do
  [[ -f $document ]] || continue
  # shellcheck disable=SC2016  # the back quotes are Markdown's
  # `src/ppp/lcp.h` and the like, from the top of the tree; a pattern such as `src/x/*.h` is none.
  while read -r path; do
    [[ -e $path ]] || complain "$document" "$path"
  done < <(grep -oE '`(src|tests|tools|cmake|packaging|docs|examples|fuzz|bench|sim)/[A-Za-z0-9_./-]+`' \
    "$document" | tr -d '`' | sort -u)
  # [text](path#place), from the document's folder.
  while read -r path; do
    [[ -e $(dirname "$document")/$path ]] || complain "$document" "$path"
  done < <(grep -oE '\]\([^)#:]+[)#]' "$document" | sed 's/^](//; s/[)#]$//' | sort -u)
done

while IFS=: read -r file path; do
  [[ -e $path ]] || complain "$file" "$path"
done < <(git ls-files -co --exclude-standard -- 'src/*' 'tests/*' 'cmake/*' 'tools/*' |
  while read -r file; do [[ ! -f $file ]] || echo "$file"; done |
  xargs grep -HoE '\b(docs|tools|cmake|packaging)/[A-Za-z0-9_-]+\.(md|txt|sh|cmake)\b' | sort -u)

# shellcheck disable=SC2016  # Markdown's back quotes
for fuzzer in fuzz/*_fuzz.cpp; do
  name=$(basename "$fuzzer" _fuzz.cpp)
  if ! grep -q '`'"$name"'`' docs/fuzzing.md; then
    printf 'docs/fuzzing.md: does not name %s\n' "$name"
    wrong=$((wrong + 1))
  fi
  [[ -n $(git ls-files -co --exclude-standard -- "fuzz/corpus/$name/") ]] ||
    complain "$fuzzer" "seeds in fuzz/corpus/$name/"
done

if ((wrong > 0)); then
  echo "document check: $wrong names lead nowhere"
  exit 1
fi
echo "document check: ${#documents[@]} documents name only what exists"
