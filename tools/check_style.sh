#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The measurable part of the house style (CONTRIBUTING.md). Shell and awk only, a second for the tree.
#   tools/check_style.sh [file...]      without files: every C++ source of the tree
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C

if (($# > 0)); then
  files=("$@")
else
  mapfile -t files < <(git ls-files -co --exclude-standard -- '*.h' '*.cpp' | grep -v '^build' |
    while read -r file; do [[ ! -f $file ]] || echo "$file"; done)
fi
((${#files[@]} > 0)) || exit 0

awk '
  function wrong(line, what) {
    printf "%s:%d: %s\n", FILENAME, line, what
    count++
  }
  function finish() {
    if (name == "") return
    if (name ~ /\.h$/ && !is_test && counted > 150)
      wrong_in(name, counted " lines outside tables; a header has at most 150")
    if (name ~ /\.cpp$/ && !is_test && counted > 700)
      wrong_in(name, counted " lines outside tables; a source has at most 700")
  }
  function wrong_in(file, what) {
    printf "%s: %s\n", file, what
    count++
  }

  FNR == 1 {
    finish()
    name = FILENAME
    counted = 0; in_table = 0; in_function = 0
    is_test = name ~ /_test\.cpp$/ || name ~ /^tests\//
    if ($0 != "// SPDX-License-Identifier: Apache-2.0")
      wrong(1, "the first line is not the SPDX line")
    if (name ~ /\.h$/) header_begins = 1
  }
  FNR == 2 && name ~ /\.h$/ && $0 !~ /^\/\/ / {
    wrong(2, "a header begins with a sentence that says what it is")
  }
  /\/\/ clang-format off/ { in_table = 1 }
  !in_table { counted++ }
  /\t/ { wrong(FNR, "a tab") }
  /[ \t\r]$/ { wrong(FNR, "white space at the end of the line") }
  /(TODO|FIXME|(^|[^X])XXX([^X]|$))/ { wrong(FNR, "finish it, or write an issue: no TODO, FIXME or XXX") }
  !in_table {
    text = $0
    gsub(/[\200-\277]/, "", text)   # one column per UTF-8 character
    if (length(text) > 100) wrong(FNR, length(text) " columns; at most 100 outside tables")
  }
  # A function at the left margin: from its opening brace to the closing one at the margin.
  !is_test && /^[A-Za-z].*[)a-z] \{$/ &&
    !/^(namespace|struct|class|enum|union|extern|using)/ && !/= \{$/ { in_function = FNR; inside = 0 }
  !is_test && /^ .*[)a-z] \{$/ && continued { in_function = FNR; inside = 0 }
  { continued = 0 }
  in_function && !in_table { inside++ }
  /^\}/ {
    if (in_function && inside > 70)
      wrong(in_function, "a function of " inside " lines; at most 70")
    in_function = 0
  }
  # A signature over several lines: its last line is indented and opens the brace.
  /^[A-Za-z].*[(,]$/ && !/^(namespace|struct|class|enum|union|extern|using|template)/ {
    continued = 1
  }
  /\/\/ clang-format on/ { in_table = 0 }
  END {
    finish()
    if (count) printf "style check: %d faults\n", count
    exit count > 0
  }' "${files[@]}"
echo "style check: ${#files[@]} files keep to the house style"
