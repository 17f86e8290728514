#pragma once

#include <string>
#include <vector>

namespace colcomb {

/// One fact that decides the numbers of a training run.
struct IdentityField {
  std::string name;   // e.g. "batch_size"
  std::string value;  // as text

  bool operator==(const IdentityField&) const = default;
};

/// What a training run is of: every data set, option and seed that changes its numbers, in a fixed
/// order. Two runs with equal identities give equal numbers; a run can be resumed only under its
/// own identity.
struct RunIdentity {
  std::vector<IdentityField> fields;

  bool operator==(const RunIdentity&) const = default;
};

}  // namespace colcomb
