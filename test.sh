#!/bin/bash
# Builds everything (which checks style and formatting too: they are errors) and runs the tests. The last line is always "N passed, N failed, N skipped"; skipped tests say why.
#   ./test.sh                         every test project
#   ./test.sh Conformance             one project (a folder of tests/)
#   ./test.sh Union -class '*CopyUp*' ... with arguments for its xunit runner
set -u
cd "$(dirname "$0")"
passed=0 failed=0 skipped=0
# The compiler that the projects of a build share would stay behind.
trap 'dotnet build-server shutdown --vbcscompiler > /dev/null 2>&1' EXIT

finish() {
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ] && exit 0
  exit 1
}
step() { # NAME COMMAND...: a step that fails counts as one failure and ends the run
  local name=$1 start=$SECONDS
  shift
  if "$@"; then
    echo "== $name: $((SECONDS - start)) s"
  else
    echo "== $name: FAILED"
    failed=$((failed + 1))
    finish
  fi
}

count() { # LABEL LOG: the number behind LABEL in the runner's summary
  grep -E '^ +[A-Za-z0-9.]+ +Total: [0-9]+' "$2" | tail -n 1 | sed -nE "s/.*$1: ([0-9]+).*/\1/p"
}

run_project() { # DIRECTORY [ARGUMENTS...]
  local directory=$1 start=$SECONDS name log code total errors wrong idle
  shift
  name=$(basename "$directory"/*.csproj .csproj)
  log=artifacts/test-logs/$name.log
  timeout --kill-after=10 900 "$directory/bin/Debug/net10.0/$name" -noLogo -noColor "$@" > "$log" 2>&1
  code=$?
  total=$(count Total "$log") errors=$(count Errors "$log") wrong=$(count Failed "$log") idle=$(count Skipped "$log")
  if [ "$total" = 0 ]; then
    echo "== $name: no test"
    return
  fi
  if [ -z "$total" ]; then
    cat "$log"
    echo "== $name: FAILED, ended with code $code and no summary"
    failed=$((failed + 1))
    return
  fi
  wrong=$((wrong + errors))
  [ "$code" -ne 0 ] && [ "$wrong" -eq 0 ] && wrong=1
  passed=$((passed + total - wrong - idle)) failed=$((failed + wrong)) skipped=$((skipped + idle))
  if [ "$wrong" -ne 0 ]; then cat "$log"; else grep -A 1 -F '[SKIP]' "$log"; fi
  echo "== $name: $((total - wrong - idle)) passed, $wrong failed, $idle skipped, $((SECONDS - start)) s"
}

mkdir -p artifacts/test-logs
if [ $# -gt 0 ]; then
  if [ ! -d "tests/$1" ]; then
    echo "There is no tests/$1. The projects: $(ls tests | grep -v '\.props$' | tr '\n' ' ')" >&2
    exit 2
  fi
  project=tests/$1
  shift
  # All of it, for tests run the tools, which no test project refers to.
  step "set-up" scripts/setup.sh
  step "build" dotnet build Ext2Union.sln --no-restore -v q --nologo -clp:NoSummary
  run_project "$project" "$@"
  finish
fi

step "set-up" scripts/setup.sh
step "build" dotnet build Ext2Union.sln --no-restore -v q --nologo -clp:NoSummary
step "publish" scripts/publish.sh
for directory in tests/*/; do
  directory=${directory%/}
  ls "$directory"/*.Tests.csproj >/dev/null 2>&1 && run_project "$directory"
done
finish
