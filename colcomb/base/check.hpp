#pragma once

#include <stdexcept>
#include <string>

namespace colcomb {

/// A broken invariant of the program itself; never a user's mistake (that is UserError).
class InternalError : public std::logic_error {
  using std::logic_error::logic_error;
};

}  // namespace colcomb

#define COLCOMB_STRINGIZE_(x) #x
#define COLCOMB_STRINGIZE(x) COLCOMB_STRINGIZE_(x)

/// Always-on invariant check: throws InternalError naming the condition and its place.
#define COLCOMB_CHECK(condition, message)                                                \
  do {                                                                                   \
    if (!(condition)) [[unlikely]] {                                                     \
      throw ::colcomb::InternalError(std::string(__FILE__ ":" COLCOMB_STRINGIZE(         \
                                         __LINE__) ": check failed: " #condition ": ") + \
                                     (message));                                         \
    }                                                                                    \
  } while (false)
