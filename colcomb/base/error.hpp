#pragma once

#include <stdexcept>
#include <string>

namespace colcomb {

/// A user's mistake or a fact of the outside world the user can act on: bad flag, bad file, full
/// disk. It names where (a file or a command-line option), which field, the value found and the
/// rule it breaks; any part may be empty. Thrown anywhere, caught once, in main.
class UserError : public std::runtime_error {
 public:
  /// Who has to change something.
  enum class Kind {
    kFailed,  // exit status 1: the work could not be done
    kUsage,   // exit status 2: the request itself is wrong
  };

  /// What the message is made of.
  struct Parts {
    std::string where;  // file path or option, e.g. "train-images-idx3-ubyte.gz" or "--alpha"
    std::string field;  // e.g. "magic number"
    std::string value;  // what was found
    std::string rule;   // what must hold, a short sentence without a full stop
  };

  /// Makes the message of its parts.
  UserError(Kind kind, Parts parts);

  /// Whose mistake it is.
  [[nodiscard]] Kind kind() const { return kind_; }
  /// What the message is made of.
  [[nodiscard]] const Parts& parts() const { return parts_; }

 private:
  Kind kind_;
  Parts parts_;
};

/// Error about a file's content or the file itself (exit status 1).
[[nodiscard]] UserError file_error(std::string file, std::string field, std::string value,
                                   std::string rule);

/// Error about a request on the command line (exit status 2): for the command alone, whose options
/// are flags. Library rooms name fields: option_error.
[[nodiscard]] UserError usage_error(std::string option, std::string value, std::string rule);

/// Error about a value in an options struct (exit status 2). `field` is the path from the options
/// that the caller filled in, e.g. "learning_rate" or "pruning.rate"; a rule that speaks of another
/// field puts its path in backticks: "must be below `epochs`". The command prints flags instead,
/// by the table cli/field_flags.def.
[[nodiscard]] UserError option_error(std::string field, std::string value, std::string rule);

/// Work that cannot go on for a reason other than a file (exit status 1).
[[nodiscard]] UserError failure(std::string where, std::string rule);

}  // namespace colcomb
