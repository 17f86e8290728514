#pragma once

#include <string>
#include <vector>

namespace colcomb {

/// One thing that decides a run's numbers.
struct IdentityField {
  std::string name;   // path of the option, e.g. "pruning.rate", or of a fact, e.g. "data.test"
  std::string value;  // as text; numbers in the shortest form that reads back as the same number

  bool operator==(const IdentityField&) const = default;
};

/// Everything that decides the numbers of a run: the data, the network, the options and the seed.
/// Two runs of equal identity on one machine give equal results, so what one has left behind can
/// stand for the other. Whatever can be resumed or reused is compared by this alone.
struct RunIdentity {
  std::vector<IdentityField> fields;  // in a fixed order; names are unique

  /// Adds a field behind the others.
  void add(std::string name, std::string value) {
    fields.push_back({std::move(name), std::move(value)});
  }
  /// The same for a number, so that equal numbers give equal texts.
  void add(std::string name, double value);
  /// The value of this name; null if there is none.
  [[nodiscard]] const std::string* find(const std::string& name) const;

  bool operator==(const RunIdentity&) const = default;
};

/// Errors: UserError (option_error) naming the first field, in the order of `now` and then of
/// `before`, that the two do not share, with both values and `file`, which `before` was read from.
void require_same_run(const RunIdentity& before, const RunIdentity& now, const std::string& file);

}  // namespace colcomb
