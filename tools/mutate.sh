#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Would the simulator notice? Applies known bugs (sim/mutants/*.patch), one at a time, to a copy of
# the tree; redial-sim must break a rule for each of them. Writes the table docs/mutants.md.
#   tools/mutate.sh [-s SEEDS] [-t SECONDS] [-j JOBS] [NAME...]     with names: those alone, no table
# A patch begins with lines "# what:", "# where it happened:" and, where the usual run is not the one
# that shows it, "# run:" with options of redial-sim. Exit 1: one survives, or does not apply any more.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
export LC_ALL=C

seeds=14
limit=60
jobs=$(nproc)
while getopts s:t:j: option; do
  case $option in
    s) seeds=$OPTARG ;;
    t) limit=$OPTARG ;;
    j) jobs=$OPTARG ;;
    *) exit 2 ;;
  esac
done
shift $((OPTIND - 1))

tree=build/mutants/tree
program=$tree/build/dev/bin/redial-sim
table=$(mktemp)
trap 'rm -f "$table"' EXIT
declare -A usual=([--links]=20 [--hours]=8 [--every]=0.25 [--faults]=all [--shard]=20)

# The tracked files, as they are here; only what differs is touched, so that little is built anew.
copy_tree() {
  mkdir -p "$tree"
  local file
  git ls-files | while read -r file; do
    [[ -f $file ]] || continue
    cmp -s "$file" "$tree/$file" || install -D -m "$(stat -c %a "$file")" "$file" "$tree/$file"
  done
  # What is tracked no longer must not be found by name.
  (cd "$tree" && find . -name build -prune -o -type f -print) | sed 's|^\./||' | sort |
    comm -23 - <(git ls-files | sort) | while read -r file; do rm -f "$tree/$file"; done
}

build() {
  cmake --build "$tree/build/dev" -j "$jobs" --target redial-sim >build/mutants/build.log 2>&1
}

# The usual options, but for those that the patch names: one a line.
options_of() {
  local -A all=()
  local -a words=()
  local key
  for key in "${!usual[@]}"; do all[$key]=${usual[$key]}; done
  read -ra words <<<"$1"
  local i flags=()
  for ((i = 0; i < ${#words[@]}; i++)); do
    if [[ ${words[i + 1]:---} == --* ]]; then
      flags+=("${words[i]}")
    else
      all[${words[i]}]=${words[i + 1]}
      i=$((i + 1))
    fi
  done
  for key in "${!all[@]}"; do printf '%s %s\n' "$key" "${all[$key]}"; done | sort | tr ' ' '\n'
  printf '%s\n' "${flags[@]}"
}

# First seed that breaks a rule: sets verdict (CLEAN, CAUGHT), rule, seed and took (seconds).
simulate() {
  local options begin=$EPOCHREALTIME out status
  mapfile -t options < <(options_of "$1" | grep .)
  verdict=CLEAN rule='' seed=''
  for ((seed = 1; seed <= seeds; seed++)); do
    status=0
    out=$(timeout "$limit" "$root/$program" --seed "$seed" --seeds 2 --no-shrink \
      "${options[@]}" 2>&1 </dev/null) || status=$?
    if ((status != 0)); then
      verdict=CAUGHT
      rule=$(sed -n 's/.*BROKEN \([a-z-]*\) .*/\1/p' <<<"$out" | sed -n 1p)
      ((status != 124)) || rule=${rule:-no progress}
      seed=$(sed -n 's/^seed \([0-9]*\) shard.*BROKEN.*/\1/p' <<<"$out" | sed -n 1p)
      [[ -n $rule ]] || rule=$(grep -o 'assertion.*' <<<"$out" | head -n 1 | cut -c1-60) || true
      rule=${rule:-ends with status $status}
      break
    fi
    seed=$((seed + 1))
    if ((${EPOCHREALTIME%.*} - ${begin%.*} > limit)); then break; fi
  done
  [[ $verdict == CAUGHT ]] || seed=''
  took=$(awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }')
}

field() { sed -n "s/^# $2: //p" "$1" | head -n 1; }

mutate() { # PATCH: one row; 1 if it is not caught
  local patch=$1 name what where state
  name=$(basename "$patch" .patch)
  what=$(field "$patch" what)
  where=$(field "$patch" 'where it happened')
  rule='' seed='' took=''
  if ! patch -d "$tree" -p1 -F0 -s --dry-run <"$patch" >/dev/null 2>&1; then
    state='DOES NOT APPLY'
  else
    patch -d "$tree" -p1 -F0 -s --no-backup-if-mismatch <"$patch"
    if build; then
      simulate "$(field "$patch" run)"
      state=$verdict
    else
      state='DOES NOT COMPILE'
      tail -n 20 build/mutants/build.log >&2
    fi
    patch -d "$tree" -p1 -F0 -s -R --no-backup-if-mismatch <"$patch"
  fi
  [[ $state != CLEAN ]] || state=SURVIVED
  printf '%-36s %-16s %-22s seed %-4s %6s s\n' "$name" "$state" "$rule" "${seed:--}" "${took:--}"
  if [[ $state == CAUGHT ]]; then state=$rule; else state="**$state**"; fi
  printf '| %s | %s | %s | %s | %s |\n' "\`$name\`" "$what" "$where" "$state" "${seed:-}" >>"$table"
  [[ $state != \*\** ]]
}

write_table() {
  {
    cat <<TEXT
# Would the simulator notice?

Known bugs, most of them found in other programs, put into this one, one at a time. The simulator must break a rule
for each of them. This table is made by \`./dev prove --mutants\`, from \`sim/mutants/\`; not by hand.

The usual run is \`redial-sim$(options_of '' | grep . | tr '\n' ' ' | sed 's/ *$//; s/^/ /') --seed N\`, for $seeds seeds at
most, until a rule is broken. Without a bug the same runs, and those that single bugs need, break none. What the rules
are: \`sim/checker.cpp\`, \`sim/policy_watch.h\`.

$caught of $all are caught.

| bug | what is wrong | where it happened | rule that broke | seed |
|---|---|---|---|---|
TEXT
    cat "$table"
  } >docs/mutants.md
}

copy_tree
(cd "$tree" && cmake --preset dev -DREDIAL_PCH=OFF -DCMAKE_CXX_FLAGS_DEBUG=-g0 >/dev/null)
build || { tail -n 20 build/mutants/build.log >&2; exit 1; }

patches=(sim/mutants/*.patch)
if (($# > 0)); then
  patches=()
  for name; do patches+=(sim/mutants/*"$name"*.patch); done
fi

# First of all the tree as it is: what is caught there is no bug's doing.
mapfile -t runs < <({ echo; for patch in "${patches[@]}"; do field "$patch" run; done; } | sort -u)
status=0
for run in "${runs[@]}"; do
  simulate "$run"
  printf '%-36s %-16s %-22s seed %-4s %6s s  %s\n' 'no bug' "$verdict" "$rule" "$seed" "$took" "$run"
  [[ $verdict == CLEAN ]] || status=1
done
if ((status != 0)); then
  echo 'mutate: a rule breaks in the tree as it is; no bug was tried' >&2
  [[ -n ${MUTATE_ANYWAY:-} ]] || exit 1
fi

caught=0
all=${#patches[@]}
for patch in "${patches[@]}"; do
  if mutate "$patch"; then caught=$((caught + 1)); else status=1; fi
done
echo "$caught of $all are caught"
if (($# == 0)); then write_table; fi
exit "$status"
