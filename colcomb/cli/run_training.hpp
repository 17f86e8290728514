#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "colcomb/exploration/spec.hpp"

namespace colcomb::cli {

/// Runs `colcomb run` into `folder`, one flag for each setting: {"epochs", "5"} is --epochs 5, true
/// the flag alone, false none. What it prints goes to log.txt there. A folder with a finished run
/// is left as it is. `more`: further arguments. Errors: UserError with the last line of what it
/// said.
void run_training(const exploration::Settings& settings, const std::filesystem::path& folder,
                  const std::vector<std::string>& more = {});

/// Runs `colcomb experiment NAME` with these arguments into `folder`, beside which what it prints
/// goes to NAME.log. Errors: as above.
void run_experiment(const std::string& name, const std::vector<std::string>& arguments,
                    const std::filesystem::path& folder);

}  // namespace colcomb::cli
