#!/usr/bin/env bash
# The manual pages and completions beside the programs' help: every flag is in both, and bash
# completes commands, flags and choices. With groff, zsh and fish also: they read them without a warning.
# usage: check_manual.sh COLCOMB MANUAL_FOLDER
set -euo pipefail
colcomb=$1 manual=$2
fail() { echo "$*"; exit 1; }
commands=$("$colcomb" --help | sed -n '/^Subcommands:/,$p' | sed -n 's/^  \([a-z]*\) .*/\1/p')
[ "$(wc -w <<<"$commands")" -ge 13 ] || fail "few commands: $commands"
for command in $commands; do
  page=$manual/man1/colcomb-$command.1
  [ -f "$page" ] || fail "no manual page of $command"
  flags=$("$colcomb" "$command" --help | sed -n 's/^  \(-[a-z],\)\?\(--[a-z0-9-]*\).*/\2/p')
  [ -n "$flags" ] || fail "$command --help lists no flags"
  for flag in $flags; do
    grep -qF -- "\\fB${flag//-/\\-}\\fR" "$page" || fail "$page lacks $flag"
    for shell in bash/colcomb zsh/_colcomb; do
      grep -q -- "$flag\b" "$manual/$shell" || fail "$shell lacks $flag of $command"
    done
    grep -q -- "from $command'.* -l ${flag#--} " "$manual/fish/colcomb.fish" || fail "fish lacks $flag of $command"
  done
  grep -qF "colcomb\\-$command" "$manual/man1/colcomb.1" || fail "colcomb.1 does not name $command"
done

# shellcheck disable=SC1091
. "$manual/bash/colcomb"
complete_to() {  # expected, words ...
  local expected=$1
  shift
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _colcomb || true  # compgen fails where nothing fits
  [ "${COMPREPLY[*]}" = "$expected" ] || fail "'$*' completes to '${COMPREPLY[*]}', not '$expected'"
}
complete_to "simulate" colcomb sim
complete_to "--engine" colcomb simulate --eng
complete_to "fast exact both" colcomb simulate --engine ""
complete_to "both" colcomb simulate net.packed --engine b
complete_to "merge" colcomb explore m
complete_to "" colcomb simulate --array ""  # a file: the shell's own

if command -v groff >/dev/null; then
  for page in "$manual"/man1/*.1; do
    said=$(groff -man -Tutf8 -ww -z "$page" 2>&1)
    [ -z "$said" ] || fail "groff: $said"
  done
fi
if command -v zsh >/dev/null; then zsh -n "$manual/zsh/_colcomb"; fi
if command -v fish >/dev/null; then fish --no-execute "$manual/fish/colcomb.fish"; fi
echo "manual pages and completions of $(wc -w <<<"$commands") commands"
