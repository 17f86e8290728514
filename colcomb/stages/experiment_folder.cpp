#include "colcomb/stages/experiment_folder.hpp"

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/stages/run_record.hpp"

namespace colcomb::stages {

namespace fs = std::filesystem;

void ExperimentFolder::require_usable() const {
  require_writable(record(), "out");
  if (fs::exists(runs()) && !fs::exists(record())) {
    throw option_error("out", out.string(),
                       "holds a folder runs/ that is not an experiment's: give another folder");
  }
}

void ExperimentFolder::begin(const RunIdentity& identity, bool force) const {
  if (force) {
    fs::remove_all(runs());
    fs::remove(csv());
    fs::remove(json());
  }
  if (fs::exists(runs())) {
    require_recorded_run(identity, record());
  } else {
    write_run_record(identity, record());
    fs::create_directory(runs());
  }
}

}  // namespace colcomb::stages
