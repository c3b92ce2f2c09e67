#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every test that docs/protocols/ppp.md names by its title exists, in the file that is named before it
# if there is one. "title ..." stands for any that begins so, "... title" for any that ends so.
set -euo pipefail
cd "$(dirname "$0")/.."
document=docs/protocols/ppp.md

# One line a test: its file's name, a blank, its title; titles of several literals are joined.
titles=$(for file in src/*/*_test.cpp tests/*_test.cpp; do
  tr '\n' ' ' <"$file" | sed 's/" *"//g; s/\\"/\x01/g' |
    { grep -oE 'TEST_CASE\( *"[^"]*"' || true; } |
    sed "s|^TEST_CASE( *\"|$(basename "$file" .cpp) |; s/\"\$//; s/\x01/\"/g"
done)

# The last column of tables of tests, or the last but one where there is a state: quoted titles, each
# with the file before it.
# shellcheck disable=SC2016  # Markdown's back quotes
named=$(grep -E '^\|' "$document" | grep -oE '(`[a-z0-9_]+_test`: )?"[^"|]+"' || true)

wrong=0 count=0
while IFS= read -r name; do
  file='[a-z0-9_]*'
  # shellcheck disable=SC2016
  if [[ $name == '`'* ]]; then
    file=${name#'`'}
    file=${file%%'`'*}
  fi
  title=${name#*\"}
  title=${title%\"}
  [[ $title == *' ...' || $title == '... '* || $name == '`'* ]] || continue # not the title of a test
  begin='' end=''
  [[ $title != '... '* ]] || begin='.*'
  [[ $title != *' ...' ]] || end='.*'
  title=${title#'... '}
  pattern=$(sed 's/[][\.*^$]/\\&/g' <<<"${title%' ...'}")
  count=$((count + 1))
  grep -q "^$file $begin$pattern$end\$" <<<"$titles" || {
    printf '%s: names the test %s, which does not exist\n' "$document" "$name"
    wrong=$((wrong + 1))
  }
done <<<"$named"

if ((wrong > 0)); then
  echo "test name check: $wrong tests are named that do not exist"
  exit 1
fi
echo "test name check: $count tests that $document names exist"
