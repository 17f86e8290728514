#pragma once

namespace colcomb::cli {

/// What to do next, on stdout: for whoever calls `colcomb` without a word.
void print_first_steps();

}  // namespace colcomb::cli
